"""The environment is read typed, and refused in words."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

from commongrid.config import sign_in
from commongrid.config.env import Misconfigured, env


def test_data_defaults_to_a_folder_beside_the_caller(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("COMMONGRID_DATA")
    monkeypatch.chdir(tmp_path)
    assert tmp_path / "data" == env.DATA


def test_values_are_read_when_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "8123")
    assert env.PORT == 8123
    monkeypatch.setenv("PORT", "8124")
    assert (env.PORT, env.ADDRESS) == (8124, "http://127.0.0.1:8124")


@pytest.mark.parametrize("text", ["0", "65536", "-1", "80a", "8 0", "٨٠٠٠", "8000.0"])
def test_a_port_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("PORT", text)
    with pytest.raises(Misconfigured, match="PORT must be a whole number from 1 to 65535"):
        _ = env.PORT


@pytest.mark.parametrize("text", ["Shiqian", "pg_x", "public", "a-b", "1a", "a;drop", "extensions", "a" * 41])
def test_a_schema_name_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("COMMONGRID_SCHEMA", text)
    with pytest.raises(Misconfigured, match="COMMONGRID_SCHEMA"):
        _ = env.SCHEMA


@pytest.mark.parametrize(("text", "value"), [("yes", True), ("ON", True), ("0", False), ("", False), (" true ", True)])
def test_flags(monkeypatch: pytest.MonkeyPatch, text: str, value: bool) -> None:
    monkeypatch.setenv("COMMONGRID_DEBUG", text)
    assert env.DEBUG is value


def test_a_flag_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMMONGRID_DEBUG", "maybe")
    with pytest.raises(Misconfigured, match="COMMONGRID_DEBUG must be yes or no, not 'maybe'"):
        _ = env.DEBUG


def test_cookies_are_secure_behind_https(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMMONGRID_ADDRESS", "https://grid.example/")
    assert (env.ADDRESS, env.SECURE) == ("https://grid.example", True)


def test_hosts_are_split_at_commas_and_spaces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMMONGRID_HOSTS", "a.example, b.example  c.example")
    assert env.HOSTS == ("a.example", "b.example", "c.example")


SIGN_ON = {"URL": "https://sso.example/realms/county", "CLIENT": "commongrid", "SECRET": "s", "NAME": "政务"}


def _sign_on(monkeypatch: pytest.MonkeyPatch, **changed: str) -> None:
    for name, value in {**SIGN_ON, **changed}.items():
        monkeypatch.setenv(f"COMMONGRID_OIDC_{name}", value)


def test_without_settings_there_is_no_single_sign_on() -> None:
    assert not env.OIDC


@pytest.mark.parametrize("end", ["", "/", "/.well-known/openid-configuration"])
def test_single_sign_on_takes_the_issuer_or_its_well_known_address(monkeypatch: pytest.MonkeyPatch, end: str) -> None:
    _sign_on(monkeypatch, URL=SIGN_ON["URL"] + end)
    found = env.OIDC
    assert (found.issuer, found.origin) == (SIGN_ON["URL"], "https://sso.example")
    assert (found.id, found.second_factor) == ("sso.example/realms/county", False)
    assert "secret" not in repr(found)


@pytest.mark.parametrize(
    "url",
    ["http://sso.example", "sso.example", "https://", "https://a b", "https://x;script-src *", "https://u@sso.example",
     "https://sso.example/?a=b", "https://sso.example:x", "https://" + "a" * 200],
)  # fmt: skip
def test_single_sign_on_of_another_address_is_refused(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    _sign_on(monkeypatch, URL=url)
    with pytest.raises(Misconfigured, match="COMMONGRID_OIDC_URL must be"):
        _ = env.OIDC


def test_single_sign_on_by_half_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    _sign_on(monkeypatch, SECRET="", NAME="")
    with pytest.raises(Misconfigured, match="needs COMMONGRID_OIDC_SECRET and COMMONGRID_OIDC_NAME too"):
        _ = env.OIDC


@pytest.mark.parametrize(("named", "allowed"), [(True, "'self' https://sso.example"), (False, "'self'")])
def test_forms_lead_on_to_the_single_sign_on_only_where_there_is_one(
    monkeypatch: pytest.MonkeyPatch, named: bool, allowed: str
) -> None:
    if named:
        _sign_on(monkeypatch)
    fresh = runpy.run_path(str(Path(sign_in.__file__).with_name("settings.py")))
    assert " ".join(fresh["CONTENT_SECURITY_POLICY"]["DIRECTIVES"]["form-action"]) == allowed
