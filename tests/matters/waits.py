"""Deputies, applications and ends of posts and units, for tests of what waits."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from commongrid.journal.acting import acting
from commongrid.matters import actions
from commongrid.matters.actions import Wanted
from commongrid.matters.actions.ticking import TICK
from commongrid.matters.models import Application
from commongrid.matters.queries import waiting
from tests.factories import desk
from tests.factories.desk import id_of
from tests.factories.scenes import Scene


def day(days: int) -> date:
    """A day so many from today."""
    return timezone.localdate() + timedelta(days=days)


def wanted(days: int | None = 20, **more: Any) -> Wanted:
    """What a handler asks for."""
    until = None if days is None else day(days)
    return Wanted(until=until, **{"reason": "other", "told": "call", "words": "材料要等厂家发货，已电话告知", **more})


def add_post(scene: Scene, name: str, role: str, place: int, unit: str | None = None) -> None:
    """Somebody more in the county."""
    account = 9700 + len(scene.desk.accounts)
    with scene.desk.database.as_role("owner") as owner, owner.transaction():
        owner.execute(
            "INSERT INTO accounts_account (id, password, login_name, email, language, is_active, made_at)"
            " VALUES (%s, '!', %s, '', '', true, now())", [account, name],
        )  # fmt: skip
        owner.execute(
            "INSERT INTO registry_person (id, display_name, account_id, place) VALUES (%s, %s, %s, %s)",
            [id_of(name + "_person"), name, account, place],
        )
        owner.execute(
            "INSERT INTO roster_post (id, person_id, role_id, place, unit_id, from_on, display_name, title_zh,"
            " title_en, office_phone) VALUES (%s, %s, %s, %s, %s, %s, %s, '', '', '')",
            [
                id_of(name),
                id_of(name + "_person"),
                role,
                place,
                id_of(unit + "_unit") if unit else None,
                desk.FROM,
                name,
            ],
        )
    scene.desk.accounts[name] = account


def end_post(scene: Scene, name: str) -> None:
    """Somebody's post ends today."""
    with scene.desk.database.as_role("owner") as owner:
        owner.execute("UPDATE roster_post SET to_on = %s WHERE id = %s", [timezone.localdate(), id_of(name)])


def end_unit(owner: Any, name: str) -> None:
    """A unit ends today, and nobody follows it."""
    owner.execute("UPDATE roster_unit SET valid_to = %s WHERE id = %s", [timezone.localdate(), id_of(name + "_unit")])


def ask(scene: Scene, sort: str, what: Wanted | None = None, **more: Any) -> UUID:
    """A matter in hand of the station, with an application."""
    matter = scene.in_hand("路面要重铺", **more)
    return scene.do("station", actions.apply, matter, sort=sort, wanted=what or wanted())


def latest(matter: UUID) -> Application:
    """The latest application."""
    with acting(TICK):
        return Application.objects.filter(matter_id=matter).latest("asked_at")


def waiting_of(scene: Scene, name: str) -> list[Application]:
    """What waits for somebody's decision."""
    scope = scene.as_post(name)
    with acting(scope):
        return list(waiting.waiting_for(scope))
