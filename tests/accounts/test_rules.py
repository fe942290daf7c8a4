"""Links, second factors and login names; without a database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from commongrid.accounts import rules
from commongrid.kernel.refusals import BadInput, TooLate, WrongState

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


def test_link_secret_is_the_same_for_the_same_act_and_key_only() -> None:
    one = rules.link_secret("key", UUID(int=1))
    assert rules.looks_like_a_secret(one)
    assert one == rules.link_secret("key", UUID(int=1))
    assert one not in {rules.link_secret("key", UUID(int=2)), rules.link_secret("other", UUID(int=1))}


@pytest.mark.parametrize("text", ["", "a", "a" * 42, "a" * 44, "a" * 42 + "/", "甲" * 43])
def test_looks_like_a_secret_not(text: str) -> None:
    assert not rules.looks_like_a_secret(text)


def test_refuse_link() -> None:
    rules.refuse_link(None, None, LATER, NOW)
    for used, withdrawn in ((NOW, None), (None, NOW)):
        with pytest.raises(WrongState):
            rules.refuse_link(used, withdrawn, LATER, NOW)
    with pytest.raises(TooLate):
        rules.refuse_link(None, None, NOW, NOW)


@pytest.mark.parametrize(
    ("records", "shown", "link"),
    [
        ([], False, False),
        ([{"method": "password"}], False, False),
        ([{"method": "link"}], False, True),
        ([{"method": "password"}, {"method": "mfa", "type": "totp"}], True, False),
        ([{"method": "mfa", "type": "webauthn", "passwordless": True}], True, False),
    ],
)
def test_what_a_session_has_shown(records: list[dict[str, object]], shown: bool, link: bool) -> None:
    assert (rules.second_factor_shown(records), rules.came_by_link(records)) == (shown, link)


@pytest.mark.parametrize(("text", "kept"), [(" Zhu.Wen ", "zhu.wen"), ("abc", "abc"), ("a" * 40, "a" * 40)])
def test_checked_login_name(text: str, kept: str) -> None:
    assert rules.checked_login_name(text) == kept


@pytest.mark.parametrize("text", ["", "ab", "a" * 41, "1abc", "a b", "张三丰", "a/b", "a\x00bc"])
def test_checked_login_name_refused(text: str) -> None:
    with pytest.raises(BadInput):
        rules.checked_login_name(text)


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Mozilla/5.0 (Linux; Android 9) AppleWebKit/537.36 Chrome/86 MicroMessenger/8.0", "WeChat, Android"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/120 Safari/537.36 Edg/120", "Edge, Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Safari/604.1", "Safari, iPhone"),
        ("something nobody knows", "something nobody knows"),
        ("", ""),
    ],
)
def test_device_name(agent: str, name: str) -> None:
    assert rules.device_name(agent) == name


@pytest.mark.parametrize(
    ("claims", "two"),
    [
        ({}, False), ({"amr": ["pwd"]}, False), ({"amr": ["otp"]}, False), ({"amr": ["pwd", "otp"]}, True),
        ({"amr": ["pwd", "hwk"]}, True), ({"amr": ["mfa"]}, True), ({"amr": "mfa"}, False), ({"acr": "1"}, False),
        ({"acr": "https://refeds.org/profile/mfa"}, True), ({"amr": None, "acr": []}, False),
    ],
)  # fmt: skip
def test_provider_showed_two(claims: dict[str, object], two: bool) -> None:
    assert rules.provider_showed_two(claims) is two
