"""Rules changed from a day on: what was in force stays, gaps and overlaps are refused, only the county may."""

from __future__ import annotations

import argparse
from dataclasses import replace
from datetime import date, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from django.utils.timezone import localdate
from psycopg import connect
from psycopg.errors import CheckViolation

from commongrid.commands import figures_loop
from commongrid.journal.acting import acting
from commongrid.kernel.act import Act
from commongrid.kernel.dated import Change
from commongrid.kernel.places import interval
from commongrid.kernel.refusals import BadInput, NotAllowed, OtherContent, WrongState
from commongrid.kernel.scope import clock
from commongrid.matters import actions
from commongrid.matters.actions.ticking import TICK
from commongrid.matters.models import Recount
from commongrid.matters.queries import dated, vocabulary
from commongrid.matters.queries.dated import Version
from commongrid.matters.rules.named import NAMED
from commongrid.matters.rules.vocabularies import VOCABULARIES
from commongrid.territory.actions.timing import set_office_hours
from tests.proof.probes import become

if TYPE_CHECKING:
    from commongrid.kernel.scope import Scope
    from tests.bed import Database
    from tests.factories.scenes import Scene

TODAY = localdate()
UNSEALED = {
    "visibility": "restricted", "closes": "filing", "visit": "sample", "finish_days": "15", "competent": "",
}  # fmt: skip
TOMORROW, LATER = TODAY + timedelta(days=1), TODAY + timedelta(days=30)


@pytest.fixture
def county(scene: Scene) -> Scope:
    """The county centre's dispatcher."""
    return scene.as_post("county_dispatcher")


def current(scope: Scope, of: str, key: str) -> Version:
    """The version in force."""
    return next(one for one in dated.versions(scope, dated.vocabulary(of)) if one.key == key and one.holds(TODAY))


def change(scope: Scope, of: str, version: Version | None, on: date, **values: Any) -> Any:
    """Change a row, or add one."""
    kept = {**version.values, **values} if version else values
    row = version.id if version else None
    return actions.change_rules(scope, Act.new(), vocabulary=of, changes=(Change(row=row, values=kept, on=on),))


def end(scope: Scope, of: str, version: Version, on: date) -> Any:
    """End a row."""
    return actions.change_rules(scope, Act.new(), vocabulary=of, changes=(Change(row=version.id, values=None, on=on),))


def test_the_row_in_force_stays_as_it_was_until_the_next_begins(county: Scope) -> None:
    before = current(county, "kinds", "G02")
    change(county, "kinds", before, TOMORROW, finish_days="9")
    rows = dated.versions_like(county, dated.vocabulary("kinds"), before)
    assert [(one.values["finish_days"], one.valid_from, one.valid_to) for one in rows] == [
        (Decimal(9), TOMORROW, None), (before.values["finish_days"], before.valid_from, TOMORROW),
    ]  # fmt: skip
    assert vocabulary.kind(county, "G02").id == before.id
    (line, *_rest) = dated.edits(county, dated.vocabulary("kinds"), "G02")
    assert (line.facts["columns"], line.facts["keys"], line.post) == (["finish_days"], ["G02"], county.post)


def test_a_change_of_today_holds_at_once_and_keeps_the_former_version(county: Scope) -> None:
    before = current(county, "limits", "visit")
    change(county, "limits", before, TODAY, amount="5")
    assert vocabulary.limits(county)["visit"].amount == Decimal(5)
    again = current(county, "limits", "visit")
    change(county, "limits", again, TODAY, amount="6")
    assert vocabulary.limits(county)["visit"].amount == Decimal(6)
    assert len(dated.versions_like(county, dated.vocabulary("limits"), before)) == 2


def test_a_version_to_come_is_corrected_where_it_stands(county: Scope) -> None:
    before = current(county, "kinds", "G02")
    change(county, "kinds", before, TOMORROW, finish_days="9")
    future = next(
        one
        for one in dated.versions(county, dated.vocabulary("kinds"))
        if one.key == "G02" and one.valid_from == TOMORROW
    )
    change(county, "kinds", future, LATER, finish_days="8")
    rows = dated.versions_like(county, dated.vocabulary("kinds"), before)
    assert [(one.id, one.values["finish_days"], one.valid_from, one.valid_to) for one in rows] == [
        (future.id, Decimal(8), LATER, None), (before.id, before.values["finish_days"], before.valid_from, LATER),
    ]  # fmt: skip
    with pytest.raises(BadInput, match="needs your attention"):
        change(county, "kinds", current(county, "kinds", "G02"), LATER, finish_days="7")


def test_the_past_can_not_be_changed(county: Scope) -> None:
    with pytest.raises(BadInput) as refused:
        change(county, "kinds", current(county, "kinds", "G02"), TODAY - timedelta(days=1), finish_days="9")
    assert "on" in refused.value.fields


def test_what_was_replaced_is_changed_by_nobody(county: Scope) -> None:
    before = current(county, "limits", "visit")
    change(county, "limits", before, TODAY, amount="5")
    with pytest.raises(WrongState):
        change(county, "limits", before, TODAY, amount="6")


def test_a_row_that_is_there_is_not_added_again(county: Scope) -> None:
    row = current(county, "tiles", "water")
    with pytest.raises(BadInput):
        change(county, "tiles", None, TODAY, **row.values)


@pytest.mark.parametrize(
    ("of", "key", "values", "field"),
    [
        ("kinds", "G02", {"visibility": "sealed"}, "closes"),
        ("kinds", "G02", {"finish_days": "-1"}, "finish_days"),
        ("kinds", "G02", {"finish_days": "soon"}, "finish_days"),
        ("kinds", "G02", {"zh": ""}, "zh"),
        ("kinds", "G02", {"first_level": "moon"}, "first_level"),
        ("kinds", "G02", {"settle_roles": ["emperor"]}, "settle_roles"),
        ("limits", "sample_share", {"amount": "1.5"}, "amount"),
        ("limits", "recheck_share", {"amount": "0.09"}, "amount"),
        ("urgencies", "urgent", {"factor": "2"}, "factor"),
        ("tiles", "water", {"kind_code": "Q99"}, "kind_code"),
        ("work_list", "G02/county/-", {"function": ""}, "function"),
        ("work_list", "G02/county/-", {"list": "secret"}, "list"),
    ],
)
def test_bad_values_are_named_by_their_column(county: Scope, of: str, key: str, values: Any, field: str) -> None:
    with pytest.raises(BadInput) as refused:
        change(county, of, current(county, of, key), TODAY, **values)
    assert field in refused.value.fields


def test_rechecks_are_never_less_than_a_tenth_in_the_table_either(scene: Scene, county: Scope) -> None:
    change(county, "limits", current(county, "limits", "recheck_share"), TODAY, amount="0.1")
    change(county, "limits", current(county, "limits", "sample_share"), TODAY, amount="0.05")
    with scene.desk.database.as_role("owner") as owner, pytest.raises(CheckViolation, match="matters_limit_rechecked"):
        owner.execute("UPDATE matters_limit SET amount = 0.09 WHERE code = 'recheck_share'")


LIFTING: tuple[tuple[str, str, dict[str, Any], str], ...] = (
    ("limits", "rating_batch", {"amount": "1"}, "amount"),
    ("limits", "rating_batch", {"amount": "5", "measure": "days"}, "measure"),
    ("limits", "visit", {"measure": "share"}, "measure"),
    ("kinds", "A12", UNSEALED, "visibility"),
    ("kinds", "D13", UNSEALED, "visibility"),
    ("danger", "喝农药", {"kind_code": "G01"}, "kind_code"),
)


def test_settings_do_not_lift_what_protects_people(county: Scope) -> None:
    for of, key, values, field in LIFTING:
        with pytest.raises(BadInput) as refused:
            change(county, of, current(county, of, key), TOMORROW, **values)
        assert field in refused.value.fields, (key, refused.value.fields)
    change(county, "limits", current(county, "limits", "visit"), TOMORROW, amount="72", measure="hours")


def test_kinds_that_are_asked_for_by_code_or_danger_words_never_end(county: Scope) -> None:
    for key in ("D13", *sorted(NAMED)):
        with pytest.raises(BadInput, match="Words of danger" if key == "D13" else "by its code"):
            end(county, "kinds", current(county, "kinds", key), LATER)


def test_ratings_are_never_shown_one_by_one_in_the_table_either(scene: Scene) -> None:
    with scene.desk.database.as_role("owner") as owner, pytest.raises(CheckViolation, match="matters_limit_together"):
        owner.execute("UPDATE matters_limit SET amount = 4 WHERE code = 'rating_batch'")


def test_the_last_leader_and_a_kind_in_use_stay(scene: Scene, county: Scope) -> None:
    with pytest.raises(BadInput, match="Nobody would lead"):
        end(county, "work_list", current(county, "work_list", "G02/county/-"), TODAY)
    scene.report("桥面塌陷")
    with pytest.raises(BadInput, match="Open matters are of this kind"):
        end(county, "kinds", current(county, "kinds", "G02"), TODAY)
    with pytest.raises(BadInput, match="can't do without"):
        end(county, "limits", current(county, "limits", "visit"), TODAY)


def test_a_file_is_one_act_all_or_nothing(county: Scope) -> None:
    rows = [current(county, "tiles", code) for code in ("water", "power")]
    good = tuple(Change(row=one.id, values={**one.values, "zh": f"{one.values['zh']}新"}, on=TODAY) for one in rows)
    bad = (*good, Change(row=None, values={**rows[0].values, "code": "no such?"}, on=TODAY))
    with pytest.raises(BadInput):
        actions.change_rules(county, Act.new(), vocabulary="tiles", changes=bad)
    assert current(county, "tiles", "water").id == rows[0].id
    act = Act.new()
    first = actions.change_rules(county, act, vocabulary="tiles", changes=good)
    assert actions.change_rules(county, act, vocabulary="tiles", changes=good) == first
    with pytest.raises(OtherContent):
        actions.change_rules(county, act, vocabulary="tiles", changes=good[:1])
    assert {one.zh for one in vocabulary.tiles(county)} >= {"饮水供水新", "用电新"}
    assert [line.id for line in dated.edits(county, dated.vocabulary("tiles"), "power")] == [act.id]


def test_who_sees_open_matters_is_never_applied_to_them(county: Scope) -> None:
    row = current(county, "kinds", "G02")
    with pytest.raises(BadInput, match="stays as it was"):
        actions.change_rules(
            county, Act.new(), vocabulary="kinds", apply_open=True,
            changes=(Change(row=row.id, values={**row.values, "visibility": "restricted"}, on=TODAY),),
        )  # fmt: skip
    with acting(TICK):
        assert not Recount.objects.exists()


def test_only_the_county_centre_may(scene: Scene, county: Scope) -> None:
    row = current(county, "kinds", "G02")
    for name in ("dispatcher", "station", "clerk"):
        with pytest.raises(NotAllowed):
            change(scene.as_post(name), "kinds", row, TODAY, finish_days="9")


def test_past_every_action_the_wall_lets_only_a_whole_county_write(scene: Scene, database: Database) -> None:
    """Raw SQL as the app: a township changes no rule, whatever the code would say; the county does."""
    changed = {}
    for name in ("dispatcher", "station", "clerk", "county_dispatcher"):
        with connect(database.url("app"), autocommit=True) as app, app.transaction():
            become(app, scene.as_post(name))
            changed[name] = app.execute("UPDATE matters_kind SET note = 'x' WHERE code = 'G02'").rowcount
    assert changed == {"dispatcher": 0, "station": 0, "clerk": 0, "county_dispatcher": 1}


def test_every_row_of_a_new_county_passes_its_own_rules(county: Scope) -> None:
    from commongrid.kernel.dated import read_values

    for of in VOCABULARIES.values():
        known = dated.known(dated.choices(county, of))
        rows = dated.versions(county, of)
        assert rows, of.code
        for one in rows:
            assert read_values(of, one.values, known) == one.values, (of.code, one.key)


def test_a_preview_counts_what_a_recount_would_do(scene: Scene, county: Scope) -> None:
    from django.utils import timezone

    from commongrid.matters.queries.recounting import basis_of

    matter = scene.in_hand("桥面塌陷", kind="G02")
    of = dated.vocabulary("kinds")
    values = {**current(county, "kinds", "G02").values, "finish_days": Decimal(90)}
    total, rows = dated.touched(county, dated.open_under(of, values))
    assert (total, [one.id for one in rows]) == (1, [matter])
    anew = basis_of(county, "kinds", values).anew(county, rows[0], timezone.now())
    assert anew.due.at > rows[0].due_at
    assert isinstance(rows[0].id, UUID)


@pytest.mark.parametrize(("visibility", "faults"), [("public", ["visibility"]), ("parties", []), ("restricted", [])])
def test_what_is_routed_round_the_village_is_not_shown_to_everybody(visibility: str, faults: list[str]) -> None:
    check = VOCABULARIES["kinds"].check
    assert check is not None
    values = {"parent": "M", "visibility": visibility, "closes": "rating", "rated": True, "publish": "none",
              "routed_round": True, "first_level": "township"}  # fmt: skip
    assert list(check(values)) == faults


REAL = 520_623_000_000_000


def beside_a_real_county(scene: Scene) -> None:
    """The county of the tests is a demo, and a real one is set up beside it."""
    with scene.desk.database.as_role("owner") as owner:
        owner.execute("UPDATE territory_county SET demo = true")
        owner.execute(
            "INSERT INTO territory_place (code, level, kind, name, name_en, initials, sort_key, valid_from)"
            " VALUES (%s, 'county', '', '石阡县', '', '', '', '2020-01-01')", [REAL],
        )  # fmt: skip
        owner.execute(
            "INSERT INTO territory_county (code, zone, demo, calendar_version) VALUES (%s, 'Asia/Shanghai', false, 1)",
            [REAL],
        )


def test_a_demo_alone_edits_its_rules_and_beside_a_real_county_none(scene: Scene, county: Scope) -> None:
    with scene.desk.database.as_role("owner") as owner:
        owner.execute("UPDATE territory_county SET demo = true")
    change(county, "limits", current(county, "limits", "visit"), TODAY, amount="5")
    beside_a_real_county(scene)
    with pytest.raises(NotAllowed, match="demo"):
        change(county, "limits", current(county, "limits", "visit"), TODAY, amount="6")
    with pytest.raises(NotAllowed, match="demo"):
        actions.begin_duty(county, Act.new(), kinds=("G02",), reason="暴雨")
    admin = replace(county, lo=REAL, hi=REAL + 10**9 - 1)
    with pytest.raises(NotAllowed, match="demo"):
        set_office_hours(county, Act.new(), hours=((time(9), time(12)),), on=TOMORROW)
    set_office_hours(admin, Act.new(), hours=((time(9), time(12)),), on=TOMORROW)


def test_without_a_place_the_figures_are_the_real_countys(scene: Scene) -> None:
    asked = argparse.Namespace(begin="", end="", at="", kind="", place="", series="")
    scope = clock("test.figures", "figures.read")
    assert figures_loop._question(scope, asked).lo is None, "one county, whatever it is"
    beside_a_real_county(scene)
    assert (figures_loop._question(scope, asked).lo, figures_loop._question(scope, asked).hi) == interval(REAL)
    with scene.desk.database.as_role("owner") as owner:
        owner.execute("UPDATE territory_county SET demo = false")
    with pytest.raises(BadInput, match="--place"):
        figures_loop._question(scope, asked)


@pytest.mark.parametrize("on", [TODAY, LATER])
def test_what_a_later_version_follows_is_not_ended_before_that_one(county: Scope, on: date) -> None:
    before = current(county, "tiles", "water")
    change(county, "tiles", before, TOMORROW, zh="水管漏水")
    with pytest.raises(BadInput, match="End that one first"):
        end(county, "tiles", before, on)
    future = next(one for one in dated.versions(county, dated.vocabulary("tiles")) if one.valid_from == TOMORROW)
    end(county, "tiles", future, TOMORROW)
    end(county, "tiles", current(county, "tiles", "water"), TODAY)
