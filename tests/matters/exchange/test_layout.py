"""Replies in the layout of another system's own sheet."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import openpyxl
from django.test import Client

from commongrid.kernel.act import Act
from commongrid.matters.exchange import actions as exchange
from tests.matters.exchange.making import ROW, sheet
from tests.matters.exchange.test_orders import HOTLINE, answered, matter_of, take

if TYPE_CHECKING:
    from tests.factories.scenes import Scene


def test_replies_leave_in_the_layout_of_the_system_that_was_sent_once(scene: Scene) -> None:
    take(scene, ROW)
    answered(scene, matter_of(scene, "2611240001"))
    client, theirs = (
        scene.desk.sign_in(Client(), "dispatcher"),
        ("序号", "处理结果", "件号", "备注", "备注", "承办单位"),
    )
    batch = exchange.export_replies(scene.as_post("dispatcher"), Act.new(), system=HOTLINE)["batch"]
    out = f"/console/exchange/batches/{batch}/replies.xlsx"
    assert cells(client.get(out).content)[0][0] == "工单编号 Order number"
    empty = io.BytesIO(sheet(head=theirs))
    empty.name = "回复模板.xlsx"
    sent = client.post(f"/console/exchange/{HOTLINE}/in/replies/", {"sheet": empty})["Location"]
    page = client.get(sent, follow=True)
    assert (page.context["form"].initial["reply"], page.context["form"].initial["who"]) == ("处理结果", "承办单位")
    columns = f"{sent}columns"
    for wrong in ({"reply": "处理结果"}, {"number": "件号", "reply": "件号"}, {"number": "没有", "reply": "件号"}):
        assert client.post(columns, wrong).status_code == 422
    done = client.post(columns, {"number": "件号", "reply": "处理结果", "who": "承办单位"}, follow=True)
    assert done.redirect_chain[0][0] == "/console/exchange/"
    assert client.get(columns).status_code == 404, "their sheet is not kept"
    head, first = cells(client.get(out).content)
    assert head == theirs
    assert first[1:3] == ("路灯已换新，今晚起亮。", "2611240001")
    assert (first[0], first[3], first[4]) == (None, None, None)


def cells(book: bytes) -> list[tuple[Any, ...]]:
    """The rows of a workbook."""
    page = openpyxl.load_workbook(io.BytesIO(book)).active
    assert page is not None
    return [tuple(cell or None for cell in row) for row in page.iter_rows(values_only=True)]
