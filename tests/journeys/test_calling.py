"""Working together in a real browser: a meeting called at a desk, an answer passed on from a phone, two at once."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from commongrid.matters import actions
from tests.factories import scenes

if TYPE_CHECKING:
    from tests.journeys.conftest import Site

pytestmark = pytest.mark.browser


def test_a_dispatcher_calls_a_meeting_and_sees_who_owes_an_answer(site: Site) -> None:
    matter = scenes.Scene(site.desk).at_township("河堤桥台要垮")
    dispatcher = site.visitor("dispatcher", language="en")
    page = dispatcher.open(f"/console/matters/{matter}/")
    page.locator("#step-call_meeting > summary").click()
    form = page.locator("#step-call_meeting")
    form.get_by_label("Qingshi Transport Station", exact=False).check()
    dispatcher.look("meeting-form")
    form.get_by_role("button", name="Call the meeting").click()
    page.get_by_role("alert").wait_for()  # one is not several, and nothing was said of when and where
    assert form.get_by_label("Qingshi Transport Station", exact=False).is_checked()
    form.locator("details.more > summary").click()
    form.get_by_role("checkbox").nth(1).check()
    page.fill("#call_meeting_at", (timezone.localtime() + timedelta(days=2)).strftime("%Y-%m-%dT09:30"))
    page.fill("#call_meeting_venue", "Room 2, township centre")
    page.fill("#call_meeting_note", "Clear the silt, look at the abutment.")
    page.fill("#call_meeting_reason", "The abutment is theirs as well.")
    form.get_by_role("button", name="Call the meeting").click()
    page.get_by_text("They are called; each owes an answer.").wait_for()
    page.get_by_text("0 of 2 have answered.").wait_for()
    dispatcher.look("parts")
    page.get_by_role("link", name="Print the call").click()
    page.get_by_role("heading", name="Call to a joint meeting").wait_for()
    dispatcher.look("summons")
    dispatcher.finish()


def test_an_answer_is_passed_on_from_a_phone(site: Site) -> None:
    matter = scenes.Scene(site.desk).to_pass("路灯不亮")
    visitor = site.visitor("dispatcher", language="zh-hans", width="phone")
    page = visitor.open("/console/today/?lane=pass_on")
    visitor.look("lane")
    page = visitor.open(f"/console/matters/{matter}/")
    visitor.look("to-pass")
    page.fill("#pass_on_answer", "路灯今晚就亮。")
    page.get_by_role("button", name="转达", exact=True).click()
    page.get_by_text("答复已转达。").wait_for()
    visitor.finish()


def test_who_comes_second_reads_what_happened_and_keeps_the_form(site: Site) -> None:
    scene = scenes.Scene(site.desk)
    matter = scene.at_township("村组路塌方")
    page = site.visitor("dispatcher", language="en").open(f"/console/matters/{matter}/")
    scene.do("county_dispatcher", actions.call_up, matter, reason="县里统一处理")
    page.fill("#divert_reason", "the station is near")
    page.locator("#divert_target").get_by_role("radio").first.check()
    page.get_by_role("button", name="Divert", exact=True).click()
    page.get_by_text("Meanwhile: Taken over from below", exact=False).wait_for()
    assert page.locator("#divert_reason").input_value() == "the station is near"


def test_the_list_is_exported_with_its_purpose(site: Site) -> None:
    scenes.Scene(site.desk).report("=HYPERLINK 路灯", kind="G03")
    visitor = site.visitor("dispatcher", language="en")
    page = visitor.open("/console/matters/?urgency=normal")
    page.get_by_role("link", name="Export").click()
    page.get_by_role("button", name="Export as Excel").click()
    page.get_by_role("alert").wait_for()
    visitor.look("export")
    page.fill("#id_purpose", "weekly meeting")
    with page.expect_download() as got:
        page.get_by_role("button", name="Export as Excel").click()
    assert got.value.suggested_filename.endswith(".xlsx")
    visitor.finish()
