"""A village's register with something of everything, for tests that open each page of it."""

from __future__ import annotations

import io
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

import openpyxl

from commongrid.kernel.act import Act
from commongrid.registry import actions, queries
from commongrid.registry.rules.facts import Told
from commongrid.registry.rules.own_ledgers import Spec
from tests.factories.desk import GRID, OTHER_VILLAGE, VILLAGE
from tests.factories.scopes import scope_at
from tests.registry.conftest import CLERK, Hamlet

if TYPE_CHECKING:
    from commongrid.kernel.scope import Scope


def register_rows() -> dict[str, UUID]:
    """A family, what stands in its village, what the field reported and what is on offer."""
    home, (head, person, child, _elder) = Hamlet().family()
    told = Told(on=date(2026, 3, 1), source="普查")
    made = {"household": home, "person": person}
    for of, more in (("thing", {"every_months": "6"}), ("organisation", {})):
        new = actions.NewHolding(of=of, place=GRID, written={"kind": "11", "name": "白沙合作社", **more})
        made[of] = UUID(actions.add_holding(CLERK, Act.new(), new=new, told=told)[of])
    joined = actions.join(
        CLERK, Act.new(), organisation_id=made["organisation"], person_id=head, duty="leader", told=told
    )
    made["membership"] = UUID(joined["membership"])
    booklet = actions.NewBooklet(place=VILLAGE, number="0001")
    made["booklet"] = UUID(actions.open_booklet(CLERK, Act.new(), new=booklet, told=told)["booklet"])
    actions.enrol(CLERK, Act.new(), person_id=head, booklet_id=made["booklet"], as_to_head="", told=told)
    veteran = actions.Recognised(type_code="veteran", person=head)
    made["flag"] = UUID(actions.flag(CLERK, Act.new(), what=veteran, told=told)["flag"])
    field = scope_at(VILLAGE, "people.confirm")
    change = actions.Change(sort="moved_out", household=home, person=child, said={"to": "贵阳"})
    made["request"] = UUID(actions.report_change(field, Act.new(), change=change, told=told)["request"])
    offer = actions.offer_record(CLERK, Act.new(), person_id=child, to_place=OTHER_VILLAGE, note="出嫁", told=told)
    made["handover"] = UUID(offer["handover"])
    return made


def own_ledger(clerk: Scope) -> UUID:
    """A ledger of the village clerk's, laid into a form of the county."""
    book = openpyxl.Workbook()
    for row in (["某县花名册"], ["序号", "姓名", "年龄"], [None]):
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    laid = queries.Laid(name="表.xlsx", sheet=book.active.title, first=3, at=((0, "no"), (1, "name")), clear=False)
    spec = Spec(of="person", columns=("name", "age"), group="sex")
    form = actions.Form(data=out.getvalue(), laid=laid)
    done = actions.save_ledger(clerk, Act.new(), name="花名册", spec=spec, shared=True, form=form)
    return UUID(done["ledger"])
