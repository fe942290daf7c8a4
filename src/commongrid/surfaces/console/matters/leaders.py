"""Leaders' notes on a page: the forms of note and answer, the card on a matter, what a leader reads on Today."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from commongrid.matters.actions import Instruction
from commongrid.matters.queries import leaders
from commongrid.matters.queries.vocabulary import remember
from commongrid.roster import queries as roster
from commongrid.surfaces.console.matters import present
from commongrid.surfaces.console.matters.forms import Step, words
from commongrid.surfaces.shared.times import language

if TYPE_CHECKING:
    from collections.abc import Iterable

    from commongrid.kernel.scope import Scope
    from commongrid.matters.queries import MatterDetail
    from commongrid.matters.queries.leaders import LeaderNoteRow


class Instruct(Step):
    """A leader's note: whose where the centre records it, the words, by when they want an answer."""

    leader = forms.UUIDField(
        label=_("Whose note"),
        widget=forms.Select,
        error_messages={
            "required": _("Choose the leader whose note it is."),
            "invalid": _("Choose the leader whose note it is."),
        },
    )
    words = words(_("The note"), _("In the leader's own words."), missing=_("Write down what the leader wrote."))
    reply_on = forms.DateField(
        label=_("Answer wanted by"),
        required=False,
        help_text=_("Empty: within the county's own limit. Until the end of office hours on that day."),
        widget=forms.DateInput(attrs={"type": "date", "class": "middle"}),
        error_messages={"invalid": _("Choose a day, such as 2026-11-30.")},
    )

    def __init__(self, *args: Any, leaders: Iterable[tuple[str, str]] = (), own: bool = False, **kwargs: Any) -> None:
        """Offer the leaders of this place; whoever leads it writes their own."""
        super().__init__(*args, **kwargs)
        self.fields["leader"].required = False  # the action says whose it is, or that it must be said
        if own:
            del self.fields["leader"]
        else:
            cast("forms.Select", self.fields["leader"].widget).choices = [("", "—"), *leaders]

    def arguments(self) -> dict[str, Any]:
        """The note in one value."""
        given = self.cleaned_data
        note = Instruction(leader=given.get("leader"), words=given["words"], reply_on=given["reply_on"])
        return {"instruction": note}


class ReportBack(Step):
    """The centre's answer to the leader."""

    text = words(
        _("Answer to the leader"),
        _("What was done, how far it is, what comes next."),
        missing=_("Say what was done and what comes next."),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteShown:
    """A leader's note in words."""

    row: LeaderNoteRow
    who: str
    late: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnNote:
    """A note of this leader with its matter."""

    row: LeaderNoteRow
    matter: present.Shown
    late: bool


def card(scope: Scope, m: MatterDetail) -> dict[str, Any]:
    """The notes on a matter, the newest first."""
    faces = roster.faces(scope, {one.leader for one in m.leader_notes}) if m.leader_notes else {}
    lang, now = language(), timezone.now()
    return {
        "leader_notes": [
            NoteShown(row=one, who=faces[one.leader].label(lang) if one.leader in faces else "", late=one.late(now))
            for one in reversed(m.leader_notes)
        ]
    }


def own(scope: Scope) -> list[OwnNote]:
    """What this leader wrote: what still waits for an answer, then what was answered lately."""
    now = timezone.now()
    return [
        OwnNote(row=note, matter=present.shown(scope, row, now), late=note.late(now))
        for note, row in leaders.notes_of_leader(scope)
    ]


def choices(scope: Scope) -> list[tuple[str, str]]:
    """The leaders of this post's place, by title; nobody for whoever is no centre."""
    if scope.level not in ("township", "county") or scope.place is None or not scope.may("matters.divert"):
        return []
    lang = language()
    return [(str(post), titles[lang]) for post, titles in remember(f"leaders {scope.place}", lambda: _titles(scope))]


def _titles(scope: Scope) -> list[tuple[UUID, dict[str, str]]]:
    """The leaders of this post's place with their titles; kept for a minute, as posts change a few times a year."""
    posts = [one.post for one in leaders.leaders_at(scope, scope.place or 0)]
    faces = roster.faces(scope, set(posts)) if posts else {}
    return [(one, {lang: faces[one].label(lang) for lang in ("zh", "en")}) for one in posts if one in faces]


def more(scope: Scope, code: str) -> dict[str, Any]:
    """What the form of a leader's note offers; nothing for every other step."""
    if code != "instruct":
        return {}
    return {"own": scope.may(leaders.LEADS), "leaders": [] if scope.may(leaders.LEADS) else choices(scope)}
