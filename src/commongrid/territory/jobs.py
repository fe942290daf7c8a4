"""What the clock does with places: files of boundaries that nobody decided about are forgotten."""

from __future__ import annotations

from typing import Final

from django.utils import timezone

from commongrid.journal.acting import acting
from commongrid.kernel.act import Act
from commongrid.kernel.scope import clock
from commongrid.kernel.timetable import every
from commongrid.territory import queries
from commongrid.territory.actions import sweep_boundary_files
from commongrid.territory.actions.bounding import KEPT
from commongrid.territory.queries import boundaries

NAME: Final = "places.files"
SWEEPER: Final = clock(NAME, "places.edit")


@every(seconds=6 * 3600, name=NAME)
def sweep_files() -> int:
    """Forget files of boundaries that waited for more than a day; answers how many."""
    if not boundaries.files_left_over(SWEEPER, timezone.now() - KEPT):
        return 0
    with acting(SWEEPER):
        county = queries.counties(SWEEPER)[0].code
    return int(sweep_boundary_files(SWEEPER, Act.new(), place=county)["files"])
