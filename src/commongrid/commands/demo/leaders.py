"""Leaders' notes of the demo county: some wait for the centre's answer, some were answered."""

from __future__ import annotations

from typing import Final

from commongrid.commands.demo import hours
from commongrid.journal.acting import acting
from commongrid.kernel.refusals import Refusal
from commongrid.kernel.scope import Scope
from commongrid.matters import actions
from commongrid.matters.actions import Instruction
from commongrid.matters.models import Matter
from commongrid.matters.queries.leaders import LEADS

EACH: Final = 2
WORDS: Final = ("请镇里现场看一次，月底前有结果，办好后告诉我。", "群众反映多次，请牵头单位拿出时间表。")
ACCOUNT: Final = "已到现场查看，材料已订，预计下周完工；期间设警示牌、安排专人引导通行。"


def write(posts: list[Scope]) -> int:
    """Each leader writes on two open matters of their area; their centre answers the first. Answers how many notes."""
    return sum(_of(scope, posts) for scope in posts if scope.may(LEADS) and scope.level in ("township", "county"))


def _of(leader: Scope, posts: list[Scope]) -> int:
    with acting(leader):
        found = Matter.objects.filter(
            state="in_hand", parent=None, leader_due_at=None, place__range=(leader.lo, leader.hi)
        )
        rows = list(found.order_by("-opened_at").values_list("id", flat=True)[:EACH])
    made = 0
    for matter, words in zip(rows, WORDS, strict=False):
        try:
            actions.instruct(leader, hours.act(), matter_id=matter, instruction=Instruction(words=words))
        except Refusal:
            continue
        made += 1
    centre = next((one for one in posts if one.place == leader.place and one.may("matters.divert")), None)
    if made and centre is not None:
        actions.report_back(centre, hours.act(), matter_id=rows[0], text=ACCOUNT)
    return made
