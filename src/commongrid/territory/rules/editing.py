"""Rules of editing places by hand: what may be added, named, ended, covered."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from commongrid.kernel.places import BELOW_VILLAGE, interval
from commongrid.kernel.refusals import N_, BadInput

LONGEST_NAME = 60
GRID_KINDS = ("general", "dedicated")
"""A dedicated grid (专属网格) is a school, market or company; it need not serve homes."""


@dataclass(frozen=True, slots=True)
class Named:
    """A name in Chinese and, where there is one, in English."""

    name: str
    name_en: str = ""

    def cleaned(self) -> Named:
        """With single spaces.

        Refuses: BadInput at the field where a name is empty, too long or unreadable.
        """
        name, name_en = (" ".join(text.split()) for text in (self.name, self.name_en))
        fields = {}
        if not any(sign.isalnum() for sign in name) or not name.isprintable():
            fields["name"] = N_("Give it a name.")
        for field, text in (("name", name), ("name_en", name_en)):
            if len(text) > LONGEST_NAME:
                fields[field] = N_("A name has at most 60 characters.")
        if not name_en.isprintable():
            fields["name_en"] = N_("This name can't be read.")
        if fields:
            raise BadInput(fields=fields)
        return Named(name, name_en)


def may_have_own_name(level: str) -> bool:
    """Names of villages and above come from the national list; only their English names are ours."""
    return level in BELOW_VILLAGE


def check_covers(village: int, covers: Iterable[int], kind: str) -> None:
    """Whether a grid of the village may serve these sets.

    Refuses: BadInput at ``kind`` or ``covers``: an unknown kind, none chosen
    for a general grid, one of another village.
    """
    if kind not in GRID_KINDS:
        raise BadInput(fields={"kind": N_("Choose what kind of grid it is.")})
    inside = interval(village)
    chosen = list(covers)
    if kind == "general" and not chosen:
        raise BadInput(fields={"covers": N_("Choose at least one natural village or group that the grid serves.")})
    if any(not inside.holds(code) or code == village for code in chosen):
        raise BadInput(fields={"covers": N_("A grid serves places of its own village only.")})
