"""The county's single sign-on: off without settings; nobody comes in by it who has not connected it first."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth import get_user_model
from django.test import Client

from commongrid.config.env import SingleSignOn
from tests.factories.desk import Desk, id_of, lay
from tests.factories.provider import NAME, Provider, new_key
from tests.surfaces.test_sign_in import PASSWORD, english, enter, logged, not_a_demo, with_password

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.bed import Database

START, BACK = "/accounts/single-sign-on/", "/accounts/single-sign-on/back"
CONNECT, END, SECURITY = (
    "/console/security/single-sign-on",
    "/console/security/single-sign-on/end",
    "/console/security/",
)


@pytest.fixture
def desk(database: Database) -> Desk:
    """The desk's county in a fresh database."""
    return lay(database)


@pytest.fixture
def provider(settings: Any) -> Iterator[Provider]:
    """A provider that answers, and a county that names it."""
    with Provider() as made:
        settings.OIDC = made.settings()
        yield made


def round_trip(client: Client, provider: Provider, start: str = START) -> Any:
    """Off to the provider, signed in there, and back."""
    answer = client.post(start)
    assert answer.status_code == 302, answer.content.decode()
    return client.get(BACK, {"code": "c-1", "state": provider.authorise(answer["Location"])})


def connected(desk: Desk, provider: Provider, name: str) -> None:
    """Connect one of the desk's people, as if long ago."""
    SocialAccount.objects.create(user_id=desk.accounts[name], provider=provider.settings().id, uid=provider.subject)


def test_without_settings_nothing_offers_it(desk: Desk, client: Client) -> None:
    assert START not in client.get("/accounts/login/").content.decode()
    assert client.post(START).status_code == 404
    assert client.get(BACK, {"code": "x", "state": "y"})["Location"] == "/accounts/login/"
    enter(client, "clerk")
    assert CONNECT not in client.get(SECURITY).content.decode()
    assert client.post(CONNECT).status_code == 404
    assert client.post(END).status_code == 404


def test_refuses_a_subject_that_nobody_connected(desk: Desk, client: Client, provider: Provider) -> None:
    accounts = get_user_model().objects.count()
    answer = round_trip(english(client), provider)
    assert answer.status_code == 403
    assert f"{NAME} knows you" in answer.content.decode()
    assert "_auth_user_id" not in client.session
    assert (get_user_model().objects.count(), SocialAccount.objects.count()) == (accounts, 0)
    assert [row[:2] for row in logged(desk, "sign_in_failed")] == [(None, "single_sign_on")]
    chinese = round_trip(Client(), provider).content.decode()
    assert "尚未绑定" in chinese


def test_connect_then_sign_in_then_disconnect(desk: Desk, client: Client, provider: Provider) -> None:
    enter(english(client), "clerk")
    assert "Not connected" in client.get(SECURITY).content.decode()
    assert round_trip(client, provider, CONNECT)["Location"] == SECURITY
    page = client.get(SECURITY).content.decode()
    assert f"sign in with {NAME}" in page
    assert END in page
    (kept,) = SocialAccount.objects.all()
    assert (kept.user_id, kept.uid, kept.extra_data) == (desk.accounts["clerk"], "subject-1", {})

    other = english(Client())
    assert f"Sign in with {NAME}" in other.get("/accounts/login/").content.decode()
    assert round_trip(other, provider)["Location"] == "/console/post/"
    other.get("/console/post/")
    assert other.session["post"] == str(id_of("clerk"))
    assert (desk.accounts["clerk"], "single_sign_on") in [row[:2] for row in logged(desk, "signed_in")]
    kept.refresh_from_db()
    assert kept.extra_data == {"second_factor": False}, "nothing of the token's name or address is kept"

    assert client.post(END, follow=True).status_code == 200
    assert SocialAccount.objects.count() == 0
    assert round_trip(Client(), provider).status_code == 403
    assert {row[1] for row in logged(desk, "security_changed")} == {
        "single_sign_on_connected", "single_sign_on_disconnected",
    }  # fmt: skip


def test_refuses_to_connect_what_opens_another_account(desk: Desk, client: Client, provider: Provider) -> None:
    connected(desk, provider, "grid_head")
    enter(english(client), "clerk")
    answer = round_trip(client, provider, CONNECT)
    assert "connected with another account" in client.get(answer["Location"]).content.decode()
    assert SocialAccount.objects.get().user_id == desk.accounts["grid_head"]
    assert client.post(END).status_code == 404


def test_connecting_wants_the_password_once_more(desk: Desk, client: Client, provider: Provider) -> None:
    with_password(desk, "clerk")
    enter(client, "clerk")
    answer = client.post(CONNECT)
    assert answer["Location"].startswith("/accounts/reauthenticate/")
    assert provider.asked == []
    answer = client.post(answer["Location"], {"password": PASSWORD, "next": CONNECT})
    answer = client.get(BACK, {"code": "c-1", "state": provider.authorise(answer["Location"])})
    assert answer["Location"] == SECURITY
    assert SocialAccount.objects.get().user_id == desk.accounts["clerk"]


def test_connecting_needs_somebody_signed_in(desk: Desk, client: Client, provider: Provider) -> None:
    assert client.post(CONNECT)["Location"].startswith("/accounts/login/")
    enter(client, "clerk")
    state = provider.authorise(client.post(CONNECT)["Location"])
    client.post("/accounts/logout/")
    answer = client.get(BACK, {"code": "c-1", "state": state})
    assert answer["Location"] == "/accounts/login/"
    assert SocialAccount.objects.count() == 0


def test_second_factor_counts_only_where_county_and_provider_say_so(
    desk: Desk, provider: Provider, settings: Any
) -> None:
    not_a_demo(desk)
    connected(desk, provider, "dispatcher")
    for county_says, amr, allowed in (
        (False, ["mfa"], False), (True, None, False), (True, ["pwd"], False), (True, ["pwd", "otp"], True),
    ):  # fmt: skip
        provider.claims, settings.OIDC = {"amr": amr}, provider.settings(second_factor=county_says)
        client = Client()
        assert round_trip(client, provider)["Location"] == "/console/post/"
        client.get("/console/post/")
        about = (county_says, amr)
        assert client.session.get("post") == (str(id_of("dispatcher")) if allowed else None), about
        taken = client.post("/console/post/take", {"post": str(id_of("dispatcher"))}).status_code
        assert taken == (302 if allowed else 403), about
        assert client.get("/console/today/").status_code == (200 if allowed else 302), about


def test_single_sign_on_does_not_pass_by_a_second_factor(desk: Desk, client: Client, provider: Provider) -> None:
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    TOTP.activate(get_user_model().objects.get(pk=desk.accounts["clerk"]), generate_totp_secret())
    connected(desk, provider, "clerk")
    assert round_trip(client, provider)["Location"] == "/accounts/2fa/authenticate/"
    assert "_auth_user_id" not in client.session


def test_refuses_an_account_switched_off(desk: Desk, client: Client, provider: Provider) -> None:
    connected(desk, provider, "clerk")
    get_user_model().objects.filter(pk=desk.accounts["clerk"]).update(is_active=False)
    assert round_trip(client, provider)["Location"] == "/accounts/inactive/"
    assert "_auth_user_id" not in client.session
    assert [row[:2] for row in logged(desk, "sign_in_failed")] == [(desk.accounts["clerk"], "single_sign_on")]


def forged(provider: Provider) -> None:
    provider.signs_with = new_key()


def unsigned(provider: Provider) -> None:
    provider.signs_with, provider.algorithm = "", "none"


def signed_with_a_word(provider: Provider) -> None:
    provider.signs_with, provider.algorithm = "a-word-that-both-sides-might-know", "HS256"


def says(**claims: Any) -> Any:
    def change(provider: Provider) -> None:
        provider.claims = claims

    return change


def is_about(**config: Any) -> Any:
    def change(provider: Provider) -> None:
        provider.config = config

    return change


def breaks(path: str) -> Any:
    def change(provider: Provider) -> None:
        provider.broken = path

    return change


LIES = {
    "forged": forged, "unsigned": unsigned, "a shared word": signed_with_a_word,
    "for another client": says(aud="another"), "passed on": says(azp="another"),
    "another issuer's": says(iss="https://evil.example"),
    "expired": says(exp=int(time.time()) - 120), "of tomorrow": says(iat=int(time.time()) + 86400),
    "of nobody": says(sub=""), "of a long name": says(sub="x" * 192),
    "no keys": breaks("/keys"), "no token": breaks("/token"),
}  # fmt: skip
WRONG_PROVIDERS = {
    "no word of itself": breaks("/.well-known/openid-configuration"),
    "another issuer": is_about(issuer="https://evil.example"),
    "another origin": is_about(authorization_endpoint="https://evil.example/authorise"),
    "read on the way": is_about(token_endpoint="http://evil.example/token"),
    "no keys": is_about(jwks_uri=None),
}


def test_refuses_a_token_that_does_not_hold(desk: Desk, provider: Provider) -> None:
    connected(desk, provider, "clerk")
    for name, lie in LIES.items():
        provider.claims, provider.broken, provider.signs_with, provider.algorithm = {}, "", None, "RS256"
        lie(provider)
        client = english(Client())
        assert round_trip(client, provider)["Location"] == "/accounts/login/", name
        assert "_auth_user_id" not in client.session, name
        assert "did not work" in client.get("/accounts/login/").content.decode(), name
    assert [row[:2] for row in logged(desk, "sign_in_failed")] == [(None, "single_sign_on")] * len(LIES)


def test_refuses_a_provider_that_is_not_the_one_named(desk: Desk, client: Client, provider: Provider) -> None:
    state = provider.authorise(client.post(START)["Location"])
    for name, wrong in WRONG_PROVIDERS.items():
        provider.config, provider.broken = {}, ""
        wrong(provider)
        assert client.post(START)["Location"] == "/accounts/login/", name
    assert client.get(BACK, {"code": "c-1", "state": state})["Location"] == "/accounts/login/"
    assert "/token" not in provider.asked
    assert len(logged(desk, "sign_in_failed")) == len(WRONG_PROVIDERS) + 1


def test_a_provider_that_does_not_answer_is_told(desk: Desk, client: Client, settings: Any) -> None:
    settings.OIDC = SingleSignOn(issuer="http://127.0.0.1:9", client="c", secret="s", name=NAME)
    answer = english(client).post(START, follow=True)
    assert f"Signing in with {NAME} did not work" in answer.content.decode()


def test_refuses_a_state_that_is_not_this_browsers(desk: Desk, client: Client, provider: Provider) -> None:
    connected(desk, provider, "clerk")
    state = provider.authorise(client.post(START)["Location"])
    for stranger in (Client(), client):
        asked = {"code": "c-1", "state": state if stranger is not client else "another"}
        assert stranger.get(BACK, asked)["Location"] == "/accounts/login/"
    assert client.get(BACK, {"code": "c-1", "state": state})["Location"] == "/console/post/"
    client.post("/accounts/logout/")
    assert client.get(BACK, {"code": "c-1", "state": state})["Location"] == "/accounts/login/", "a state is used once"
    assert "/token" in provider.asked


def test_who_turns_back_at_the_provider_is_told(desk: Desk, client: Client, provider: Provider) -> None:
    state = provider.authorise(english(client).post(START)["Location"])
    answer = client.get(BACK, {"error": "access_denied", "state": state}, follow=True)
    assert "without signing in" in answer.content.decode()


def test_another_provider_knows_other_people(desk: Desk, client: Client, provider: Provider) -> None:
    SocialAccount.objects.create(user_id=desk.accounts["clerk"], provider="old.example", uid=provider.subject)
    assert round_trip(client, provider).status_code == 403


def test_single_sign_on_is_throttled(desk: Desk, client: Client, provider: Provider) -> None:
    with desk.database.as_role("owner") as owner:
        client.post(START)
        owner.execute("UPDATE cache_entries SET value = '300' WHERE cache_key LIKE 'throttle:single_sign_on:%'")
    asked = len(provider.asked)
    assert client.post(START).status_code == 429
    assert len(provider.asked) == asked


def test_nothing_of_the_sender_reaches_the_provider(desk: Desk, client: Client, provider: Provider) -> None:
    answer = client.post(f"{START}?scope=profile&auth_params=prompt%3Dnone", {"scope": "email", "process": "connect"})
    assert "prompt" not in answer["Location"]
    assert "redirect_uri=http%3A%2F%2F127.0.0.1%3A8000%2Faccounts%2Fsingle-sign-on%2Fback" in answer["Location"]
    provider.authorise(answer["Location"])
