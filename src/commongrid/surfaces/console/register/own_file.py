"""Everything that the county holds of one person, in one file for their own eyes: asked for at the counter, recorded.

The file is a zip: a page that prints by itself, the same as JSON, and the
photos that came with what they reported. Nothing of it is kept here.
"""

from __future__ import annotations

import io
import json
import zipfile
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django import forms
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commongrid.accounts.texts import EVENT_TEXTS
from commongrid.journal import attachments
from commongrid.kernel.refusals import N_, Refusal
from commongrid.outreach.queries import declaring
from commongrid.outreach.rules.words import ANSWER_WORDS, CHOICE_WORDS
from commongrid.registry import queries
from commongrid.registry.keeping import actions
from commongrid.registry.keeping import queries as keeping
from commongrid.registry.keeping.rules import SHOWN_BY
from commongrid.surfaces.console.register.looks import about_of, looked
from commongrid.surfaces.console.register.words import (
    FLAGGED,
    PERSON_STATES,
    UNREADABLE,
    field_name,
    read_aloud,
    trail,
)
from commongrid.surfaces.shared.doors import Asked, door
from commongrid.surfaces.shared.downloads import archive
from commongrid.surfaces.shared.forms import Form
from commongrid.surfaces.shared.times import chinese, in_a_row, language, when
from commongrid.territory import queries as territory

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from django.http import HttpResponse

    from commongrid.kernel.scope import Scope
    from commongrid.registry.keeping.queries import Cells, Section
    from commongrid.registry.queries import PersonCard

PLACES: Final = frozenset({"place", "to_place", "registered_place", "collective", "natural_village"})
LISTS: Final = {
    "sex": "sex", "education": "education", "occupation": "occupation", "political": "political", "marital": "marital",
    "inflow": "inflow", "domicile": "domicile", "ethnic": "ethnic", "as_to_head": "relation", "duty": "duty",
}  # fmt: skip
CODED: Final = {**LISTS, "as_in_home": "relation", "as_in_booklet": "relation", "ethnic_sealed": "ethnic"}
"""Lists of the codes that stand in changed fields, by field."""
SIDES: Final = ("before", "after")
_OWN_NAME: Final = N_("Name of the person")
_NAME, _FROM, _TO, _PLACE, _AT = N_("Name"), N_("From"), N_("Until"), N_("Place"), N_("Time")
_FLAG: Final = {
    "type_code": N_("Recognised as"), "from_on": _FROM, "to_on": _TO, "body": N_("Recognised by"),
    "source": N_("Who said so"), "basis": N_("Basis"),
}  # fmt: skip
SHOWN: Final[dict[str, tuple[str, dict[str, str]]]] = {
    "registry_person": (N_("Your record"), {
        "display_name": _OWN_NAME, "sex": N_("Sex"), "born_on": N_("Date of birth"), "id_number": N_("Identity number"),
        "phone": N_("Phone"), "bank": N_("Bank account"), "ethnic": N_("Ethnic group"), "education": N_("Education"),
        "occupation": N_("Occupation"), "political": N_("Political status"), "marital": N_("Marital status"),
        "works_at": N_("Works or studies at"), "place": _PLACE, "registered_place": N_("Registered at"),
        "collective": N_("Member of the collective of"), "former_name": N_("Former name"),
        "native_place": N_("Native place"), "registered_door": N_("Registered address"), "workplace": N_("Workplace"),
        "inflow": N_("Why they came"), "domicile": N_("How they are housed"), "state": N_("State"),
        "ended_on": N_("Ended on"),
    }),
    "registry_stay": (N_("Where you lived and were registered"), {
        "place": _PLACE, "as_to_head": N_("To the head"), "from_on": _FROM, "to_on": _TO, "name": _OWN_NAME,
    }),
    "registry_household": (N_("Your homes"), {
        "place": _PLACE, "number": N_("Number"), "door": N_("Door"), "ended_on": N_("Ended on"),
    }),
    "registry_flag": (N_("What was recognised"), _FLAG),
    "registry_hardship_flag": (N_("Hardship and health that was recognised"), _FLAG),
    "roster_assignment": (N_("Ties of your household to officials and Party members"), {
        "kind": N_("Kind"), "from_on": _FROM, "to_on": _TO,
    }),
    "registry_membership": (N_("Organisations"), {"duty": N_("Duty"), "from_on": _FROM, "to_on": _TO}),
    "registry_change_request": (N_("Changes that were reported"), {
        "on": N_("Day"), "said": N_("What was told"), "state": N_("State"), "reason": N_("Why"),
    }),
    "registry_handover": (N_("Hand-overs of your record"), {
        "place": _FROM, "to_place": N_("To"), "on": N_("Day"), "note": N_("Note"), "reason": N_("Why"),
    }),
    "registry_correction": (N_("What was changed"), {
        "field": N_("Field"), "before": N_("Before"), "after": N_("After"), "since_on": N_("Day"),
        "source": N_("Who said so"),
    }),
    "registry_site": (N_("Sites"), {"name": _NAME, "door": N_("Door"), "built_on": N_("Built on")}),
    "registry_thing": (N_("Things that you look after"), {"name": _NAME, "mark": N_("Mark")}),
    "registry_subject_file": (N_("When you were given this file"), {
        "at": _AT, "shown_by": N_("How you showed who you are"),
    }),
    "accounts_account": (N_("Your account"), {
        "login_name": N_("Login name"), "email": N_("E-mail address"), "made_at": N_("Made at"),
    }),
    "accounts_access_line": (N_("What the access log says"), {
        "at": _AT, "event": N_("Event"), "about": N_("What was shown"), "reason": N_("Why"),
        "address": N_("From address"),
    }),
    "registry_registered_household": (N_("Your registered households"), {
        "number": N_("Number"), "ended_on": N_("Ended on"),
    }),
    "outreach_declaration": (N_("What you said about linking households"), {
        "answer": N_("Answer"), "capacity": N_("Households at most"), "phone": N_("Phone"), "can": N_("Can"),
        "from_on": _FROM, "to_on": _TO,
    }),
    "outreach_choice": (N_("What your household said about its contact"), {
        "sort": N_("Choice"), "ability": N_("Who can"), "from_on": _FROM, "to_on": _TO,
    }),
    "roster_talent": (N_("What the village may call on you for"), {
        "skill": N_("Skill"), "opinion": N_("What the branch said"), "from_on": _FROM, "to_on": _TO,
    }),
    "roster_division_seat": (N_("Posts planned for you in grids to come"), {
        "title_zh": N_("Title"), "place": _PLACE, "office_phone": N_("Office phone"),
    }),
    "matters_guarded_word": (N_("Your name among words that are never published"), {
        "word": N_("Word"), "valid_from": _FROM, "valid_to": _TO,
    }),
    "roster_post": (N_("Posts that you held"), {
        "title_zh": N_("Title"), "place": _PLACE, "from_on": _FROM, "to_on": _TO, "office_phone": N_("Office phone"),
    }),
    "matters_matter": (N_("Matters that you reported"), {
        "number": N_("Number"), "title": N_("Title"), "text": N_("Words"), "opened_at": N_("Reported at"),
        "closed_at": N_("Ended at"),
    }),
    "matters_party": (N_("How you are named in matters"), {
        "name": _OWN_NAME, "phone": N_("Phone"), "where": N_("Where it happened"),
    }),
    "matters_original": (N_("What you told in confidence"), {"title": N_("Title"), "text": N_("Words")}),
    "matters_rating": (N_("How you rated"), {
        "solved": N_("Solved"), "satisfied": N_("Satisfied"), "words": N_("Words"), "at": _AT,
    }),
    "matters_mediation": (N_("Dispute files"), {
        "number": N_("Number"), "facts": N_("Facts"), "agreement": N_("Agreement"), "opened_at": _FROM,
    }),
    "journal_file": (N_("Photos and papers"), {"at": _AT, "name": N_("In this file as")}),
}  # fmt: skip
"""What the page shows of each table, in order; the JSON beside it holds every column."""
NOT_ON_THE_PAGE: Final = frozenset({
    "registry_suspect", "accounts_sign_in_code", "accounts_sign_in_link", "matters_external_case",
    "outreach_planned_link", "roster_division_home", "accounts_exported_list", "accounts_export_piece",
})  # fmt: skip

WORDS: Final[dict[tuple[str, str], Mapping[str, str]]] = {
    ("registry_person", "state"): {code: words[0] for code, words in PERSON_STATES.items()},
    ("registry_subject_file", "shown_by"): SHOWN_BY, ("outreach_declaration", "answer"): ANSWER_WORDS,
    ("outreach_choice", "sort"): CHOICE_WORDS,
    ("roster_assignment", "kind"): {
        "linked_household": N_("Contact of the household"), "named_helper": N_("Named helper of the household"),
    },
}  # fmt: skip
"""Codes that are read aloud, by table and column."""


class Ask(Form):
    """How whoever asks showed that they may."""

    shown_by = forms.ChoiceField(
        label=gettext_lazy("How they showed who they are"), widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Say how they showed who they are."),
            "invalid_choice": gettext_lazy("Say how they showed who they are."),
        },
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the ways in the reader's language."""
        super().__init__(*args, **kwargs)
        self.fields["shown_by"].choices = [(code, _(text)) for code, text in SHOWN_BY.items()]  # type: ignore[attr-defined]


@door("people.file", methods=("GET", "POST"))
def own_file(request: Asked, person_id: UUID) -> HttpResponse:
    """Ask how they showed who they are, record it, and hand the file out."""
    card = queries.person_card(request.scope, person_id)
    form = Ask(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                given = form.cleaned_data["shown_by"]
                actions.give_file(request.scope, request.act, person_id=person_id, shown_by=given)
            except Refusal as refusal:
                form.refuse(refusal)
                status = refusal.status
            else:
                return archive(_packed(request.scope, card), f"own-file-{timezone.localdate():%Y%m%d}.zip")
    context = {
        "form": form, "person": card, "trail": trail(None, (card.name, reverse("person", args=[person_id]))),
    }  # fmt: skip
    return render(request, "console/register/own_file_ask.html", context, status=status)


def _packed(scope: Scope, card: PersonCard) -> bytes:
    """The zip: page, JSON and photos."""
    wide = actions.reader(territory.county(scope).code)
    sections = keeping.everything(scope, wide, card.id)
    packed, names = io.BytesIO(), {}
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as into:
        for row in next((one.rows for one in sections if one.table == "journal_file"), ()):
            found = attachments.file(scope, row["id"])
            names[row["id"]] = f"files/{found.name}"
            into.writestr(names[row["id"]], attachments.content(found))
        into.writestr("index.html", _page(scope, card, sections, names))
        data = {one.table: [_plain(row) for row in one.rows] for one in sections}
        into.writestr("data.json", json.dumps(data, ensure_ascii=False, indent=1, default=str))
    return packed.getvalue()


def _plain(row: Cells) -> Cells:
    return {name: value for name, value in row.items() if value not in (None, "", [], {})}


def _page(scope: Scope, person: PersonCard, sections: list[Section], names: dict[UUID, str]) -> str:
    by_table = {one.table: one for one in sections}
    order = [*(table for table in SHOWN if table in by_table), *(table for table in by_table if table not in SHOWN)]
    reader = _Reader(scope, sections, names)
    shown = [reader.section(by_table[table]) for table in order if table not in NOT_ON_THE_PAGE]
    context = {
        "person": person, "sections": shown, "looks": _looks(scope, person), "now": timezone.now(),
        "language": language(),
    }  # fmt: skip
    return render_to_string("console/register/own_file.html", context)


def _looks(scope: Scope, person: PersonCard) -> list[tuple[str, str, str, str, str]]:
    """Who has looked at the record: when, what it was, at what, who, why; every line that there is."""
    return [(when(one.at), event, about, who, one.reason) for one, event, about, who in looked(scope, person, None)]


class _Reader:
    """Reads rows aloud: codes in words, places by name, days as days."""

    def __init__(self, scope: Scope, sections: Iterable[Section], names: dict[UUID, str]) -> None:
        rows = [row for one in sections for row in one.rows]
        codes = {row[name] for row in rows for name in PLACES if isinstance(row.get(name), int)}
        codes |= {int(row[side]) for row in rows if row.get("field") in PLACES for side in SIDES if row.get(side)}
        self.places = {code: place.label(language()) for code, place in territory.places(scope, codes).items()}
        self.lists = read_aloud(scope, *dict.fromkeys(LISTS.values()))
        self.can = {code: one[0 if chinese() else 1] for code, one in declaring.ability_words(scope).items()}
        self.files = names
        zh = language() == "zh"
        self.types = {code: one.zh if zh else one.en for code, one in queries.flag_words(scope).items()}

    def section(self, of: Section) -> tuple[str, list[list[tuple[str, str]]]]:
        """Its name, and each row as labels with values; what is empty is left out."""
        name, columns = SHOWN.get(of.table, (of.name, {}))
        rows = []
        for row in of.rows:
            labels = columns or {column: column for column in row if column != "id"}
            if of.table == "registry_correction" and not field_name(row["of"], row["field"]):
                continue  # it only follows from another
            said = {**row, "name": self.files.get(row["id"])} if of.table == "journal_file" else row
            if of.table == "registry_correction":
                said = {**row, **{side: self._changed(row["field"], row[side]) for side in SIDES}}
            cells = [(_(label), self._read(of.table, column, said.get(column))) for column, label in labels.items()]
            rows.append([(label, text) for label, text in cells if text])
        return _(name), [row for row in rows if row]

    def _read(self, table: str, column: str, value: Any) -> str:
        if value is None or value == "" or isinstance(value, UUID):
            return ""
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        if isinstance(value, datetime | date):
            return when(value)
        if column in PLACES:
            return self.places.get(value, str(value))
        if column == "can":
            return in_a_row(self.can.get(code, code) for code in value)
        if column == "ability":
            return str(self.can.get(value, value))
        if column in LISTS:
            return self.lists[LISTS[column]].get(value, "")
        return self._coded(table, column, str(value))

    def _changed(self, field: str, text: str) -> str:
        """A former or later value of a field in words; what names a row or a flag of hardship says nothing."""
        if field in FLAGGED:
            return self.types.get(text, "")
        if field == "state":
            return _(PERSON_STATES[text][0]) if text in PERSON_STATES else text
        if field in PLACES:
            return self.places.get(int(text), text) if text else ""
        codes = CODED.get(field, "")
        return self.lists[codes].get(text, text) if codes else "" if UNREADABLE.fullmatch(text) else text

    def _coded(self, table: str, column: str, text: str) -> str:
        if column == "type_code":
            return self.types.get(text, text)
        if column == "field":
            return field_name("person", text)
        if column == "event":
            return _(EVENT_TEXTS[text])
        if column == "about":
            return about_of(text)
        words = WORDS.get((table, column))
        return _(words[text]) if words else text
