"""Signing in: links used once, throttling, second factors, posts chosen, sessions revoked, pages in both languages."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import settings
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from commongrid.accounts.rules import hashed, link_secret
from commongrid.kernel.act import Act
from commongrid.roster.actions import end_post, end_sessions, invite
from tests.factories.desk import Desk, id_of, lay
from tests.factories.network import SETTING_UP, TODAY, fill, lend, scope_as

if TYPE_CHECKING:
    from tests.bed import Database


@pytest.fixture
def desk(database: Database) -> Desk:
    """The desk's county in a fresh database."""
    return lay(database)


def link(name: str, hours: int = 24) -> str:
    """A one-time link for one of the desk's people."""
    act = Act.new()
    secret = link_secret(settings.SECRET_KEY, act.id)
    person, post = id_of(name + "_person"), id_of(name)
    invite(SETTING_UP, act, person_id=person, post_id=post, secret_hash=hashed(secret), hours=hours)
    return f"/in/{secret}"


def enter(client: Client, name: str) -> Any:
    """Use a link and follow where it leads."""
    return client.post(link(name), follow=True)


def english(client: Client) -> Client:
    client.cookies["cg_language"] = "en"
    return client


def not_a_demo(desk: Desk) -> None:
    with desk.database.as_role("owner") as owner:
        owner.execute("UPDATE territory_county SET demo = false")


PASSWORD = "long-enough-2026"


def with_password(desk: Desk, name: str) -> str:
    user = get_user_model().objects.get(pk=desk.accounts[name])
    user.set_password(PASSWORD)
    user.save()
    return PASSWORD


def logged(desk: Desk, event: str) -> list[tuple[Any, ...]]:
    with desk.database.as_role("owner") as owner:
        query = "SELECT account_id, about, place FROM accounts_access_line WHERE event = %s"
        return owner.execute(query, [event]).fetchall()


def test_land_looking_does_not_use_the_link(desk: Desk, client: Client) -> None:
    address = link("clerk")
    for _ in range(3):
        answer = client.get(address)
        assert answer.status_code == 200
        assert answer["Cache-Control"] == "no-store"
    assert client.post(address).status_code == 302
    assert desk.accounts["clerk"] == int(client.session["_auth_user_id"])


def test_land_takes_up_the_post_named_in_the_link(desk: Desk, client: Client) -> None:
    enter(client, "clerk")
    assert client.session["post"] == str(id_of("clerk"))
    assert logged(desk, "post_taken") == [(desk.accounts["clerk"], "village_clerk", scope_as(desk, "clerk").place)]
    assert [row[:2] for row in logged(desk, "signed_in")] == [(desk.accounts["clerk"], "link")]


def test_land_link_works_once(desk: Desk, client: Client) -> None:
    address = link("clerk")
    form = {"act": str(Act.new().id)}
    assert client.post(address, form).status_code == 302
    other = english(Client())
    for answer in (other.post(address, form), other.get(address)):
        assert answer.status_code == 409
        assert "already been used" in answer.content.decode()
    assert "_auth_user_id" not in other.session


def test_land_newest_link_counts(desk: Desk, client: Client) -> None:
    first, second = link("clerk"), link("clerk")
    assert english(client).get(first).status_code == 409
    assert client.get(second).status_code == 200


def test_land_expired_link(desk: Desk, client: Client) -> None:
    address = link("clerk")
    with desk.database.as_role("owner") as owner:
        owner.execute("UPDATE accounts_sign_in_link SET made_at = now() - interval '3 day', expires_at = now()")
    assert "expired" in english(client).get(address).content.decode()
    assert client.post(address).status_code == 409


@pytest.mark.parametrize("secret", ["x", "a" * 43, "../..", "%00"])
def test_land_unknown_link(desk: Desk, client: Client, secret: str) -> None:
    assert client.get(f"/in/{secret}").status_code == 404
    assert client.post(f"/in/{secret}").status_code == 404


def test_land_makes_an_account_at_first_use(desk: Desk, client: Client) -> None:
    post = fill("village_clerk", scope_as(desk, "clerk").place or 0, name="新文书")
    with desk.database.as_role("owner") as owner:
        (person,) = owner.execute("SELECT person_id FROM roster_post WHERE id = %s", [post]).fetchone() or ()
    act = Act.new()
    secret = link_secret(settings.SECRET_KEY, act.id)
    invite(SETTING_UP, act, person_id=person, secret_hash=hashed(secret))
    client.post(f"/in/{secret}", follow=True)
    assert client.session["post"] == str(post)
    with desk.database.as_role("owner") as owner:
        (account,) = owner.execute("SELECT account_id FROM registry_person WHERE id = %s", [person]).fetchone() or ()
    assert str(account) == client.session["_auth_user_id"]


def test_choose_post_single_post_is_taken_at_once(desk: Desk, client: Client) -> None:
    password = with_password(desk, "clerk")
    answer = client.post("/accounts/login/", {"login": "Clerk", "password": password}, follow=True)
    assert answer.redirect_chain[0][0] == "/console/post/"
    assert client.session["post"] == str(id_of("clerk"))


def test_choose_post_among_several(desk: Desk, client: Client) -> None:
    lend(id_of("grid_head"), id_of("clerk"))
    password = with_password(desk, "clerk")
    english(client).post("/accounts/login/", {"login": "clerk", "password": password})
    page = client.get("/console/post/")
    assert "You stand in for 秦网格" in page.content.decode()
    assert "post" not in client.session
    answer = client.post("/console/post/take", {"post": str(id_of("grid_head")), "next": "//evil.example/"})
    assert answer.status_code == 302
    assert "evil" not in answer["Location"]
    assert client.session["post"] == str(id_of("grid_head"))


def test_take_post_of_somebody_else(desk: Desk, client: Client) -> None:
    enter(client, "clerk")
    assert client.post("/console/post/take", {"post": str(id_of("dispatcher"))}).status_code == 404
    assert client.post("/console/post/take", {"post": "nonsense"}).status_code == 404
    assert client.session["post"] == str(id_of("clerk"))


def test_take_post_demo_lets_links_off_and_says_so(desk: Desk, client: Client) -> None:
    enter(english(client), "dispatcher")
    assert client.session["post"] == str(id_of("dispatcher"))
    assert "This is a demo county" in client.get("/console/post/").content.decode()


def test_take_post_wants_a_second_factor_outside_the_demo(desk: Desk, client: Client) -> None:
    not_a_demo(desk)
    page = enter(english(client), "dispatcher")
    assert "ask for a second factor" in page.content.decode()
    assert client.post("/console/post/take", {"post": str(id_of("dispatcher"))}).status_code == 403
    assert "post" not in client.session


def test_take_post_wants_a_second_factor_after_a_password_even_in_the_demo(desk: Desk, client: Client) -> None:
    password = with_password(desk, "dispatcher")
    client.post("/accounts/login/", {"login": "dispatcher", "password": password})
    assert client.post("/console/post/take", {"post": str(id_of("dispatcher"))}).status_code == 403


def code_for(secret: str, shift: int = 0) -> str:
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30 + shift)))


def test_time_code_set_up_then_asked_for_at_sign_in(desk: Desk, client: Client) -> None:
    not_a_demo(desk)
    enter(english(client), "dispatcher")
    client.post("/accounts/password/set/", {"password1": PASSWORD, "password2": PASSWORD})
    page = client.get("/accounts/2fa/totp/activate/")
    assert page["Location"].startswith("/accounts/reauthenticate/")
    client.post(page["Location"], {"password": PASSWORD})
    page = client.get("/accounts/2fa/totp/activate/")
    assert page.status_code == 200, page.headers.get("Location")
    secret = page.context["form"].secret
    assert client.post("/accounts/2fa/totp/activate/", {"code": code_for(secret)}).status_code == 302
    with desk.database.as_role("owner") as owner:
        (kept,) = owner.execute("SELECT data::text FROM mfa_authenticator WHERE type = 'totp'").fetchone() or ("",)
    assert secret not in kept
    assert "Enter a code now" in client.get("/console/post/").content.decode()
    answer = client.post("/accounts/2fa/reauthenticate/", {"code": code_for(secret, 1), "next": "/console/post/"})
    assert answer.status_code == 302
    client.get("/console/post/")
    assert client.session["post"] == str(id_of("dispatcher"))

    again = english(Client())
    answer = again.post("/accounts/login/", {"login": "dispatcher", "password": PASSWORD})
    assert answer["Location"] == "/accounts/2fa/authenticate/"
    assert "_auth_user_id" not in again.session
    assert {row[1] for row in logged(desk, "security_changed")} >= {"password_set", "totp_activated"}


def test_link_does_not_pass_by_a_second_factor(desk: Desk, client: Client) -> None:
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    TOTP.activate(get_user_model().objects.get(pk=desk.accounts["clerk"]), generate_totp_secret())
    answer = client.post(link("clerk"))
    assert answer["Location"] == "/accounts/2fa/authenticate/"
    assert "_auth_user_id" not in client.session


def test_sign_in_is_throttled_by_login_name_in_the_database(desk: Desk, client: Client) -> None:
    password = with_password(desk, "clerk")
    for _ in range(5):
        client.post("/accounts/login/", {"login": "clerk", "password": "wrong"})
    answer = english(client).post("/accounts/login/", {"login": "clerk", "password": password})
    assert answer.status_code == 200
    assert "Too many failed" in answer.content.decode()
    assert len(logged(desk, "sign_in_failed")) == 5
    other = with_password(desk, "grid_head")
    assert client.post("/accounts/login/", {"login": "grid_head", "password": other}).status_code == 302
    with desk.database.as_role("owner") as owner:
        assert (owner.execute("SELECT count(*) FROM cache_entries").fetchone() or (0,))[0] > 0


def test_revoked_sessions_end_with_the_next_request(desk: Desk, client: Client) -> None:
    enter(client, "clerk")
    assert client.get("/console/security/").status_code == 200
    principal = scope_as(desk, "dispatcher")
    assert end_sessions(principal, Act.new(), person_id=id_of("clerk_person")) == {"sessions": 1}
    assert client.get("/console/security/")["Location"].startswith("/accounts/login/")


def test_ended_post_ends_with_the_next_request(desk: Desk, client: Client) -> None:
    enter(client, "clerk")
    assert client.get("/console/work-list/").status_code == 200
    end_post(SETTING_UP, Act.new(), post_id=id_of("clerk"), on=TODAY)
    answer = client.get("/console/work-list/")
    assert answer["Location"] == "/console/post/"
    assert "hold no post" in english(client).get("/console/post/").content.decode()


def test_a_post_that_comes_to_want_a_second_factor_is_gone_with_the_next_request(desk: Desk, client: Client) -> None:
    enter(client, "grid_head")
    assert client.get("/console/today/").status_code == 200
    with desk.database.as_role("owner") as owner:
        owner.execute("UPDATE roster_role SET second_factor = true WHERE code = 'grid_head'")
    response: Any = client.get("/console/today/")
    assert (response.status_code, response["Location"]) == (302, reverse("choose_post"))


def test_a_session_without_a_second_factor_never_acts_in_a_post_that_wants_one(desk: Desk, client: Client) -> None:
    """Even where the session names the post, as an older one or a stolen one might."""
    enter(client, "grid_head")
    session = client.session
    session["post"] = str(id_of("dispatcher"))
    session.save()
    assert client.get("/console/today/").status_code == 302
    desk.sign_in(client, "dispatcher")
    assert client.get("/console/today/").status_code == 200


def test_end_session_of_another_device_only_ones_own(desk: Desk, client: Client) -> None:
    enter(client, "clerk")
    phone = Client()
    enter(phone, "clerk")
    enter(stranger := Client(), "grid_head")
    ids = [device.id for device in client.get("/console/security/").context["devices"]]
    assert len(ids) == 2
    assert stranger.post(f"/console/security/devices/{ids[0]}/end").status_code == 404
    assert client.post(f"/console/security/devices/{ids[0]}/end").status_code == 302
    assert phone.get("/console/security/").status_code == 302
    assert client.get("/console/security/").status_code == 200


def test_security_choose_login_name(desk: Desk, client: Client) -> None:
    enter(english(client), "clerk")
    taken = client.post("/console/security/", {"login_name": "grid_head"})
    assert "is taken" in taken.content.decode()
    assert "3 to 40" in client.post("/console/security/", {"login_name": "朱"}).content.decode()
    assert client.post("/console/security/", {"login_name": "Zhu.Wen"}).status_code == 302
    assert client.get("/console/security/").context["mine"].login_name == "zhu.wen"


PAGES = (
    "account_login", "account_logout", "account_inactive", "account_signup", "account_change_password",
    "account_set_password", "mfa_index", "mfa_activate_totp", "mfa_add_webauthn", "mfa_list_webauthn",
    "usersessions_list", "security", "choose_post",
)  # fmt: skip
UNTRANSLATED = ("Menu:", "Please reauthenticate", "example.com")


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_pages_are_ours_in_both_languages(desk: Desk, language: str) -> None:
    inside, outside = Client(), Client()
    enter(inside, "clerk")
    for client in (inside, outside):
        client.cookies["cg_language"] = language
    for name in PAGES:
        visitor = outside if name in {"account_login", "account_signup"} else inside
        answer = visitor.get(reverse(name), follow=True)
        text = answer.content.decode()
        assert answer.status_code == 200, name
        assert f'lang="{"zh-Hans" if language == "zh-hans" else "en"}"' in text, name
        assert 'class="skip"' in text, name
        assert not [word for word in UNTRANSLATED if word in text], name
        policy = answer["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert " style=" not in text, name
        assert "onclick" not in text, name
        for part in text.split("<script")[1:]:
            assert part.startswith((" src=", ' type="module"')) or 'type="application/json"' in part.split(">")[0], name


def test_sign_up_is_closed(desk: Desk, client: Client) -> None:
    answer = english(client).post("/accounts/signup/", {"username": "x", "password1": "long-enough-2026"})
    assert "Nobody signs up" in answer.content.decode()
    assert get_user_model().objects.filter(login_name="x").count() == 0


def test_account_switched_off_cannot_use_a_link(desk: Desk, client: Client) -> None:
    address = link("clerk")
    with desk.database.as_role("owner") as owner:
        owner.execute("UPDATE accounts_account SET is_active = false WHERE id = %s", [desk.accounts["clerk"]])
    assert client.post(address).status_code == 404


def test_refusals_are_logged_per_account(desk: Desk, client: Client) -> None:
    enter(client, "clerk")
    assert client.get(f"/console/posts/{UUID(int=1)}").status_code == 404
    rows = logged(desk, "refused")
    assert [row[0] for row in rows] == [desk.accounts["clerk"]]


@pytest.mark.parametrize("answer", ["9" * 5_000, "[" * 9_000, "{", "null", '{"id": ' + "1" * 4_400 + "}"])
def test_a_key_s_answer_past_all_sense_is_refused(client: Client, database: Database, answer: str) -> None:
    assert database.name
    sent = client.post("/accounts/2fa/webauthn/login/", {"credential": answer})
    assert sent.status_code in {200, 302, 400, 422}
