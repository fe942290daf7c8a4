"""Saved views of the queue: a post's own tabs, shared with its office alone, in the order that was chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone

from commongrid.kernel.act import Act
from commongrid.kernel.refusals import BadInput, NotAllowed, NotFound
from commongrid.matters import actions, queries
from commongrid.matters.queries import Filters
from commongrid.matters.queries.viewing import views
from tests.factories import desk
from tests.matters.waits import add_post

if TYPE_CHECKING:
    from tests.factories.scenes import Scene

ROADS = {"class": "G", "order": "due"}


def save(scene: Scene, by: str, name: str = "道路", *, shared: bool = False) -> UUID:
    """A view of somebody's."""
    done = actions.save_view(scene.as_post(by), Act.new(), name=name, filters=ROADS, shared=shared)
    return UUID(str(done["view"]))


def seen(scene: Scene, by: str) -> list[tuple[str, bool]]:
    """Names of somebody's tabs, and whether each is their own."""
    return [(one.name, one.own) for one in views(scene.as_post(by))]


def test_a_view_is_its_posts_own_until_it_is_shared_with_the_office(scene: Scene) -> None:
    add_post(scene, "second", "dispatcher", desk.TOWNSHIP)
    add_post(scene, "colleague", "station_handler", desk.TOWNSHIP, "transport")
    save(scene, "dispatcher")
    assert (seen(scene, "dispatcher"), seen(scene, "second")) == ([("道路", True)], [])
    one = save(scene, "dispatcher", shared=True)
    assert (seen(scene, "dispatcher"), seen(scene, "second")) == ([("道路", True)], [("道路", False)])
    for other in ("county_dispatcher", "far_dispatcher", "clerk", "station"):
        assert seen(scene, other) == []
    save(scene, "station", "本站", shared=True)
    assert seen(scene, "colleague") == [("本站", False)]
    assert seen(scene, "roads") == []
    with pytest.raises(NotFound):
        actions.remove_view(scene.as_post("second"), Act.new(), view_id=one)
    actions.remove_view(scene.as_post("dispatcher"), Act.new(), view_id=one)
    assert seen(scene, "second") == []


def test_it_needs_a_name_something_to_keep_and_an_office_to_share_it_with(scene: Scene) -> None:
    scope = scene.as_post("dispatcher")
    for name, filters in ((" ", ROADS), ("x" * 31, ROADS), ("空", {})):
        with pytest.raises(BadInput):
            actions.save_view(scope, Act.new(), name=name, filters=filters)
    with pytest.raises(NotAllowed):
        save(scene, "grid_head", shared=True)
    for n in range(12):
        save(scene, "dispatcher", f"第{n}个")
    with pytest.raises(BadInput, match="Twelve"):
        save(scene, "dispatcher", "第十三个")


def test_only_its_own_post_renames_it_and_to_no_name_it_has_already(scene: Scene) -> None:
    add_post(scene, "second", "dispatcher", desk.TOWNSHIP)
    one, scope = save(scene, "dispatcher", shared=True), scene.as_post("dispatcher")
    save(scene, "dispatcher", "桥梁")
    with pytest.raises(NotFound):
        actions.rename_view(scene.as_post("second"), Act.new(), view_id=one, name="别的")
    for name in ("桥梁", " "):
        with pytest.raises(BadInput):
            actions.rename_view(scope, Act.new(), view_id=one, name=name)
    actions.rename_view(scope, Act.new(), view_id=one, name="道路优先")
    assert seen(scene, "second") == [("道路优先", False)]


def test_the_order_that_was_chosen_pages_without_gap_or_double(scene: Scene) -> None:
    late = [scene.report(f"第{n}处", urgency="urgent" if n % 2 else "normal") for n in range(4)]
    for n, matter in enumerate(late):
        scene.age(matter, n)
    scope = scene.as_post("dispatcher")
    due = [one.id for one in queries.queue(scope, Filters(order="due")).rows]
    rows = {one.id: one for one in queries.queue(scope).rows}
    assert due == sorted(due, key=lambda one: (rows[one].due_at or timezone.now(), one))
    assert [one.id for one in queries.queue(scope, Filters(order="new")).rows] == late
    first = rows[due[0]]
    mark = f"{first.pressing}~{(first.due_at or timezone.now()).isoformat()}~{first.id}"
    assert [one.id for one in queries.queue(scope, Filters(order="due"), after=mark).rows] == due[1:]


def test_the_page_saves_shows_and_removes_a_tab(scene: Scene) -> None:
    scene.at_township("路塌方")
    client = scene.desk.sign_in(Client(), "dispatcher")
    assert "Save as a tab" in client.get("/console/matters/?class=G&order=due").text
    sent = {"name": "Roads first", "filters": "class=G&order=due&nonsense=1", "shared": "on"}
    back = client.post("/console/matters/views/", sent)
    assert back.headers["Location"] == "/console/matters/?class=G&order=due"
    page = client.get(back.headers["Location"])
    assert [(one.row.name, one.current) for one in page.context["saved"]] == [("Roads first", True)]
    (one,) = page.context["saved"]
    renamed = client.post(f"/console/matters/views/{one.row.id}/rename", {"name": "Roads"})
    assert renamed.headers["Location"] == back.headers["Location"]
    assert [tab.row.name for tab in client.get("/console/matters/").context["saved"]] == ["Roads"]
    client.post(f"/console/matters/views/{one.row.id}/remove")
    assert client.get("/console/matters/").context["saved"] == []
    assert client.post("/console/matters/views/", {**sent, "name": ""}, follow=True).status_code == 200
