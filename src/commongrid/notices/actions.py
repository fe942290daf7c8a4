"""What is done with notices: made, sent, read, sent again; texts changed; a person's wish kept."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import date, datetime
from importlib import resources
from uuid import NAMESPACE_OID, UUID, uuid5

from commongrid.journal.acting import acting
from commongrid.journal.actions import Line, action
from commongrid.kernel.act import Act
from commongrid.kernel.dated import Change
from commongrid.kernel.refusals import N_, NotFound, WrongState
from commongrid.kernel.scope import Scope
from commongrid.matters.actions.editing import FACTS, written
from commongrid.matters.models import Matter
from commongrid.matters.queries import following
from commongrid.notices.channels import Outcome
from commongrid.notices.models import Notice, NoticeText, Wish
from commongrid.notices.rules.sending import after_failure
from commongrid.notices.rules.texts import TEXTS

SINCE = date(2004, 1, 1)


def seed() -> None:
    """Load the texts where they are missing; those that officials changed stay. Run by the owner, harmless again."""
    text = resources.files("commongrid.notices").joinpath("seeds", "texts.csv").read_text(encoding="utf-8")
    there = set(NoticeText.objects.values_list("sort", "channel", "language"))
    NoticeText.objects.bulk_create(
        NoticeText(
            id=uuid5(NAMESPACE_OID, f"commongrid notice {row['sort']} {row['channel']} {row['language']}"),
            valid_from=SINCE, **row,
        )
        for row in csv.DictReader(text.splitlines())
        if (row["sort"], row["channel"], row["language"]) not in there
    )  # fmt: skip


@action("notices.texts_changed", power="texts.edit", facts=FACTS)
def change_texts(scope: Scope, act: Act, *, vocabulary: str, changes: tuple[Change, ...]) -> Line:
    """Change texts of notices from a day on; those sent before stay as they were sent.

    Refuses: BadInput for fields that the notice does not know, and as ``change_rules``; NotFound for another list.
    """
    if vocabulary != TEXTS.code:
        raise NotFound
    return written(scope, act, TEXTS, changes).line


@action("notices.seen", power="notices.read", facts=("count",))
def mark_read(scope: Scope, act: Act) -> Line:
    """Note that this post has seen what it was told. Refuses: nothing; done twice it is done."""
    found = Notice.objects.filter(post=scope.post, channel="inbox", read_at=None, at__lte=act.at)
    count = found.update(read_at=act.at)
    return Line(
        place=scope.place or scope.lo, subject=scope.post, subject_kind="post", facts={"count": count},
        answer={"count": count},
    )  # fmt: skip


@action("notices.sent_again", power="notices.watch", facts=("channel", "sort"))
def send_again(scope: Scope, act: Act, *, notice_id: UUID) -> Line:
    """Have a notice that was given up tried again.

    Refuses: NotFound out of sight; WrongState unless it was given up.
    """
    row = Notice.objects.select_for_update().filter(id=notice_id).first()
    if row is None or row.channel == "inbox":
        raise NotFound
    if row.state != "failed":
        raise WrongState(N_("It was sent meanwhile, or is being tried."))
    Notice.objects.filter(id=notice_id).update(state="waiting", next_at=act.at, tries=0, fault="")
    return Line(
        place=row.place, subject=row.id, subject_kind="notice", facts={"channel": row.channel, "sort": row.sort},
        answer={"notice": row.id},
    )  # fmt: skip


@action("notices.wished", power="matters.rate", kinds=("slip",), facts=("wanted",))
def wish(scope: Scope, act: Act, *, wanted: bool, language: str = "") -> Line:
    """Keep whether the holder of a slip wants messages about its matter, and in which language; the last word holds.

    Refuses: NotFound for a slip of nothing.
    """
    matter = following.followed(scope)
    said = {"wanted": wanted, "language": language if language in ("zh", "en") else "", "at": act.at}
    Wish.objects.update_or_create(
        matter_id=matter.id, defaults=said, create_defaults={"id": act.id, **said},
    )  # fmt: skip
    place = Matter.objects.filter(id=matter.id).values_list("place", flat=True).get()
    return Line(place=place, subject=matter.id, subject_kind="matter", facts={"wanted": wanted})


def keep(scope: Scope, notices: Iterable[Notice]) -> int:
    """Keep notices that the reader made, each once; answers how many were offered."""
    rows = list(notices)
    Notice.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def note_outcome(scope: Scope, notice_id: UUID, outcome: Outcome, now: datetime) -> str:
    """Note what became of one try; answers the state it leaves: sent, waiting for the next try, or failed for good."""
    with acting(scope):
        row = Notice.objects.select_for_update().filter(id=notice_id, state="waiting").first()
        if row is None:
            return ""
        row.tries += 1
        row.fault, row.reference = outcome.fault, outcome.reference
        again = None if outcome.taken or outcome.final else after_failure(row.tries, now)
        row.state = "sent" if outcome.taken else "waiting" if again else "failed"
        row.next_at, row.done_at = again, now if outcome.taken else None
        row.save()
        return row.state


def put_off(scope: Scope, notice_id: UUID, until: datetime) -> None:
    """Leave a notice until later: quiet hours."""
    with acting(scope):
        Notice.objects.filter(id=notice_id, state="waiting").update(next_at=until)


def drop(scope: Scope, notice_id: UUID, fault: str) -> None:
    """Leave a notice unsent for good, with the reason as a code: nobody to send it to, or they don't want it."""
    with acting(scope):
        Notice.objects.filter(id=notice_id, state="waiting").update(state="dropped", next_at=None, fault=fault)


def note_receipt(scope: Scope, reference: str, *, arrived: bool, fault: str = "") -> int:
    """Note a gateway's delivery receipt; answers how many notices it was about. Twice is harmless."""
    with acting(scope):
        found = (
            Notice.objects.filter(reference=reference, state__in=("sent", "delivered"))
            if reference
            else Notice.objects.none()
        )
        if arrived:
            return found.update(state="delivered", fault="")
        return found.update(state="failed", fault=fault[:24] or "not_delivered")
