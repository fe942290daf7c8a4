"""Sorts of notices and what a text of each may hold; the vocabulary that officials edit."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal
from uuid import UUID

from commongrid.kernel.dated import Column, Values, Vocabulary
from commongrid.kernel.refusals import N_
from commongrid.matters.rules.answers import only, placeholders

Audience = Literal["post", "person"]
FIELDS: Final = ("number", "date", "unit", "phone_of_office", "address", "code")
"""Everything that may ever stand in a notice."""
SIGN_IN_CODE: Final = "sign_in_code"
"""A text alone: its message is never a notice, so that no code stands in their table."""
_NUMBER: Final = re.compile(r"[0-9A-Z-]{0,24}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sort:
    """A sort of notice: to whom, and the fields its text may hold."""

    code: str
    label: str
    audience: Audience
    fields: tuple[str, ...]


SORTS: Final = {
    one.code: one
    for one in (
        Sort(code="given", label=N_("A matter was given to you"), audience="post", fields=("number", "date")),
        Sort(code="closed_off", label=N_("Something waits that only you may see"), audience="post", fields=("date",)),
        Sort(code="warned", label=N_("A step of yours is due soon"), audience="post", fields=("number", "date")),
        Sort(code="supervised", label=N_("A level above sent a word"), audience="post", fields=("number",)),
        Sort(code="added", label=N_("Somebody added to a matter of yours"), audience="post", fields=("number",)),
        Sort(code="decided", label=N_("Your application was decided"), audience="post", fields=("number",)),
        Sort(code="overdue", label=N_("A matter below you is overdue"), audience="post", fields=("number", "date")),
        Sort(code="application", label=N_("An application waits for you"), audience="post", fields=("number", "date")),
        Sort(code="reply_missed", label=N_("An interim answer did not come"), audience="post", fields=("number",)),
        Sort(code="check", label=N_("Ask whether an agreement was kept"), audience="post", fields=("number", "date")),
        Sort(code="no_body", label=N_("Nobody is competent for something sealed"), audience="post", fields=()),
        Sort(code="leader_note", label=N_("A leader's note waits for an answer"), audience="post",
             fields=("number", "date")),
        Sort(code="note_late", label=N_("A leader's note was not answered in time"), audience="post",
             fields=("number",)),
        Sort(code="note_answered", label=N_("Your note was answered"), audience="post", fields=("number",)),
        Sort(code="change_late", label=N_("A reported change waits too long"), audience="post", fields=("date",)),
        Sort(code="change_reopened", label=N_("A change of the register waits again"), audience="post",
             fields=("date",)),
        Sort(code="records_joined", label=N_("Records of one person were joined across townships"), audience="post",
             fields=("date",)),
        Sort(code="join_undone", label=N_("A join of records across townships was taken back"), audience="post",
             fields=("date",)),
        Sort(code="grids_divided", label=N_("New grids are to be staffed"), audience="post", fields=("date",)),
        Sort(code="sooner", label=N_("A deadline of yours comes earlier"), audience="post", fields=("number", "date")),
        Sort(code="calendar", label=N_("The working calendar changed"), audience="post", fields=("date",)),
        Sort(code="rules", label=N_("The work list changed"), audience="post", fields=("date",)),
        Sort(code="answered", label=N_("Your matter was answered"), audience="person",
             fields=("number", "unit", "phone_of_office", "address")),
        Sort(code="please_rate", label=N_("Please say whether it is solved"), audience="person",
             fields=("number", "date", "address")),
        Sort(code="later", label=N_("Your matter takes longer"), audience="person",
             fields=("number", "date", "unit", "phone_of_office", "address")),
        Sort(code="refused", label=N_("Your matter could not be taken up"), audience="person",
             fields=("number", "phone_of_office", "address")),
        Sort(code="withdrawn", label=N_("Your matter was withdrawn for you"), audience="person",
             fields=("number", "phone_of_office", "address")),
        Sort(code="referred", label=N_("Your matter went to another body"), audience="person",
             fields=("number", "unit", "phone_of_office", "address")),
        Sort(code="put_right", label=N_("What you reported was put right"), audience="person",
             fields=("number", "phone_of_office", "address")),
        Sort(code="change_undone", label=N_("What was entered for you was taken back"), audience="person",
             fields=("number", "phone_of_office", "address")),
        Sort(code=SIGN_IN_CODE, label=N_("A code to sign in with was asked for"), audience="person", fields=("code",)),
    )
}  # fmt: skip
CHANNELS: Final = {"post": ("inbox", "email"), "person": ("sms",)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All that a notice knows of what happened: a number, a day, an office by its id. There is no place for more.

    Raises ValueError for a number that is none.
    """

    number: str = ""
    date: date | None = None
    unit: UUID | None = None

    def __post_init__(self) -> None:
        """Refuse anything that is not what its field says."""
        sound = (
            _NUMBER.fullmatch(self.number) and isinstance(self.date, date | None) and isinstance(self.unit, UUID | None)
        )
        if not sound:
            message = "a notice holds a number, a day and an office's id, nothing else"
            raise ValueError(message)

    def kept(self) -> dict[str, str]:
        """As it is stored."""
        return {
            "number": self.number, "date": self.date.isoformat() if self.date else "",
            "unit": str(self.unit) if self.unit else "",
        }  # fmt: skip

    @classmethod
    def read(cls, kept: dict[str, str]) -> Facts:
        """As it was stored."""
        return cls(
            number=kept["number"], date=date.fromisoformat(kept["date"]) if kept["date"] else None,
            unit=UUID(kept["unit"]) if kept["unit"] else None,
        )  # fmt: skip


def _check(values: Values) -> dict[str, str]:
    sort = SORTS[str(values["sort"])]
    if values["channel"] not in CHANNELS[sort.audience]:
        return {
            "channel": N_(
                "This notice goes another way: to officials in the console or by e-mail, to a person by text."
            )
        }
    if not only(str(values["text"]), sort.fields):
        return {"text": N_("A text may hold only the fields that this notice knows, in braces. Look at the hint.")}
    if sort.code == SIGN_IN_CODE and "code" not in (placeholders(str(values["text"])) or ()):
        return {"text": N_("Without {code} nobody could sign in. Put it where the six digits shall stand.")}
    return {}


TEXTS: Final = Vocabulary(
    group="channel", code="notices", title=N_("Texts of notices"), table="NoticeText", power="texts.edit", check=_check,
    lead=N_("What is written to officials and people when something happens. Nothing personal can stand in them."),
    shown=("text",),
    columns=(
        Column(code="sort", label=N_("When"), sort="choice", needed=True, fixed=True,
               choices=tuple((one.code, one.label) for one in SORTS.values())),
        Column(code="channel", label=N_("By"), sort="choice", needed=True, fixed=True,
               choices=(("inbox", N_("In the console")), ("email", N_("E-mail")), ("sms", N_("Text message")))),
        Column(code="language", label=N_("Language"), sort="choice", needed=True, fixed=True,
               choices=(("zh", "中文"), ("en", "English"))),
        Column(code="text", label=N_("Text"), sort="words", needed=True, longest=300,
               hint=N_("May hold {number}, {date}; to a person also {unit}, {phone_of_office} and {address}; "
                       "a code to sign in only {code}.")),
    ),
)  # fmt: skip
