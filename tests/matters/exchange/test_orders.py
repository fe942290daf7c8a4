"""Orders of another system by sheet: read, recognised, taken in, replied to, and what comes back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone

from commongrid.kernel.act import Act
from commongrid.kernel.refusals import BadInput, NotAllowed, NotFound, WrongState
from commongrid.matters import actions, queries
from commongrid.matters.exchange import actions as exchange
from commongrid.matters.exchange import queries as known
from commongrid.matters.exchange.actions.results import Told
from commongrid.matters.exchange.preview import previewed
from commongrid.matters.queries.systems import case_of, cases
from tests.factories.desk import VILLAGE, id_of
from tests.matters.exchange.making import HEAD, ROW, sheet

if TYPE_CHECKING:
    from tests.factories.scenes import Scene

HOTLINE = "hotline_12345"


def send(scene: Scene, data: bytes, *, system: str = HOTLINE, sort: str = "orders", by: str = "dispatcher") -> UUID:
    """Send a sheet; answers its upload."""
    answer = exchange.send_sheet(scene.as_post(by), Act.new(), system=system, sort=sort, name="a.xlsx", data=data)
    return UUID(str(answer["upload"]))


def take(scene: Scene, *rows: tuple[Any, ...], system: str = HOTLINE, **more: Any) -> dict[str, Any]:
    """Send a sheet of orders and apply it."""
    upload = send(scene, sheet(*rows), system=system)
    return exchange.import_orders(scene.as_post("dispatcher"), Act.new(), upload_id=upload, **more)


def row(**cells: str) -> tuple[str, ...]:
    """The plain order with some cells changed."""
    return tuple({**dict(zip(HEAD, ROW, strict=True)), **cells}.values())


def matter_of(scene: Scene, number: str, system: str = HOTLINE) -> UUID:
    """The matter of an order."""
    found = case_of(scene.as_post("dispatcher"), system, number)
    assert found is not None
    return found.matter


def one(scene: Scene, matter: UUID) -> Any:
    """The matter as the dispatcher reads it."""
    return queries.matter(scene.as_post("dispatcher"), matter)


def answered(scene: Scene, matter: UUID, text: str = "路灯已换新，今晚起亮。") -> UUID:
    """Worked on by the township centre itself until its answer stands."""
    m = one(scene, matter)
    if m.row.owner_level == "village":
        scene.do("clerk", actions.raise_level, matter, reason="村里修不了")
        m = one(scene, matter)
    if m.row.state == "reported":
        scene.do("dispatcher", actions.accept, matter)
    scene.do("dispatcher", actions.start, matter)
    return scene.do("dispatcher", actions.answer, matter, answer=text)


def test_orders_come_in_with_their_number_their_clock_and_a_sealed_phone(scene: Scene) -> None:
    due = (timezone.localtime() + timedelta(days=9)).strftime("%Y-%m-%d 17:00")
    second = row(工单编号="2", 诉求内容="河边垃圾成堆，没有人来清", 来电号码="13900000000")
    done = take(scene, row(办理时限=due), second)
    assert (done["rows"], done["fresh"], done["faulty"]) == (2, 2, 0)
    m = one(scene, matter_of(scene, "2611240001"))
    assert (m.row.series, m.row.source, m.row.exchanged, m.to_rate) == ("systems", "hotline", True, False)
    assert m.finish_due_at is not None
    assert timezone.localtime(m.finish_due_at).strftime("%Y-%m-%d %H:%M") == due
    assert m.finish_due_at == m.row.external_due_at
    assert "138****1234" in {party.phone for party in m.parties}
    assert "13812341234" not in str(m)


def test_their_deadline_stays_whatever_the_work_list_says(scene: Scene) -> None:
    due = (timezone.localtime() + timedelta(days=40)).strftime("%Y-%m-%d 17:00")
    take(scene, row(类别="G01", 办理时限=due))
    matter = matter_of(scene, "2611240001")
    if scene.where(matter) == "village":
        scene.do("clerk", actions.raise_level, matter, reason="村里没有挖机")
    scene.do("dispatcher", actions.accept, matter)
    scene.do("dispatcher", actions.divert, matter, unit_id=id_of("transport_unit"), reason="交通站负责")
    scene.do("station", actions.start, matter)
    m = one(scene, matter)
    assert m.row.due_at == m.finish_due_at == m.row.external_due_at


def test_a_petition_has_its_fifteen_and_sixty_days_and_one_extension(scene: Scene) -> None:
    received = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
    take(scene, row(来电时间="2026-11-20 09:00"), system="petition")
    matter = matter_of(scene, "2611240001", "petition")
    (case,) = cases(scene.as_post("dispatcher"), matter)
    m = one(scene, matter)
    assert case.due_at == m.finish_due_at == received + timedelta(days=60)
    assert m.row.due_at == case.accept_due_at == received + timedelta(days=15)
    scene.do("dispatcher", exchange.extend_theirs, matter, case_id=case.id, reason="情况复杂，需现场勘验")
    assert one(scene, matter).finish_due_at == received + timedelta(days=90)
    with pytest.raises(WrongState, match="extended once"):
        scene.do("dispatcher", exchange.extend_theirs, matter, case_id=case.id, reason="再延")


def test_the_hotline_knows_no_extension_of_its_own(scene: Scene) -> None:
    take(scene, ROW)
    matter = matter_of(scene, "2611240001")
    (case,) = cases(scene.as_post("dispatcher"), matter)
    with pytest.raises(WrongState, match="no extension"):
        scene.do("dispatcher", exchange.extend_theirs, matter, case_id=case.id, reason="再等等")


def test_one_faulty_row_keeps_all_out_unless_only_the_good_ones_are_wanted(scene: Scene) -> None:
    bad = row(工单编号="", 来电时间="去年", 属地="无此村", 办理时限="下周")
    upload = send(scene, sheet(ROW, bad))
    dispatcher = scene.as_post("dispatcher")
    row_, data = known.upload(dispatcher, upload)
    shown = previewed(dispatcher, system=HOTLINE, sort="orders", data=data, name=row_.name)
    assert {fault.code for fault in shown.faults} == {
        "number_missing", "received_unreadable", "place_unknown", "due_unreadable",
    }  # fmt: skip
    assert {fault.row for fault in shown.faults} == {3}
    with pytest.raises(BadInput, match="faulty"):
        exchange.import_orders(dispatcher, Act.new(), upload_id=upload)
    done = exchange.import_orders(dispatcher, Act.new(), upload_id=upload, good_only=True)
    assert (done["fresh"], done["faulty"]) == (1, 1)
    with pytest.raises(NotFound, match="no longer here"):
        known.upload(dispatcher, upload)


def test_the_same_appeal_under_two_numbers_is_one_matter_with_two_replies(scene: Scene) -> None:
    take(scene, ROW)
    take(scene, row(工单编号="2611240099", 来电时间="2026-11-24 08:00"))
    matter = matter_of(scene, "2611240001")
    assert matter_of(scene, "2611240099") == matter
    answered(scene, matter)
    waiting = known.to_reply(scene.as_post("dispatcher"), HOTLINE)
    assert {one.number for one in waiting} == {"2611240001", "2611240099"}
    assert {one.reply for one in waiting} == {"路灯已换新，今晚起亮。"}


@pytest.mark.parametrize("other", [{"来电号码": "13900000000"}, {"属地": "凯峡河村"}, {"来电时间": "2026-11-10 08:00"}])
def test_another_phone_place_or_week_is_another_appeal(scene: Scene, other: dict[str, str]) -> None:
    take(scene, ROW)
    take(scene, row(工单编号="2611240099", **other))
    assert matter_of(scene, "2611240099") != matter_of(scene, "2611240001")


def test_the_dispatcher_may_keep_two_apart(scene: Scene) -> None:
    take(scene, ROW, row(工单编号="2611240099"), apart=(3,))
    assert matter_of(scene, "2611240099") != matter_of(scene, "2611240001")
    take(scene, row(工单编号="3", 诉求内容="水管漏水"), row(工单编号="4", 诉求内容="水管 漏水"))
    assert matter_of(scene, "3") == matter_of(scene, "4")


def test_an_order_that_is_known_changes_only_its_dates(scene: Scene) -> None:
    take(scene, ROW)
    later = (timezone.localtime() + timedelta(days=20)).strftime("%Y-%m-%d")
    done = take(scene, row(办理时限=later))
    assert (done["fresh"], done["changed"]) == (0, 1)
    due = one(scene, matter_of(scene, "2611240001")).finish_due_at
    assert timezone.localtime(due).strftime("%Y-%m-%d %H:%M") == f"{later} 23:59"
    assert take(scene, row(办理时限=later))["known"] == 1


def test_replies_go_out_once_and_again_as_they_were(scene: Scene) -> None:
    take(scene, ROW)
    answered(scene, matter_of(scene, "2611240001"))
    dispatcher = scene.as_post("dispatcher")
    batch = exchange.export_replies(dispatcher, Act.new(), system=HOTLINE)["batch"]
    (sent,) = known.replies_of(dispatcher, UUID(str(batch)))
    assert (sent.number, sent.text, sent.who) == ("2611240001", "路灯已换新，今晚起亮。", "青石镇")
    with pytest.raises(WrongState, match="No answered order"):
        exchange.export_replies(dispatcher, Act.new(), system=HOTLINE)
    assert known.replies_of(dispatcher, UUID(str(batch))) == [sent]


def test_a_reply_is_worded_otherwise_for_their_system_and_the_answer_stays(scene: Scene) -> None:
    take(scene, ROW)
    matter = answered(scene, matter_of(scene, "2611240001"))
    dispatcher = scene.as_post("dispatcher")
    (one,) = known.to_reply(dispatcher, HOTLINE)
    client = scene.desk.sign_in(Client(), "dispatcher")
    page = f"/console/exchange/replies/{one.case}/"
    assert "路灯已换新，今晚起亮。" in client.get(page).text
    assert client.post(page, {"text": "经核实，路灯已更换。"}).status_code == 302
    (worded,) = known.to_reply(dispatcher, HOTLINE)
    assert (worded.reply, worded.original) == ("经核实，路灯已更换。", "路灯已换新，今晚起亮。")
    assert [note.text for note in queries.matter(dispatcher, matter).notes if note.sort == "answer"] == [one.reply]
    batch = UUID(str(exchange.export_replies(dispatcher, Act.new(), system=HOTLINE)["batch"]))
    (sent,) = known.replies_of(dispatcher, batch)
    assert (sent.text, sent.original) == (worded.reply, worded.original)
    assert client.get(page).status_code == 404, "it went out"


def test_every_end_is_replied_to_in_the_words_that_the_person_reads(scene: Scene) -> None:
    dispatcher = scene.as_post("dispatcher")
    take(scene, ROW, row(工单编号="2", 诉求内容="河边垃圾成堆，没有人来清", 来电号码="13900000000"))
    back, away = matter_of(scene, "2611240001"), matter_of(scene, "2")
    scene.do("dispatcher", actions.withdraw_for, back, told="李小芳", came="call", words="自己换了灯泡")
    if scene.where(away) == "village":
        scene.do("clerk", actions.raise_level, away, reason="村里办不了")
    scene.do("dispatcher", actions.accept, away)
    wanted = actions.Wanted(body="court", told="call", words="")
    scene.do("dispatcher", actions.refer, away, wanted=wanted)
    receipt = actions.Receipt(number="回执1号", on=timezone.localdate())
    scene.do("dispatcher", actions.take_receipt, away, receipt=receipt, words="法院已立案，请持回执联系立案庭。")
    said = {one.number: one.reply for one in known.to_reply(dispatcher, HOTLINE)}
    assert said == {"2611240001": known.TAKEN_BACK_TEXT, "2": "法院已立案，请持回执联系立案庭。"}


def test_an_order_is_not_put_on_what_was_merged_away(scene: Scene) -> None:
    lead, other = (scene.at_township(text, kind="G02") for text in ("涵洞堵了", "涵洞又堵"))
    scene.do("dispatcher", actions.merge, other, lead=scene.number(lead))
    with pytest.raises(WrongState, match="merged into another"):
        scene.do("dispatcher", exchange.link_order, other, elsewhere=actions.Elsewhere(system=HOTLINE, number="7"))


def result(scene: Scene, number: str, told: Told) -> Any:
    """What the hotline says of its order."""
    matter = matter_of(scene, number)
    case = case_of(scene.as_post("dispatcher"), HOTLINE, number)
    assert case is not None
    scene.do("dispatcher", exchange.take_result, matter, case_id=case.id, told=told)
    return one(scene, matter)


def test_solved_closes_and_their_satisfaction_counts(scene: Scene) -> None:
    take(scene, ROW)
    matter = answered(scene, matter_of(scene, "2611240001"))
    assert one(scene, matter).row.state == "to_file"  # no second return visit
    m = result(scene, "2611240001", Told(result="solved", satisfied=False, text="等得太久"))
    assert (m.row.state, m.row.outcome, m.row.rating) == ("closed", "rated", "rated")


def test_rework_comes_back_as_their_order_and_is_replied_to_again(scene: Scene) -> None:
    take(scene, ROW)
    answered(scene, matter_of(scene, "2611240001"))
    dispatcher = scene.as_post("dispatcher")
    exchange.export_replies(dispatcher, Act.new(), system=HOTLINE)
    due = timezone.now() + timedelta(days=5)
    m = result(scene, "2611240001", Told(result="rework", text="路灯又灭了", due_at=due))
    assert (m.row.state, m.row.external_due_at, m.finish_due_at) == ("reopened", due, due)
    (case,) = cases(dispatcher, m.row.id)
    assert (case.result, case.replied_at) == ("rework", None)


def test_not_solved_after_the_end_is_for_the_county_to_decide(scene: Scene) -> None:
    take(scene, ROW)
    matter = answered(scene, matter_of(scene, "2611240001"))
    scene.do("dispatcher", actions.close, matter)
    m = result(scene, "2611240001", Told(result="not_solved", satisfied=False))
    assert (m.row.state, m.row.owner_level, m.row.closed_at) == ("review", "county", None)
    (case,) = cases(scene.as_post("dispatcher"), matter)
    assert (case.late, case.result) == (True, "not_solved")
    ended = scene.do("county_dispatcher", actions.review, matter, finding="已现场复核，灯亮。")
    assert one(scene, ended).row.outcome == "disagrees"


def test_solved_after_the_end_is_recorded_and_nothing_moves(scene: Scene) -> None:
    take(scene, ROW)
    matter = answered(scene, matter_of(scene, "2611240001"))
    scene.do("dispatcher", actions.close, matter)
    before = one(scene, matter).row.closed_at
    m = result(scene, "2611240001", Told(result="solved", satisfied=True))
    assert (m.row.state, m.row.closed_at, m.row.rating) == ("closed", before, "rated")


def test_a_result_while_it_is_worked_on_is_only_kept(scene: Scene) -> None:
    take(scene, ROW)
    m = result(scene, "2611240001", Told(result="not_solved"))
    assert m.row.state == "reported"
    assert cases(scene.as_post("dispatcher"), m.row.id)[0].result == "not_solved"


def test_results_come_by_sheet(scene: Scene) -> None:
    take(scene, ROW)
    answered(scene, matter_of(scene, "2611240001"))
    head = ("工单编号", "办理状态", "满意度", "意见")
    upload = send(scene, sheet(("2611240001", "已解决", "满意", "好"), head=head), sort="results")
    done = exchange.import_results(scene.as_post("dispatcher"), Act.new(), upload_id=upload)
    assert done["fresh"] == 1
    assert one(scene, matter_of(scene, "2611240001")).row.state == "closed"
    upload = send(scene, sheet(("2611240001", "未解决", "", "好" * 4001), head=head), sort="results")
    with pytest.raises(BadInput, match="faulty"):
        exchange.import_results(scene.as_post("dispatcher"), Act.new(), upload_id=upload)
    upload = send(scene, sheet(("9", "已解决", "", ""), head=head), sort="results")
    with pytest.raises(BadInput):
        exchange.import_results(scene.as_post("dispatcher"), Act.new(), upload_id=upload)


def test_columns_of_another_name_are_mapped_once_and_remembered(scene: Scene) -> None:
    head = ("件号", "何时", "何事")
    upload = send(scene, sheet(("77", "2026-11-23", "桥栏杆断了"), head=head))
    dispatcher = scene.as_post("dispatcher")
    with pytest.raises(BadInput, match="which column"):
        exchange.import_orders(dispatcher, Act.new(), upload_id=upload)
    mapped = {"number": "件号", "received": "何时", "text": "何事"}
    exchange.map_columns(dispatcher, Act.new(), system=HOTLINE, sort="orders", columns=mapped)
    exchange.import_orders(dispatcher, Act.new(), upload_id=upload)
    assert one(scene, matter_of(scene, "77")).row.place == dispatcher.place
    assert known.remembered(dispatcher, HOTLINE, "orders") == mapped


def test_who_may_not_exchange_may_not(scene: Scene) -> None:
    with pytest.raises(NotAllowed):
        send(scene, sheet(ROW), by="clerk")
    upload = send(scene, sheet(ROW))
    with pytest.raises(NotFound):
        known.upload(scene.as_post("far_dispatcher"), upload)


def test_a_single_order_is_entered_by_hand(scene: Scene) -> None:
    matter = scene.report(
        "井盖缺失", by="dispatcher", source="hotline", external_system=HOTLINE, external_number="55", place=VILLAGE
    )
    (case,) = cases(scene.as_post("dispatcher"), matter)
    assert (case.number, one(scene, matter).row.exchanged) == ("55", True)
    with pytest.raises(BadInput):
        scene.report("井盖缺失", by="dispatcher", source="hotline", external_system=HOTLINE, external_number="55")


def test_two_numbers_of_one_matter_bring_two_results_and_one_rating(scene: Scene) -> None:
    take(scene, ROW)
    take(scene, row(工单编号="2611240099"))
    matter = answered(scene, matter_of(scene, "2611240001"))
    for number in ("2611240001", "2611240099"):
        case = case_of(scene.as_post("dispatcher"), HOTLINE, number)
        assert case is not None
        told = Told(result="solved", satisfied=True, text="灯亮了")
        scene.do("dispatcher", exchange.take_result, matter, case_id=case.id, told=told)
    assert {one.result for one in cases(scene.as_post("dispatcher"), matter)} == {"solved"}
    assert len(queries.matter(scene.as_post("county_dispatcher"), matter).ratings) == 1


RESULTS_HEAD = ("工单编号", "办理状态", "满意度", "意见")


def results(scene: Scene, *rows: tuple[str, ...]) -> dict[str, Any]:
    """Send a sheet of results and apply it."""
    upload = send(scene, sheet(*rows, head=RESULTS_HEAD), sort="results")
    return exchange.import_results(scene.as_post("dispatcher"), Act.new(), upload_id=upload)


def test_not_solved_said_of_the_next_answer_too_is_another_result(scene: Scene) -> None:
    take(scene, ROW)
    dispatcher, line = scene.as_post("dispatcher"), ("2611240001", "未解决", "不满意", "还是不亮")
    matter = answered(scene, matter_of(scene, "2611240001"))
    exchange.export_replies(dispatcher, Act.new(), system=HOTLINE)
    assert results(scene, line)["fresh"] == 1
    assert one(scene, matter).row.state == "reopened"
    assert results(scene, line)["known"] == 1, "the same sheet again"
    scene.do("county_dispatcher", actions.divert, matter, unit_id=id_of("roads_unit"), reason="换一家")
    scene.do("roads", actions.start, matter)
    scene.do("roads", actions.answer, matter, answer="已换新灯头。")
    centre = "dispatcher" if scene.where(matter) == "township" else "county_dispatcher"
    scene.do(centre, actions.pass_on, matter, answer="已换新灯头。")
    assert results(scene, line)["known"] == 1, "they have not had the new answer yet"
    assert [one.reply for one in known.to_reply(dispatcher, HOTLINE)] == ["已换新灯头。"]
    exchange.export_replies(dispatcher, Act.new(), system=HOTLINE)
    assert results(scene, line)["fresh"] == 1
    assert (one(scene, matter).row.state, one(scene, matter).row.owner_level) == ("review", "county")
    scene.do("county_dispatcher", actions.review, matter, finding="已现场复核，灯亮。")
    assert [one.reply for one in known.to_reply(dispatcher, HOTLINE)] == ["已现场复核，灯亮。"]


def test_an_order_whose_matter_is_sealed_is_replied_to_with_one_sentence(scene: Scene) -> None:
    take(scene, row(类别="G01"))
    dispatcher = scene.as_post("dispatcher")
    matter = matter_of(scene, "2611240001")
    if scene.where(matter) == "village":
        scene.do("clerk", actions.raise_level, matter, reason="村里办不了")
    scene.do("dispatcher", actions.accept, matter, kind_code="D09")
    with pytest.raises(NotFound):
        queries.matter(dispatcher, matter)
    (waiting,) = known.to_reply(dispatcher, HOTLINE)
    assert (waiting.number, waiting.matter, waiting.title, waiting.own) == ("2611240001", None, "", "")
    assert known.to_reply(scene.as_post("far_dispatcher"), HOTLINE) == []
    client = scene.desk.sign_in(Client(), "dispatcher")
    page = client.get("/console/exchange/").text
    assert ("2611240001" in page, "路灯" in page) == (True, False)
    with pytest.raises(NotFound):
        exchange.word_reply(dispatcher, Act.new(), case_id=waiting.case, text="是打架的事")
    batch = UUID(str(exchange.export_replies(dispatcher, Act.new(), system=HOTLINE)["batch"]))
    (sent,) = known.replies_of(dispatcher, batch)
    assert (sent.number, sent.own, sent.text, sent.who) == ("2611240001", "", known.HANDED_OVER_TEXT, "")
    with pytest.raises(NotFound):
        known.replies_of(scene.as_post("far_dispatcher"), batch)
    with pytest.raises(WrongState, match="No answered order"):
        exchange.export_replies(dispatcher, Act.new(), system=HOTLINE)
