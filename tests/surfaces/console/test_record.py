"""Recording for somebody: the place and kind are found, similar ones shown, then it is sent once and a slip given."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from commongrid.kernel.act import new_id
from tests.factories import desk

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from tests.factories.desk import Desk
    from tests.factories.scenes import Scene

NEW = "/console/matters/new/"
FORM = {
    "source": "villager",
    "kind": "G02",
    "place": str(desk.VILLAGE),
    "text": "村口涵洞塌陷，校车绕行",
    "urgency": "normal",
    "name": "李小芳",
    "phone": "13812341234",
}


def picture(colour: str = "red") -> io.BytesIO:
    """A small JPEG."""
    out = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(out, "JPEG")
    out.seek(0)
    out.name = "photo.jpg"
    return out


def counted(county: Desk) -> int:
    """How many matters there are, past every wall."""
    with county.database.as_role("owner") as owner:
        row = owner.execute("SELECT count(*) FROM matters_matter").fetchone()
    assert row is not None
    return int(row[0])


def test_nothing_is_sent_before_it_was_checked(scene: Scene, as_post: Callable[..., Client]) -> None:
    known = scene.report("涵洞垮了一半")
    page = as_post("clerk").post(NEW, {**FORM, "do": "check"})
    assert page.status_code == 200
    assert "One similar matter is open there" in page.text
    assert str(known) in page.text
    assert counted(scene.desk) == 1


def test_sent_once_it_gives_a_slip(county: Desk, as_post: Callable[..., Client]) -> None:
    client, act = as_post("clerk"), str(new_id())
    sent: dict[str, Any] = {**FORM, "do": "send", "act": act}
    page = client.post(NEW, {**sent, "photos": [picture(), picture("blue")]}, follow=True)
    assert page.status_code == 200
    assert page.redirect_chain
    code = page.context["code"]
    assert code in page.text
    assert client.get(f"/s/{code}").status_code == 200
    matter = page.context["matter_id"]
    assert client.get(f"/console/matters/{matter}/").context["photos"]
    assert code in client.get(f"/console/matters/{matter}/slip/").text
    assert code not in as_post("dispatcher").get(f"/console/matters/{matter}/slip/").text
    here = page.redirect_chain[0][0]
    assert code in client.get(here).text
    assert code not in as_post("dispatcher").get(here).text, "the address after recording is the recorder's alone"
    assert code not in client.get(here.replace("recorded=W", "recorded=V")).text
    assert counted(county) == 1


def test_the_same_form_twice_makes_one_matter(county: Desk, as_post: Callable[..., Client]) -> None:
    client, act = as_post("clerk"), str(new_id())
    codes = [client.post(NEW, {**FORM, "do": "send", "act": act}, follow=True).context["code"] for _time in range(2)]
    assert codes[0] == codes[1]
    assert counted(county) == 1


def test_contact_is_sealed_and_the_person_concerned_kept_apart(county: Desk, as_post: Callable[..., Client]) -> None:
    sent = {**FORM, "do": "send", "act": str(new_id()), "concerned_name": "王老贵", "concerned_phone": "13987654321"}
    matter = as_post("clerk").post(NEW, sent, follow=True).context["matter_id"]
    page = as_post("clerk").get(f"/console/matters/{matter}/").text
    assert "王*贵 139****4321" in page
    with county.database.as_role("owner") as owner:
        raw = owner.execute("SELECT name_sealed FROM matters_party").fetchall()
    assert len(raw) == 2
    assert all("王老贵".encode() not in bytes(row[0]) for row in raw)


def test_place_is_looked_up_within_reach(county: Desk, as_post: Callable[..., Client]) -> None:
    assert "Baisha Village" in as_post("dispatcher").get(f"{NEW}places/?place_text=bsc").text
    assert "Longjing" not in as_post("dispatcher").get(f"{NEW}places/?place_text=lj").text
    assert "Grid 1" in as_post("grid_head").get(NEW).text
    found = as_post("dispatcher").post(NEW, {**FORM, "place": "", "place_text": "白沙", "do": "find"})
    assert "Baisha Village" in found.text
    assert FORM["text"] in found.text


def test_faults_are_named_and_the_words_kept(county: Desk, as_post: Callable[..., Client]) -> None:
    wrong = {**FORM, "kind": "没有这样的事", "place": str(desk.FAR_VILLAGE), "do": "check"}
    page = as_post("dispatcher").post(NEW, wrong)
    assert page.status_code == 422
    assert set(page.context["form"].errors) == {"kind", "place"}
    assert FORM["text"] in page.text
    for junk in ("abc", "999999999999999", "٩" * 15, "-1"):
        assert as_post("dispatcher").post(NEW, {**FORM, "place": junk, "do": "send"}).status_code == 422
    assert counted(county) == 0


def test_kind_is_understood_by_code_name_or_left_to_be_sorted(county: Desk, as_post: Callable[..., Client]) -> None:
    client = as_post("clerk")
    for typed, code in (("g02 桥", "G02"), ("Bridges and culverts", "G02"), ("桥梁", "G02"), ("", "Z00")):
        page = client.post(NEW, {**FORM, "kind": typed, "do": "check"})
        if page.status_code == 200:
            assert page.context["given"]["kind"].code == code
        else:
            assert typed == "桥梁"


def test_a_file_that_is_no_photo_is_refused_and_nothing_is_sent(county: Desk, as_post: Callable[..., Client]) -> None:
    bad = io.BytesIO(b"<script>alert(1)</script>")
    bad.name = "photo.jpg"
    page = as_post("clerk").post(NEW, {**FORM, "do": "send", "act": str(new_id()), "photos": [bad]})
    assert page.status_code in {413, 422}
    assert page.context["form"].non_field_errors()
    assert counted(county) == 0


def test_change_goes_back_with_everything_typed(county: Desk, as_post: Callable[..., Client]) -> None:
    page = as_post("clerk").post(NEW, {**FORM, "do": "change"})
    assert page.status_code == 200
    assert FORM["text"] in page.text
    assert not page.context["form"].errors


def test_another_systems_number_is_taken_in_once(county: Desk, as_post: Callable[..., Client]) -> None:
    hotline = {**FORM, "source": "hotline", "external_number": "2611240073", "do": "send"}
    assert as_post("clerk").post(NEW, {**hotline, "act": str(new_id())}, follow=True).context["code"]
    again = as_post("clerk").post(NEW, {**hotline, "act": str(new_id())})
    assert again.status_code == 422
    assert "already recorded" in again.text
    assert counted(county) == 1


@pytest.mark.parametrize("post", ["station", "department", "grid_member", "county_leader", "township_principal"])
def test_everybody_in_post_can_record(county: Desk, as_post: Callable[..., Client], post: str) -> None:
    place = str(desk.GRID if post == "grid_member" else desk.VILLAGE)
    page = as_post(post).post(NEW, {**FORM, "place": place, "do": "send", "act": str(new_id())}, follow=True)
    assert page.status_code == 200, page.text[:2000]
    assert as_post(post).get(f"/s/{page.context['code']}").status_code == 200
    assert counted(county) == 1


def test_a_find_on_patrol_has_no_slip_to_give(scene: Scene, as_post: Callable[..., Client]) -> None:
    found = scene.report("路边护栏松动", kind="G01", place=desk.GRID, by="grid_head", source="patrol")
    asked = scene.report("村口涵洞塌陷", kind="G01", place=desk.GRID, by="grid_head")
    shown = [as_post("grid_head").get(f"/console/matters/{one}/slip/").text for one in (found, asked)]
    assert ["slip-code" in page for page in shown] == [False, True]
    assert "no slip to give" in shown[0]
