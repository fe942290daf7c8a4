"""An unfunded road parked on a phone and woken, a labour dispute referred out with its receipt, a no objected to."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from commongrid.matters import actions, jobs
from commongrid.matters.actions import code_of
from tests.factories import desk, scenes
from tests.journeys.telling import Counted, ended
from tests.matters.test_loop import rate, row
from tests.matters.waits import add_post

if TYPE_CHECKING:
    from tests.journeys.conftest import Site

pytestmark = pytest.mark.browser


def day(days: int) -> str:
    """A day from today, as a form takes it."""
    return (timezone.localdate() + timedelta(days=days)).isoformat()


def test_an_unfunded_road_is_parked_in_two_taps_and_woken_on_its_day(site: Site) -> None:
    scene = scenes.Scene(site.desk)
    add_post(scene, "deputy", "unit_deputy", desk.TOWNSHIP, "transport")
    matter = scene.in_hand("通村路太窄，会车要倒出去半里")
    handler = site.visitor("station", language="zh-hans", width="phone")
    page = handler.open(f"/console/matters/{matter}/")
    page.locator("#step-ask_park > summary").click()
    page.fill("#ask_park_until", day(120))
    page.select_option("#ask_park_reason", "no_funds")
    page.fill("#ask_park_words", "拓宽要列项目，今年没有资金，已电话告知。")
    page.locator("#step-ask_park input[name=told][value=call]").check()
    page.get_by_role("button", name="申请挂起").click()
    page.get_by_text("已申请。").wait_for()
    handler.look("asked-to-park")
    handler.finish()

    deputy = site.visitor("deputy", language="zh-hans", width="phone")
    page = deputy.open("/console/today/")
    deputy.look("today-applications")
    page.locator("#applications ~ ul a").first.tap()  # one
    page.get_by_role("button", name="批准", exact=True).tap()  # two
    page.get_by_text("已批准。").wait_for()
    deputy.look("granted")
    deputy.finish()
    assert row(matter).state == "parked"

    person = site.visitor(language="zh-hans", width="phone")
    page = person.open(f"/s/{code_of(matter)}")
    page.get_by_text("现在还办不了").wait_for()
    page.get_by_text("资金没有着落").wait_for()
    person.look("parked-slip")
    person.finish()
    centre = site.visitor("dispatcher", language="en")
    centre.open("/console/matters/parked/").get_by_text("No money for it yet").wait_for()
    centre.look("parked-list")

    due = row(matter).due_at
    assert due is not None
    assert jobs.tick(due) == 1
    page = site.visitor("station", language="zh-hans", width="phone").open(f"/console/matters/{matter}/")
    page.get_by_role("button", name="恢复办理").click()
    page.get_by_text("已恢复办理").wait_for()
    centre.finish()

    done = {"answer": "项目已列入，路面已加宽到五米。"}
    scene.do("dispatcher", actions.pass_on, scene.do("station", actions.answer, matter, **done), **done)
    rate(matter, solved=True, satisfied=True)
    scene.do("dispatcher", actions.close, matter)
    way = "reported raised accepted diverted started applied granted resumed answered passed_on rated closed woken"
    ended(scene, matter, "rated", way, Counted())


def test_a_labour_dispute_goes_to_arbitration_and_ends_with_its_receipt(site: Site) -> None:
    scene = scenes.Scene(site.desk)
    matter = scene.do("dispatcher", actions.accept, scene.report("砖厂拖着不签合同", kind="A07"))
    page = site.visitor("dispatcher", language="en").open(f"/console/matters/{matter}/")
    page.locator("#step-refer > summary").click()
    page.select_option("#refer_body", "arbitration_labour")
    page.fill("#refer_words", "调解两次未成")
    page.locator("#step-refer input[name=told][value=visit]").check()
    page.get_by_role("button", name="Refer it out").click()
    page.get_by_text("the receipt is waited for").wait_for()
    page.get_by_text("Next step: Receipt came").wait_for()
    page.get_by_role("button", name="The receipt is here").click()
    page.get_by_text("Enter the number on the receipt").first.wait_for()  # refused, what was typed stays
    page.fill("#take_receipt_number", "劳人仲案〔2026〕112号")
    page.fill("#take_receipt_on", day(0))
    page.fill("#take_receipt_contact", "0990-8612333")
    page.fill("#take_receipt_words", "仲裁委已受理，五日内电话通知您")
    page.get_by_role("button", name="The receipt is here").click()
    page.get_by_text("Referred out with a receipt.").wait_for()
    person = site.visitor(language="en", width="phone")
    page = person.open(f"/s/{code_of(matter)}")
    page.get_by_text("Labour arbitration commission has taken it over, receipt 劳人仲案〔2026〕112号").wait_for()
    page.get_by_text("0990-8612333").wait_for()
    person.look("receipt-slip")
    person.finish()
    way = "reported accepted referred receipt_taken"
    ended(scene, matter, "referred", way, Counted(satisfied=None))


def test_a_no_is_objected_to_once_by_the_slip(site: Site) -> None:
    scene = scenes.Scene(site.desk)
    reject = {"reason": "请到民政办咨询", "why": "not_ours"}
    matter = scene.do("dispatcher", actions.reject, scene.report("要求迁坟"), **reject)
    person = site.visitor(language="zh-hans", width="phone")
    page = person.open(f"/s/{code_of(matter)}")
    page.get_by_text("不属于本县职责").wait_for()
    person.look("refused-slip")
    page.get_by_role("link", name="再次申请").click()
    page.get_by_role("button", name="向上一级申请").click()
    page.get_by_text("请写一句话").first.wait_for()
    page.fill("#id_words", "民政办让我来这里")
    page.get_by_role("button", name="向上一级申请").click()
    page.get_by_text("上一级正在看").wait_for()
    assert page.get_by_role("link", name="再次申请").count() == 0
    assert row(matter).owner_level == "county"
    person.finish()
