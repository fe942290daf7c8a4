"""Where a matter stands, as whoever reported it reads it: on the page of a slip and on paper over the counter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext

from commongrid.kernel.refusals import N_
from commongrid.surfaces.shared.times import chinese, when

if TYPE_CHECKING:
    from datetime import date

    from commongrid.matters.queries import Followed

STANDS: Final = {
    "received": N_("Received. It is decided now whether it is taken up, and by whom."),
    "accepted": N_("Taken up. It is being given to whoever is in charge of it."),
    "in_hand": N_("It is being worked on."),
    "answered": N_("There is an answer. You are asked whether it is solved."),
    "reopened": N_("It was not solved, so another office does it once more."),
    "review": N_("It was not solved twice. The county looks at it."),
    "paused": N_("It waits and goes on by itself on its day."),
    "parked": N_("It can't be done now; there is a date on which it is looked at again."),
    "referred": N_("It was handed to the body that is competent by law."),
    "closed": N_("It is closed."),
    "rejected": N_("It was not taken up. The reason is below."),
    "withdrawn": N_("It was withdrawn."),
}
"""Phase -> where it stands, in one sentence."""

CHECKED: Final = N_("There is an answer. Somebody else looks whether it is solved.")
RATED: Final = N_("You have said whether it is solved. The centre closes it now.")
NOT_REACHED: Final = N_(
    "We tried to reach you on three days. It is shown as not rated; if it is not solved, report it again at any time."
)
NOT_RATED: Final = N_("It is closed. Nobody said whether it is solved, so it is shown as not rated.")
DISAGREED: Final = N_("The county has closed it. It is kept on record that you do not agree.")

DATED: Final = {
    "extend": N_("It takes longer than planned. There will be an answer by %(day)s."),
    "pause": N_("It waits and goes on by itself on %(day)s."),
    "park": N_("It can't be done now. It is looked at again on %(day)s, and you will read here what comes of it."),
}
WOKEN: Final = N_("The day on which it is looked at again has come. It is decided now whether it goes on.")
SENT: Final = N_("It was handed to %(body)s. We wait for their receipt until %(day)s.")
TAKEN: Final = N_("%(body)s has taken it over, receipt %(number)s. Ask there how it goes.")
GIVEN_UP: Final = N_("It can't be done in the foreseeable time. The reason is below.")


@dataclass(frozen=True, slots=True)
class Told:
    """What the page says of it: in one sentence, the reason, what the person can do, whom they can ask."""

    sentence: str
    reason: str = ""
    advice: str = ""
    contact: str = ""
    words: str = ""


def sentence(matter: Followed, waited: Told | None) -> str:
    """In one sentence: the wait, referral or no where there is one, else where it stands."""
    return waited.sentence if waited and waited.sentence else stands(matter)


def stands(matter: Followed) -> str:
    """Where it stands, in the reader's language; of a sealed matter only that somebody competent has it."""
    if matter.sealed and matter.phase != "closed":
        return gettext("Received. Only the body that is competent by law sees it.")
    if matter.phase == "answered" and not matter.may_rate:
        waits = {"rated": RATED, "not_rated": NOT_REACHED}.get(matter.rating, CHECKED)
        return gettext(waits)
    if matter.phase == "closed" and matter.outcome == "disagrees":
        return gettext(DISAGREED)
    if matter.phase == "closed" and matter.rating == "not_rated":
        return gettext(NOT_RATED)
    return gettext(STANDS.get(matter.phase, STANDS["in_hand"]))


def told(matter: Followed) -> Told | None:
    """The wait, referral or no of a matter, in the reader's language."""
    wait = matter.wait
    if wait is None:
        return None
    lang = "zh" if chinese() else "en"
    return Told(
        sentence=_sentence(matter),
        reason=wait.reason.label(lang) if wait.reason else "",
        advice=wait.reason.advice(lang) if wait.reason else "",
        contact=(wait.referral.contact or wait.referral.body.contact) if wait.referral else "",
        words=wait.words,
    )


def _sentence(matter: Followed) -> str:
    wait = matter.wait
    if wait is None or wait.sort == "reject":
        return ""
    if wait.sort == "end":
        return gettext(GIVEN_UP)
    if wait.referral is not None:
        body = wait.referral.body.label("zh" if chinese() else "en")
        if wait.referral.outcome == "received":
            return gettext(TAKEN) % {"body": body, "number": wait.referral.number}
        return gettext(SENT) % {"body": body, "day": when(wait.referral.receipt_due_at, "date")}
    if matter.woken:
        return gettext(WOKEN)
    return gettext(DATED[wait.sort]) % {"day": _day(wait.until)}


def _day(day: date | None) -> str:
    return when(day, "date") if day else ""
