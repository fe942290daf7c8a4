"""Photos sent with a form of a matter: staged before its action, and kept where the form is shown again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from commongrid.journal import attachments
from commongrid.kernel.photos import LARGEST
from commongrid.kernel.refusals import N_, BadInput, TooLarge

if TYPE_CHECKING:
    from commongrid.journal.attachments import Staged
    from commongrid.surfaces.shared.doors import Asked

MOST_PHOTOS: Final = 6


def gathered(request: Asked) -> tuple[Staged, ...]:
    """Photos sent now and those staged before.

    Refuses: BadInput for too many, or for what is no photo; TooLarge for one beyond 20 MB.
    """
    before = [attachments.staged_from(given) for given in request.POST.getlist("ticket")[:MOST_PHOTOS]]
    sent = request.FILES.getlist("photos")
    if len(before) + len(sent) > MOST_PHOTOS:
        raise BadInput(N_("At most six photos, please."))
    if any((one.size or 0) > LARGEST for one in sent):
        raise TooLarge(N_("One of the photos is larger than 20 MB. Please choose a smaller one."))
    return (*before, *(attachments.stage(one.read()) for one in sent))
