"""Who has paid for a year of medical insurance or pension: the ledger shows it, counts it, asks for the others."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils.timezone import localdate

from commongrid.journal.acting import acting
from commongrid.kernel.act import Act
from commongrid.kernel.dated import Values
from commongrid.registry import actions, queries
from commongrid.registry.rules.facts import Told
from commongrid.registry.rules.ledgers import LEDGERS, asked_first, columns_of, totals
from commongrid.registry.rules.own_ledgers import Spec
from commongrid.registry.rules.vocabularies import FLAG_TYPES, PAYMENTS
from tests.factories.desk import VILLAGE
from tests.registry.conftest import CLERK, DAY, Hamlet

TODAY = localdate()
YEAR = TODAY.year
MEDICAL, NEXT, PENSION = f"medical_{YEAR}", f"medical_{YEAR + 1}", f"pension_{YEAR}"
WANTED = queries.Wanted(place=VILLAGE, population="resident", on=TODAY, since=DAY)


def pay(who: Any, payment: str, on: date) -> None:
    what = actions.Recognised(type_code=payment, person=who, body="白沙村村委会")
    actions.flag(CLERK, Act.new(), what=what, told=Told(on=on))


def paid(code: str, **more: Any) -> dict[str, tuple[str, date | None]]:
    """By name whether and when somebody has paid; what is counted of the ledger is what its rows add up to."""
    of, wanted = LEDGERS[code], replace(WANTED, **more)
    with acting(CLERK):
        found = [row.values for row in queries.ledger_rows(CLERK, of, wanted)]
        assert queries.ledger_totals(CLERK, of, wanted).all == totals(of, found).all
        assert queries.ledger_size(CLERK, of, wanted) == len(found)
    return {row["name"]: (row["paid"], row["paid_on"]) for row in found}


def test_the_ledger_says_who_has_paid_for_a_year_by_a_day_and_who_has_not(village: Hamlet) -> None:
    _home, (head, wife, son, _father) = village.family()
    first, second = TODAY - timedelta(days=2), TODAY - timedelta(days=1)
    pay(head, MEDICAL, first)
    pay(wife, MEDICAL, second)
    pay(son, NEXT, first)
    pay(son, PENSION, second)
    year = {"周一": ("1", first), "吴二": ("1", second), "周三": ("0", None), "周四": ("0", None)}
    assert paid("medical", payment=MEDICAL) == year
    assert list(paid("medical", payment=MEDICAL, paid="0")) == ["周三", "周四"]
    assert set(paid("medical", payment=MEDICAL, paid="1")) == {"周一", "吴二"}
    assert set(paid("medical", payment=MEDICAL, paid="1", on=first)) == {"周一"}, "by that day"
    assert set(paid("medical", payment=NEXT, paid="1")) == set(paid("pension", payment=PENSION, paid="1")) == {"周三"}
    assert "周四" not in paid("pension", payment=PENSION, paid="0"), "too old to pay in"
    with acting(CLERK):
        found = queries.ledger_totals(CLERK, LEDGERS["medical"], replace(WANTED, payment=MEDICAL))
    assert dict(zip(found.sorts, found.all, strict=True)) == {
        "people": 4, "homes": 1, "male": 3, "female": 1, "paid": 2, "unpaid": 2,
    }  # fmt: skip


def test_a_payment_taken_back_is_none_and_an_own_ledger_knows_the_flag(village: Hamlet) -> None:
    home, (head, *_rest) = village.family()
    act = Act.new()
    what = actions.Recognised(type_code=MEDICAL, person=head)
    actions.flag(CLERK, act, what=what, told=Told(on=TODAY))
    with acting(CLERK):
        spec = Spec(of="person", columns=("name",), filters={"flags": MEDICAL})
        assert [row.values["name"] for row in queries.own_rows(CLERK, spec, WANTED)] == ["周一"]
        (line,) = queries.flags_of(CLERK, person=head)
        assert line.en == f"Resident medical insurance paid for {YEAR}"
        assert queries.flags_of(CLERK, household=home) == [], "a payment stands on the person's page alone"
    actions.undo(CLERK, Act.new(), done=act.id, told=Told(on=TODAY, source="录错"))
    assert paid("medical", payment=MEDICAL, paid="1") == {}


def test_without_a_type_of_flag_nothing_is_said_of_paying(village: Hamlet) -> None:
    village.family()
    assert set(paid("medical", payment="").values()) == {("", None)}
    with acting(CLERK):
        found = queries.ledger_totals(CLERK, LEDGERS["medical"], WANTED)
    assert dict(zip(found.sorts, found.all, strict=True))["unpaid"] == 0


def test_the_year_that_is_being_collected_is_asked_for_first(village: Hamlet) -> None:
    with acting(CLERK):
        assert [one.code for one in queries.payments(CLERK, "medical")] == [NEXT, MEDICAL]
        assert queries.payment_asked(CLERK, LEDGERS["medical"], MEDICAL, TODAY) == MEDICAL
        assert queries.payment_asked(CLERK, LEDGERS["medical"], "veteran", date(YEAR, 12, 1)) == NEXT
        assert queries.payment_asked(CLERK, LEDGERS["roster"], MEDICAL, TODAY) == ""
    codes = ["medical_2028", "medical_2027", "medical_2026"]
    for group, on, found in (
        ("medical", date(2026, 8, 31), "medical_2026"), ("medical", date(2026, 9, 1), "medical_2027"),
        ("medical", date(2035, 1, 1), "medical_2028"), ("pension", date(2027, 12, 1), "medical_2027"),
    ):  # fmt: skip
        assert asked_first(group, codes, on) == found
    assert asked_first("medical", [], TODAY) == ""


@pytest.mark.parametrize(
    ("change", "column"),
    [({"of": "household"}, "group"), ({"sensitive": True}, "group"), ({"code": "medical"}, "code"), ({}, "")],
)
def test_a_type_that_says_who_has_paid_is_an_open_flag_of_people_with_its_year(
    change: Values, column: str
) -> None:  # fmt: skip
    values: Values = {"code": "medical_2029", "group": "medical", "of": "person", "sensitive": False, **change}
    assert FLAG_TYPES.check is not None
    assert list(FLAG_TYPES.check(values)) == ([column] if column else [])
    assert list(FLAG_TYPES.check(values | {"group": "care"})) == []


def test_each_group_of_payments_has_its_ledger() -> None:
    asked = {one.paid: one for one in LEDGERS.values() if one.paid}
    assert set(asked) == set(PAYMENTS)
    assert all({"paid", "paid_on"} <= {key for key, _head in columns_of(one)} for one in asked.values())
