"""Scopes for tests of queries and actions."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid5

from commongrid.kernel.scope import Scope

_SPACE = UUID("6f3d0d0e-5a38-4b5b-9f43-2f9f1d1b7a10")
_DIGITS = {15: 1, 12: 1000}


def interval(code: int) -> tuple[int, int]:
    """The interval of a 15-digit code by its trailing zeros."""
    for size in (10**13, 10**11, 10**9, 10**6, 10**3):
        if code % size == 0:
            return code, code + size - 1
    return code, code


def scope_at(place: int, *powers: str, role: str = "tester", **more: Any) -> Scope:
    """A post's scope over a place with the given powers; the post's id follows from role and place."""
    lo, hi = interval(place)
    more.setdefault("post", uuid5(_SPACE, f"{role}@{place}"))
    return Scope(kind="post", lo=lo, hi=hi, powers=frozenset(powers), role=role, place=place, **more)
