"""Matters on every stretch of their way in the desk's county, made through the real actions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from commongrid.kernel.act import Act
from commongrid.kernel.scope import Scope
from commongrid.matters import actions
from commongrid.matters.actions import Contact, Report, Wanted, mediating
from commongrid.matters.actions.mediating import Agreement, Beginning, PartySaid
from commongrid.roster.queries import scope_for_session
from tests.factories.desk import GRID, VILLAGE, Desk, id_of

ROAD, BRIDGE, WATER, QUARREL = "G01", "G02", "B01", "A02"
REPORTER = Contact(name="李小芳", phone="13812341234")


@dataclass
class Scene:
    """Who acts, and what they have done so far."""

    desk: Desk

    def as_post(self, name: str) -> Scope:
        """The scope of somebody's post today."""
        scope = scope_for_session(self.desk.accounts[name], id_of(name), timezone.localdate())
        assert scope is not None
        return scope

    def report(self, text: str, *, kind: str = BRIDGE, place: int = VILLAGE, by: str = "clerk", **more: Any) -> UUID:
        """Something told to somebody in post."""
        more.setdefault("contact", REPORTER)
        told = Report(kind_code=kind, place=place, text=text, **more)
        return UUID(str(actions.report(self.as_post(by), Act.new(), report=told)["matter"]))

    def do(self, by: str, action: Any, matter: UUID, **arguments: Any) -> UUID:
        """One step by somebody."""
        action(self.as_post(by), Act.new(), matter_id=matter, **arguments)
        return matter

    def at_township(self, text: str, **more: Any) -> UUID:
        """Accepted by the township's dispatcher, to divert."""
        matter = self.report(text, kind=more.pop("kind", ROAD), **more)
        row = self.where(matter)
        if row == "village":
            self.do("clerk", actions.raise_level, matter, reason="村里没有挖机，修不了")
        return self.do("dispatcher", actions.accept, matter)

    def with_station(self, text: str, **more: Any) -> UUID:
        """Given to the transport station."""
        matter = self.at_township(text, **more)
        return self.do("dispatcher", actions.divert, matter, unit_id=id_of("transport_unit"), reason="交通站负责")

    def in_hand(self, text: str, **more: Any) -> UUID:
        """Taken on by the transport station."""
        return self.do("station", actions.start, self.with_station(text, **more))

    def answered(self, text: str, **more: Any) -> UUID:
        """Answered by the transport station and passed on by the township: a visit or a rating is due."""
        matter = self.to_pass(text, **more)
        return self.do("dispatcher", actions.pass_on, matter, answer="涵洞已换成 1 米管并夯实，限载牌已立。")

    def to_pass(self, text: str, **more: Any) -> UUID:
        """Answered by the transport station: the township has not passed it on yet."""
        return self.do(
            "station", actions.answer, self.in_hand(text, **more), answer="涵洞已换成 1 米管并夯实，限载牌已立。"
        )

    def where(self, matter: UUID) -> str:
        """The level that has a matter."""
        with self.desk.database.as_role("owner") as owner:
            row = owner.execute("SELECT owner_level FROM matters_matter WHERE id = %s", [matter]).fetchone()
        return str(row[0]) if row else ""

    def number(self, matter: UUID) -> str:
        """Its number."""
        with self.desk.database.as_role("owner") as owner:
            row = owner.execute("SELECT number FROM matters_matter WHERE id = %s", [matter]).fetchone()
        return str(row[0]) if row else ""

    def age(self, matter: UUID, hours: int) -> UUID:
        """Move a matter into the past, deadlines too."""
        with self.desk.database.as_role("owner") as owner:
            owner.execute(
                "UPDATE matters_matter SET opened_at = opened_at - %(by)s::interval,"
                " due_at = due_at - %(by)s::interval, warn_at = warn_at - %(by)s::interval,"
                " alarm_at = alarm_at - %(by)s::interval"
                " WHERE id = %(id)s",
                {"by": f"{hours} hours", "id": matter},
            )
        return matter


def _until(days: int, **more: str) -> Wanted:
    """What the deputy is asked for, or does."""
    told = {"told": "call", "words": "材料要等厂家发货，已电话告知本人", **more}
    return Wanted(until=timezone.localdate() + timedelta(days=days), **told)


def _alike(scene: Scene) -> dict[str, UUID]:
    """The same culvert reported three times: one leads, one is merged, one waits; and a theme over two of them."""
    lead, merged, alike = (
        scene.at_township(text, kind=BRIDGE) for text in ("渠边涵洞堵了", "涵洞堵住漫水", "涵洞又堵")
    )
    scene.do("dispatcher", actions.merge, merged, lead=scene.number(lead))
    numbers = (scene.number(lead), scene.number(alike))
    opened = actions.open_theme(
        scene.as_post("dispatcher"), Act.new(), name="渠边涵洞", numbers=numbers, story="每逢大雨就堵"
    )
    return {"lead": lead, "merged": merged, "alike": alike, "theme": UUID(str(opened["theme"]))}


def _elsewhere(scene: Scene) -> dict[str, UUID]:
    """An order of the hotline, a petition, and a dispute file with its matter."""
    order = scene.report(
        "来电反映自来水停了两天", kind=WATER, by="dispatcher", source="hotline", external_system="hotline_12345",
        external_number="2611230417",
    )  # fmt: skip
    petition = scene.report(
        "来信反映通村路未恢复", kind=ROAD, by="dispatcher", source="petition", external_system="petition",
        external_number="5206232611001",
    )  # fmt: skip
    return {"order": order, "petition": petition, **_dispute(scene)}


def _dispute(scene: Scene) -> dict[str, UUID]:
    """Two neighbours and a mediator; the agreement is written down, not signed yet."""
    dispute = scene.do("clerk", actions.accept, scene.report("两家为地界争执", kind="A03"))
    beginning = Beginning(
        method="oral", mediator="覃调解", committee="白沙村人民调解委员会", facts="两家为地界争执",
        parties=(PartySaid(name="王大山", phone="13812340001"), PartySaid(name="李二河")),
    )  # fmt: skip
    mediator = scene.as_post("mediator")
    begun = mediating.begin(mediator, Act.new(), matter_id=dispute, violence=False, beginning=beginning)
    words = Agreement(facts="地界争执", text="以老石坎为界", performance="十日内立界桩", on=date(2020, 1, 2))
    mediating.word_agreement(mediator, Act.new(), mediation_id=begun["mediation"], agreement=words)
    return {"dispute": dispute, "file": UUID(str(begun["mediation"]))}


def _published(scene: Scene) -> dict[str, UUID]:
    """A culvert mended and published, and a complaint about noise whose text waits for a second person."""
    done, noise = scene.answered("渠边涵洞塌了一半"), scene.at_township("夜里加工场太吵", kind="F10")
    wording = actions.Wording(
        title="渠边涵洞已修好", text="有村民反映渠边涵洞塌了一半。", answer="涵洞已换成 1 米管。",
        until=timezone.localdate() + timedelta(days=90),
    )  # fmt: skip
    dispatcher = scene.as_post("dispatcher")
    shown = actions.publish(dispatcher, Act.new(), matter_id=done, wording=wording)
    noisy = replace(wording, title="加工场夜间噪声", text="有村民反映夜里加工场噪声大。", answer="")
    proposed = actions.publish(dispatcher, Act.new(), matter_id=noise, wording=noisy)
    return {"publication": UUID(str(shown["publication"])), "proposed": UUID(str(proposed["publication"]))}


def everything(laid: Desk) -> dict[str, UUID]:
    """One matter for every page that a journey looks at."""
    scene = Scene(laid)
    return {
        **_alike(scene),
        **_elsewhere(scene),
        **_published(scene),
        "reported": scene.report("村口涵洞塌陷，校车绕行\n昨晚下过雨，水还在冲。孩子们走了两里路。", kind=BRIDGE),
        "urgent": scene.report(
            "独居老人家中停水三天",
            kind=WATER,
            urgency="urgent",
            source="hotline",
            external_system="12345",
            external_number="2611240073",
        ),
        "patrol": scene.report(
            "上河组路灯不亮", kind="G03", source="patrol", place=GRID, by="grid_head", contact=Contact()
        ),
        "quarrel": scene.report("两家为水沟争吵", kind=QUARREL, place=GRID, by="grid_head"),
        "confidential": scene.report("隔壁夜里往河里倒东西，只有我家看得见", kind=BRIDGE, confidential=True),
        "accepted": scene.at_township("村组路塌方，拖拉机过不去"),
        "given": scene.with_station("过境路口没有减速带"),
        "overdue": scene.age(scene.in_hand("便道护栏被撞坏"), 24 * 40),
        "in_hand": scene.do(
            "supervisor", actions.supervise, scene.in_hand("通村路坑洼积水"), note="请本周内先填平校门口一段"
        ),
        "returned": scene.do(
            "station", actions.give_back, scene.with_station("村里小桥桥面破损"), basis="桥梁养护按清单归县交通运输局"
        ),
        "answered": scene.answered("学校门口斑马线看不清"),
        "asking": scene.do(
            "station", actions.apply, scene.in_hand("排水沟要重挖"), sort="pause", wanted=_until(20, reason="parts")
        ),
        "paused": scene.do("dispatcher", actions.pause, scene.in_hand("桥面等钢板"), wanted=_until(15, reason="parts")),
        "parked": scene.do(
            "dispatcher", actions.park, scene.in_hand("路要拓宽"), wanted=_until(120, reason="no_funds")
        ),
        "referred": scene.do("dispatcher", actions.refer, scene.in_hand("路权争议"), wanted=_until(20, body="court")),
        "rejected": scene.do(
            "dispatcher",
            actions.reject,
            scene.report("要求改迁祖坟", kind=BRIDGE),
            reason="不属于受理范围，请到民政办咨询",
        ),
    }
