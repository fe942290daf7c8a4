"""Records corrected, and found still true field by field: people and households."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext

from commongrid.kernel.places import village_of
from commongrid.kernel.refusals import N_
from commongrid.kernel.scope import ETHNIC
from commongrid.registry import actions, queries
from commongrid.surfaces.console.register import entering, forms, where
from commongrid.surfaces.console.register.answering import asked
from commongrid.surfaces.console.register.where import near, where_in
from commongrid.surfaces.console.register.words import choices, field_label, place_label, read_aloud
from commongrid.surfaces.shared.doors import door
from commongrid.surfaces.shared.times import colon, in_a_row, when, written_day

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpResponse

    from commongrid.kernel.scope import Scope
    from commongrid.registry.queries import HomeCard, PersonCard
    from commongrid.surfaces.shared.doors import Asked

CODED: Final = ("sex", "education", "occupation", "political", "marital")
HOUSED: Final = ("inflow", "domicile")
STILL_TRUE: Final = (N_("Confirm as still true"), N_("Noted as found true."))


@door("people.edit", methods=("GET", "POST"))
def correct(request: Asked, person_id: UUID) -> HttpResponse:
    """Correct fields of a person's record; those left as they are do not change."""
    card = queries.person_card(request.scope, person_id)
    home = queries.home_card(request.scope, card.household) if card.household else None
    initial = _of_a_person(request.scope, card)
    form = forms.CorrectForm(request.POST or None, initial=entering.begun(request, initial))
    coded = {name: choices(request.scope, name, str(initial[name])) for name in (*CODED, *HOUSED)}
    form.offer({**coded, "as_in_home": choices(request.scope, "relation", card.as_in_home)})
    if request.scope.may(ETHNIC):
        form.offer({"ethnic": [*choices(request.scope, "ethnic"), (forms.NOTHING, gettext("Keep it no longer"))]})
    else:
        del form.fields["ethnic"]
    if home is None or home.head == card.id:
        del form.fields["as_in_home"]

    def do() -> str:
        given = form.cleaned_data
        written = {name: given[name] for name in form.changed(initial)}
        if written.get("ethnic") == forms.NOTHING:
            written["ethnic"] = ""
        written |= {name: str(code) for name, code in where.belongs(request.scope, written).items()}
        fields = actions.Fields(of="person", subject=card.id, written=written)
        actions.correct(request.scope, request.act, fields=fields, told=form.told)
        return reverse("person", args=[card.id])

    return asked(request, form, do, (N_("Correct the record"), N_("Corrected."), home), of=card.name)


def _of_a_person(scope: Scope, card: PersonCard) -> dict[str, object]:
    """What the form shows at first: sealed fields empty, they are written anew or left."""
    return {
        "display_name": card.name, "born_on": card.born_on.isoformat() if card.born_on else "",
        **{name: getattr(card, name) for name in (*CODED, "works_at", "as_in_home")},
        **{name: where.written(scope, getattr(card, name)) for name in where.PLACES},
        "id_number": "", "phone": "", "bank": "", "ethnic": "", "seen": card.version,
        **card.further,
    }  # fmt: skip


@door("people.edit", methods=("GET", "POST"))
def correct_home(request: Asked, household_id: UUID) -> HttpResponse:
    """Correct a household: its number, door, villager group, house and point."""
    home = queries.home_card(request.scope, household_id)
    initial = _of_a_home(home)
    form = forms.HomeCorrectForm(request.POST or None, initial=entering.begun(request, initial))
    houses = [
        (str(ident), name or gettext("without a name")) for ident, name in queries.dwellings_for(request.scope, home)
    ]
    offered = where_in(request.scope, village_of(home.place) or home.place, beside=home.natural_village)
    kept = {name: dict(offered[name]) for name in ("villager_group", "natural_village")}
    for name, named in kept.items():  # one that has ended is kept too
        if (code := getattr(home, name)) is not None:
            named.setdefault(str(code), place_label(request.scope, code))
    lists = {name: named.items() for name, named in kept.items()}
    form.offer({**offered, **lists, "dwelling": [("", gettext("Not said")), *houses]})

    def do() -> str:
        written = form.written(initial, queries.neighbours(request.scope, home.natural_village))
        fields = actions.Fields(of="household", subject=home.id, written=written)
        actions.correct(request.scope, request.act, fields=fields, told=form.told)
        return reverse("household", args=[home.id])

    words = (N_("Correct the household"), N_("Corrected."), home)
    return asked(request, form, do, words, **near(home.natural_village))


@door("people.edit", methods=("GET", "POST"))
def serve(request: Asked, household_id: UUID) -> HttpResponse:
    """The household is served from another grid of its village."""
    home = queries.home_card(request.scope, household_id)
    form = forms.ServeForm(request.POST or None, initial={"seen": home.version})
    offered = where_in(request.scope, village_of(home.place) or home.place)["place"]
    form.offer({"place": [one for one in offered if one[0] != str(home.place)]})

    def do() -> str:
        place = int(form.cleaned_data["place"])
        actions.serve_from(request.scope, request.act, household_id=home.id, place=place, told=form.told)
        return reverse("household", args=[home.id])

    words = (N_("Serve from another grid"), N_("Entered. Its contact and helpers follow in a moment."), home)
    return asked(request, form, do, words)


def _of_a_home(home: HomeCard) -> dict[str, object]:
    measured = home.point == "measured"
    return {
        "natural_village": str(home.natural_village), "number": home.number, "door": home.door,
        "villager_group": str(home.villager_group or ""), "dwelling": str(home.dwelling or ""),
        "began_on": home.began_on, "lon": home.lon if measured else None, "lat": home.lat if measured else None,
        "seen": home.version,
    }  # fmt: skip


@door("people.confirm", methods=("GET", "POST"))
def confirm(request: Asked, person_id: UUID) -> HttpResponse:
    """Say which fields of a person's record were found still true."""
    card = queries.person_card(request.scope, person_id)
    home = queries.home_card(request.scope, card.household) if card.household else None
    words = read_aloud(request.scope, *CODED, *HOUSED, "relation")
    said: dict[str, object] = {
        "display_name": card.name, "born_on": when(card.born_on, "date"),
        **{name: words[name].get(getattr(card, name), "") for name in CODED},
        **{name: getattr(card, name) for name in ("id_number", "phone", "bank", "works_at")},
        "as_in_home": words["relation"].get(card.as_in_home, ""),
        **{name: place_label(request.scope, getattr(card, name)) for name in where.PLACES},
        **card.further, **{name: words[name].get(card.further[name], "") for name in HOUSED},
    }  # fmt: skip
    return _confirm(request, ("person", card.id), home, said, card.confirmed, of=card.name)


@door("people.confirm", methods=("GET", "POST"))
def confirm_home(request: Asked, household_id: UUID) -> HttpResponse:
    """Say which fields of a household were found still true, who lives there above all."""
    home = queries.home_card(request.scope, household_id)
    people = queries.members_on(request.scope, home.id, localdate())
    houses = dict(queries.dwellings_for(request.scope, home))
    said: dict[str, object] = {
        "people": in_a_row(one.name for one in people) or gettext("Nobody lives here"),
        "head": next((one.name for one in people if one.head), ""),
        "number": home.number, "door": home.door,
        "villager_group": place_label(request.scope, home.villager_group),
        "dwelling": (houses.get(home.dwelling) or gettext("without a name")) if home.dwelling else "",
        "point": f"{home.lon:.5f}, {home.lat:.5f}" if home.lon is not None and home.lat is not None else "",
    }  # fmt: skip
    return _confirm(request, ("household", home.id), home, said, home.confirmed)


def _confirm(
    request: Asked, record: tuple[str, UUID], home: HomeCard | None, said: Mapping[str, object],
    confirmed: Mapping[str, str], *, of: str = "",
) -> HttpResponse:  # fmt: skip
    """Ask which of the fields that hold something were found true; all of them unless somebody says otherwise."""
    kind, subject = record
    offered = [(name, _line(kind, name, value, confirmed.get(name, ""))) for name, value in said.items() if value]
    form = forms.ConfirmForm(request.POST or None, initial={"found": [name for name, _line in offered]})
    form.offer({"found": offered})

    def do() -> str:
        fields = tuple(form.cleaned_data["found"])
        actions.confirm(request.scope, request.act, of=kind, subject=subject, fields=fields, told=form.told)
        return reverse(kind, args=[subject])

    return asked(request, form, do, (*STILL_TRUE, home), of=of)


def _line(of: str, name: str, value: object, day: str) -> str:
    line: Any = f"{field_label(of, name)}{colon()}{value}"
    return f"{line} · {gettext('found true %(day)s') % {'day': written_day(day)}}" if day else line
