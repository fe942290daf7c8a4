"""A matter on paper: the order handed to a village or grid, the answer taken to the person; and both coming back."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from commongrid.accounts import actions as accounts
from commongrid.accounts.actions import Access
from commongrid.journal import attachments
from commongrid.kernel.act import Act
from commongrid.kernel.refusals import N_, NotFound
from commongrid.matters import actions, queries
from commongrid.matters.actions.papers import MOVED_ON, sheet_of
from commongrid.matters.queries.papers import paper_order, sheets_of
from commongrid.roster import queries as roster
from commongrid.surfaces.console.matters import present, words
from commongrid.surfaces.shared import files, qr, sheets, standing
from commongrid.surfaces.shared.doors import door
from commongrid.surfaces.shared.times import language
from commongrid.territory import queries as territory

if TYPE_CHECKING:
    from django.http import HttpResponse

    from commongrid.journal.attachments import Staged
    from commongrid.kernel.scope import Scope
    from commongrid.matters.queries import MatterDetail
    from commongrid.surfaces.shared.doors import Asked
    from commongrid.surfaces.shared.sheets import Named

TO_RATE: Final = ("answered", "to_rate")
SORTS: Final = {"order": N_("Order with its answer"), "answer": N_("Answer with what the person ticked")}


@door("matters.read")
def order(request: Asked, matter_id: UUID) -> HttpResponse:
    """The order on paper: what, where, by when, whom to call, room for the answer; logged as a print."""
    m = queries.matter(request.scope, matter_id)
    given = paper_order(request.scope, matter_id)
    if given is None or m.row.sealed:
        return _nothing(request, m, N_("No order is open for this matter, so there is none to print."))
    lang = language()
    places = territory.places(request.scope, [given.place])
    unit = roster.unit(request.scope, given.unit).label(lang) if given.unit else ""
    to = unit or (places[given.place].label(lang) if given.place in places else words.say(words.LEVELS, given.level))
    context = {
        "order": given, "to": to, "centre": _centre(request.scope, m), "phone": _phone(request.scope),
        "qr": qr.svg(sheets.address(request, "o", matter_id, given.id)),
        "photos": len(attachments.files_of(request.scope, matter_id)) if m.readable else 0,
    }  # fmt: skip
    return _printed(request, m, "order", context)


@door("matters.visit")
def answer(request: Asked, matter_id: UUID) -> HttpResponse:
    """The answer to take to the person: what was done, the two questions to tick, a line to sign."""
    m = queries.matter(request.scope, matter_id)
    if m.row.state not in TO_RATE or "visit" not in m.may or not m.to_rate:
        said_no = N_("Nobody is asked about this matter now, so there is no sheet to take to the person.")
        return _nothing(request, m, said_no)
    said = next((note for note in reversed(m.notes) if note.sort == "answer"), None)
    did = next((one for one in reversed(m.orders) if one.outcome in ("answered", "settled")), None)
    unit = roster.unit(request.scope, did.unit).label(language()) if did and did.unit else ""
    level = _named(request.scope, did.place if did else None) or words.say(words.LEVELS, m.row.handler_level)
    context = {
        "said": said, "who": unit or level, "phone": _phone(request.scope),
        "centre": _centre(request.scope, m), "hidden": m.row.confidential or m.row.anonymous, "units": _units(m),
        "qr": qr.svg(sheets.address(request, "a", matter_id, sheet_of(matter_id, m.row.round))),
    }  # fmt: skip
    return _printed(request, m, "answer", context)


@door("matters.accept")
def told(request: Asked, matter_id: UUID) -> HttpResponse:
    """Where it stands, with the answer or the reason, on paper for whoever has no phone; nothing to tick."""
    m = queries.matter(request.scope, matter_id)
    if not _may_tell(m):
        return _nothing(request, m, N_("This is handed over by the counter of its village, township or county."))
    person = queries.to_tell(request.scope, matter_id)
    waited = standing.told(person)
    context = {
        "person": person, "told": waited, "now": standing.sentence(person, waited), "phone": _phone(request.scope),
        "centre": _centre(request.scope, m), "follow": request.build_absolute_uri(reverse("follow")),
        "qr": qr.svg(request.build_absolute_uri(reverse("follow"))),
    }  # fmt: skip
    return _printed(request, m, "told", context)


def _may_tell(m: MatterDetail) -> bool:
    return "counter" in m.relations and m.readable and not m.row.sealed


def order_face(scope: Scope, matter: UUID, sheet: UUID) -> sheets.Face:
    """Whose order the sheet in the hand is. Refuses: NotFound out of sight."""
    m, given = queries.matter(scope, matter), paper_order(scope, matter, sheet)
    if given is None:
        raise NotFound
    done = _came_back(scope, matter, sheet)
    may = {"answer", "answer_for"} & set(m.may)
    ended = "" if done else _(MOVED_ON) if given.ended_at or not may else ""
    return _face(m, _("Order with room for the answer"), done=done, ended=ended)


def keep_order(scope: Scope, act: Act, named: Named, photos: tuple[Staged, ...], said: dict[str, Any]) -> Any:
    """The answer that stands on the sheet, and its photo."""
    paper = actions.Paper(of=named.sheet, photos=photos, reason=said.get("reason", ""))
    return actions.answer_on_paper(scope, act, matter_id=named.matter, paper=paper, answer=said.get("answer", ""))


def answer_face(scope: Scope, matter: UUID, sheet: UUID) -> sheets.Face:
    """Whose answer the sheet in the hand is. Refuses: NotFound out of sight."""
    m = queries.matter(scope, matter)
    done = _came_back(scope, matter, sheet)
    fresh = m.row.state in TO_RATE and sheet == sheet_of(matter, m.row.round) and "visit" in m.may
    face = _face(m, _("Answer with the two questions"), done=done, ended="" if done or fresh else _(MOVED_ON))
    return replace(face, units=_units(m))


def keep_answer(scope: Scope, act: Act, named: Named, photos: tuple[Staged, ...], said: dict[str, Any]) -> Any:
    """What the person ticked, and the photo."""
    paper = actions.Paper(of=named.sheet, photos=photos, reason=said.get("reason", ""))
    return actions.rate_on_paper(scope, act, matter_id=named.matter, paper=paper, answers=ticked(said))


def ticked(said: dict[str, Any]) -> tuple[bool, bool, str] | actions.ByUnit | None:
    """What was ticked, of each office by itself where several were asked about; nothing unless all questions were."""
    asked = {name: said[name] for name in said if name.startswith(("solved", "satisfied"))}
    if not asked or not all(asked.values()):
        return None
    words = said.get("words", "")
    if "solved" in asked:
        return asked["solved"] == "yes", asked["satisfied"] == "yes", words
    marks = [name.removeprefix("solved_") for name in asked if name.startswith("solved_")]
    units = (
        actions.OfUnit(
            unit=UUID(one), solved=asked[f"solved_{one}"] == "yes", satisfied=asked[f"satisfied_{one}"] == "yes"
        )
        for one in marks
    )
    return actions.ByUnit(units=tuple(units), words=words)


def card(request: Asked, m: MatterDetail) -> dict[str, Any]:
    """Sheets that came back, and what can be printed now; no query where neither can be."""
    on_paper = any(line.name in ("matters.answered_on_paper", "matters.rated_on_paper") for line in m.history)
    found = sheets_of(request.scope, m.row.id) if on_paper else []
    return {
        "sheets": [
            (one, _(SORTS[one.sort]), files.shown(request, attachments.files_of(request.scope, one.id)))
            for one in found
        ],
        "print_order": not m.row.sealed and any(one.ended_at is None for one in m.orders),
        "print_answer": m.row.state in TO_RATE and "visit" in m.may and m.to_rate,
        "print_told": _may_tell(m) and request.scope.may("matters.accept"),
    }


def _came_back(scope: Scope, matter: UUID, sheet: UUID) -> bool:
    return any(one.of == sheet for one in sheets_of(scope, matter))


def _face(m: MatterDetail, title: str, *, done: bool, ended: str) -> sheets.Face:
    reporter = next((one for one in m.parties if one.part == "reporter"), None)
    shown = reporter.name if reporter and reporter.name else m.row.kind.label(language())
    back = reverse("matter", kwargs={"matter_id": m.row.id})
    return sheets.Face(number=m.row.number, title=title, about=shown, done=done, back=back, ended=ended)


def _units(m: MatterDetail) -> tuple[tuple[UUID, str], ...]:
    """The offices that are asked about one by one, in the reader's language."""
    return tuple((unit, (en if language() == "en" else "") or zh) for unit, zh, en in m.units)


def _named(scope: Scope, code: int | None) -> str:
    found = territory.places(scope, [code]).get(code) if code else None
    return found.label(language()) if found else ""


def _centre(scope: Scope, m: MatterDetail) -> str:
    code = scope.place or m.row.place
    found = territory.places(scope, [code]).get(code)
    return found.label(language()) if found else ""


def _phone(scope: Scope) -> str:
    """The office phone of whoever prints, to be called back; empty where none is known."""
    return roster.post(scope, scope.post).office_phone if scope.post else ""


def _nothing(request: Asked, m: MatterDetail, why: str) -> HttpResponse:
    """The page of a sheet that there is not, with the reason."""
    return render(request, "console/matters/paper_none.html", {"m": m, "why": _(why)})


def _printed(request: Asked, m: MatterDetail, sheet: str, more: dict[str, Any]) -> HttpResponse:
    about = Access(event="printed", about=sheet, subject_kind="matter", subject=m.row.id)
    accounts.log_access(request.scope, Act.new(), access=about)
    context = {"m": m, "shown": present.shown(request.scope, m.row), "today": timezone.localdate(), **more}
    return render(request, f"console/matters/paper_{sheet}.html", context)


urlpatterns = [
    path("<uuid:matter_id>/order", order, name="matter_order"),
    path("<uuid:matter_id>/told", told, name="matter_told"),
    path("<uuid:matter_id>/answer-sheet", answer, name="matter_answer_sheet"),
]
