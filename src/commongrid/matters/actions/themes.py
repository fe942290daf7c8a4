"""Themes: open one over several matters, add another, close it with what was found."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction

from commongrid.accounts.sealed import sealer
from commongrid.journal.actions import Line, action
from commongrid.kernel.act import Act
from commongrid.kernel.codes import read_matter_number
from commongrid.kernel.refusals import N_, BadInput, NotAllowed, NotFound, WrongState
from commongrid.kernel.scope import Scope
from commongrid.kernel.sealing import place_of
from commongrid.matters.models import Matter, Party, Theme, ThemeMatter
from commongrid.matters.queries.publishing import is_protected

LONGEST_NAME: Final = 80
LONGEST_STORY: Final = 4000
NAMELESS: Final = N_("Name the thing and the place, such as the culvert at the school.")
NO_PERSON: Final = N_("A theme is about a thing at a place. Don't name somebody who reported.")
WHICH: Final = N_("Type the numbers of matters that you can see; a matter is in one theme at most.")
SHOWS: Final = N_(
    "Sealed and confidential matters and complaints about officials are in no theme: it could show who reported."
)


@action("matters.theme_opened", power="matters.divert", facts=("count",))
def open_theme(scope: Scope, act: Act, *, name: str, numbers: tuple[str, ...], story: str = "") -> Line:
    """Open a theme over at least two matters of this centre's area. Each of them goes on its own way.

    Refuses: NotAllowed below the township; BadInput without a name or matters,
    with the name of somebody who reported one of them, or with one that is protected.
    """
    if scope.level not in ("township", "county") or scope.place is None:
        raise NotAllowed(N_("Themes are opened by the township or county centre."))
    if not name.strip() or len(name) > LONGEST_NAME or len(story) > LONGEST_STORY:
        raise BadInput(NAMELESS, fields={"name": NAMELESS})
    found = _found(numbers, field="numbers")
    if len(found) < 2:  # noqa: PLR2004 - a theme has several
        raise BadInput(WHICH, fields={"numbers": WHICH})
    _names_nobody(f"{name} {story}", [one.id for one in found])
    theme = Theme(
        id=act.child("theme").id, place=scope.place, name=name.strip(), story=story.strip(), post=scope.post,
        opened_at=act.at,
    )  # fmt: skip
    theme.save(force_insert=True)
    for one in found:
        _add(scope, act, theme, one.id)
    answer = {"theme": theme.id}
    return Line(place=theme.place, subject=theme.id, subject_kind="theme", facts={"count": len(found)}, answer=answer)


@action("matters.theme_added", power="matters.divert", facts=())
def add_to_theme(scope: Scope, act: Act, *, theme_id: UUID, number: str) -> Line:
    """Add one more matter to an open theme.

    Refuses: NotFound outside the scope; BadInput for a matter that is not to be had; WrongState once it is closed.
    """
    theme = _open(theme_id)
    (found,) = _found((number,), field="number")
    _names_nobody(f"{theme.name} {theme.story}", [found.id])
    _add(scope, act, theme, found.id)
    return Line(place=theme.place, subject=theme.id, subject_kind="theme", answer={"theme": theme.id})


@action("matters.theme_closed", power="matters.divert", facts=())
def close_theme(scope: Scope, act: Act, *, theme_id: UUID, found: str) -> Line:
    """Close a theme with what was found and done; its matters stay as they are.

    Refuses: NotFound outside the scope; BadInput without words; WrongState twice.
    """
    theme = _open(theme_id)
    said = found.strip()
    if not said or len(said) > LONGEST_STORY:
        text = N_("Please say why, in a sentence.")
        raise BadInput(text, fields={"found": text})
    theme.closed_at, theme.found = act.at, said
    theme.save(update_fields=["closed_at", "found"])
    return Line(place=theme.place, subject=theme.id, subject_kind="theme", answer={"theme": theme.id})


def _open(theme_id: UUID) -> Theme:
    theme = Theme.objects.select_for_update().filter(id=theme_id).first()
    if theme is None:
        raise NotFound(N_("There is no such theme, or it is not yours to see."))
    if theme.closed_at is not None:
        raise WrongState(N_("This theme is closed."))
    return theme


def _found(numbers: tuple[str, ...], *, field: str) -> list[Matter]:
    """The matters by their numbers as typed, each to be seen, in no theme yet, and not protected.

    Refuses: BadInput.
    """
    try:
        wanted = {read_matter_number(one) for one in numbers}
    except BadInput as error:
        raise BadInput(WHICH, fields={field: WHICH}) from error
    found = list(Matter.objects.filter(number__in=wanted, in_theme=None))
    if len(found) != len(wanted):
        raise BadInput(WHICH, fields={field: WHICH})
    if any(map(is_protected, found)):
        raise BadInput(SHOWS, fields={field: SHOWS})
    return found


def _add(scope: Scope, act: Act, theme: Theme, matter: UUID) -> None:
    row = ThemeMatter(id=act.child(f"matter {matter}").id, theme=theme, matter_id=matter, at=act.at, post=scope.post)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as taken:  # somebody put it into another theme just now
        raise BadInput(WHICH) from taken


def _names_nobody(text: str, matters: list[UUID]) -> None:
    """Refuse the name of anybody who reported, or is concerned by, one of these matters."""
    for party in Party.objects.filter(matter_id__in=matters).exclude(name_sealed=None):
        name = sealer().open(bytes(party.name_sealed or b""), place_of("matters_party", "name_sealed", party.id))
        if name and name in text:
            raise BadInput(NO_PERSON, fields={"name": NO_PERSON})
