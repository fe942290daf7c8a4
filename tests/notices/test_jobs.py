"""Notices from the journal: to the right post once, to the person where nothing speaks against it, no word more."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

import pytest
from django.utils import timezone

from commongrid.journal.acting import acting
from commongrid.kernel.act import Act
from commongrid.kernel.refusals import NotFound, WrongState
from commongrid.matters import actions as matters
from commongrid.matters import jobs as clock
from commongrid.matters.actions.calling import Summons
from commongrid.matters.actions.ticking import TICK
from commongrid.matters.models import Matter
from commongrid.notices import actions, jobs, queries
from commongrid.notices.channels import Message, Outcome
from commongrid.notices.models import Notice
from commongrid.notices.rules.sending import TRIES
from tests.factories.desk import GRID, TOWNSHIP, id_of
from tests.matters.test_loop import slip_of
from tests.matters.waits import add_post, ask, wanted
from tests.notices.recording import Recording
from tests.readers import readers_see

if TYPE_CHECKING:
    from django.test import Client

    from commongrid.journal.queries import LineRow
    from commongrid.notices.channels import Channel
    from tests.bed import Database
    from tests.factories.scenes import Scene

NOON = datetime(2026, 11, 24, 4, tzinfo=UTC)
CANARIES = ("金丝雀王小明", "13912345678", "水井巷七号", "被打", "刀")
"""A name, a phone, a door and words of the matter: none of them may turn up in any notice."""


def reads(*at: datetime) -> None:
    """Read the journal, as soon as other writers let it."""
    readers_see()
    jobs.read(*at)


def noon() -> datetime:
    """The next noon, when anything may be sent."""
    now = timezone.now()
    day = now.astimezone(NOON.tzinfo).replace(hour=4, minute=0)
    return (day if day > now else day + timedelta(days=1)).replace(second=0, microsecond=0)


def rows(**wanted: Any) -> list[Notice]:
    """Notices as they stand."""
    with acting(jobs.SCOPE):
        return list(Notice.objects.filter(**wanted).order_by("at", "id"))


def with_phone(scene: Scene, text: str, **more: Any) -> UUID:
    """A matter in hand whose reporter left a name and a phone."""
    contact = matters.Contact(name=CANARIES[0], phone=CANARIES[1])
    return scene.in_hand(text, contact=contact, **more)


def answer(scene: Scene, matter: UUID) -> None:
    """The station's answer, passed on by the township."""
    scene.do("station", matters.answer, matter, answer="已修好")
    scene.do("dispatcher", matters.pass_on, matter, answer="已修好")


def test_who_owes_the_next_step_is_told_once(scene: Scene) -> None:
    matter = scene.with_station("青石桥栏杆松动")
    reads()
    told = rows(sort="given", channel="inbox", matter=matter, post=id_of("station"))
    assert [one.state for one in told] == ["sent"]
    assert set(told[0].facts) == {"number", "date", "unit"}
    count = len(rows())
    reads()
    with acting(jobs.SCOPE):
        actions.keep(
            jobs.SCOPE,
            [Notice(**{f.attname: getattr(one, f.attname) for f in Notice._meta.concrete_fields}) for one in told],
        )
    assert len(rows()) == count
    station = scene.as_post("station")
    assert queries.unread(station) == len([one for one in queries.inbox(station) if one.read_at is None]) >= 1
    actions.mark_read(station, Act.new())
    assert queries.unread(station) == 0


def test_another_post_sees_none_of_it(scene: Scene) -> None:
    scene.with_station("青石桥栏杆松动")
    reads()
    mine = {one.id for one in queries.inbox(scene.as_post("station"))}
    assert mine
    for other in ("dispatcher", "county_dispatcher", "clerk"):
        with acting(scene.as_post(other)):
            assert not set(Notice.objects.values_list("id", flat=True)) & mine


def test_the_person_hears_of_the_answer_where_a_phone_was_left(scene: Scene) -> None:
    matter, silent = (
        with_phone(scene, "路灯不亮"),
        scene.in_hand("路灯不亮二", contact=matters.Contact(name="甲", phone="")),
    )
    answer(scene, matter)
    answer(scene, silent)
    reads()
    way = Recording()
    jobs.send(noon(), {"sms": way})
    (message,) = way.sent
    assert message.to == CANARIES[1]
    (row,) = rows(channel="sms", matter=matter, state="sent")
    assert row.reference == "r1"
    assert [one.fault for one in rows(channel="sms", matter=silent)] == ["nobody_to_tell"] * len(
        rows(channel="sms", matter=silent)
    )
    jobs.send(noon() + timedelta(days=1), {"sms": way})
    assert len(way.sent) == 1


def test_everybody_whose_matter_was_merged_hears_of_the_answer_under_their_own_number(scene: Scene) -> None:
    contact = matters.Contact(name=CANARIES[0], phone=CANARIES[1])
    lead, other = (scene.at_township(text, contact=contact) for text in ("涵洞堵了", "涵洞又堵"))
    scene.do("dispatcher", matters.merge, other, lead=scene.number(lead))
    scene.do("dispatcher", matters.divert, lead, unit_id=id_of("transport_unit"), reason="交通站负责")
    scene.do("station", matters.start, lead)
    answer(scene, lead)
    reads()
    told = {one.matter: one.facts["number"] for one in rows(channel="sms")}
    assert told == {lead: scene.number(lead), other: scene.number(other)}


def test_the_person_reads_it_in_their_language_and_so_does_an_official(
    scene: Scene, settings: Any, client: Client
) -> None:
    settings.NOTICES = replace(settings.NOTICES, email="grid@county.example")
    with scene.desk.database.as_role("owner") as owner:
        owner.execute("UPDATE accounts_account SET email = login_name || '@county.example'")
    scene.desk.sign_in(client, "station")
    assert client.get("/look?language=en").status_code == 302
    contact = matters.Contact(name="Mary", phone=CANARIES[1], language="en")
    matter = scene.with_station("culvert", contact=contact)
    reads()
    scene.do("station", matters.start, matter)
    answer(scene, matter)
    reads()
    sms, post = Recording(), Recording()
    jobs.send(noon(), {"sms": sms, "email": post})
    assert [one.text.split()[0] for one in sms.sent] == ["Your"]
    assert [one.text.split()[0] for one in post.sent if one.to.startswith("station@")] == ["Matter"]
    client.get("/look?language=zh-hans")
    matter = scene.with_station("涵洞又堵了", contact=contact)
    actions.wish(slip_of(matter), Act.new(), wanted=True, language="zh")
    reads()
    scene.do("station", matters.start, matter)
    answer(scene, matter)
    reads()
    sms.sent.clear()
    post.sent.clear()
    jobs.send(noon() + timedelta(days=1), {"sms": sms, "email": post})
    assert [one.text[:2] for one in sms.sent] == ["您反"]
    assert [one.text[:2] for one in post.sent if one.to.startswith("station@")] == ["事项"]


def test_protected_matters_send_nothing_unless_asked(scene: Scene) -> None:
    matter = with_phone(scene, "邻里纠纷", confidential=True)
    answer(scene, matter)
    reads()
    way = Recording()
    jobs.send(noon(), {"sms": way})
    assert way.sent == []


def test_an_opt_out_is_kept(scene: Scene) -> None:
    from commongrid.kernel.scope import slip
    from commongrid.matters.models import Matter

    matter = with_phone(scene, "路灯不亮")
    with acting(jobs.SCOPE):
        hashed = bytes(Matter.objects.values_list("slip_hash", flat=True).get(id=matter))  # type: ignore[arg-type]
    holder = slip(hashed, "matters.follow", "matters.rate")
    assert queries.messages_wanted(holder, matter) is True
    actions.wish(holder, Act.new(), wanted=False)
    assert queries.messages_wanted(holder, matter) is False
    answer(scene, matter)
    reads()
    way = Recording()
    jobs.send(noon(), {"sms": way})
    assert way.sent == []


def test_whoever_reported_it_is_told_that_it_was_withdrawn_for_them(scene: Scene) -> None:
    matter = with_phone(scene, "路灯不亮")
    scene.do("clerk", matters.withdraw_for, matter, came="call", told=CANARIES[1], words="不用了")
    reads()
    assert [one.sort for one in rows(channel="sms", matter=matter)] == ["withdrawn"]


def test_nothing_leaves_in_quiet_hours(scene: Scene) -> None:
    matter = with_phone(scene, "路灯不亮")
    answer(scene, matter)
    reads()
    way = Recording()
    night = noon().replace(hour=16)
    jobs.send(night, {"sms": way})
    assert way.sent == []
    (row,) = rows(channel="sms", matter=matter)
    assert row.next_at == night + timedelta(hours=8)
    jobs.send(night + timedelta(hours=8), {"sms": way})
    assert len(way.sent) == 1


def test_failures_are_tried_again_and_shown_when_given_up(scene: Scene) -> None:
    matter = with_phone(scene, "路灯不亮")
    answer(scene, matter)
    reads()
    way = Recording(answers=[Outcome(taken=False, fault="http_503")] * (len(TRIES) + 1))
    at = noon()
    for _try in range(40):
        (row,) = rows(channel="sms", matter=matter)
        if row.next_at is None:
            break
        at = max(at, row.next_at)
        jobs.send(at, {"sms": way})
    (row,) = rows(channel="sms", matter=matter)
    assert (row.state, row.fault, row.tries) == ("failed", "http_503", len(TRIES) + 1)
    assert {message.id for message in way.sent} == {row.id}
    county = scene.as_post("county_dispatcher")
    assert [one.id for one in queries.failed(county)] == [row.id]
    actions.send_again(county, Act.new(), notice_id=row.id)
    with pytest.raises(WrongState):
        actions.send_again(county, Act.new(), notice_id=row.id)
    with pytest.raises(NotFound):
        actions.send_again(county, Act.new(), notice_id=matter)
    jobs.send(noon() + timedelta(days=3), {"sms": Recording()})
    assert rows(channel="sms", matter=matter)[0].state == "sent"


def test_receipts_say_whether_it_arrived(scene: Scene) -> None:
    matter = with_phone(scene, "路灯不亮")
    answer(scene, matter)
    reads()
    jobs.send(noon(), {"sms": Recording()})
    assert actions.note_receipt(jobs.SCOPE, "r1", arrived=True) == 1
    assert actions.note_receipt(jobs.SCOPE, "r1", arrived=True) == 1
    assert actions.note_receipt(jobs.SCOPE, "unknown", arrived=False) == 0
    assert actions.note_receipt(jobs.SCOPE, "", arrived=False) == 0
    assert rows(channel="sms", matter=matter)[0].state == "delivered"


def test_old_lines_make_no_notices(scene: Scene) -> None:
    scene.with_station("青石桥栏杆松动")
    reads(timezone.now() + timedelta(days=3))
    assert rows() == []


def test_no_notice_holds_a_word_of_the_matter(scene: Scene, database: Database) -> None:
    """Canaries in every field of every sort of matter: what is kept and what is sent holds none of them."""
    for confidential in (False, True):
        matter = with_phone(scene, f"{CANARIES[2]} {CANARIES[3]} {CANARIES[4]}", confidential=confidential)
        answer(scene, matter)
    reads()
    way = Recording()
    ways: dict[str, Channel] = {"sms": way, "email": way}
    jobs.send(noon(), ways)
    with database.as_role("owner") as owner:
        kept = json.dumps(
            [[str(cell) for cell in row] for row in owner.execute("SELECT * FROM notices_notice").fetchall()],
            ensure_ascii=False,
        )
    sent = " ".join(f"{message.text} {message.subject}" for message in way.sent)
    read = [queries._row({name: getattr(one, name) for name in queries._COLUMNS}) for one in rows()]
    units = queries.units_named(jobs.SCOPE, read)
    shown = " ".join(
        queries.words_of(jobs.SCOPE, one, lang, units, channel)
        for one in read for lang in ("zh", "en") for channel in ("inbox", "email", "sms")
    )  # fmt: skip
    assert kept
    for canary in CANARIES:
        assert canary not in kept, canary
        assert canary not in sent, canary
        assert canary not in shown, canary


@pytest.mark.parametrize(
    ("act", "sort", "who", "places"),
    [("registry.change_late", "change_late", "clerk", 2), ("roster.division_done", "grids_divided", "secretary", 1)],
)
def test_who_decides_where_it_lies_is_told(scene: Scene, act: str, sort: str, who: str, places: int) -> None:
    line = cast("LineRow", SimpleNamespace(name=act, place_now=GRID, at=NOON))
    with acting(jobs.SCOPE):
        told = list(jobs._to_posts(line, None, jobs._Desk(NOON.date())))
    assert [(one.sort, one.matter) for one in told] == [(sort, None)] * len(told)
    assert id_of(who) in {one.post for one in told}
    assert len({one.place for one in told}) == places


def posts_told(sort: str, matter: UUID) -> set[UUID | None]:
    """Whom the console told."""
    return {one.post for one in rows(sort=sort, channel="inbox", matter=matter)}


def test_whoever_applied_hears_what_was_decided(scene: Scene) -> None:
    add_post(scene, "deputy", "unit_deputy", TOWNSHIP, "transport")
    granted, refused = ask(scene, "extend", wanted(40)), ask(scene, "pause")
    reads()
    assert posts_told("decided", granted) == set()
    scene.do("deputy", matters.grant, granted)
    scene.do("deputy", matters.refuse, refused, reason="料已到")
    reads()
    assert posts_told("decided", granted) == posts_told("decided", refused) == {id_of("station")}


def test_whoever_owes_the_step_hears_that_it_is_due_soon_and_what_a_level_above_says(scene: Scene) -> None:
    matter = scene.with_station("青石桥栏杆松动")
    with acting(TICK):
        alarm = Matter.objects.get(id=matter).alarm_at
    assert alarm is not None
    clock.tick(alarm)
    scene.do("county_dispatcher", matters.supervise, matter, note="请抓紧")
    reads(alarm)
    assert posts_told("warned", matter) == posts_told("supervised", matter) == {id_of("station")}


def test_the_person_hears_that_it_could_not_be_taken_up(scene: Scene) -> None:
    contact = matters.Contact(name=CANARIES[0], phone=CANARIES[1])
    matter = scene.report("想换个手机号", kind="Z00", contact=contact)
    scene.do("dispatcher", matters.reject, matter, reason="请到营业厅办理", why="not_ours")
    reads()
    way = Recording()
    jobs.send(noon(), {"sms": way})
    assert [one.to for one in way.sent] == [CANARIES[1]]
    assert rows(sort="refused", matter=matter)[0].state == "sent"
    assert not [word for word in CANARIES if word in way.sent[0].text]


def test_each_unit_hears_of_its_part(scene: Scene) -> None:
    add_post(scene, "water_head", "station_handler", TOWNSHIP, "water")
    for call in (matters.split, matters.call_meeting):
        whole = scene.at_township("河堤桥台要垮")
        units = (id_of("transport_unit"), id_of("water_unit"))
        more: dict[str, Any] = {"reason": "水源也受影响"}
        if call is matters.call_meeting:
            more = {"summons": Summons(at=timezone.now() + timedelta(hours=2), venue="会议室", reason="涉及")}
        scene.do("dispatcher", call, whole, unit_ids=units, note="各办一段", **more)
        reads()
        with acting(jobs.SCOPE):
            parts = dict(Matter.objects.filter(parent_id=whole).values_list("unit_id", "id"))
        assert posts_told("given", parts[units[0]]) == {id_of("station")}
        assert posts_told("given", parts[units[1]]) == {id_of("water_head")}


def test_an_acceptance_where_it_stays_tells_nobody(scene: Scene) -> None:
    matter = scene.report("路面塌了", kind="Z00")
    reads()
    before = len(rows(matter=matter))
    scene.do("dispatcher", matters.accept, matter)
    reads()
    assert len(rows(matter=matter)) == before


def test_whoever_has_to_divert_it_anew_hears_what_the_visit_found(scene: Scene) -> None:
    matter = scene.answered("涵洞又塌了")
    reads()
    before = {one.id for one in rows(sort="given", matter=matter)}
    scene.do("clerk", matters.visit, matter, result="asked", answers=(False, False, "又塌了"))
    with acting(jobs.SCOPE):
        assert Matter.objects.get(id=matter).state == "reopened"
    reads()
    assert {one.post for one in rows(sort="given", channel="inbox", matter=matter) if one.id not in before}


def test_one_notice_that_cannot_be_sent_stops_no_other(scene: Scene) -> None:
    first, second = (with_phone(scene, text) for text in ("路灯不亮", "路灯又不亮"))
    for matter in (first, second):
        answer(scene, matter)
    reads()

    class Broken(Recording):
        def send(self, message: Message) -> Outcome:
            sent = super().send(message)
            if len(self.sent) == 1:
                raise RuntimeError(message.id)
            return sent

    way = Broken()
    with pytest.raises(RuntimeError):
        jobs.send(noon(), {"sms": way})
    assert sorted(one.state for one in rows(channel="sms")) == ["sent", "waiting"]
    assert [one.fault for one in rows(channel="sms", state="waiting")] == ["not_sent"]
