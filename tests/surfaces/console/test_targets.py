"""Whom a step offers first, and whom it has chosen beforehand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from commongrid.matters.queries import forget_vocabularies
from tests.factories.desk import id_of
from tests.surfaces.console.test_matters import url

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from tests.factories.scenes import Scene


def test_nobody_who_needs_a_reason_is_chosen_beforehand(scene: Scene, as_post: Callable[..., Client]) -> None:
    matter = scene.at_township("路塌方", kind="G01")

    def chosen() -> list[str]:
        page = as_post("dispatcher").get(url(matter))
        step = next(step for step in page.context["steps"] if step.code == "divert")
        return [one.value for one in (*step.first, *step.others) if one.checked]

    assert chosen() == [f"unit:{id_of('transport_unit')}"]
    with scene.desk.database.as_role("owner") as owner:
        owner.execute("UPDATE matters_work_list SET list = 'recalled' WHERE kind_code = 'G01'")
    forget_vocabularies("work_list")
    assert chosen() == []
