"""Inner loops compiled to machine code: compiled once, kept beside the source, the same on every run.

A compiled function takes arrays and numbers, holds no lock while it runs and
reads no clock; chance comes from a state of ours that is handed in, so one seed
gives one result.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar

import numba
import numpy as np
from numpy.typing import NDArray

P = ParamSpec("P")
R = TypeVar("R")


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """The function in machine code, with its types kept for the reader and the checker."""
    made: Callable[P, R] = numba.njit(cache=True, nogil=True)(function)
    return made


def chance(seed: int) -> NDArray[np.uint64]:
    """The state that `below` and `share` draw from, for a seed."""
    return np.array([(seed * 0x9E3779B97F4A7C15 + 0x1234567) % 2**64 or 1], dtype=np.uint64)


@compiled
def below(state: NDArray[np.uint64], limit: int) -> int:
    """A whole number from 0 up to, not including, the limit (xorshift64*)."""
    x = state[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    state[0] = x
    return np.int64(((x * np.uint64(0x2545F4914F6CDD1D)) >> np.uint64(33)) % np.uint64(limit))  # type: ignore[return-value]


@compiled
def share(state: NDArray[np.uint64]) -> float:
    """A number from 0 up to, not including, 1."""
    return below(state, 1 << 30) / (1 << 30)
