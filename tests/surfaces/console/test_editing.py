"""The editor of rules and texts, the calendar's setting, the bell: what is typed is kept, nothing happens unseen."""

from __future__ import annotations

import json
import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_OID, uuid5

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.timezone import localdate

from commongrid.config.env import Notices
from commongrid.notices import jobs
from commongrid.notices.channels import signed

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.factories.scenes import Scene

KIND = uuid5(NAMESPACE_OID, "commongrid matters kind G02")
ROW = f"/console/rules/kinds/{KIND}/"


def sent(page: Any, **changes: Any) -> dict[str, Any]:
    """The form as a browser would send it, with some fields changed."""
    form = page.context["form"]
    values = {name: form[name].value() for name in form.fields}
    kept = {name: value for name, value in values.items() if value not in (None, "", False)}
    return {**kept, "on": localdate().isoformat(), "step": "check", **changes}


def test_a_change_is_shown_before_it_is_made(scene: Scene, as_post: Callable[..., Client]) -> None:
    scene.in_hand("桥面塌陷", kind="G02")
    client = as_post("county_dispatcher")
    page = client.get(ROW)
    preview = client.post(ROW, sent(page, finish_days="90"))
    assert preview.status_code == 200
    effect = preview.context["effect"]
    moves = effect.moves
    assert (moves.open, moves.looked_at, moves.sooner, moves.later, effect.can_apply) == (1, 1, 0, 1, True)
    assert moves.rows[0].number in preview.text
    assert client.get(ROW).context["form"]["finish_days"].value() != "90"
    assert client.post(ROW, sent(page, finish_days="90", step="save")).status_code == 302
    assert "90" in client.get("/console/rules/kinds/?q=G02").text


def test_ending_a_row_of_the_work_list_shows_what_it_does(scene: Scene, as_post: Callable[..., Client]) -> None:
    scene.with_station("青石桥栏杆松动", kind="G02")
    client = as_post("county_dispatcher")
    page = client.get("/console/rules/work_list/add/")
    form = {"kind_code": "G02", "level": "township", "place": "", "function": "grid_centre", "unit": "",
            "list": "basic", "respond_hours": "1", "finish_days": "2", "basis": "",
            "on": localdate().isoformat()}  # fmt: skip
    assert page.status_code == 200
    looked = client.post("/console/rules/work_list/add/", {**form, "step": "check"})
    assert looked.context["effect"].moves.open == 1
    assert client.post("/console/rules/work_list/add/", {**form, "step": "save"}).status_code == 302
    rows = client.get("/console/rules/work_list/?group=all").context["rows"]
    ours = next(one.version for one in rows if one.version.values["function"] == "grid_centre")
    end = f"/console/rules/work_list/{ours.id}/end"
    asked = client.post(end, {"on": localdate().isoformat()})
    assert (asked.status_code, asked.context["moves"].open) == (200, 1)
    assert client.post(end, {"on": localdate().isoformat(), "step": "save", "apply_open": "1"}).status_code == 302


def test_a_kind_of_thing_is_added_and_what_is_wrong_is_said_beside_it(
    scene: Scene, as_post: Callable[..., Client]
) -> None:
    client, add = as_post("county_dispatcher"), "/console/rules/code_lists/add/"
    form = {"list": "thing", "code": "61", "zh": "光伏板", "en": "Dog", "on": localdate().isoformat(), "step": "save"}
    refused = client.post(add, form)
    assert (refused.status_code, refused.context["form"]["zh"].value()) == (422, "光伏板")
    assert "Another row is called so." in refused.text
    assert client.post(add, form | {"en": "Solar panel"}).status_code == 302
    page = client.get("/console/rules/code_lists/?group=thing")
    assert "光伏板" in page.text
    assert "未知的性别" not in client.get("/console/rules/code_lists/?group=all").text
    assert scene.desk.accounts


@pytest.mark.parametrize(
    ("of", "group"), [("kinds", "G"), ("work_list", "G"), ("reasons", "park"), ("code_lists", "site")]
)
def test_a_long_list_is_read_in_parts(scene: Scene, as_post: Callable[..., Client], of: str, group: str) -> None:
    client = as_post("county_dispatcher")
    whole = client.get(f"/console/rules/{of}/?group=all").context
    parts = {one.code: len(one.rows) for one in whole["parts"]}
    assert sum(parts.values()) == len(whole["rows"])
    assert len(parts) > 3
    first = client.get(f"/console/rules/{of}/").context
    assert len(first["rows"]) == len(whole["rows"])
    assert sum(len(one.rows) for one in first["shown"]) == (
        len(first["rows"]) if len(first["rows"]) <= 30 else next(iter(parts.values()))
    )
    page = client.get(f"/console/rules/{of}/?group={group}")
    (part,) = page.context["shown"]
    assert (part.code, len(part.rows)) == (group, parts[group])
    assert part.name not in ("", group)
    assert len(page.context["shown"][0].rows) < len(whole["rows"])
    nonsense = client.get(f"/console/rules/{of}/?group=nonsense").context
    assert [one.code for one in nonsense["shown"]] == [one.code for one in first["shown"]]
    assert scene.desk.accounts


def test_a_search_looks_through_every_part(scene: Scene, as_post: Callable[..., Client]) -> None:
    client = as_post("county_dispatcher")
    found = client.get("/console/rules/kinds/?q=0&group=G").context["shown"]
    assert len(found) > 3
    assert scene.desk.accounts


def test_reasons_and_systems_name_their_purposes(scene: Scene, as_post: Callable[..., Client]) -> None:
    client = as_post("county_dispatcher")
    assert "Not accepted" in client.get("/console/rules/reasons/?group=all").text
    for of, codes in (("reasons", (">reject<", ">park<")), ("systems", (">hotline<",))):
        page = client.get(f"/console/rules/{of}/?group=all").text
        assert not any(code in page for code in codes)
    assert scene.desk.accounts


def test_a_fault_keeps_what_was_typed(scene: Scene, as_post: Callable[..., Client]) -> None:
    client = as_post("county_dispatcher")
    page = client.post(ROW, sent(client.get(ROW), finish_days="about nine", zh="道路桥梁损坏新"))
    assert page.status_code == 422
    assert "about nine" in page.text
    assert "道路桥梁损坏新" in page.text
    past = client.post(ROW, sent(client.get(ROW), on="2020-01-01", step="save", finish_days="9"))
    assert past.status_code == 422


def test_the_township_reads_and_changes_nothing(scene: Scene, as_post: Callable[..., Client]) -> None:
    client = as_post("dispatcher")
    assert client.get("/console/rules/kinds/").status_code == 200
    assert client.get("/console/rules/kinds/file/").status_code == 200
    assert client.get(ROW).status_code == 403
    assert client.get("/console/wording/answers/").status_code == 403
    assert client.get("/console/calendar/notice/").status_code == 403


@pytest.mark.parametrize("form", ["csv", ""])
def test_a_list_goes_out_and_comes_back_unchanged(scene: Scene, as_post: Callable[..., Client], form: str) -> None:
    client = as_post("county_dispatcher")
    for of in ("rules/kinds", "rules/work_list", "rules/limits", "rules/tiles", "wording/answers", "wording/notices"):
        out = client.get(f"/console/{of}/file/?form={form}")
        file = SimpleUploadedFile("list.csv" if form else "list.xlsx", out.content)
        page = client.post(f"/console/{of}/bring-in/", {"file": file, "on": localdate().isoformat()})
        dry = page.context["dry"]
        assert (dry.faults, dry.new, dry.changed) == ((), 0, 0), of
        assert dry.same > 0


def test_a_file_with_faults_names_each_and_changes_nothing(scene: Scene, as_post: Callable[..., Client]) -> None:
    client = as_post("county_dispatcher")
    text = "code,zh,en,kind_code,picture,position\nwater,饮水,Fresh water,B01,water,0\nfog,,Fog,Q99,water,x\n"
    file = SimpleUploadedFile("tiles.csv", text.encode())
    page = client.post("/console/rules/tiles/bring-in/", {"file": file, "on": localdate().isoformat()})
    dry = page.context["dry"]
    assert {(one.row, one.column) for one in dry.faults} == {
        (3, "Chinese name"), (3, "Kind"), (3, "Place in the list"),
    }  # fmt: skip
    assert page.context["kept"] == ""
    good = SimpleUploadedFile("tiles.csv", text.replace("fog,,Fog,Q99,water,x\n", "").encode())
    page = client.post("/console/rules/tiles/bring-in/", {"file": good, "on": localdate().isoformat()})
    assert (page.context["dry"].changed, page.context["dry"].new) == (1, 0)
    done = client.post("/console/rules/tiles/bring-in/", {"kept": page.context["kept"]})
    assert done.status_code == 302
    assert "Fresh water" in client.get("/console/rules/tiles/").text
    forged = client.post("/console/rules/tiles/bring-in/", {"kept": page.context["kept"] + "x"})
    assert forged.status_code == 422


def test_a_notice_that_contradicts_itself_is_refused_with_its_lines(
    scene: Scene, as_post: Callable[..., Client]
) -> None:
    client = as_post("county_dispatcher")
    year = localdate().year + 1
    text = "国庆节:10月1日至7日放假。\n10月3日上班。"
    page = client.post("/console/calendar/notice/", {"year": year, "text": text})
    assert page.status_code == 422
    assert any("1, 2" in fault for fault in page.context["faults"])
    assert "10月3日上班" in page.text
    good = client.post(
        "/console/calendar/notice/", {"year": year, "text": "国庆节:10月1日至7日放假。", "source": "国办发明电"}
    )
    assert good.status_code == 200
    assert good.context["moves"].sooner == 0
    assert client.post("/console/calendar/notice/", {"kept": good.context["kept"]}).status_code == 302
    shown = client.get(f"/console/calendar/?year={year}")
    assert shown.context["provisional"] is False
    assert "国办发明电" in shown.text
    history = client.get("/console/calendar/history/").text
    assert f"Notice of {year}" in history
    assert "10/1" in history
    assert "国办发明电" in client.get("/console/calendar/history/file").content.decode()


def test_market_days_and_office_hours_and_duty_hours(scene: Scene, as_post: Callable[..., Client]) -> None:
    from tests.factories.desk import TOWNSHIP

    client = as_post("county_dispatcher")
    assert (
        client.post(f"/console/calendar/markets/{TOWNSHIP}/", {"sort": "lunar", "numbers": "1, 6"}).status_code == 302
    )
    (days,) = [
        coming
        for place, _row, coming, _may in client.get("/console/calendar/markets/").context["rows"]
        if place.code == TOWNSHIP
    ]
    assert len(days) == 6
    bad = client.post(f"/console/calendar/markets/{TOWNSHIP}/", {"sort": "cycle", "numbers": "one"})
    assert bad.status_code == 422
    tomorrow = (localdate() + timedelta(days=1)).isoformat()
    hours = {"hours": "8:30-12:00, 14:30—17:30", "on": tomorrow}
    scene.in_hand("桥面塌陷", kind="G02")
    looked = client.post("/console/calendar/hours/", hours)
    assert (looked.status_code, looked.context["moves"].open, looked.context["moves"].sooner) == (200, 1, 0)
    assert "08:30" not in client.get("/console/calendar/").text
    assert client.post("/console/calendar/hours/", {**hours, "step": "save"}).status_code == 302
    assert client.post("/console/calendar/hours/", {"hours": "18:00-9:00", "on": tomorrow}).status_code == 422
    page = client.get("/console/calendar/").text
    assert "Hours to come" in page
    assert "08:30–12:00" in client.get("/console/calendar/history/").text
    duty = {"kinds": ["G02"], "reason": "特大暴雨"}
    looked = client.post("/console/calendar/duty/", duty)
    assert looked.context["moves"].open == 1
    assert not looked.context["rows"]
    assert client.post("/console/calendar/duty/", {**duty, "step": "save"}).status_code == 302
    begun = client.get("/console/calendar/duty/")
    assert "特大暴雨" in begun.text
    client.post(f"/console/calendar/duty/{begun.context['rows'][0][0].id}/end")
    ended = client.get("/console/calendar/duty/").context
    assert (ended["rows"], [row.reason for row, _names in ended["ended"]]) == ([], ["特大暴雨"])


def test_the_bell_counts_and_leads_to_the_matter(scene: Scene, as_post: Callable[..., Client]) -> None:
    matter = scene.with_station("青石桥栏杆松动")
    jobs.read()
    client = as_post("station")
    assert client.get("/console/today/").context["counts"]["notices"] >= 1
    page = client.get("/console/notices/")
    assert f"/console/matters/{matter}/" in page.text
    assert client.post("/console/notices/").status_code == 302
    assert client.get("/console/today/").context["counts"]["notices"] == 0


def test_a_standard_answer_is_put_into_the_form(scene: Scene, as_post: Callable[..., Client]) -> None:
    matter = scene.in_hand("青石桥栏杆松动")
    client = as_post("station")
    page = client.get(f"/console/matters/{matter}/")
    (step,) = [one for one in page.context["steps"] if one.code == "answer"]
    ready = next(one for one in step.answers if one.title == "Done on the spot")
    filled = client.get(f"/console/matters/{matter}/?use={ready.id}&in=answer")
    (step,) = [one for one in filled.context["steps"] if one.code == "answer"]
    assert step.form["answer"].value() == ready.text
    assert "990101-" in ready.text
    assert "{" not in ready.text


def test_receipts_of_the_gateway_need_its_signature(scene: Scene, settings: Any) -> None:
    settings.NOTICES = Notices(sms_secret="s3")
    body = json.dumps({"receipts": [{"reference": "r9", "status": "delivered"}, 4, {"status": []}]}).encode()
    now = str(int(time.time()))
    client = Client()

    def send(signature: str) -> Any:
        return client.post(
            "/machine/sms-receipts", body, content_type="application/json",
            headers={"X-Time": now, "X-Nonce": "n", "X-Sign": signature},
        )  # fmt: skip

    assert send("0" * 64).status_code == 403
    good = send(signed("s3", now, "n", body))
    assert (good.status_code, good.json()) == (200, {"code": "OK", "noted": 0})
