"""Signing in as people do it: by a printed link, then with a passkey of their own; appointing and standing in."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings

from commongrid.accounts.rules import hashed, link_secret
from commongrid.kernel.act import Act
from commongrid.roster.actions import invite
from tests.factories.desk import OTHER_GRID, id_of
from tests.factories.network import SETTING_UP
from tests.journeys.conftest import WIDTHS
from tests.surfaces.test_sign_in_code import PHONE, delivered, let_in

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.journeys.conftest import Site

pytestmark = pytest.mark.browser
PASSWORD = "steep-terraces-2026"
WORDS = {
    "en": {"in": "Sign in", "add": "Add a passkey", "passkey": "Sign in with a passkey", "act": "Act in this post"},
    "zh-hans": {"in": "登录", "add": "添加通行密钥", "passkey": "用通行密钥登录", "act": "进入这个岗位"},
}


def link(name: str) -> str:
    """The path of a one-time link for one of the desk's people."""
    act = Act.new()
    secret = link_secret(settings.SECRET_KEY, act.id)
    invite(SETTING_UP, act, person_id=id_of(f"{name}_person"), post_id=id_of(name), secret_hash=hashed(secret))
    return f"/in/{secret}"


def give_authenticator(page: Page) -> None:
    """A phone that makes passkeys and knows its owner."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


@pytest.mark.parametrize(("language", "width"), [("zh-hans", "phone"), ("en", "wide")])
def test_link_then_passkey(site: Site, language: str, width: str) -> None:
    assert width in WIDTHS
    site.address = site.address.replace("127.0.0.1", "localhost")  # passkeys belong to names, not numbers
    words, somebody = WORDS[language], site.visitor(language=language, width=width)
    page = somebody.open(link("dispatcher"))
    somebody.look("land")
    page.locator("main").get_by_role("button", name=words["in"]).click()
    page.wait_for_url("**/console/**")
    somebody.open("/console/post/")
    somebody.look("choose-post")
    somebody.open("/console/security/")
    somebody.look("security")
    somebody.open("/accounts/password/set/")
    somebody.look("password-set")
    page.locator("#id_password1").fill(PASSWORD)
    page.locator("#id_password2").fill(PASSWORD)
    page.locator("main form button[type=submit]").click()
    page.wait_for_url("**/accounts/password/**")
    give_authenticator(page)
    somebody.open("/accounts/2fa/webauthn/add/")
    somebody.look("reauthenticate")
    page.locator("#id_password").fill(PASSWORD)
    page.locator("main form button[type=submit]").click()
    page.wait_for_url("**/webauthn/add/")
    somebody.look("passkey-add")
    page.locator("#id_name").fill("phone")
    passwordless = page.locator("#id_passwordless")
    if passwordless.count():
        passwordless.check()
    page.get_by_role("button", name=words["add"]).click()
    page.wait_for_url("**/recovery-codes/**")
    somebody.look("recovery-codes")
    somebody.open("/accounts/2fa/")
    somebody.look("second-factor")
    somebody.open("/accounts/logout/")
    somebody.look("logout")
    page.locator("main form button[type=submit]").click()
    page.wait_for_url("**/")
    somebody.open("/accounts/login/")
    somebody.look("login")
    page.get_by_role("button", name=words["passkey"]).click()
    page.wait_for_url("**/console/**")
    assert page.locator("main").inner_text()
    with site.desk.database.as_role("owner") as owner:
        ways = owner.execute("SELECT about FROM accounts_access_line WHERE event = 'signed_in' ORDER BY at").fetchall()
    assert ways == [("link",), ("second_factor",)]
    somebody.finish()


@pytest.mark.parametrize(("language", "scripts"), [("zh-hans", True), ("en", False)])
def test_code_by_phone(site: Site, settings: Any, language: str, scripts: bool) -> None:
    """At 360 px, with and without scripts."""
    settings.NOTICES = replace(settings.NOTICES, sms_url="https://sms.example/send")
    let_in(site.desk)
    somebody = site.visitor(language=language, width="phone")
    if not scripts:
        somebody.page.route("**/*.js", lambda route: route.fulfill(content_type="text/javascript", body=""))
    page = somebody.open("/accounts/login/?next=/console/work-list/")
    somebody.look("login-by-code")
    page.locator("main a[href*='/accounts/code/']").click()
    page.wait_for_url("**/accounts/code/**")
    somebody.look("code-ask")
    page.locator("main form button[type=submit]").click()
    page.locator("main .field.wrong").wait_for()
    page.wait_for_load_state()
    somebody.look("code-ask-refused")
    page.locator("#id_phone").fill(PHONE)
    page.locator("main form button[type=submit]").click()
    page.wait_for_url("**/accounts/code/enter/**")
    somebody.look("code-enter")
    page.locator("#id_code").fill("12")
    page.locator("main form button[type=submit]").click()
    page.locator("main .field.wrong").wait_for()
    page.wait_for_load_state()
    somebody.look("code-enter-refused")
    page.locator("#id_code").fill(delivered()[0])
    page.locator("main form button[type=submit]").click()
    page.wait_for_url("**/console/work-list/")
    somebody.finish()


@pytest.mark.parametrize(("language", "width"), [("zh-hans", "phone"), ("en", "wide")])
def test_appoint_and_let_in(site: Site, language: str, width: str) -> None:
    somebody = site.visitor("dispatcher", language=language, width=width)
    page = somebody.open("/console/posts/")
    somebody.look("posts")
    somebody.open("/console/posts/vacant")
    somebody.look("posts-vacant")
    somebody.open(f"/console/posts/appoint?place={OTHER_GRID}&role=grid_head")
    somebody.look("appoint")
    page.locator("main form.act button[type=submit]").click()
    somebody.look("appoint-refused")
    page.locator("#id_display_name").fill("蒙网格")
    page.locator("main form.act button[type=submit]").click()
    page.wait_for_url("**/console/posts/*-*")
    somebody.look("post")
    page.locator("main a[href$='/link']").click()
    page.wait_for_url("**/link")
    page.locator("main form button[type=submit]").click()
    page.locator("main code").wait_for()
    somebody.look("post-link")
    invited = site.visitor(language=language, width=width)
    address = page.locator("main code").inner_text()
    new = invited.page
    new.goto(address)
    new.locator("main form button[type=submit]").click()
    new.wait_for_url("**/console/**")
    invited.look("first-page-of-a-new-grid-head")
    somebody.open(f"/console/posts/{id_of('secretary')}/stand-in")
    somebody.look("post-stand-in")
    somebody.open(f"/console/posts/{id_of('secretary')}/end")
    somebody.look("post-end")
    somebody.finish()
    invited.finish()
