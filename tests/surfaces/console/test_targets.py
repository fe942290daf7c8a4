"""What a step offers first, has chosen beforehand, and says before it is done."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils import timezone

from commongrid.kernel.act import new_id
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


def test_what_publishing_would_refuse_is_said_when_a_text_is_looked_at(
    scene: Scene, as_post: Callable[..., Client]
) -> None:
    centre, matter = as_post("dispatcher"), scene.answered("斑马线看不清", kind="G01")
    until = (timezone.localdate() + timedelta(days=30)).isoformat()
    told = {
        "title": "斑马线",
        "text": "李小芳（13812341234）说看不清。",
        "answer": "已施划。",
        "until": until,
        "do": "look",
    }
    address = reverse("publication_new", args=[matter])
    refused = centre.post(address, {**told, "act": str(new_id())})
    assert refused.status_code == 422
    assert "As anybody will read it" not in refused.text
    assert 'value="publish"' not in refused.text
    assert "13812341234" in refused.text, "what was typed is kept"
    plain = {**told, "text": "有村民反映看不清。", "act": str(new_id())}
    assert 'value="publish"' in centre.post(address, plain).text
    centre.post(address, {**plain, "do": "publish"})
    again = centre.get(address)
    assert "Take that down first" in again.text
    assert "form" not in again.context
