"""Reads of notices: what a post was told, what did not arrive, what a notice says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django.utils.timezone import localdate

from commongrid.accounts.queries import codes_to_send
from commongrid.accounts.rules import sign_in_code
from commongrid.journal.acting import acting
from commongrid.kernel.scope import Scope
from commongrid.matters.queries.reaching import Reachable, protection, reachable
from commongrid.matters.queries.vocabulary import remember
from commongrid.matters.rules.answers import filled
from commongrid.notices.channels import Message
from commongrid.notices.models import Notice, NoticeText, Wish
from commongrid.notices.rules.texts import SIGN_IN_CODE, SORTS, Facts
from commongrid.registry import queries as registry
from commongrid.roster import queries as roster
from commongrid.roster.models import Post

SHOWN: Final = 100
Units = Mapping[UUID, roster.UnitRow]


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeRow:
    """A notice as read."""

    id: UUID
    sort: str
    channel: str
    place: int
    post: UUID | None
    matter: UUID | None
    facts: Facts
    at: datetime
    state: str
    tries: int
    fault: str
    read_at: datetime | None


_COLUMNS: Final = (
    "id", "sort", "channel", "place", "post", "matter", "facts", "at", "state", "tries", "fault", "read_at",
)  # fmt: skip


def _row(values: dict[str, object]) -> NoticeRow:
    return NoticeRow(**{**values, "facts": Facts.read(values["facts"])})  # type: ignore[arg-type]


def inbox(scope: Scope, limit: int = SHOWN) -> list[NoticeRow]:
    """What this post was told, the newest first."""
    with acting(scope):
        found = Notice.objects.filter(post=scope.post, channel="inbox").order_by("-at", "-id")
        return [_row(values) for values in found.values(*_COLUMNS)[:limit]]


def unread(scope: Scope) -> int:
    """How many notices this post has not seen, in one query."""
    if scope.post is None or not scope.may("notices.read"):
        return 0
    with acting(scope):
        return Notice.objects.filter(post=scope.post, channel="inbox", read_at=None).count()


def failed(scope: Scope, limit: int = SHOWN) -> list[NoticeRow]:
    """Notices that were given up, the newest first, as far as the scope sees their places."""
    with acting(scope):
        found = Notice.objects.filter(state="failed").exclude(channel="inbox").order_by("-at", "-id")
        return [_row(values) for values in found.values(*_COLUMNS)[:limit]]


def counts_of_delivery(scope: Scope) -> dict[str, int]:
    """How many notices to the outside wait, were sent, failed."""
    from django.db.models import Count

    with acting(scope):
        found = Notice.objects.exclude(channel="inbox").values("state").annotate(n=Count("id")).order_by()
        return {row["state"]: row["n"] for row in found}


def waiting(scope: Scope, now: datetime, limit: int) -> list[NoticeRow]:
    """Notices whose time to be sent has come, the oldest first."""
    with acting(scope):
        found = Notice.objects.filter(state="waiting", next_at__lte=now).order_by("next_at", "id")
        return [_row(values) for values in found.values(*_COLUMNS)[:limit]]


def texts(scope: Scope, on: date | None = None) -> dict[tuple[str, str, str], str]:
    """Texts in force by sort, channel and language."""
    return remember(f"notice texts {on or localdate()}", lambda: _texts(scope, on or localdate()))


def _texts(scope: Scope, day: date) -> dict[tuple[str, str, str], str]:
    with acting(scope):
        found = NoticeText.objects.filter(Q(valid_to=None) | Q(valid_to__gt=day), valid_from__lte=day)
        return {(row.sort, row.channel, row.language): row.text for row in found}


def units_named(scope: Scope, notices: Iterable[NoticeRow]) -> Units:
    """The units that these notices are about, in one query."""
    return roster.units_by_id(scope, (one.facts.unit for one in notices if one.facts.unit))


def words_of(scope: Scope, notice: NoticeRow, language: str, units: Units, channel: str = "") -> str:
    """What a notice says in a language; nothing where the county has no text for it.

    Only what its sort allows is filled in, whatever a text asks for.
    """
    text = texts(scope).get((notice.sort, channel or notice.channel, language), "")
    return filled(text, told(notice, language, units)) if text else ""


def told(notice: NoticeRow, language: str, units: Units) -> dict[str, str]:
    """The fields of a notice in words, those that its sort allows."""
    facts, known = notice.facts, {"number": notice.facts.number, "address": f"{settings.ADDRESS}/follow"}
    if facts.date is not None:
        day = facts.date
        known["date"] = f"{day.year}年{day.month}月{day.day}日" if language == "zh" else f"{day:%d %b %Y}".lstrip("0")
    unit = units.get(facts.unit) if facts.unit else None
    if unit is not None:
        known["unit"] = unit.label(language)
        known["phone_of_office"] = unit.office_phone
    return {name: value for name, value in known.items() if name in SORTS[notice.sort].fields}


def wish(scope: Scope, matter: UUID) -> bool | None:
    """What the person said about messages on a matter; None where they said nothing."""
    with acting(scope):
        return Wish.objects.filter(matter_id=matter).values_list("wanted", flat=True).first()


def messages_wanted(scope: Scope, matter: UUID) -> bool | None:
    """Whether the person behind a matter gets messages; None where no phone was left, so that nobody need be asked."""
    protected = protection(scope, matter)
    if protected is None:
        return None
    wanted = wish(scope, matter)
    return not protected if wanted is None else wanted


def phone_for(scope: Scope, matter: UUID) -> tuple[str, str]:
    """The phone to write to about a matter, as left for it, and the language its owner reads.

    Nothing where the person or the matter's protection says no.
    """
    found: Reachable | None = reachable(scope, matter)
    if found is None:
        return "", ""
    with acting(scope):
        said = Wish.objects.filter(matter_id=matter).values_list("wanted", "language").first()
    wanted = said[0] if said else not (found.sealed or found.confidential)
    return (found.phone, (said[1] if said else "") or found.language) if wanted else ("", "")


def address_for(scope: Scope, post: UUID) -> tuple[str, str]:
    """The e-mail address of whoever holds a post, where they left one, and the language they chose for the pages."""
    columns = ("person__account__email", "person__account__language")
    with acting(scope):
        found = Post.objects.filter(id=post).values_list(*columns).first()
    return (found[0] or "", found[1] or "zh") if found else ("", "zh")


def code_messages(scope: Scope, now: datetime, limit: int) -> list[Message]:
    """Sign-in codes that wait to be sent, each worked out for its message alone; without a phone or text it is empty.

    Under the code's own id, so that a gateway knows one that comes again.
    """
    with acting(scope):
        words, found = texts(scope), list[Message]()
        for code_id, account, language in codes_to_send(scope, now, limit):
            text = words.get((SIGN_IN_CODE, "sms", language)) or words.get((SIGN_IN_CODE, "sms", "zh"), "")
            code = sign_in_code(settings.SECRET_KEY, code_id)
            phone = registry.phone_of_account(scope, account)
            found.append(Message(id=code_id, to=phone, text=filled(text, {"code": code})))
    return found
