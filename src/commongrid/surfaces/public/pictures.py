"""Photos sent with a form: looked at before the action, and kept by ticket when the form comes back."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from commongrid.journal import attachments
from commongrid.kernel.refusals import Refusal
from commongrid.surfaces.public.forms import MOST_PHOTOS
from commongrid.surfaces.shared.errors import sentence

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.core.files.uploadedfile import UploadedFile

    from commongrid.journal.attachments import Staged
    from commongrid.surfaces.shared.doors import Asked
    from commongrid.surfaces.shared.forms import Form


def gathered(request: Asked, form: Form) -> tuple[Staged, ...]:
    """Every acceptable photo of this form, those of its earlier tries first; what is wrong is said at the field."""
    form.is_valid()
    files: list[UploadedFile[Any]] = form.cleaned_data.get("photos") or []
    given = request.POST.getlist("ticket")[:MOST_PHOTOS]
    if len(given) + len(files) > MOST_PHOTOS:
        form.add_error("photos", _("Please choose at most %(most)d photos.") % {"most": MOST_PHOTOS})
        files = []
    found = []
    takes = [partial(attachments.staged_from, ticket) for ticket in given] + [partial(_stage, file) for file in files]
    for take in takes:
        try:
            found.append(take())
        except Refusal as refusal:
            form.add_error("photos", sentence(refusal))
    return tuple(found)


def _stage(file: UploadedFile[Any]) -> Staged:
    return attachments.stage(file.read())


def tickets(photos: Iterable[Staged]) -> list[str]:
    """What the form carries so that nobody chooses a photo twice."""
    return [attachments.ticket(one) for one in photos]
