"""`commongrid sign-in`: print a one-time sign-in link for whoever holds a post."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from commongrid.kernel.scope import Scope
    from commongrid.roster.queries import PostLine

HELP = "Print a one-time sign-in link for a post: its id, role@place or role."
HOURS = 24


def arguments(parser: argparse.ArgumentParser) -> None:
    """A post, or every role; how long the link is good for."""
    parser.add_argument("post", metavar="POST", nargs="?", help="post id, role@place code, or a role's code")
    parser.add_argument("--each-role", action="store_true", help="one link for each role that somebody holds")
    parser.add_argument(
        "--appoint",
        metavar="NAME",
        help="first fill an administrator's empty seat (role@place) with somebody of this name: how a county begins",
    )
    parser.add_argument("--hours", type=int, default=HOURS, help="how many hours the link is good for (default 24)")
    parser.add_argument("--json", action="store_true", help="print JSON: {links: [{role, title, place, post, url}]}")


def run(args: argparse.Namespace) -> int:
    """Make the links and print them; an earlier unused link of the same person no longer works."""
    from commongrid.commands.opening import county_open, language

    if bool(args.post) == args.each_role:
        from commongrid.kernel.refusals import N_, BadInput

        raise BadInput(N_("Name one post, or ask for --each-role."))
    with county_open():
        from commongrid.journal.acting import acting
        from commongrid.kernel.scope import clock

        scope = clock("sign-in links", "accounts.invite")
        if args.appoint:
            _begin(args.post or "", args.appoint)
        with acting(scope):
            chosen = _chosen(scope, args)
        links = [_link(scope, one, args.hours, "en" if language().startswith("en") else "zh") for one in chosen]
    if args.json:
        print(json.dumps({"links": links}, ensure_ascii=False))
    else:
        for link in links:
            print(f"{link['title']}: {link['url']}")
    return 0


def _chosen(scope: Scope, args: argparse.Namespace) -> list[PostLine]:
    """The posts asked for. Refuses NotFound where nobody holds such a post."""
    from commongrid.kernel.refusals import N_, NotFound
    from commongrid.roster.queries import find_posts

    if args.each_role:
        return _each_role()
    found = find_posts(scope, args.post)[:1]
    if not found:
        raise NotFound(N_("Nobody holds such a post today."))
    return found


FAR = 10
"""What being of another village counts for among posts of grids: more than any turn."""


def _each_role() -> list[PostLine]:
    """A post of each role: rather one that is asked to decide something, or that owes a step, than one with neither.

    Those of grids are of one village, so that what one of them reports another who is here decides. And one of each
    sort of body that sealed matters go to, which nobody else can receipt.
    """
    from commongrid.journal.acting import acting
    from commongrid.kernel.places import village_of
    from commongrid.kernel.scope import clock
    from commongrid.matters.queries.bodies import competent_functions
    from commongrid.matters.queries.waiting import APPROVE, Seat, busy_seats
    from commongrid.matters.rules.relations import CONTENT
    from commongrid.roster.queries import one_per_role, role_powers

    scope = clock("sign-in links", "accounts.invite", "matters.read")
    with acting(scope):
        deciding, owing = busy_seats(scope)
        powers = role_powers(scope)

        def rank(post: PostLine) -> int:
            seat = Seat("", 0, post.unit) if post.unit else Seat(post.level, post.place, None)
            may = powers.get(post.role, frozenset())
            if APPROVE in may and seat in deciding:
                return 0
            return 1 if may & CONTENT and seat in owing else 2

        functions = competent_functions(scope)
        found = sorted(one_per_role(scope, rank=rank, functions=functions), key=rank)
        village = next((one.place for one in found if one.level == "village"), None)

        def near(post: PostLine) -> int:
            return rank(post) + (FAR if post.level == "grid" and village_of(post.place) != village else 0)

        return one_per_role(scope, rank=near, functions=functions)


def _begin(seat: str, name: str) -> None:
    """Fill an administrator's empty seat, so that a county without any post can begin.

    Refuses: BadInput for another role or no place; WrongState where somebody holds it.
    """
    from django.utils.timezone import localdate

    from commongrid.journal.acting import acting
    from commongrid.kernel.act import Act
    from commongrid.kernel.places import parse
    from commongrid.kernel.refusals import N_, BadInput, WrongState
    from commongrid.kernel.scope import clock
    from commongrid.roster.actions import Appointment, appoint
    from commongrid.roster.queries import find_posts
    from commongrid.roster.rules import BEGINNERS

    role, _, place = seat.partition("@")
    if role not in BEGINNERS or not place:
        raise BadInput(N_("Only administrators are appointed here, as role@place: county_admin@990101."))
    scope = clock("first administrators", "posts.appoint")
    with acting(scope):
        if find_posts(scope, seat):
            raise WrongState(N_("Somebody holds this post already. Let them appoint others in the console."))
    appoint(scope, Act.new(), to=Appointment(role=role, place=parse(place), name=name, from_on=localdate()))


def _where(scope: Scope, post: PostLine, lang: str) -> str:
    """The post's unit, or its place: a grid or group with its village, which many others have one of too."""
    from commongrid.kernel.places import enclosing
    from commongrid.territory.queries import places

    if post.unit:
        return post.unit_label(lang)
    village = enclosing(post.place, "village")
    if village in (None, post.place):
        return post.place_label(lang)
    of = places(scope, [village])[village].label(lang)
    return f"{post.place_label(lang)}, {of}" if lang == "en" else f"{of}{post.place_label(lang)}"


def _link(scope: Scope, post: PostLine, hours: int, lang: str) -> dict[str, str]:
    """A link for whoever holds the post."""
    from django.conf import settings

    from commongrid.accounts.rules import hashed, link_secret
    from commongrid.commands.up import served_at
    from commongrid.config.env import env
    from commongrid.kernel.act import Act
    from commongrid.roster.actions import invite

    act = Act.new()
    secret = link_secret(settings.SECRET_KEY, act.id)
    invite(scope, act, person_id=post.person, post_id=post.id, secret_hash=hashed(secret), hours=hours)
    title, place = post.label(lang), _where(scope, post, lang)
    return {
        "role": post.role,
        "title": f"{title}, {place}" if lang == "en" else f"{place} {title}",
        "place": str(post.place),
        "post": str(post.id),
        "url": f"{served_at(env.DATA) or env.ADDRESS}/in/{secret}",
    }
