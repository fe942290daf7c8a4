"""Marking a county as a demo: fictional, and let off the second factor for one-time links."""

from __future__ import annotations

from typing import TYPE_CHECKING

from commongrid.journal.actions import Line, action
from commongrid.kernel.refusals import NotFound
from commongrid.territory.models import County

if TYPE_CHECKING:
    from commongrid.kernel.act import Act
    from commongrid.kernel.scope import Scope


@action("places.demo_marked", power="places.import", kinds=("clock",))
def mark_demo(scope: Scope, act: Act, *, county: int) -> Line:
    """Mark a county as the demo. Needs the owner role. Refuses: NotFound for an unknown county."""
    if not County.objects.filter(code=county).update(demo=True):
        raise NotFound
    return Line(place=county, subject_kind="place")
