"""Pages of sites, things and organisations: lists of a place, one with its people and history, and its acts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.shortcuts import render
from django.urls import path, reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext

from commongrid.kernel.places import level_of, village_of
from commongrid.kernel.refusals import N_, NotFound
from commongrid.registry import actions, queries
from commongrid.registry.rules.fields import FIELDS
from commongrid.surfaces.console.holdings import forms
from commongrid.surfaces.console.register.answering import answered
from commongrid.surfaces.console.register.forms import ToldForm
from commongrid.surfaces.console.register.homes import place_asked, village_asked, village_first
from commongrid.surfaces.console.register.picking import picker, sought
from commongrid.surfaces.console.register.words import choices, numbered, read_aloud, told
from commongrid.surfaces.shared.doors import door
from commongrid.surfaces.shared.fields import know_places
from commongrid.surfaces.shared.times import language, written_day
from commongrid.territory import queries as territory

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from django.http import HttpResponse

    from commongrid.registry.queries import HoldingCard, HoldingLine, PersonRow
    from commongrid.surfaces.shared.doors import Asked

SORTS: Final = {
    "site": (N_("Sites"), N_("New site"), N_("Pulled down or given up")),
    "thing": (N_("Things"), N_("New thing"), N_("Taken away")),
    "organisation": (N_("Organisations"), N_("New organisation"), N_("Dissolved")),
}
"""What each sort is called as a list, when entered, when ended."""
CONDITIONS: Final = {"sound": (N_("Sound"), "ok"), "fault": (N_("At fault"), "late"), "": ("", "")}


def trail(of: str, card: HoldingCard | None = None, *more: str) -> list[tuple[str, str]]:
    """Where this page is."""
    way = [(gettext(SORTS[of][0]), reverse("holdings", args=[of]))]
    if card is not None:
        way.append((title_of(card), reverse("holding", args=[of, card.id])))
    return [*way, *((text, "") for text in more)]


def title_of(card: HoldingCard | HoldingLine, kinds: dict[str, str] | None = None) -> str:
    """How a record is called: its name, else its kind."""
    kind = getattr(card, "kind", "") or getattr(card, "values", {}).get("kind", "")
    return card.name or (kinds or {}).get(kind, "") or gettext("without a name")


def _of(of: str) -> str:
    if of not in SORTS:
        raise NotFound
    return of


@door("people.read")
def listed(request: Asked, of: str) -> HttpResponse:
    """Sites, things or organisations of a place; things with what is due for a check."""
    code, sort = place_asked(request), _of(of)
    text = request.GET.get("q", "").replace("\x00", "").strip()[:60]
    wanted = queries.Asked(
        kind=request.GET.get("kind", "")[:8], text=text, overdue=request.GET.get("due") == "1",
        after=request.GET.get("after", "")[:9],
    )  # fmt: skip
    page = queries.holdings(request.scope, sort, code, wanted, localdate())
    know_places(request, (line.place for line in page.lines))
    kinds = read_aloud(request.scope, sort)[sort]
    inside = territory.children(request.scope, code) if level_of(code) in ("county", "township", "village") else []
    return render(
        request,
        "console/holdings/list.html",
        {
            "of": sort, "title": gettext(SORTS[sort][0]), "new": gettext(SORTS[sort][1]), "today": localdate(),
            "rows": [(one, title_of(one, kinds), kinds.get(one.kind, one.kind), _chip(one)) for one in page.lines],
            "page": page, "wanted": wanted, "place": territory.place(request.scope, code),
            "kinds": [(kind, name) for kind, name in kinds.items()], "tabs": _tabs(sort, code),
            "inside": [one for one in inside if not one.ended and one.level in ("township", "village", "grid")],
            "may_edit": request.scope.may("people.edit") and village_of(code) is not None,
        },
    )  # fmt: skip


def _tabs(of: str, code: int) -> list[tuple[str, str, bool]]:
    return [(gettext(words[0]), f"{reverse('holdings', args=[one])}?place={code}", one == of)
            for one, words in SORTS.items()]  # fmt: skip


def _chip(line: HoldingLine | HoldingCard) -> tuple[str, str]:
    name, tone = CONDITIONS.get(line.condition, ("", ""))
    return gettext(name) if name else "", tone


@door("people.read")
def page(request: Asked, of: str, subject: UUID) -> HttpResponse:
    """One site, thing or organisation."""
    card = queries.holding(request.scope, _of(of), subject)
    lists = {field.codes for field in FIELDS[of].values() if field.codes} | {"duty"}
    words = read_aloud(request.scope, *lists)
    members = queries.members_of(request.scope, card.id) if of == "organisation" else []
    open_record = card.ended_on is None
    return render(
        request,
        "console/holdings/holding.html",
        {
            "of": of, "card": card, "title": title_of(card, words.get(_of(of), {})),
            "facts": _facts(card, words), "chip": _chip(card),
            "late": _late(card), "members": [(one, words["duty"].get(one.duty, one.duty)) for one in members],
            "things": queries.things_at(request.scope, card.id) if of == "site" else [],
            "kinds": read_aloud(request.scope, "thing")["thing"] if of == "site" else {},
            "history": told(request.scope, queries.changes_of(request.scope, card.id), {card.id: ""}),
            "may_edit": request.scope.may("people.edit") and open_record, "may_undo": request.scope.may("people.edit"),
            "may_check": request.scope.may("people.confirm") and open_record and of == "thing",
            "end": gettext(SORTS[of][2]), "trail": trail(of),
        },
    )  # fmt: skip


def _late(card: HoldingCard) -> bool:
    """Whether a thing should have been checked by now."""
    following = card.values.get("next_check_on")
    if card.of != "thing" or card.ended_on is not None:
        return False
    return following <= localdate() if following else bool(card.values.get("every_months"))


def _facts(card: HoldingCard, words: dict[str, dict[str, str]]) -> list[tuple[str, object, str]]:
    """Label, value and the day on which each field was last found true; names stand apart."""
    found = []
    for name, field in FIELDS[card.of].items():
        value = card.values[name]
        if field.names or value in (None, "", False):
            continue
        shown = words[field.codes].get(str(value), value) if field.codes else gettext("yes") if value is True else value
        found.append((forms.label(field), shown, written_day(card.confirmed.get(name, ""))))
    return found


@door("people.edit", methods=("GET", "POST"))
def new(request: Asked, of: str) -> HttpResponse:
    """Enter one in a village."""
    sort, village = _of(of), village_asked(request)
    if village is None:
        return village_first(request, reverse("holdings", args=[sort]))
    _text, found, more = sought(request, village)
    form = forms.NewForm(request.POST or None, of=sort, scope=request.scope, names=_names(request, village, found))
    rows = [row for row in territory.children(request.scope, village) if not row.ended and row.level == "grid"]
    here = [(str(row.code), row.label(language())) for row in rows if request.scope.covers(row.code)]
    form.offer({"place": [*here, (str(village), gettext("The village as a whole"))]})
    for name in forms.LATER:
        form.fields.pop(name, None)

    def do() -> str:
        wanted = actions.NewHolding(of=sort, place=int(form.cleaned_data["place"]), written=form.written())
        made = actions.add_holding(request.scope, request.act, new=wanted, told=form.told)
        return reverse("holding", args=[sort, made[sort]])

    return _asked(request, form, do, (sort, None, SORTS[sort][1]), spot_in=village, more_people=more)


def _names(
    request: Asked, village: int, found: Sequence[PersonRow], card: HoldingCard | None = None
) -> forms.Names:  # fmt: skip
    sites = [(str(ident), name) for ident, name in queries.sites_of(request.scope, village)]
    return {
        "person": forms.people_offered(
            request.scope, found, card.person if card else None, card.person_name if card else ""
        ),
        "site": [("", "—"), *sites],
    }


@door("people.edit", methods=("GET", "POST"))
def correct(request: Asked, of: str, subject: UUID) -> HttpResponse:
    """Correct its fields; those left as they are do not change."""
    card = queries.holding(request.scope, _of(of), subject)
    before = {name: forms.typed(value) for name, value in card.values.items()}
    _text, found, more = sought(request, card.place)
    names = _names(request, village_of(card.place) or card.place, found, card)
    form = forms.HoldingForm(
        request.POST or None, of=of, scope=request.scope, names=names, initial={**before, "seen": card.version}
    )

    def do() -> str:
        fields = actions.Fields(of=of, subject=card.id, written=form.written(before))
        actions.correct(request.scope, request.act, fields=fields, told=form.told)
        return reverse("holding", args=[of, card.id])

    return _asked(request, form, do, (of, card, N_("Correct the record")), spot_in=card.place, more_people=more)


@door("people.edit", methods=("GET", "POST"))
def end(request: Asked, of: str, subject: UUID) -> HttpResponse:
    """It is there no more."""
    card = queries.holding(request.scope, _of(of), subject)
    form = ToldForm(request.POST or None, initial={"seen": card.version})

    def do() -> str:
        actions.end_holding(request.scope, request.act, of=of, subject=card.id, told=form.told)
        return reverse("holding", args=[of, card.id])

    still = [
        (reverse("household", args=[ident]) if sort == "household" else reverse("holding", args=[sort, ident]),
         numbered(name) if sort == "household" else name or gettext("without a name"))
        for sort, ident, name in (queries.stands_at(request.scope, card.id) if of == "site" else ())
    ]  # fmt: skip
    return _asked(request, form, do, (of, card, SORTS[of][2]), still=still)


@door("people.confirm", methods=("GET", "POST"))
def check(request: Asked, subject: UUID) -> HttpResponse:
    """Somebody looked at a thing."""
    card = queries.holding(request.scope, "thing", subject)
    form = forms.CheckForm(request.POST or None, initial={"seen": card.version})

    def do() -> str:
        sound = form.cleaned_data["found"] == "sound"
        actions.check_thing(request.scope, request.act, thing_id=card.id, sound=sound, told=form.told)
        return reverse("holding", args=["thing", card.id])

    return _asked(request, form, do, ("thing", card, N_("Enter a check")))


@door("people.edit", methods=("GET", "POST"))
def join(request: Asked, subject: UUID) -> HttpResponse:
    """Somebody takes a duty in an organisation, or becomes a member."""
    card = queries.holding(request.scope, "organisation", subject)
    form = forms.JoinForm(request.POST or None, initial={"seen": card.version})
    _text, found, more = sought(request, card.place)
    people = forms.people_offered(request.scope, found)[1:] or [("", gettext("Search for the name first"))]
    form.offer({"person": people, "duty": choices(request.scope, "duty")[1:]})

    def do() -> str:
        given = form.cleaned_data
        actions.join(
            request.scope, request.act, organisation_id=card.id, person_id=UUID(given["person"]), duty=given["duty"],
            told=form.told,
        )  # fmt: skip
        return reverse("holding", args=["organisation", card.id])

    return _asked(request, form, do, ("organisation", card, N_("Add a member or a duty")), more_people=more)


@door("people.edit", methods=("GET", "POST"))
def leave(request: Asked, subject: UUID, membership_id: UUID) -> HttpResponse:
    """A term or membership ends."""
    card = queries.holding(request.scope, "organisation", subject)
    if membership_id not in {one.id for one in queries.members_of(request.scope, card.id)}:
        raise NotFound
    form = ToldForm(request.POST or None, initial={"seen": card.version})

    def do() -> str:
        actions.leave(request.scope, request.act, membership_id=membership_id, told=form.told)
        return reverse("holding", args=["organisation", card.id])

    return _asked(request, form, do, ("organisation", card, N_("Leaves")))


def _asked(
    request: Asked, form: Any, do: Callable[[], str], words: tuple[str, HoldingCard | None, str], **more: Any
) -> HttpResponse:  # fmt: skip
    """Ask one question about a record, then go back to it."""
    of, card, title = words[0], words[1], gettext(words[2])
    back = reverse("holding", args=[of, card.id]) if card else reverse("holdings", args=[of])
    return answered(
        request, form, do,
        {"title": title, "back": back, "name": title_of(card) if card else "", "trail": trail(of, card, title),
         **picker(form), **more},
    )  # fmt: skip


urlpatterns = [
    path("<slug:of>/", listed, name="holdings"),
    path("<slug:of>/new", new, name="holding_new"),
    path("<slug:of>/<uuid:subject>", page, name="holding"),
    path("<slug:of>/<uuid:subject>/correct", correct, name="holding_correct"),
    path("<slug:of>/<uuid:subject>/end", end, name="holding_end"),
    path("thing/<uuid:subject>/check", check, name="thing_check"),
    path("organisation/<uuid:subject>/join", join, name="organisation_join"),
    path("organisation/<uuid:subject>/leave/<uuid:membership_id>", leave, name="organisation_leave"),
]
