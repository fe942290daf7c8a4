"""`commongrid rotate-keys`: a new sealing key, and every sealed value under it, while the county works."""

from __future__ import annotations

import argparse
import sys

HELP = "Make a new sealing key and seal every value anew with it, in batches, while the county works."
BATCH = 500


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which algorithm, and whether an earlier run goes on."""
    parser.add_argument("--sm4", action="store_true", help="the new key seals with SM4-GCM (GB/T 32907) instead of AES")
    parser.add_argument("--resume", action="store_true", help="make no new key: go on where an earlier run broke off")
    parser.add_argument("--batch", type=int, default=BATCH, metavar="N", help=f"values per transaction ({BATCH})")
    parser.add_argument("--show", action="store_true", help="only say how many values there are under each key")


def run(args: argparse.Namespace) -> int:
    """0 where every value is under the newest key, 1 where one did not open or the role may not."""
    from commongrid.commands.opening import county_open

    with county_open(as_owner=True):
        return _rotate(args)


def _rotate(args: argparse.Namespace) -> int:
    from django.conf import settings

    from commongrid.accounts import actions, sealed
    from commongrid.config import keys
    from commongrid.kernel.act import Act
    from commongrid.kernel.scope import clock
    from commongrid.territory import queries as territory

    scope = clock("rotate keys", "accounts.rotate")
    if not territory.may_import():
        print("Only the owner of the tables may seal anew: set DATABASE_OWNER_URL.", file=sys.stderr)
        return 1
    if args.show:
        return _show(actions.values_by_key(scope), sealed.sealer().current)
    if not args.resume:
        keys.add_sealing_key(settings.DATA, sm4=args.sm4)
    told = None
    for told in actions.reseal(scope, batch=max(1, min(args.batch, 10_000))):
        print(f"\r{told.values:,} sealed anew", end="", file=sys.stderr)
    print(file=sys.stderr)
    values, broken = (told.values, told.broken) if told else (0, [])
    key = sealed.sealer().current
    for county in territory.counties(scope):
        actions.keys_rotated(scope, Act.new(), key=key, values=values, broken=len(broken), place=county.code)
    print(f"{values:,} values are sealed with {key} now. Keep the older keys: backups made before today need them.")
    for line in broken[:20]:
        print(f"did not open: {line}", file=sys.stderr)
    return int(bool(broken))


def _show(counted: dict[str, int], current: str) -> int:
    for key, count in sorted(counted.items()):
        print(f"{key}{' (current)' if key == current else ''}: {count:,}")
    return 0
