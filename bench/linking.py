"""`python -m bench.linking`: links against the optimum of a linear program, a leaver, and a county's time.

python -m bench.linking [--villages 10] [--households 800] [--members 60] [--county 300]
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from dataclasses import replace

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_matrix

from bench.villages import village
from commongrid.kernel.linking.flow import GRAIN, load_steps, terms
from commongrid.kernel.linking.planning import link
from commongrid.kernel.linking.statement import Households, LinkRules, Members, Pairs

RULES = LinkRules(target=12, leaving=400.0)


def question(seed: int, households: int, members: int) -> tuple[Households, Members]:
    """A village's households with wishes, and its members at some of the same dwellings."""
    chance = np.random.default_rng(seed)
    homes = village(seed, households)
    at = chance.choice(households, members, replace=False)
    group = homes.village // 3
    return (
        Households.at(homes.points, group=group, wishes=chance.choice([0, 0, 0, 1, 2], households)),
        Members.at(
            homes.points[at], group=group[at], skills=chance.integers(0, 4, members), upper=np.full(members, 18)
        ),
    )


def optimum(homes: Households, members: Members, rules: LinkRules) -> float:
    """The least price by HiGHS on the whole linear program."""
    found = terms(homes, members, Pairs(), rules)
    a, b = np.nonzero(found.allowed)
    count, many = found.allowed.shape
    steps = [(m, int(price)) for m in range(many) for price in load_steps(members, rules, m)]
    row = np.concatenate([a, count + b, count + np.array([m for m, _ in steps])])
    column = np.concatenate([np.arange(len(a)), np.arange(len(a)), len(a) + np.arange(len(steps))])
    value = np.concatenate([np.ones(2 * len(a)), -np.ones(len(steps))])
    matrix = coo_matrix((value, (row, column)), shape=(count + many, len(a) + len(steps))).tocsr()
    price = np.concatenate([found.link[a, b], [cost for _, cost in steps]])
    right = np.concatenate([np.ones(count), np.zeros(many)])
    return float(linprog(price, A_eq=matrix, b_eq=right, bounds=(0, 1), method="highs").fun) / GRAIN


def main() -> int:
    """Equality, leavers, a county."""
    parser = argparse.ArgumentParser(prog="python -m bench.linking", description=__doc__)
    parser.add_argument("--villages", type=int, default=10)
    parser.add_argument("--households", type=int, default=800)
    parser.add_argument("--members", type=int, default=60)
    parser.add_argument("--county", type=int, default=0)
    args = parser.parse_args()
    seconds, off, others = [], [], []
    for seed in range(args.villages):
        homes, members = question(seed, args.households, args.members)
        begun = time.process_time()
        plan = link(homes, members, RULES)
        seconds.append(time.process_time() - begun)
        off.append(abs(plan.price - optimum(homes, members, RULES)))
        gone = int(np.argmax(plan.load))
        upper = np.where(np.arange(args.members) == gone, 0, members.upper)
        after = link(replace(homes, before=plan.member), replace(members, upper=upper), RULES)
        others.append(after.new_contact - after.left)
    print(f"{args.villages} villages: furthest from the linear program {max(off):.2f} m")
    print(f"one village {statistics.median(seconds):.2f} s, worst {max(seconds):.2f} s of the processor")
    print(f"a leaver moves {statistics.median(others):.0f} others at 200 m, at most {max(others)}")
    if args.county:
        begun = time.process_time()
        for seed in range(args.county):
            link(*question(seed, args.households, args.members), RULES)
        print(f"county of {args.county}: {time.process_time() - begun:.1f} s of the processor, questions included")
    return 0


if __name__ == "__main__":
    sys.exit(main())
