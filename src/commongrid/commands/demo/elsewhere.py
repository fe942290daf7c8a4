"""Stories with other systems and at the mediator's table: a hotline order, a petition, a quarrel settled in writing."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.utils import timezone
from PIL import Image

from commongrid.commands.demo import hours
from commongrid.journal.attachments import stage
from commongrid.kernel.places import enclosing
from commongrid.kernel.refusals import Refusal
from commongrid.matters import actions
from commongrid.matters.actions import Contact, Elsewhere, Report, mediating
from commongrid.matters.actions.mediating import Agreement, Beginning, PartySaid
from commongrid.roster.queries import scopes_in_force

if TYPE_CHECKING:
    from commongrid.kernel.scope import Scope

HOTLINE: Final = ("B01", "来电反映：下组自来水已停两天，询问何时恢复。", "水管已修复，昨日下午恢复供水，已电话告知。")
PETITION: Final = ("G01", "来信反映：通村路开挖后未恢复，雨天无法通行，请求尽快修复。")
QUARREL: Final = ("A03", "两家承包地相邻，一方砌坎时占了另一方一尺，多次争吵。")
TERMS: Final = "以老石坎为界，新坎退回一尺。\n双方共同修复排水沟。"


def tell(reader: Scope, villages: list[int]) -> int:
    """Tell them in the first village whose people can; answers how many matters they made."""
    posts = scopes_in_force(reader, timezone.localdate())
    made = 0
    for story in (_hotline, _petition, _quarrel):
        for village in villages:
            try:
                story(posts, village)
            except (Refusal, StopIteration):  # nobody in post for it there
                continue
            made += 1
            break
    return made


def _post(posts: list[Scope], place: int, *powers: str) -> Scope:
    return next(one for one in posts if one.place == place and all(one.may(power) for power in powers))


def _order(posts: list[Scope], village: int, what: tuple[str, str], system: str, number: str) -> tuple[Scope, UUID]:
    """An order of another system, recorded at the township's centre."""
    centre = _post(posts, enclosing(village, "township") or village, "matters.exchange", "matters.divert")
    act = hours.act(1 / 8)
    source = {"hotline_12345": "hotline"}.get(system, system)
    told = Report(
        kind_code=what[0], place=enclosing(village, "township") or village, text=what[1], source=source,
        contact=Contact(name="石小满", phone="13800001234"), external_system=system, external_number=number,
        elsewhere=Elsewhere(system=system, number=number, received_at=act.at - timedelta(days=1)),
    )  # fmt: skip
    return centre, UUID(str(actions.report(centre, act, report=told)["matter"]))


def _hotline(posts: list[Scope], village: int) -> None:
    """Answered by the centre; the reply waits to go back."""
    centre, matter = _order(posts, village, HOTLINE[:2], "hotline_12345", "2611230417")
    actions.accept(centre, hours.act(0.1), matter_id=matter)
    actions.start(centre, hours.act(0.09), matter_id=matter)
    actions.answer(centre, hours.act(), matter_id=matter, answer=HOTLINE[2])


def _petition(posts: list[Scope], village: int) -> None:
    """Waits for its acceptance, fifteen days by the petition rules; a leader of the township has taken it up."""
    leader = _post(posts, enclosing(village, "township") or village, "matters.instruct")
    centre, matter = _order(posts, village, PETITION, "petition", "9901012611001")
    actions.take_up(centre, hours.act(), matter_id=matter, leader=leader.post)


def _quarrel(posts: list[Scope], village: int) -> None:
    """Mediated, agreed, signed; in thirty days somebody asks whether it was kept."""
    clerk = _post(posts, village, "matters.accept", "matters.report")
    mediator = _post(posts, village, "matters.mediate", "matters.handle")
    told = Report(kind_code=QUARREL[0], place=village, text=QUARREL[1], contact=Contact(name="石大山"))
    matter = UUID(str(actions.report(clerk, hours.act(6), report=told)["matter"]))
    actions.accept(clerk, hours.act(5.9), matter_id=matter)
    beginning = Beginning(
        method="oral", mediator="石明理", committee="村人民调解委员会", facts=QUARREL[1],
        parties=(PartySaid(name="石大山", phone="13800001111", address="上组"), PartySaid(name="田水生")),
    )  # fmt: skip
    begun = mediating.begin(mediator, hours.act(5), matter_id=matter, violence=False, beginning=beginning)
    file = UUID(str(begun["mediation"]))
    sat, wrote = hours.act(2), hours.act(1)
    day = timezone.localdate(sat.at)
    mediating.sit(mediator, sat, mediation_id=file, on=day, attended="石大山、田水生、石明理", note="各退一步")
    agreed = Agreement(
        facts="两家承包地相邻，因砌坎占地一尺发生争执。", text=TERMS,
        performance="十日内由双方共同立界桩，村委会见证。", on=timezone.localdate(wrote.at),
    )  # fmt: skip
    mediating.word_agreement(mediator, wrote, mediation_id=file, agreement=agreed)
    mediating.sign(mediator, hours.act(), mediation_id=file, photos=(stage(_sheet()),))
    mediating.agree(mediator, hours.act(), matter_id=matter, mediation_id=file)


def _sheet() -> bytes:
    """An empty sheet as a photo."""
    out = io.BytesIO()
    Image.new("RGB", (900, 1270), (246, 246, 240)).save(out, "JPEG")
    return out.getvalue()
