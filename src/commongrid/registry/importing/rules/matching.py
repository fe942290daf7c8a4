"""What becomes of each row, decided from the rows and what the register knows: new, changed, unchanged, in doubt, out.

A person is known by identity number, else by name, birth and household; a name
written otherwise that sounds the same is a doubt and never decided alone. No
household ever gets a second head: its head is the one it has, else exactly one
row that says so. Rows that wait for an answer or have a fault are out.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from commongrid.kernel.pinyin import sound
from commongrid.kernel.places import village_of
from commongrid.kernel.widths import halfwidth
from commongrid.registry.importing.rules.faults import CHOICES
from commongrid.registry.importing.rules.held import PlacedHeld
from commongrid.registry.importing.rules.homes import PlacedHome
from commongrid.registry.importing.rules.known import Facts, Key, Known, KnownBooklet, KnownHome, KnownPerson
from commongrid.registry.importing.rules.rows import PersonRead
from commongrid.registry.rules.facts import SELF
from commongrid.registry.rules.fields import FURTHER

PLAIN: Final = (
    "sex", "born_on", "education", "occupation", "political", "marital", "state", "works_at", "registered_place",
    "collective", *FURTHER,
)  # fmt: skip
SEXES: Final = frozenset({"1", "2"})
"""What an identity number says of the sex."""
INSIDE: Final = frozenset({"registered_place", "collective"})
"""Places of which a sheet names the village, where the register may know one inside it."""


@dataclass(slots=True, kw_only=True)
class Placed:
    """A row and what becomes of it.

    ``status``: new, changed, same, doubt, out. ``why``: the doubt or fault, ``at`` its field. ``joins``: somebody known
    who gets this household, ``returns`` one who had left the county, ``enrols`` one who gets this booklet.
    ``new_home``: the register has no such household yet; ``kept``: what the row says and the register keeps as it is.
    ``answers`` are how the doubt may be answered.
    """

    read: PersonRead
    facts: Facts
    status: str = "new"
    why: str = ""
    at: str = ""
    known: KnownPerson | None = None
    changed: tuple[str, ...] = ()
    joins: bool = False
    returns: bool = False
    enrols: bool = False
    new_home: bool = False
    kept: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()

    def out(self, why: str, at: str) -> None:
        """Keep it out, with the reason; the first one stays."""
        if self.status != "out":
            self.status, self.why, self.at = "out", why, at


def planned(
    rows: Iterable[tuple[PersonRead, Facts]], known: Known, answered: Mapping[int, str] | None = None
) -> list[Placed]:
    """What becomes of every row; ``answered`` says by row how its doubt was answered ("same", "new")."""
    placed = [_placed(read, facts, known.homes.get(read.home)) for read, facts in rows]
    for one in placed:
        if one.read.bad:
            one.out("", "")
    _twice(placed, lambda one: one.facts.id_index, "id_number_twice", "id_number")
    for one in placed:
        if one.status != "out":
            _match(one, known, (answered or {}).get(one.read.row, ""))
    _twice(placed, lambda one: one.known.id if one.known and one.status == "same" else None, "twice", "name")
    _new_twice(placed)
    _booklets(placed, known)
    _heads(placed, known)
    for one in placed:
        if one.status in ("same", "changed"):
            _compare(one)
        if one.known and one.status != "out" and not one.joins and _since_kept(one.read, one.known, known):
            one.kept += ("since_kept",)
    return placed


def _placed(read: PersonRead, facts: Facts, home: KnownHome | None) -> Placed:
    return Placed(read=read, facts=facts, new_home=home is None, kept=_kept(read, home) if home else ())


def _since_kept(read: PersonRead, who: KnownPerson, known: Known) -> bool:
    return read.since is not None and who.id in known.lives_since and known.lives_since[who.id] != read.since


def _kept(read: PersonRead, home: KnownHome) -> tuple[str, ...]:
    """What a person's row says otherwise of a known household."""
    door = bool(read.door) and _plain(read.door) != _plain(home.door)
    group = read.villager_group not in {None, home.villager_group}
    return tuple(code for code, otherwise in (("door_kept", door), ("group_kept", group)) if otherwise)


def _plain(door: str) -> str:
    return "".join(halfwidth(door).split())


def counts(placed: Iterable[Placed]) -> dict[str, int]:
    """How many rows of each status."""
    return dict(Counter(one.status for one in placed))


def digest(placed: Iterable[Placed | PlacedHome | PlacedHeld]) -> str:
    """What was planned, in a few signs: the same plan on the same records, the same digest."""
    found = hashlib.sha256()
    for one in placed:
        found.update(f"{one.read.row} {one.status} {one.why} {_stands_on(one)}\n".encode())
    return found.hexdigest()[:32]


def _stands_on(one: Placed | PlacedHome | PlacedHeld) -> str:
    """The record a row is about; where the row may overwrite something, also its version and the fields."""
    if one.known is None:
        return " ".join(map(str, getattr(one, "links", {}).values()))
    if one.status not in ("changed", "doubt"):
        return str(one.known.id)
    return f"{one.known.id} {one.known.version} {' '.join(one.changed)}"


def _twice(placed: Iterable[Placed], key: Callable[[Placed], object], why: str, at: str) -> None:
    """Of rows with the same key the first stays."""
    seen: set[object] = set()
    for one in placed:
        if one.status == "out" or (mine := key(one)) is None:
            continue
        if mine in seen:
            one.out(why, at)
        seen.add(mine)


def _new_twice(placed: Iterable[Placed]) -> None:
    """Of rows of the same name, birth and household the first stays, unless their numbers tell them apart."""
    seen: dict[object, list[bytes | None]] = defaultdict(list)
    for one in placed:
        if one.status != "new":
            continue
        before = seen[one.read.home, one.read.name, one.read.born_on]
        mine = one.facts.id_index
        if before and (mine is None or None in before):
            one.out("twice", "name")
        before.append(mine)


def _match(one: Placed, known: Known, answer: str) -> None:
    """Find the person; doubts are answered here."""
    home = known.homes.get(one.read.home)
    if home is not None and home.state == "ended":
        one.out("home_ended", "number")
        return
    found = known.by_number.get(one.facts.id_index) if one.facts.id_index else None
    if found is None and one.facts.id_index in known.elsewhere:
        one.out("elsewhere", "id_number")
    elif found is not None:
        _by_number(one, found, home, answer)
    else:
        _by_name(one, known, home, answer)


def _by_number(one: Placed, found: KnownPerson, home: KnownHome | None, answer: str) -> None:
    if found.state == "gone" and found.name == one.read.name:
        _answered(one, "came_back", found, answer)
    elif found.state not in ("here", "away"):
        one.out("ended", "id_number")
    elif found.name != one.read.name and answer != "same":
        _doubt(one, "other_name", found)
    elif found.household is not None and (home is None or found.household != home.id):
        one.out("lives_elsewhere", "number")
    else:
        _same(one, found)


def _by_name(one: Placed, known: Known, home: KnownHome | None, answer: str) -> None:
    """Without a number that is known: by name, birth and household, else by what sounds or looks the same."""
    inside = [who for who in (known.inside.get(home.id, ()) if home else ()) if _may_be(one, who)]
    if same := [who for who in inside if who.name == one.read.name]:
        _same(one, same[0])
        return
    like = [who for who in inside if who.born_on == one.read.born_on is not None]
    if like and (same := [who for who in like if who.sounds == sound(one.read.name)]):
        _answered(one, "like_name", same[0], answer)
        return
    others = [who for who in known.named.get(one.read.name, ()) if _may_be(one, who)]
    for who in others:
        if (
            who.household is None
            and who.born_on is None
            and village_of(who.place) == village_of(one.read.natural_village)
        ):
            _answered(one, "post_holder", who, answer)
            return
        if who.born_on is not None and who.born_on == one.read.born_on:
            _answered(one, "other_home", who, answer)
            return
    numbered = one.facts.id_index is not None
    for who in known.named.get(one.read.name, ()):
        if who.state == "gone" and who.born_on == one.read.born_on is not None and not (numbered and who.id_index):
            _answered(one, "left_before", who, answer)
            return


def _may_be(one: Placed, who: KnownPerson) -> bool:
    """Whether neither number nor birth says that these are two people."""
    numbers = one.facts.id_index is None or who.id_index is None
    births = one.read.born_on is None or who.born_on is None or one.read.born_on == who.born_on
    return numbers and births and who.state in ("here", "away")


def _answered(one: Placed, doubt: str, who: KnownPerson, answer: str) -> None:
    if answer not in CHOICES[doubt]:
        _doubt(one, doubt, who)
    elif answer == "same":
        _same(one, who)


def _doubt(one: Placed, why: str, who: KnownPerson) -> None:
    one.status, one.why, one.known, one.answers = "doubt", why, who, CHOICES[why]
    one.at = "id_number" if why in ("other_name", "came_back") else "name"


def _same(one: Placed, who: KnownPerson) -> None:
    """The row is about somebody who is known; without a number it says no other sex than the number kept."""
    if who.id_index and not one.facts.id_index and one.read.sex in SEXES and who.sex in SEXES - {one.read.sex}:
        one.out("sex_kept", "sex")
    elif who.ended_on and one.read.since and one.read.since < who.ended_on:
        one.out("back_early", "since")
    else:
        if who.state == "gone":
            one.returns, one.read = True, replace(one.read, state=one.read.state or "here")
        one.status, one.known, one.joins = "same", who, who.household is None


def _heads(placed: Sequence[Placed], known: Known) -> None:
    """One head for every household, never two."""
    by_home: dict[Key, list[Placed]] = defaultdict(list)
    for one in placed:
        if one.read.natural_village and one.read.number:
            by_home[one.read.home].append(one)
    for key, rows in by_home.items():
        home = known.homes.get(key)
        if home is not None and home.head is not None:
            _under_a_head(rows, home.head)
        else:
            _first_head(rows)


def _under_a_head(rows: Iterable[Placed], head: UUID) -> None:
    for one in rows:
        if one.status not in ("new", "same"):
            continue
        is_head = one.known is not None and one.known.id == head
        if one.read.relation == SELF and not is_head:
            one.out("second_head", "relation")
        elif is_head and one.read.relation != SELF:
            one.out("head_otherwise", "relation")


def _first_head(rows: Sequence[Placed]) -> None:
    good = [one for one in rows if one.status in ("new", "same")]
    heads = [one for one in good if one.read.relation == SELF]
    for one in heads[1:]:
        one.out("second_head", "relation")
    if heads:
        return
    waiting = any(one.read.relation == SELF for one in rows if one.status in ("doubt", "out"))
    for one in good:
        one.out("head_out" if waiting else "no_head", "relation")


def _booklets(placed: Sequence[Placed], known: Known) -> None:
    """One booklet for everybody, inside the area; one head for every booklet, never two."""
    heads: set[tuple[Key, KnownBooklet | None]] = set()
    for one in placed:
        key = one.read.enrolled
        if key is None or one.status not in ("new", "same"):
            continue
        booklet, (lo, hi) = _booklet_of(one, known.booklets.get(key)), known.reach
        if why := _not_in(one, booklet, inside=lo <= key[0] <= hi):
            one.out(why, "booklet")
        elif why := _no_head_of(one, booklet, taken=(key, booklet) in heads):
            one.out(why, "as_in_booklet")
        else:
            one.enrols = one.known is not None and one.known.booklet is None
            one.read = _registered(one, booklet.place if booklet else key[0])
            if one.read.as_in_booklet == SELF:
                heads.add((key, booklet))


def _booklet_of(one: Placed, found: KnownBooklet | None) -> KnownBooklet | None:
    """Of several booklets of one number in a village the one in which the person stands, else the first."""
    stands = one.known.booklet if one.known else None
    return next((other for other in found.others if other.id == stands), found) if found and stands else found


def _registered(one: Placed, place: int) -> PersonRead:
    """The row with the booklet's place as where the person is registered, unless the register has said so already."""
    has = one.known.registered_place if one.known else None
    stays = one.known is not None and not one.read.registered_place and (has is not None or not one.enrols)
    return one.read if stays else replace(one.read, registered_place=place)


def _not_in(one: Placed, booklet: KnownBooklet | None, *, inside: bool) -> str:
    """Why somebody can't be entered into a booklet, or nothing."""
    if not inside:
        return "booklet_elsewhere"
    if booklet is not None and booklet.ended:
        return "booklet_ended"
    stands = one.known.booklet if one.known else None
    return "booklet_other" if stands is not None and (booklet is None or stands != booklet.id) else ""


def _no_head_of(one: Placed, booklet: KnownBooklet | None, *, taken: bool) -> str:
    """Why somebody can't be the head of a booklet, or can't be anything else, or nothing."""
    head = booklet.head if booklet else None
    is_head = head is not None and one.known is not None and one.known.id == head
    if one.read.as_in_booklet == SELF:
        return "booklet_second_head" if taken or (head is not None and not is_head) else ""
    return "booklet_head_otherwise" if is_head else ""


def _compare(one: Placed) -> None:
    """Which fields the row says otherwise than the register; what is not said stays."""
    who, read = one.known, one.read
    if who is None:
        return
    changed = [name for name in PLAIN if _says_otherwise(read, who, name)]
    if read.name != who.name:
        changed.append("name")
    if _otherwise(read.relation, who.as_in_home):
        changed.append("relation")
    if who.booklet and _otherwise(read.as_in_booklet, who.as_in_booklet):
        changed.append("as_in_booklet")
    if one.facts.bank_index and one.facts.bank_index != who.bank_index:
        changed.append("bank")
    if one.facts.id_index and one.facts.id_index != who.id_index:
        changed.append("id_number")
    if one.facts.phone_index and one.facts.phone_index != who.phone_index:
        changed.append("phone")
    one.changed = tuple(changed)
    one.status = "changed" if changed or one.joins or one.enrols else "same"


def _says_otherwise(read: PersonRead, who: KnownPerson, name: str) -> bool:
    """Whether a row says another value; a village says no more of a place inside it, nor "unknown" of a kept number."""
    said, stands = getattr(read, name), getattr(who, name)
    if name in INSIDE and said and stands:
        return said not in {stands, village_of(stands)}
    if name == "sex" and who.id_index and said not in SEXES:
        return False
    return bool(said) and said != stands


def _otherwise(said: str, stands: str) -> bool:
    """Whether a row says another relation to the head; self and head are one."""
    return bool(said) and said != {"01": SELF}.get(stands, stands)
