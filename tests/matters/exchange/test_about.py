"""Orders of another system that are about somebody of the government, or told in confidence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse

from commongrid.journal.acting import acting
from commongrid.kernel.act import Act
from commongrid.matters.exchange.preview import previewed
from commongrid.matters.models import Matter
from tests.factories.desk import COUNTY, TOWNSHIP
from tests.matters.exchange.making import HEAD, sheet
from tests.matters.exchange.test_orders import HOTLINE, row, send

if TYPE_CHECKING:
    from django.test import Client

    from tests.factories.scenes import Scene


def looked_through(scene: Scene, *rows: tuple[Any, ...], head: tuple[str, ...] = HEAD) -> Any:
    """What a sheet of orders would do."""
    data = sheet(*rows, head=head)
    return previewed(scene.as_post("dispatcher"), system=HOTLINE, sort="orders", data=data, name="a.xlsx")


ROAD_MONEY = "反映白沙村杨书记修路收钱"


def test_refuses_an_order_about_the_village_to_it_by_column_or_by_row(scene: Scene, client: Client) -> None:
    """Whom it is about stands in the sheet, or is said by whoever looks through the rows, to whom offices are shown."""
    head = (*HEAD, "反映对象", "是否保密")
    plain = row(诉求内容=ROAD_MONEY, 类别="G01")
    named = [
        (f"H{n}", *plain[1:], said, kept) for n, (said, kept) in enumerate((("村", ""), ("杨书记", "是"), ("", "")))
    ]
    shown = looked_through(scene, *named, head=head)
    assert [(one.order.about, one.order.confidential, one.status) for one in shown.orders] == [
        ("village", False, "new"), ("unsure", True, "new"), ("", False, "new")
    ]  # fmt: skip
    assert shown.orders[2].notes[-1] == "office_named"
    upload = send(scene, sheet(*named, head=head))
    page = scene.desk.sign_in(client, "dispatcher")
    answer = page.post(reverse("exchange_sheet", args=[upload]), {
        "act": str(Act.new().id), "about-2": "village", "about-3": "unsure", "about-4": "township",
    })  # fmt: skip
    assert answer.status_code == 302, answer.content.decode()
    with scene.desk.database.as_role("owner") as owner:
        found = owner.execute("SELECT place, title FROM matters_matter ORDER BY place, id").fetchall()
    assert sorted(place for place, _title in found) == [COUNTY, COUNTY, TOWNSHIP]
    assert [title for _place, title in found].count("") == 1, "words in confidence are put away"
    with acting(scene.as_post("secretary")):
        assert not Matter.objects.exists()


def test_refuses_what_no_column_says(scene: Scene) -> None:
    head = (*HEAD, "反映对象", "是否保密")
    shown = looked_through(scene, (*row(), "王" * 121, "也许"), head=head)
    assert [fault.code for fault in shown.faults] == ["about_too_long", "confidential_unreadable"]
