"""What the clock does for the console: writes the long lists that were asked for, takes them away on their day.

A list is written with the eyes of whoever asked, in short transactions: their post is looked up anew before each part,
in the session that asked. One whose writer was killed is written anew.
"""

from __future__ import annotations

import time
from datetime import datetime
from typing import TYPE_CHECKING, Final

from django.db import DatabaseError
from django.utils import timezone
from django.utils.translation import override

from commongrid.accounts.exporting import actions, queries
from commongrid.journal import pulses
from commongrid.kernel.act import Act, new_id
from commongrid.kernel.refusals import N_, NotAllowed, Refusal, WrongState
from commongrid.kernel.scope import clock
from commongrid.kernel.timetable import every

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from commongrid.accounts.exporting.queries import ListRow
    from commongrid.kernel.scope import Scope
    from commongrid.surfaces.console.handing import Eyes, LongTable, Maker

NAME: Final = "console.exports"
WRITER: Final = clock(NAME)
BEAT_SECONDS: Final = 60.0
"""So often does a writer of a very long list say that it is at work."""
PIECE: Final = 256 << 10
"""Bytes of a file that are sealed together."""
OVER: Final = N_(
    "You have signed out since you asked for this list, or the post has ended or changed. Ask for it again."
)
CHANGED: Final = N_("What your post sees has changed since you asked for this list. Ask for it again.")
BROKEN: Final = N_(
    "This list could not be prepared. Ask for it again; if it fails again, tell whoever runs this system."
)


class Unwanted(Exception):
    """The list was removed while it was written."""


@every(seconds=2, name=NAME, apart=True)
def write_lists(now: datetime | None = None) -> int:
    """Write the list that has waited longest; answers how many. Another waits for it no longer than it takes."""
    at = now or timezone.now()
    row = queries.next_list(WRITER, at)
    if row is None or not actions.take_up(WRITER, Act(new_id(), at), list_id=row.id):
        return 0
    if row.tries >= actions.TRIES:
        actions.give_up(WRITER, list_id=row.id, refusal=WrongState(BROKEN))
        return 1
    try:
        with override(row.language):
            _write(row)
    except Unwanted:
        return 0
    except Refusal as refusal:
        actions.give_up(WRITER, list_id=row.id, refusal=refusal)
    except DatabaseError:  # it is taken up anew
        raise
    except Exception:
        actions.give_up(WRITER, list_id=row.id, refusal=WrongState(BROKEN))
        raise
    return 1


@every(seconds=3600, name="console.sweep_exports")
def sweep(now: datetime | None = None) -> int:
    """Take away the lists whose day has passed; answers how many."""
    return actions.sweep(WRITER, Act(new_id(), now or timezone.now()))


def _write(row: ListRow) -> None:
    from commongrid.surfaces.console import handing  # and what makes lists: much, and only where one is asked for
    from commongrid.surfaces.console.handing.streamed import stream_sheet
    from commongrid.surfaces.shared.times import language
    from commongrid.territory import queries as territory

    eyes = handing.Eyes(look=_Look(row), note=_Note(row.id))
    with eyes.open() as scope:
        place = territory.places(scope, {row.asked["place"]}).get(row.asked["place"])
        of = handing.Handed(
            title=row.asked["title"], place=place.label(language()) if place else "",
            by=handing.name_of(scope), purpose=row.asked["purpose"], tables=(), until=row.until,
        )  # fmt: skip
    out = _Pieces(row.id)
    rows = stream_sheet(out, of.told, _tables(row, eyes))
    out.close()
    if not actions.finish(WRITER, list_id=row.id, rows=rows, size=out.size):
        raise Unwanted


def _tables(row: ListRow, eyes: Eyes) -> Iterable[LongTable]:
    from commongrid.surfaces.console.matters import export as matters
    from commongrid.surfaces.console.register import exporting, ledgers, own_long

    makers: dict[str, Maker] = {
        "matters": matters.long_list, "households": exporting.long_list, "ledger": ledgers.long_list,
        "own": own_long.long_list,
    }  # fmt: skip
    return makers[row.what.partition(".")[0]](eyes, row.asked["rows"])


class _Look:
    """Finds the scope of whoever asked, as it is now. Refuses: NotAllowed, WrongState where it isn't that any more."""

    def __init__(self, row: ListRow) -> None:
        from commongrid.surfaces.console.handing import power_of, sight

        self.row, self.session = row, queries.session_of(WRITER, row.id)
        self.power, self.sight = power_of(row.what), sight

    def __call__(self) -> Scope:
        from commongrid.surfaces.shared.sessions import scope_of_session

        scope = scope_of_session(self.session, self.row.account_id, self.row.post)
        if scope is None:
            raise NotAllowed(OVER)
        scope.demand(self.power)
        if self.sight(scope) != self.row.sight:
            raise WrongState(CHANGED)
        return scope


class _Note:
    """Keeps how far a list is. Raises: Unwanted where nobody wants it any more."""

    def __init__(self, list_id: UUID) -> None:
        self.list_id, self.beat_at = list_id, time.monotonic() + BEAT_SECONDS

    def __call__(self, share: float) -> None:
        if time.monotonic() > self.beat_at:
            pulses.beat(NAME, every=BEAT_SECONDS)
            self.beat_at = time.monotonic() + BEAT_SECONDS
        if not actions.progressed(WRITER, list_id=self.list_id, share=min(int(share * 100), 99)):
            raise Unwanted


class _Pieces:
    """Takes a file as it is written and keeps it sealed, piece by piece. Raises: Unwanted."""

    def __init__(self, list_id: UUID) -> None:
        self.list_id, self.size, self._n = list_id, 0, 0
        self._waiting = bytearray()

    def write(self, data: bytes, /) -> int:
        self._waiting += data
        while len(self._waiting) >= PIECE:
            self._keep(bytes(self._waiting[:PIECE]))
            del self._waiting[:PIECE]
        return len(data)

    def flush(self) -> None:
        """Nothing: a piece is kept once it is whole."""

    def close(self) -> None:
        self._keep(bytes(self._waiting))

    def _keep(self, data: bytes) -> None:
        if not actions.add_piece(WRITER, list_id=self.list_id, n=self._n, data=data):
            raise Unwanted
        self._n, self.size = self._n + 1, self.size + len(data)
