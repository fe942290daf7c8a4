"""The facts of the journal's lines in words: what each key means, and each code by its name, never the code itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _

from commongrid.kernel.refusals import N_
from commongrid.matters.queries import systems, vocabulary
from commongrid.matters.rules.vocabularies import VOCABULARIES
from commongrid.notices.rules.texts import SORTS as NOTICES
from commongrid.notices.rules.texts import TEXTS
from commongrid.outreach.rules.duties import LISTS as OUTREACH
from commongrid.registry.keeping.rules import BASES, SHOWN_BY
from commongrid.roster import queries as roster
from commongrid.surfaces.console.matters import words
from commongrid.surfaces.console.network import rota, talents
from commongrid.surfaces.console.posts.units import TYPES
from commongrid.surfaces.shared.times import chinese, in_a_row, language, when

if TYPE_CHECKING:
    from commongrid.kernel.scope import Scope

FACTS: Final[Mapping[str, str]] = {
    "active": N_("switched on"),
    "along": N_("went along"),
    "areas": N_("areas"),
    "basis": N_("legal basis"),
    "begun": N_("new rows"),
    "broken": N_("unreadable"),
    "came": N_("came"),
    "carried": N_("carried out"),
    "cells": N_("cells"),
    "changed": N_("changed"),
    "changes": N_("get another contact"),
    "channel": N_("by"),
    "clock": N_("clock"),
    "count": N_("number"),
    "days": N_("days"),
    "declarations": N_("declarations ended"),
    "doors": N_("with doors"),
    "ended": N_("ended"),
    "entitled": N_("with a vote"),
    "faulty": N_("with faults"),
    "fields": N_("fields"),
    "files": N_("files"),
    "found": N_("found"),
    "fresh": N_("new"),
    "from": N_("from"),
    "from_on": N_("from day"),
    "function": N_("field of work"),
    "had": N_("was with"),
    "has": N_("now with"),
    "held": N_("held by an archive"),
    "homes": N_("households"),
    "hours": N_("hours"),
    "in_favour": N_("in favour"),
    "kept": N_("kept"),
    "kind": N_("sort"),
    "kinds": N_("sorts"),
    "given": N_("power given"),
    "known": N_("known before"),
    "late": N_("too late"),
    "left_out": N_("left out"),
    "level": N_("level"),
    "lines": N_("lines"),
    "links": N_("links"),
    "locked": N_("locked"),
    "m2": N_("square metres"),
    "made": N_("account made"),
    "members": N_("members"),
    "month": N_("month"),
    "moved": N_("moved"),
    "new": N_("new"),
    "number": N_("number"),
    "of": N_("of"),
    "off": N_("days off"),
    "off_list": N_("off the list"),
    "on": N_("on"),
    "open": N_("open"),
    "outcome": N_("ended as"),
    "own": N_("own words"),
    "people": N_("people"),
    "plans": N_("plans"),
    "posts": N_("Posts"),
    "present": N_("present"),
    "recoded": N_("re-coded"),
    "removed": N_("removed"),
    "renamed": N_("renamed"),
    "reopened": N_("taken up again"),
    "replaced": N_("replaced"),
    "result": N_("result"),
    "role": N_("role"),
    "rows": N_("rows"),
    "same": N_("as before"),
    "series": N_("series"),
    "part": N_("time of day"),
    "reserve": N_("on the reserve list"),
    "sessions": N_("devices"),
    "shared": N_("shared"),
    "shown_by": N_("shown by"),
    "sort": N_("sort"),
    "sound": N_("in order"),
    "state": N_("state"),
    "system": N_("system"),
    "taken": N_("taken over"),
    "to": N_("to"),
    "to_on": N_("to day"),
    "type": N_("sort"),
    "unchanged": N_("unchanged"),
    "until": N_("until"),
    "urgency": N_("urgency"),
    "values": N_("values"),
    "villages": N_("villages"),
    "vocabulary": N_("list"),
    "waits": N_("still waits"),
    "wanted": N_("wanted"),
    "was_kind": N_("was sorted as"),
    "was_urgency": N_("urgency before"),
    "withdrawn": N_("power withdrawn"),
    "worked": N_("days worked instead"),
    "year": N_("year"),
}
"""Facts worth a reader's time, by key."""
MACHINE: Final = frozenset({
    "account", "act", "booklet", "by", "carried_by", "cause", "code", "columns", "covers", "duty", "fault", "flagged",
    "follower",
    "from_place", "from_post", "handover", "household", "into", "key", "keys", "matter", "numbers",
    "opened_from", "opened_to", "place", "post", "request", "round",
    "spouse", "stretches", "village", "was_place",
})  # fmt: skip
"""Facts for machines (ids, codes of places, spans), which stay out of the page."""
SORTS: Final[Mapping[str, str]] = {
    "extend": N_("more time"),
    "pause": N_("a pause"),
    "park": N_("parking"),
    "refer": N_("referring out"),
    "end": N_("ending with reasons"),
    "assigned_village": N_("village"),
    "linked_household": N_("linked household"),
    "named_helper": N_("helper of a household"),
    "people": N_("people"),
    "homes": N_("households"),
    "sites": N_("sites"),
    "things": N_("things"),
    "organisations": N_("organisations"),
    "members": N_("members"),
    "flags": N_("flags"),
    "orders": N_("orders"),
    "results": N_("results"),
    "lunar": N_("by the lunar month"),
    "cycle": N_("every so many days"),
    "week": N_("by the week"),
    "none": N_("no market"),
}
"""What was asked of a deputy, what a post was given, what a sheet held, how markets fall."""
RESULTS: Final[Mapping[str, str]] = {
    **words.VISITS,
    "holds": N_("it holds"),
    "fails": N_("it does not hold"),
    "lapsed": N_("nobody looked in time"),
    "passed_up": N_("passed to the county"),
}
PUBLIC: Final[Mapping[str, str]] = {
    "proposed": N_("waits for a second person"),
    "published": N_("published"),
    "refused": N_("not approved"),
    "down": N_("taken down"),
}
CAME: Final[Mapping[str, str]] = {
    "counter": N_("to the counter"), "call": N_("by phone"), "family": N_("by somebody of the family"),
}  # fmt: skip
CHANNELS: Final[Mapping[str, str]] = {"inbox": N_("console"), "email": N_("e-mail"), "sms": N_("text message")}
MOVED: Final[Mapping[str, str]] = {"sooner": N_("to an earlier day"), "later": N_("to a later day")}
RECORDS: Final[Mapping[str, str]] = {
    "person": N_("person"), "household": N_("household"), "site": N_("site"), "thing": N_("thing"),
    "organisation": N_("organisation"),
}  # fmt: skip


def _of(*rows: Mapping[str, str]) -> Callable[[str], str]:
    return lambda code: next((_(names[code]) for names in rows if code in names), "")


def _state(code: str) -> str:
    return words.state(code) if words.state(code) != code else ""


_NOTICES: Final = {code: one.label for code, one in NOTICES.items()}
_LISTS: Final = {one.code: one.title for one in (*VOCABULARIES.values(), TEXTS, *OUTREACH.values())}
CODED: Final[Mapping[str, Callable[[str], str]]] = {
    "basis": _of(BASES),
    "came": _of(CAME),
    "channel": _of(CHANNELS),
    "clock": _of(words.CLOCKS),
    "from": _state,
    "had": _of(words.LEVELS),
    "has": _of(words.LEVELS),
    "kind": _of(SORTS),
    "level": _of(words.LEVELS),
    "moved": _of(MOVED),
    "of": _of(RECORDS),
    "outcome": _of(words.OUTCOMES),
    "result": _of(RESULTS),
    "series": _of(words.SERIES),
    "shown_by": _of(SHOWN_BY),
    "part": _of(rota.PARTS),
    "sort": _of(SORTS, _NOTICES, talents.SORTS),
    "state": _of(PUBLIC, talents.STATES),
    "to": _state,
    "type": _of(TYPES),
    "urgency": _of(words.URGENCIES),
    "vocabulary": _of(_LISTS),
    "was_urgency": _of(words.URGENCIES),
}
"""How the codes under a key are called; what has no name is left out."""
DAYS: Final = frozenset({"from_on", "on", "to_on", "until"})
PLAIN: Final = frozenset({
    "declarations", "held", "removed", "reopened", "reserve", "waits",
    "active", "along", "areas", "cells", "changes", "doors", "files", "m2",
    "in_favour", "links", "locked", "members", "plans", "posts", "present",
    "begun", "broken", "carried", "changed", "count", "days", "ended", "entitled", "faulty", "fields", "found", "fresh",
    "homes", "hours", "kept", "known", "late", "left_out", "lines", "made", "month", "new", "number", "off",
    "off_list", "open", "own", "people", "recoded", "renamed", "replaced", "rows", "same", "sessions", "shared",
    "sound", "taken", "unchanged", "values", "villages", "wanted", "worked", "year",
})  # fmt: skip
"""Numbers, months, yes and no: they read as they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What the county's own lists call their codes, in the reader's language, by the key of a fact."""

    of: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def name(self, key: str, code: str) -> str:
        """The name of a code, or nothing."""
        return self.of.get(key, {}).get(code, "")


LISTED: Final = ("kind", "kinds", "was_kind", "role", "function", "system", "given", "withdrawn")
"""Keys whose codes the county's own lists name."""


def names(scope: Scope) -> Names:
    """The names in force."""
    lang = language()
    kinds = {one.code: one.label(lang) for one in vocabulary.kinds(scope)}
    roles = {one.code: one.label(lang) for one in roster.roles(scope)}
    functions = {code: one.label(lang) for code, one in roster.functions(scope).items()}
    senders = {one.code: one.label(lang) for one in systems.systems(scope)}
    powers = {code: one.label(lang) for code, one in roster.powers(scope).items()}
    listed = (kinds, kinds, kinds, roles, functions, senders, powers, powers)
    return Names(of=dict(zip(LISTED, listed, strict=True)))


def fact(key: str, value: object, known: Names = Names()) -> str:
    """One fact in words, empty where it says nothing to a reader."""
    if key not in FACTS or value in ("", None, [], ()):
        return ""
    text = _said(key, value, known)
    return f"{_(FACTS[key])} {text}" if text else ""


def _said(key: str, value: object, known: Names) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list | tuple):
        return in_a_row(one for one in (_said(key, part, known) for part in value) if one)
    if key == "from" and isinstance(value, int):  # a bare code, in lines of before ``from_place``
        return ""
    if isinstance(value, int) or key in PLAIN:
        return str(value)
    code = str(value)
    if key in DAYS:
        return _day(code)
    return (CODED[key](code) if key in CODED else "") or known.name(key, code)


def _day(text: str) -> str:
    try:
        return when(date.fromisoformat(text[:10]), "date")
    except ValueError:
        return ""


def facts(found: Mapping[str, object], known: Names = Names()) -> str:
    """The facts of a line in words."""
    told = [one for one in (fact(key, value, known) for key, value in found.items()) if one]
    return ("，" if chinese() else ", ").join(told)
