"""Two at one matter: whoever comes second reads what happened, by whom and when, and keeps what they typed."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from commongrid.kernel.refusals import NotAllowed, NotFound, Refusal, WrongState
from commongrid.kernel.scope import Scope
from commongrid.matters import queries
from commongrid.roster import queries as roster
from commongrid.surfaces.console.matters import history
from commongrid.surfaces.shared.times import language, when
from commongrid.territory import queries as territory


def happened(scope: Scope, matter_id: UUID, refusal: Refusal) -> str:
    """What somebody else did to the matter last, where that is why a step was refused; else nothing."""
    if not isinstance(refusal, (WrongState, NotAllowed)):
        return ""
    try:
        m = queries.matter(scope, matter_id)
    except NotFound:
        return ""
    if not m.history or m.history[-1].post in (None, scope.post):
        return ""
    line = m.history[-1]
    units = {one: row.label(language()) for one, row in roster.units_by_id(scope, _units(m)).items()}
    codes = {order.place for order in m.orders}
    places = {code: one.label(language()) for code, one in territory.places(scope, codes).items()} if codes else {}
    what = history.title_of(scope, line, m, units, places)
    who = history.who_of(line, history.faces_of(scope, m))
    return _("Meanwhile: %(what)s, %(who)s, %(when)s. Nothing of yours was lost: it stands below, not sent.") % {
        "what": what, "who": who, "when": when(line.at, "short"),
    }  # fmt: skip


def _units(m: queries.MatterDetail) -> set[UUID]:
    return {order.unit for order in m.orders if order.unit is not None}
