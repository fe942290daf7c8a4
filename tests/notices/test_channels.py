"""The text-message gateway: what is sent is signed and says no more than it must, what comes back is understood."""

from __future__ import annotations

import io
import json
import time
import urllib.error
from email.message import Message as Headers
from http.client import BadStatusLine, IncompleteRead
from typing import Any
from uuid import uuid4

import pytest

from commongrid.notices.channels import Email, Message, Outcome, SmsGateway, is_signed, signed

URL = "https://sms.example/send"
MESSAGE = Message(id=uuid4(), to="13800000000", text="您反映的事项 990101-2611-0001 已有答复")


def gateway(answer: Any, seen: list[Any]) -> SmsGateway:
    """A gateway whose other side answers this, or raises it."""

    def open_(request: Any, *, timeout: float) -> Any:
        seen.append((request, timeout))
        if isinstance(answer, Exception):
            raise answer
        return io.BytesIO(answer)

    return SmsGateway(url=URL, key="app", secret="s3", signature="某县", open=open_)


def test_a_message_is_signed_and_names_itself() -> None:
    seen: list[Any] = []
    outcome = gateway(b'{"code": "OK", "reference": "g-77"}', seen).send(MESSAGE)
    assert outcome == Outcome(taken=True, reference="g-77")
    ((request, timeout),) = seen
    assert (request.full_url, request.method, timeout) == (URL, "POST", 8.0)
    assert json.loads(request.data) == {"id": str(MESSAGE.id), "phone": MESSAGE.to, "text": f"【某县】{MESSAGE.text}"}
    given = {name.casefold(): value for name, value in request.header_items()}
    assert is_signed("s3", given["x-time"], given["x-nonce"], request.data, given["x-sign"])
    assert "s3" not in repr(gateway(b"{}", []))


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (b'{"code": "BLACKLIST"}', Outcome(taken=False, final=True, fault="BLACKLIST")),
        (b'{"code": "BUSY", "again": true}', Outcome(taken=False, fault="BUSY")),
        (b"<html>", Outcome(taken=False, fault="no_sense")),
        (b"[1]", Outcome(taken=False, fault="no_sense")),
        (TimeoutError(), Outcome(taken=False, fault="no_connection")),
        (urllib.error.URLError("no route"), Outcome(taken=False, fault="no_connection")),
        (IncompleteRead(b"{"), Outcome(taken=False, fault="no_connection")),
        (BadStatusLine("?"), Outcome(taken=False, fault="no_connection")),
        (urllib.error.HTTPError(URL, 503, "", Headers(), None), Outcome(taken=False, fault="http_503")),
        (urllib.error.HTTPError(URL, 429, "", Headers(), None), Outcome(taken=False, fault="http_429")),
        (urllib.error.HTTPError(URL, 403, "", Headers(), None), Outcome(taken=False, final=True, fault="http_403")),
    ],
)
def test_what_comes_back_says_whether_to_try_again(answer: Any, expected: Outcome) -> None:
    assert gateway(answer, []).send(MESSAGE) == expected


def test_a_receipt_is_believed_only_signed_and_fresh() -> None:
    now, body = str(int(time.time())), b'{"receipts": []}'
    good = signed("s3", now, "n", body)
    assert is_signed("s3", now, "n", body, good)
    assert not is_signed("s3", now, "n", body + b" ", good)
    assert not is_signed("other", now, "n", body, good)
    assert not is_signed("", now, "n", body, signed("", now, "n", body))
    old = str(int(time.time()) - 4000)
    assert not is_signed("s3", old, "n", body, signed("s3", old, "n", body))
    assert not is_signed("s3", "١٢٣", "n", body, good)


def test_mail_goes_by_djangos_backend(mailoutbox: list[Any]) -> None:
    assert Email(sender="grid@example.org").send(
        Message(id=uuid4(), to="a@example.org", subject="事项", text="事项 990101-2611-0001")
    ) == Outcome(taken=True)
    (mail,) = mailoutbox
    assert (mail.to, mail.from_email, mail.body) == (["a@example.org"], "grid@example.org", "事项 990101-2611-0001")


@pytest.mark.parametrize("to", ["a\nb@example.org", "站长"])
def test_what_is_no_address_is_refused_for_good(to: str, mailoutbox: list[Any]) -> None:
    sent = Email(sender="grid@example.org").send(Message(id=uuid4(), to=to, subject="事项", text="事项"))
    assert (sent, mailoutbox) == (Outcome(taken=False, final=True, fault="address_refused"), [])
