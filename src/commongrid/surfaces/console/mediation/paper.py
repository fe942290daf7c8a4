"""The signed agreement as a sheet: how the page behind its QR code shows it, and where its photo goes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _

from commongrid.kernel.refusals import NotFound
from commongrid.matters.actions import mediating
from commongrid.matters.queries.mediation import mediation
from commongrid.surfaces.shared.sheets import Face

if TYPE_CHECKING:
    from uuid import UUID

    from commongrid.journal.attachments import Staged
    from commongrid.kernel.act import Act
    from commongrid.kernel.scope import Scope


def face(scope: Scope, matter: UUID, sheet: UUID) -> Face:
    """The number and the parties, masked. Refuses: NotFound for whoever is not in the file."""
    file = mediation(scope, sheet)
    if file.matter != matter:
        raise NotFound
    return Face(
        number=file.number,
        title=_("People's mediation agreement"),
        about="、".join(party.name for party in file.parties),
        done=file.signed is not None,
        back=reverse("mediation", kwargs={"mediation_id": sheet}),
    )


def keep(scope: Scope, act: Act, sheet: UUID, photos: tuple[Staged, ...], reason: str) -> Any:
    """The photo into the file."""
    return mediating.sign(scope, act, mediation_id=sheet, photos=photos, reason=reason)
