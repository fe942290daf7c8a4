"""`python -m bench.division`: how near grids come to a proven bound, how fast, and how others do on the same villages.

    python -m bench.division [--villages 10] [--households 800] [--modes open,whole,priced,river]
                             [--peers] [--redraw] [--county 300] [--published FOLDER --seeds 5]

Seconds are processor seconds of this process, which a busy machine lengthens less than time on the wall.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from bench.peers import peers
from bench.villages import Published, published, river, village
from commongrid.kernel.compiled import chance
from commongrid.kernel.division.arranging import areas
from commongrid.kernel.division.assigning import total
from commongrid.kernel.division.dividing import divide
from commongrid.kernel.division.graph import Terrain, walking_graph
from commongrid.kernel.division.joining import Ground
from commongrid.kernel.division.reckoning import described, reckon
from commongrid.kernel.division.solving import Task, bounded, searched
from commongrid.kernel.division.statement import Effort, Fault, Households, Locks, Proposal, Rules
from commongrid.kernel.division.walking import Walking

EVERY = frozenset(range(1000))
PLAIN = Rules(target=44.0, lower=30, upper=60, grids=18, split=0.0, no_head=0.0, short_member=0.0, straddling=EVERY)
MODES: dict[str, Callable[[], Rules]] = {
    "open": lambda: PLAIN,
    "whole": lambda: replace(
        PLAIN, grids=None, split=1000.0, no_head=2000.0, short_member=100.0, straddling=frozenset()
    ),
    "priced": lambda: replace(PLAIN, split=1000.0),
    "river": lambda: replace(PLAIN, grids=None),
}


def main() -> int:
    """Everything that was asked for."""
    args = _arguments()
    divide(
        village(99, 60), replace(PLAIN, grids=2), effort=Effort(rounds=30, bound_rounds=100)
    )  # compiled before the clock
    if args.published:
        _published(args.published, args.seeds, args.rounds)
        return 0
    for mode in args.modes.split(","):
        _villages(mode, args)
    if args.redraw:
        _redraw(args)
    if args.county:
        _county(args.county, args.households)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.division", description=__doc__)
    parser.add_argument("--villages", type=int, default=10)
    parser.add_argument("--households", type=int, default=800)
    parser.add_argument("--modes", default="open,whole", help="of: " + ", ".join(MODES))
    parser.add_argument("--peers", action="store_true", help="also METIS, constrained k-means, SKATER, where installed")
    parser.add_argument("--redraw", action="store_true", help="also dividing again after six in a hundred moved")
    parser.add_argument("--county", type=int, default=0, metavar="N", help="also N villages, one after the other")
    parser.add_argument("--published", type=Path, help="folder of capacitated p-median instances, instead of villages")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=1500, help="of the search, for published instances")
    return parser.parse_args()


def _timed(work: Callable[[], Proposal]) -> tuple[Proposal, float]:
    begun = time.process_time()
    return work(), time.process_time() - begun


def _nine_tenths(values: list[float]) -> float:
    return float(np.quantile(values, 0.9))


def _line(name: str, gaps: list[float], seconds: list[float], pieces: int, unlisted: int, rest: str = "") -> None:
    print(
        f"{name:24} gap median {statistics.median(gaps):6.2f} %, nine tenths {_nine_tenths(gaps):6.2f} %, worst "
        f"{max(gaps):6.2f} % | {statistics.median(seconds):5.2f} s, worst {max(seconds):5.2f} s | "
        f"in pieces {pieces}, out of range {unlisted}{rest}",
        flush=True,
    )


def _villages(mode: str, args: argparse.Namespace) -> None:
    rules = MODES[mode]()
    scaled = rules if rules.grids is None else replace(rules, grids=max(1, round(args.households / rules.target)))
    gaps, seconds, pieces, outside, listed, unproven = [], [], 0, 0, 0, 0
    others: dict[str, list[tuple[float, float, int, int]]] = {}
    for seed in range(args.villages):
        homes, land = village(seed, args.households), river(seed) if mode == "river" else Terrain()
        found, taken = _timed(lambda homes=homes, land=land: divide(homes, scaled, land))
        seconds.append(taken)
        pieces += found.reckoning.in_pieces
        outside += found.reckoning.out_of_range
        listed += sum(one.fault in {Fault.TOO_SMALL, Fault.TOO_LARGE} for one in found.exceptions)
        if found.gap is None or found.bound is None:
            unproven += 1
            continue
        gaps.append(100 * found.gap)
        if args.peers and mode == "open":
            for name, *told in _compared(homes, scaled, found.bound, seed):
                others.setdefault(name, []).append(tuple(told))  # type: ignore[arg-type]
    _line(f"{mode} ({len(gaps)} villages)", gaps or [float("nan")], seconds, pieces, outside,
          f" ({listed} listed), without a converged bound {unproven}")  # fmt: skip
    for name, rows in others.items():
        _line(
            name, [row[0] for row in rows], [row[1] for row in rows], sum(r[2] for r in rows), sum(r[3] for r in rows)
        )


def _compared(homes: Households, rules: Rules, bound: float, seed: int) -> Iterator[tuple[str, float, float, int, int]]:
    """Each of the others on this village, by our measure: gap, seconds, grids in pieces, grids out of range."""
    graph = walking_graph(homes.points, areas(homes, rules), Terrain())
    walks = Walking(homes.points, graph)
    for name, way in peers():
        if way is None:
            print(f"{name} is not installed", flush=True)
            continue
        begun = time.process_time()
        grid = way(homes, rules, graph, seed)
        taken = time.process_time() - begun
        _, grid = np.unique(grid, return_inverse=True)
        grids = described(homes, walks, grid, [None] * (int(grid.max()) + 1))
        told = reckon(homes, rules, graph, grid, grids)
        yield name, 100 * (told.metres / bound - 1), taken, told.in_pieces, told.out_of_range


def _redraw(args: argparse.Namespace) -> None:
    """Six in a hundred homes are elsewhere or new; changes cost 100 m; and again with two grids locked."""
    rules = replace(PLAIN, grids=max(1, round(args.households / PLAIN.target)))
    shares, seconds, locked = [], [], []
    for seed in range(args.villages):
        homes = village(seed, args.households)
        first = divide(homes, rules, effort=Effort(with_bound=False))
        drawn = np.random.default_rng(seed)
        moved = drawn.choice(args.households, round(0.06 * args.households), replace=False)
        points, before = homes.points.copy(), first.grid.copy()
        points[moved] = points[drawn.choice(args.households, len(moved))] + drawn.normal(0, 30, (len(moved), 2))
        before[moved] = -1
        homes = replace(homes, points=points, before=before)
        again = replace(rules, change=100.0)
        quick = Effort(rounds=200, with_bound=False, near=True)
        found, taken = _timed(lambda homes=homes, again=again, quick=quick: divide(homes, again, effort=quick))
        shares.append(100 * found.reckoning.changed / args.households)
        seconds.append(taken)
        locks = Locks(grids=frozenset({0, 1}))
        _, taken = _timed(
            lambda homes=homes, again=again, quick=quick, locks=locks: divide(homes, again, None, locks, quick)
        )
        locked.append(taken)
    print(
        f"redraw: {statistics.median(shares):.1f} % of the households change, {statistics.median(seconds):.2f} s, "
        f"worst {max(seconds):.2f} s; with two grids locked {statistics.median(locked):.2f} s",
        flush=True,
    )


def _county(villages: int, households: int) -> None:
    begun, cpu, pieces, outside = time.monotonic(), time.process_time(), 0, 0
    for seed in range(villages):
        found = divide(village(seed, households), MODES["whole"]())
        pieces += found.reckoning.in_pieces
        outside += found.reckoning.out_of_range
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"county of {villages}: {time.process_time() - cpu:.0f} processor seconds, {time.monotonic() - begun:.0f} s on "
        f"the wall with one worker, {peak:.0f} MB; in pieces {pieces}, out of range {outside}",
        flush=True,
    )


def _nobody(share: float) -> None:
    """Nobody looks in."""


def _ground(one: Published) -> Ground:
    zero = np.zeros(len(one.piece.weight), np.int64)
    return Ground(zero, np.zeros(2, np.int64), zero[:0], zero[:2], zero, zero, zero + 1, zero + 1, 0.0, 0.0, 0.0)


def _published(folder: Path, seeds: int, rounds: int) -> None:
    """The same core on published sets: the search, the bound, the last packing; no connectedness is asked there."""
    ratios = []
    for one in published(folder):
        values, seconds, bound = [], [], None
        for seed in range(seeds):
            begun = time.process_time()
            state, effort = chance(seed + 1), Effort(rounds=rounds, bound_rounds=800, seed=seed + 1)
            task = Task(piece=one.piece, ground=_ground(one), grids=one.grids, start=None)
            best = searched(one.piece, task, effort, state, _nobody)
            bound = bounded(task, total(one.piece, best), best, effort, state, _nobody)
            values.append(total(one.piece, best))
            seconds.append(time.process_time() - begun)
        against = one.best if one.best is not None else bound
        told = (
            "no converged bound" if against is None else f"{100 * (statistics.mean(values) / against - 1):.4f} % above"
        )
        ratios += [] if against is None else [100 * (value / against - 1) for value in values]
        print(
            f"{one.name:12} n {len(one.piece.weight):4} p {one.grids:3} best {min(values):.2f} mean "
            f"{statistics.mean(values):.2f}, {told} {'the best known' if one.best is not None else 'the bound'}, "
            f"{statistics.mean(seconds):.1f} s",
            flush=True,
        )
    if ratios:
        print(f"mean {statistics.mean(ratios):.4f} %, worst {max(ratios):.4f} %")


if __name__ == "__main__":
    sys.exit(main())
