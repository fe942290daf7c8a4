"""Ways out: e-mail, and text messages through a gateway that speaks JSON over HTTPS.

A channel sends one message and says what became of it; it never raises for what
a network or gateway does. The gateway is configured by the environment and
never called without it.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import smtplib
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import Any, Final, Protocol
from uuid import UUID

from django.core.mail import EmailMessage

SKEW: Final = 300
"""Seconds by which a signed receipt may be old."""
LARGEST: Final = 64 << 10
_TRY_AGAIN: Final = (408, 425, 429)
_SERVER: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What is sent: an id that stays the same on a retry, an address or phone, and words."""

    id: UUID
    to: str
    text: str
    subject: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a message: taken, or refused for good or for now, with a code and the other side's reference."""

    taken: bool
    final: bool = False
    reference: str = ""
    fault: str = ""


class Channel(Protocol):
    """A way out."""

    @property
    def name(self) -> str:
        """What the way is called in rows."""
        ...

    def send(self, message: Message) -> Outcome:
        """Send one message; the same id again is the same message."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Email:
    """E-mail by Django's backend."""

    sender: str
    name: str = "email"

    def send(self, message: Message) -> Outcome:
        """Send one; a refusal of the address is final, anything else is tried again."""
        mail = EmailMessage(message.subject, message.text, self.sender, [message.to])
        mail.extra_headers["Message-ID"] = f"<{message.id}@{self.sender.rpartition('@')[2] or 'localhost'}>"
        try:
            mail.send()
        except (smtplib.SMTPRecipientsRefused, ValueError):  # refused there, or no address at all
            return Outcome(taken=False, final=True, fault="address_refused")
        except (smtplib.SMTPException, OSError):
            return Outcome(taken=False, fault="mail_server")
        return Outcome(taken=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class SmsGateway:
    """A text-message gateway: signed JSON, an answer that says whether it was taken, receipts later.

    The signature is HMAC-SHA256 over the time, a nonce and the body's SHA-256,
    one to a line; ``id`` lets the gateway recognise a message that comes twice.
    """

    url: str
    key: str
    secret: str = field(repr=False)
    signature: str = ""
    timeout: float = 8.0
    open: Callable[..., Any] = urllib.request.urlopen
    name: str = "sms"

    def send(self, message: Message) -> Outcome:
        """Send one. What the network does and a busy gateway are tried again; a refusal is final."""
        text = f"【{self.signature}】{message.text}" if self.signature else message.text
        body = json.dumps({"id": str(message.id), "phone": message.to, "text": text}, ensure_ascii=False).encode()
        request = urllib.request.Request(self.url, body, self.headers(body), method="POST")  # noqa: S310 - https by env
        try:
            with self.open(request, timeout=self.timeout) as answer:
                told = json.loads(answer.read(LARGEST))
        except urllib.error.HTTPError as error:
            final = error.code < _SERVER and error.code not in _TRY_AGAIN
            return Outcome(taken=False, final=final, fault=f"http_{error.code}")
        except (OSError, HTTPException):
            return Outcome(taken=False, fault="no_connection")
        except ValueError:
            return Outcome(taken=False, fault="no_sense")
        return self._read(told)

    def headers(self, body: bytes) -> dict[str, str]:
        """What signs a request."""
        at, nonce = str(int(time.time())), secrets.token_hex(8)
        return {
            "Content-Type": "application/json", "X-App": self.key, "X-Time": at, "X-Nonce": nonce,
            "X-Sign": signed(self.secret, at, nonce, body),
        }  # fmt: skip

    def _read(self, told: Any) -> Outcome:
        if not isinstance(told, dict):
            return Outcome(taken=False, fault="no_sense")
        code = "".join(one for one in str(told.get("code", "")) if one.isalnum() or one in "._-")[:24]
        if code in ("OK", "0"):
            return Outcome(taken=True, reference=str(told.get("reference", ""))[:64])
        return Outcome(taken=False, final=not told.get("again", False), fault=code or "refused")


def signed(secret: str, at: str, nonce: str, body: bytes) -> str:
    """The signature of a request or a receipt."""
    said = "\n".join((at, nonce, hashlib.sha256(body).hexdigest()))
    return hmac.new(secret.encode(), said.encode(), hashlib.sha256).hexdigest()


def is_signed(secret: str, at: str, nonce: str, body: bytes, signature: str) -> bool:
    """Whether a receipt comes from the gateway, and not long ago."""
    if not secret or not at.isascii() or not at.isdigit() or abs(time.time() - int(at)) > SKEW:
        return False
    return hmac.compare_digest(signed(secret, at, nonce, body).encode(), signature.encode())
