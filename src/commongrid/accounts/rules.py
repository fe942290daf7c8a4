"""Rules of accounts: one-time links, codes by phone, second factors, which login names are taken as they are."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from typing import TYPE_CHECKING

from commongrid.kernel.refusals import N_, BadInput, TooLate, WrongState

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime
    from uuid import UUID

BROWSERS = (
    ("MicroMessenger", "WeChat"), ("DingTalk", "DingTalk"), ("Edg", "Edge"), ("QQBrowser", "QQ"), ("UCBrowser", "UC"),
    ("HuaweiBrowser", "Huawei"), ("MiuiBrowser", "Xiaomi"), ("Firefox", "Firefox"), ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)  # fmt: skip
SYSTEMS = (
    ("HarmonyOS", "HarmonyOS"), ("OpenHarmony", "HarmonyOS"), ("Android", "Android"), ("iPhone", "iPhone"),
    ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS X", "macOS"), ("Linux", "Linux"),
)  # fmt: skip
"""Marks in what a browser says of itself, the more telling first, and what people call them."""
LINK_HOURS = 72
"""How long a link given in the console is good for: printed today, carried to the village tomorrow."""
CODE_SECONDS = 300
"""How long a code sent to a phone is good for; its message says so."""
TRIES = 3
"""How often a code may be typed."""
SENDS = 3
"""How often a gateway that is busy or away is asked to send one code."""
_CODES = 10**6
SECOND_FACTORS = frozenset({"totp", "webauthn"})
SINGLE_SIGN_ON = "single_sign_on"
TWO = "second_factor"
"""What is kept of a single sign-on beside its subject: whether its last sign-in counts as a second factor."""
MULTIPLE = frozenset({"http://schemas.openid.net/pape/policies/2007/06/multi-factor", "https://refeds.org/profile/mfa"})
HELD = frozenset({"otp", "hwk", "sc"})
"""Proofs by something held, as RFC 8176 names them."""
_LOGIN_NAME = re.compile(r"[a-z][a-z0-9_.\-]{2,39}")
_SECRET = re.compile(r"[A-Za-z0-9_\-]{43}")


def link_secret(key: str, act_id: UUID) -> str:
    """The secret of the link that an act makes: 256 bits that only the holder of the key can work out.

    Made from the act's id, so asking twice shows the same link and the
    database never holds it.
    """
    digest = hmac.new(key.encode(), b"sign-in link " + act_id.bytes, hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def sign_in_code(key: str, code_id: UUID) -> str:
    """The six digits of a code, which only the holder of the key can work out: neither rows nor queues hold them."""
    digest = hmac.new(key.encode(), b"sign-in code " + code_id.bytes, hashlib.sha256).digest()
    return f"{int.from_bytes(digest) % _CODES:06}"


def hashed(secret: str) -> bytes:
    """What is stored of a secret; a plain hash is enough for 256 random bits."""
    return hashlib.sha256(secret.encode()).digest()


def looks_like_a_secret(text: str) -> bool:
    """Whether an address could be a link at all."""
    return bool(_SECRET.fullmatch(text))


def refuse_link(used_at: datetime | None, withdrawn_at: datetime | None, expires_at: datetime, now: datetime) -> None:
    """Refuse a link that is used, withdrawn or expired."""
    if used_at is not None:
        raise WrongState(N_("This link has already been used. Ask whoever gave it to you for a new one."))
    if withdrawn_at is not None:
        raise WrongState(N_("This link has been withdrawn. Ask whoever gave it to you for a new one."))
    if expires_at <= now:
        raise TooLate(N_("This link has expired. Ask whoever gave it to you for a new one."))


def second_factor_shown(records: Iterable[Mapping[str, object]]) -> bool:
    """Whether the session has shown more than a password: a time code, or a passkey alone or after one."""
    return any(record.get("method") == "mfa" for record in records)


def provider_showed_two(claims: Mapping[str, object]) -> bool:
    """Whether a provider's token says that more than one factor was shown: its ``amr`` (RFC 8176) or its ``acr``."""
    listed = claims.get("amr")
    shown = {str(one) for one in listed} if isinstance(listed, list) else set()
    return "mfa" in shown or ("pwd" in shown and bool(shown & HELD)) or str(claims.get("acr")) in MULTIPLE


def came_by_link(records: Iterable[Mapping[str, object]]) -> bool:
    """Whether the session began with a one-time link."""
    return any(record.get("method") == "link" for record in records)


def checked_login_name(text: str) -> str:
    """A login name as it is kept: small letters, digits, ``_ . -``. Refuses BadInput."""
    name = text.strip().lower()
    if not _LOGIN_NAME.fullmatch(name):
        raise BadInput(
            fields={"login_name": N_("3 to 40 small letters, digits, dots or dashes; it begins with a letter.")}
        )
    return name


def device_name(user_agent: str) -> str:
    """A browser and its system in two words, such as ``WeChat, Android``; the beginning of the text where unknown."""
    names = [next((name for mark, name in marks if mark in user_agent), "") for marks in (BROWSERS, SYSTEMS)]
    return ", ".join(filter(None, names)) or user_agent[:40]
