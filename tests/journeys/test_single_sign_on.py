"""The county's single sign-on in a browser: not connected, connected, signed in by its button, under the policy."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings as ours

from tests.factories.provider import NAME, Provider
from tests.journeys.test_sign_in import link

if TYPE_CHECKING:
    from tests.journeys.conftest import Site

pytestmark = pytest.mark.browser
WORDS = {
    "en": {"in": "Sign in", "with": f"Sign in with {NAME}", "connect": "Connect", "not": "Not connected yet"},
    "zh-hans": {"in": "登录", "with": f"用{NAME}登录", "connect": "绑定", "not": "尚未绑定"},
}


@pytest.mark.parametrize(("language", "width"), [("zh-hans", "phone"), ("en", "wide")])
def test_single_sign_on(site: Site, settings: Any, language: str, width: str) -> None:
    words, somebody = WORDS[language], site.visitor(language=language, width=width)
    with Provider() as provider:
        policy = deepcopy(ours.CONTENT_SECURITY_POLICY)
        policy["DIRECTIVES"]["form-action"].append(provider.address)
        settings.OIDC, settings.ADDRESS = provider.settings(), site.address
        settings.CONTENT_SECURITY_POLICY = policy
        page = somebody.open("/accounts/login/")
        somebody.look("login-single-sign-on")
        page.get_by_role("button", name=words["with"]).click()
        page.get_by_role("heading", name=words["not"]).wait_for()
        somebody.look("not-connected")
        somebody.open(link("clerk"))
        page.locator("main").get_by_role("button", name=words["in"]).click()
        page.wait_for_url("**/console/**")
        somebody.open("/console/security/")
        somebody.look("security-not-connected")
        page.get_by_role("button", name=words["connect"], exact=True).click()
        page.get_by_role("status").get_by_text(NAME).wait_for()
        somebody.look("security-connected")
        page.context.clear_cookies(name=ours.SESSION_COOKIE_NAME)
        somebody.open("/accounts/login/")
        page.get_by_role("button", name=words["with"]).click()
        page.wait_for_url("**/console/**")
        assert page.locator("main").inner_text()
    somebody.finish()
