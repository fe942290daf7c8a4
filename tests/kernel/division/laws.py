"""The laws of a division, checked from the outside: what is wrong with a proposal, in words."""

from __future__ import annotations

import numpy as np

from commongrid.kernel.division.arranging import areas, placed
from commongrid.kernel.division.arrays import Wholes
from commongrid.kernel.division.graph import Graph, Terrain, walking_graph
from commongrid.kernel.division.statement import Effort, Fault, Households, Locks, Proposal, Rules

QUICK = Effort(rounds=120, bound_rounds=300, joining_rounds=12)
EVERY = frozenset(range(100))


def village(seed: int, count: int, hamlets: int = 1, width: float = 2000.0) -> Households:
    """Households around a few centres, a head in most, members here and there."""
    chance = np.random.default_rng(seed)
    middle = chance.uniform(0, width, (hamlets, 2))
    of = chance.integers(0, hamlets, count)
    points = middle[of] + chance.normal(0, width / 12, (count, 2))
    return Households.at(
        points,
        village=of,
        heads=(chance.random(count) < 0.4).astype(np.int64),
        capacity=chance.choice([0, 0, 0, 4, 15], count),
    )


def connected(graph: Graph, members: Wholes) -> bool:
    """Whether the dwellings hang together, by walking from one to all."""
    mine = set(graph.place[members].tolist())
    beside: dict[int, list[int]] = {one: [] for one in mine}
    for a, b in graph.ends.tolist():
        if a in mine and b in mine:
            beside[a].append(b)
            beside[b].append(a)
    start = next(iter(mine))
    seen, ahead = {start}, [start]
    while ahead:
        for one in beside[ahead.pop()]:
            if one not in seen:
                seen.add(one)
                ahead.append(one)
    return seen == mine


def broken(
    given: Households, rules: Rules, proposal: Proposal, terrain: Terrain | None = None, locks: Locks | None = None
) -> list[str]:
    """The laws that a proposal breaks."""
    locks = locks or Locks()
    given, _ = placed(given)
    graph = walking_graph(given.points, areas(given, rules), terrain or Terrain())
    numbers = np.unique(proposal.grid)
    found = []
    if len(proposal.grid) != len(given.points) or set(numbers.tolist()) != set(range(len(proposal.grids))):
        found.append("every household is in one grid and no grid is empty")
    for number in numbers.tolist():
        found += _of_a_grid(given, rules, graph, proposal, number)
    found += _of_villages(given, rules, proposal, locks)
    found += _of_locks(given, proposal, locks)
    found += _of_price(rules, given, proposal)
    return sorted(set(found))


def _of_a_grid(given: Households, rules: Rules, graph: Graph, proposal: Proposal, number: int) -> list[str]:
    """What a grid lacks is listed, and nothing else is."""
    mine = np.flatnonzero(proposal.grid == number)
    size = int(given.weight[mine].sum())
    faults = {
        Fault.TOO_SMALL: size < rules.lower,
        Fault.TOO_LARGE: size > rules.upper,
        Fault.IN_PIECES: not connected(graph, mine),
        Fault.NO_HEAD: not given.heads[mine].any(),
        Fault.TOO_FEW_MEMBERS: int(given.capacity[mine].sum()) < len(mine),
    }
    listed = {one.fault for one in proposal.exceptions if one.grid == number}
    return [f"{fault.value} is listed" for fault, is_so in faults.items() if is_so != (fault in listed)]


def _of_villages(given: Households, rules: Rules, proposal: Proposal, locks: Locks) -> list[str]:
    """No grid lies in two natural villages that must be kept whole, but for what is locked."""
    area = areas(given, rules)
    free = np.ones(len(area), np.bool_) if locks.households is None else locks.households < 0
    for number, one in enumerate(proposal.grids):
        mine = area[(proposal.grid == number) & free]
        if one.label not in locks.grids and len(np.unique(mine)) > 1:
            return ["natural villages are kept whole"]
    return []


def _of_locks(given: Households, proposal: Proposal, locks: Locks) -> list[str]:
    label = np.array([-1 if one.label is None else one.label for one in proposal.grids])[proposal.grid]
    moved = any(bool(((label == one) != (given.before == one)).any()) for one in locks.grids)
    found = ["locked grids stay as they are"] if moved else []
    if locks.households is not None:
        held = locks.households >= 0
        if bool((label[held] != locks.households[held]).any()):
            found.append("locked households stay")
    return found


def _of_price(rules: Rules, given: Households, proposal: Proposal) -> list[str]:
    found = []
    told = proposal.reckoning
    label = np.array([-1 if one.label is None else one.label for one in proposal.grids])[proposal.grid]
    if told.changed != int(((given.before >= 0) & (label != given.before)).sum()):
        found.append("changes are counted")
    terms = rules.split * told.pairs + rules.change * told.changed + rules.uneven * told.uneven
    terms += rules.no_head * told.without_head + rules.short_member * told.short_members
    if abs(told.price - told.metres - terms) > 1e-3:
        found.append("the price is the sum of its terms")
    if proposal.bound is not None and proposal.bound > told.price + 1e-3:
        found.append("the bound is not above the price")
    return found
