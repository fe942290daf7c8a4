"""Forms of what several do together: parts, joint meetings, who came; and of the answer on its way back."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final, cast
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from commongrid.matters.actions.calling import Summons
from commongrid.surfaces.console.matters.forms import SAY_WHY, Step, words

IDENTITY: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Several(Step):
    """Whom to call together: any of the units offered. Only the shape is checked here; the action decides."""

    units = forms.MultipleChoiceField(
        label=_("Who shall work on it"),
        help_text=_("Each gets a part of its own and owes an answer; the person gets one answer, from you."),
        error_messages={"required": _("Choose the units that shall work on it, at least two.")},
        widget=forms.CheckboxSelectMultiple,
    )
    note = words(
        _("What each shall do"),
        _("All of them read this, with the person's own words."),
        missing=_("Say in a sentence who shall do what."),
    )
    reason = words(_("Reason"), _("Needed where the work list does not name one of them."), rows=2)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Take any well-formed id, so that a form sent twice gets its first answer."""
        super().__init__(*args, **kwargs)
        cast("forms.MultipleChoiceField", self.fields["units"]).choices = [
            (one, one) for one in (self.data.getlist("units") if hasattr(self.data, "getlist") else ()) if _is_id(one)
        ]

    def arguments(self) -> dict[str, Any]:
        """The units' ids and the words."""
        given = self.cleaned_data
        return {
            "unit_ids": tuple(UUID(one) for one in given["units"]),
            "note": given["note"],
            "reason": given["reason"],
        }


def _is_id(text: str) -> bool:
    return bool(IDENTITY.fullmatch(text))


class Split(Several):
    """Give it to several units at once."""


class CallMeeting(Several):
    """Call several units to one meeting."""

    at = forms.DateTimeField(
        label=_("When"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
        widget=forms.DateTimeInput(
            attrs={"type": "datetime-local", "class": "middle", "list": "market-days"}, format="%Y-%m-%dT%H:%M"
        ),
        error_messages={
            "required": _("Choose the day and time of the meeting."),
            "invalid": _("Choose a day and time, such as 2026-11-30 09:30."),
        },
    )
    venue = forms.CharField(
        label=_("Place of the meeting"),
        max_length=120,
        error_messages={
            "required": _("Say where you meet, in a few words."),
            "max_length": _("Say where you meet, in a few words."),
        },
    )
    field_order = ("units", "at", "venue", "note", "reason")

    def arguments(self) -> dict[str, Any]:
        """The units' ids, the words, and when and where."""
        given, more = self.cleaned_data, super().arguments()
        return {"summons": Summons(at=given["at"], venue=given["venue"], reason=more.pop("reason")), **more}


class Attend(Step):
    """Who of those called came."""

    came = forms.MultipleChoiceField(
        label=_("Who came"),
        help_text=_("Tick those who came; the others are recorded as absent."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, called: Iterable[tuple[str, str]] | None = None, **kwargs: Any) -> None:
        """Offer those who were called; where unknown, take any well-formed id."""
        super().__init__(*args, **kwargs)
        sent = self.data.getlist("came") if hasattr(self.data, "getlist") else ()
        choices = [(one, one) for one in sent if _is_id(one)] if called is None else list(called)
        cast("forms.MultipleChoiceField", self.fields["came"]).choices = choices

    def arguments(self) -> dict[str, Any]:
        """The parts of those who came."""
        return {"came": tuple(UUID(one) for one in self.cleaned_data["came"])}


class PassOn(Step):
    """Give the person the answer."""

    answer = words(
        _("Answer to the person"),
        _("Short and plain: what was done, where and when. Change what the unit wrote where it needs it."),
        missing=_("Say in plain words what was done."),
        rows=5,
    )


class SendBack(Step):
    """Send an answer back to be completed."""

    note = words(
        _("What is missing"),
        _("For example: it does not say when. It can be sent back once; their limit runs on."),
        missing=_("Say what is missing, in a sentence."),
        rows=3,
    )


class Drop(Step):
    """End a part that is not needed."""

    reason = words(_("Reason"), _("The unit reads this."), missing=SAY_WHY, rows=2)


class Remind(Step):
    """Remind a body outside the county's command."""

    note = words(_("Note for the letter"), _("It is printed in the letter, after the courtesy date."), rows=2)
