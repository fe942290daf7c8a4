"""The list of posts, the vacant seats, and the page of one post."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.shortcuts import render
from django.utils.timezone import localdate
from django.utils.translation import gettext

from commongrid.journal.queries import history
from commongrid.kernel.places import ancestors_of
from commongrid.kernel.refusals import Refusal
from commongrid.kernel.widths import plain_number
from commongrid.registry.queries import person as person_in_scope
from commongrid.roster import queries
from commongrid.roster.rules import may_appoint
from commongrid.surfaces.console.posts.villages import LEVEL, kind_of
from commongrid.surfaces.console.posts.words import ACTS, STATES, TONES, place_asked, trail
from commongrid.surfaces.shared.doors import door
from commongrid.surfaces.shared.fields import know_places
from commongrid.surfaces.shared.times import language
from commongrid.territory.queries import places

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from django.http import HttpResponse

    from commongrid.roster.queries import PostLine
    from commongrid.surfaces.shared.doors import Asked

FARTHEST_PAGE = 10_000


@door("posts.read")
def listed(request: Asked) -> HttpResponse:
    """Posts in scope by place and role, filtered; an empty list says what to do."""
    scope, asked = request.scope, request.GET
    place = place_asked(scope, asked.get("place", ""))
    state = asked.get("state", "in_force")
    wanted = queries.Wanted(
        within=place.code if place else None,
        role=asked.get("role", ""),
        state=state if state in STATES else "in_force",
        text=asked.get("q", "")[:60].replace("\x00", ""),
    )
    rows, more = queries.posts(scope, wanted, page=_page_number(request))
    return render(
        request,
        "console/posts/list.html",
        {
            "rows": [(row, _chip(row)) for row in rows],
            "roles": [(role.code, role.label(language())) for role in queries.roles(scope)],
            "states": [(code, gettext(text)) for code, text in STATES.items()],
            "wanted": wanted,
            "place": place,
            "may_appoint": scope.may("posts.appoint"),
            "page": _page_number(request),
            "more": more,
        },
    )


@door("posts.read")
def vacant(request: Asked) -> HttpResponse:
    """Places that should have somebody in a role and have nobody."""
    scope = request.scope
    place = place_asked(scope, request.GET.get("place", ""))
    number = _page_number(request)
    seats, more = queries.vacant_seats(scope, within=place.code if place else None, page=number)
    levels = {role.code: role.level for role in queries.roles(scope)}
    fill, ways = scope.may("posts.appoint"), _ways(request, [seat.place for seat in seats])
    return render(
        request,
        "console/posts/vacant.html",
        {
            "seats": [(seat, ways[seat.place], fill and may_appoint(scope.level, levels[seat.role])) for seat in seats],
            "trail": trail(None, gettext("Vacant seats")),
            "place": place,
            "page": number,
            "more": more,
        },
    )


@door("posts.read")
def page(request: Asked, post_id: UUID) -> HttpResponse:
    """One post: its public face, period, stand-ins, the person's other posts, its history, and what may be done."""
    scope = request.scope
    post = queries.post(scope, post_id)
    state = post.state_on(localdate())
    mine = scope.may("posts.appoint") and scope.covers(post.place) and may_appoint(scope.level, post.level)
    others, _more = queries.posts(scope, queries.Wanted(person=post.person, state="all"))
    know_places(request, (one.place for one in (post, *others)))
    return render(
        request,
        "console/posts/page.html",
        {
            "post": post,
            "chip": _chip(post),
            "state": state,
            "last_day": post.to_on - timedelta(days=1) if post.to_on else None,
            "trail": trail(post),
            "stand_ins": [(one, _runs(one.to_on)) for one in queries.stand_ins(scope, post_id)],
            "villages": queries.assigned_villages(scope, post_id) if kind_of(post) else None,
            "sees_them": kind_of(post) == LEVEL,
            "others": [(one, _chip(one)) for one in others if one.id != post.id],
            "history": _history(request, post),
            "may_change": mine and state != "ended",
            "may_lend": mine,
            "may_let_in": state != "ended" and scope.may("accounts.invite") and _may_let_in(request, post),
        },
    )


def _ways(request: Asked, codes: list[int]) -> dict[int, str]:
    """The way to each place below the county, all names in one query."""
    chains = {code: [*ancestors_of(code)[3:], code] for code in codes}
    known = places(request.scope, {code for chain in chains.values() for code in chain})
    return {
        code: " › ".join(known[step].label(language()) for step in chain if step in known)
        for code, chain in chains.items()
    }


def _runs(to_on: date | None) -> bool:
    return to_on is None or to_on > localdate()


def _may_let_in(request: Asked, post: PostLine) -> bool:
    """Whether links may be given to this person: in scope, beneath, and somebody else."""
    scope = request.scope
    if post.person == scope.person or not may_appoint(scope.level, post.level):
        return False
    try:
        person_in_scope(scope, post.person)
    except Refusal:
        return False
    return True


def _history(request: Asked, post: PostLine) -> list[dict[str, object]]:
    """What was done to the post, the latest first, with who did it by their post's face."""
    lines = [line for line in history(request.scope, post.id) if line.name in ACTS]
    who = queries.faces(request.scope, {line.post for line in lines if line.post})
    return [
        {
            "at": line.at,
            "title": gettext(ACTS[line.name]),
            "who": who[line.post].label(language()) if line.post in who else gettext("System"),
        }
        for line in reversed(lines)
    ]


def _chip(row: PostLine) -> tuple[str, str]:
    """Text and tone of a post's state."""
    state = row.state_on(localdate())
    return gettext(STATES[state]), TONES[state]


def _page_number(request: Asked) -> int:
    return max(1, min(plain_number(request.GET.get("page", ""), 9) or 1, FARTHEST_PAGE))
