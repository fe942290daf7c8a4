"""`commongrid powers`: what each role may do, and changes of it from a day on; only the tables' owner makes them."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import date

HELP = "Show what each role may do; give a role a power or withdraw it, from a day on."


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which role, what of its powers, since when."""
    parser.add_argument("--role", metavar="ROLE", help="this role alone")
    change = parser.add_mutually_exclusive_group()
    change.add_argument("--give", metavar="POWER", help="have the role hold this power")
    change.add_argument("--withdraw", metavar="POWER", help="end that the role holds this power")
    parser.add_argument("--from", dest="from_on", metavar="DATE", help="the first day of the change (default today)")
    parser.add_argument("--yes", action="store_true", help="carry it out; without, only say what would change")
    parser.add_argument("--json", action="store_true", help="print JSON: {roles: [{role, zh, en, powers}]}")


def run(args: argparse.Namespace) -> int:
    """0 where it was shown or done, 1 where it was refused."""
    from commongrid.commands.opening import county_open

    power = args.give or args.withdraw
    with county_open(as_owner=bool(power)):
        if power:
            return _change(args, power)
        return _show(args)


def _change(args: argparse.Namespace, power: str) -> int:
    from django.db import transaction
    from django.utils.timezone import localdate

    from commongrid.kernel.act import Act
    from commongrid.kernel.refusals import N_, BadInput
    from commongrid.kernel.scope import clock
    from commongrid.roster import actions
    from commongrid.territory import queries as territory

    if not args.role:
        raise BadInput(N_("Name the role with --role."))
    if not territory.may_import():
        print("Only the owner of the tables may change powers: set DATABASE_OWNER_URL.", file=sys.stderr)
        return 1
    scope = clock("powers", "roster.empower")
    act = actions.give_power if args.give else actions.withdraw_power
    first = _day(args.from_on) if args.from_on else localdate()
    counties = territory.counties(scope)
    if not counties:
        raise BadInput(N_("There is no county yet. Import its places first."))
    with transaction.atomic():
        act(scope, Act.new(), role=args.role, power=power, from_on=first, place=counties[0].code)
        if not args.yes:
            transaction.set_rollback(True)
    verb = "holds" if args.give else "no longer holds"
    print(f"{args.role} {verb} {power} from {first}." + ("" if args.yes else " Nothing was changed: add --yes."))
    return 0


def _show(args: argparse.Namespace) -> int:
    from commongrid.commands.opening import language
    from commongrid.kernel.refusals import N_, BadInput
    from commongrid.kernel.scope import clock
    from commongrid.roster import queries

    scope = clock("powers", "roster.empower")
    found = [one for one in queries.roles(scope) if args.role in (None, one.code)]
    if not found:
        raise BadInput(N_("There is no role %(role)s."), role=args.role)
    if args.json:
        rows = [{"role": one.code, "zh": one.zh, "en": one.en, "powers": sorted(one.powers)} for one in found]
        print(json.dumps({"roles": rows}, ensure_ascii=False, indent=1))
        return 0
    names, lang = queries.powers(scope), "en" if language().startswith("en") else "zh"
    for role in found:
        print(f"{role.code}  {role.label(lang)}")
        for code in sorted(role.powers):
            print(f"    {code:<24} {names[code].label(lang)}")
    return 0


def _day(text: str) -> date:
    from commongrid.kernel.refusals import N_, BadInput

    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BadInput(N_("Write the day as 2027-01-31.")) from error
