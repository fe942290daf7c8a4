"""What may be said of a matter that others were merged into."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace

from commongrid.matters.rules.moves import Call


def among(plain: Call) -> Iterator[Call]:
    """What may be said of a matter that leads others: by its own reporter or theirs, while some have not spoken."""
    for others, bad in itertools.product((True, False), (True, False)):
        one = replace(plain, others=others, bad=bad)
        if plain.event == "time_out":
            yield one
            continue
        answers = itertools.product((True, False), (True, False), (True, False) if plain.event == "rate" else (False,))
        yield from (
            replace(one, result="asked", solved=solved, satisfied=satisfied, follower=follower)
            for solved, satisfied, follower in answers
        )
        if plain.event == "visit":
            yield from (replace(one, result="not_reached", days=days) for days in (1, 3))
            yield from (replace(one, result=result) for result in ("left_slip", "checked", "not_done"))
