"""Every role of the demo county signs in by its link, takes up its post and lands on a page of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from django.test import Client
from django.utils.timezone import localdate

from commongrid.accounts.rules import hashed, link_secret
from commongrid.journal.acting import acting
from commongrid.kernel.act import Act
from commongrid.roster.actions import invite
from commongrid.roster.queries import one_per_role, role_powers
from tests.factories.network import SETTING_UP

if TYPE_CHECKING:
    from tests.bed import Database


@pytest.mark.usefixtures("hamlet")
def test_every_role_of_the_demo_signs_in(hamlet: Database) -> None:
    with acting(SETTING_UP):
        posts, powers = one_per_role(SETTING_UP), role_powers(SETTING_UP)
    assert {post.role for post in posts} == set(powers)
    begins: dict[str, str] = {}
    for post in posts:
        act = Act.new()
        secret = link_secret(settings.SECRET_KEY, act.id)
        invite(SETTING_UP, act, person_id=post.person, post_id=post.id, secret_hash=hashed(secret))
        client = Client()
        answer = client.post(f"/in/{secret}", follow=True)
        assert answer.status_code == 200, post.role
        assert client.session["post"] == str(post.id), post.role
        assert answer.redirect_chain[-1][0] != "/console/post/", post.role
        assert post.state_on(localdate()) == "in_force"
        front = client.get("/console/", follow=True)
        assert front.status_code == 200, post.role
        begins[post.role] = front.redirect_chain[-1][0]
    assert begins["dispatcher"] == "/console/today/"
    assert begins["villager"] == "/console/matters/new/"
    assert begins["auditor"] == "/console/access-log/"
    assert begins["system_admin"] == begins["security_admin"] == "/console/posts/"
    admins = {begins[role] for role in ("system_admin", "security_admin", "auditor")}
    assert all(page.startswith("/console/") for page in admins)
    assert not admins & {"/console/post/", "/console/security/"}
    with hamlet.as_role("owner") as owner:
        taken = owner.execute("SELECT count(DISTINCT about) FROM accounts_access_line WHERE event = 'post_taken'")
        assert taken.fetchone() == (len(posts),)
