"""Seeded defects in what is told between an answer and the release of its rating, in parts, and to the public.

The walls are asked by raw SQL as the app, with the settings of whoever looks;
what they look at is made by the actions, one small county for each check.
"""

from __future__ import annotations

from contextlib import contextmanager, nullcontext
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import psycopg
from django.test import Client
from django.utils import timezone

from commongrid.accounts.actions import Access, log_access
from commongrid.insight import jobs as tallies
from commongrid.journal.acting import settings_of
from commongrid.journal.attachments import stage
from commongrid.kernel.act import Act
from commongrid.kernel.scope import public
from commongrid.matters import actions, jobs
from commongrid.matters.actions import About, Paper, asking, ending, moving
from commongrid.matters.actions.papers import sheet_of
from commongrid.matters.exchange import reading
from commongrid.matters.exchange.actions import results, take_result
from commongrid.matters.exchange.actions.results import Told
from commongrid.matters.queries import deciding, publishing
from commongrid.matters.queries.systems import cases
from tests.factories.desk import VILLAGE, id_of
from tests.factories.scenes import BRIDGE, Scene
from tests.matters import test_editing, test_ends, test_mediation, test_other_units, test_sight, test_visits
from tests.matters.conftest import peopled
from tests.matters.exchange import test_about
from tests.matters.test_loop import slip_of
from tests.matters.test_papers import photo
from tests.proof.defects import Defect, patch, sql, weaker, wider
from tests.readers import readers_see

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from commongrid.kernel.scope import Scope
    from tests.bed import Database

SAID = "等得太久，电话里说了三次"
TRANSPORT, ROADS = id_of("transport_unit"), id_of("roads_unit")


@contextmanager
def looking(database: Database, scope: Scope) -> Iterator[psycopg.Connection[Any]]:
    """A connection as the app with this scope's settings, undone at the end."""
    with psycopg.connect(database.url("app"), autocommit=True) as app, app.transaction(force_rollback=True):
        for name, value in settings_of(scope).items():
            app.execute("SELECT set_config(%s, %s, true)", [f"cg.{name}", value])
        yield app


def texts(app: psycopg.Connection[Any], table: str, subject: str, matter: UUID) -> str:
    """Every row of a table about a matter, as text."""
    query = f"SELECT coalesce(string_agg(to_jsonb(t)::text, ' '), '') FROM {table} t WHERE {subject} = %s"
    (found,) = app.execute(query.encode(), [matter]).fetchone() or ("",)
    return str(found)


def order(scene: Scene, number: str) -> UUID:
    """An order of the hotline that the station has in hand."""
    theirs = actions.Elsewhere(system="hotline_12345", number=number, due_at=timezone.now() + timedelta(days=9))
    matter = scene.report("热线反映涵洞", kind=BRIDGE, by="dispatcher", source="hotline", elsewhere=theirs)
    scene.do("dispatcher", actions.accept, matter)
    scene.do("dispatcher", actions.divert, matter, unit_id=TRANSPORT, reason="交通站负责")
    return scene.do("station", actions.start, matter)


def told(scene: Scene, matter: UUID, result: str, *, satisfied: bool | None) -> None:
    """What the hotline says of it."""
    (case,) = cases(scene.as_post("dispatcher"), matter)
    said = Told(result=result, satisfied=satisfied, text=SAID)
    scene.do("dispatcher", take_result, matter, case_id=case.id, told=said)


def answered(scene: Scene, matter: UUID) -> UUID:
    scene.do("station", actions.answer, matter, answer="修好了")
    return scene.do("dispatcher", actions.pass_on, matter, answer="修好了")


def results_wait(database: Database) -> None:
    """What another system says reaches neither unit nor slip before the batch, by no table; then the unit reads it."""
    scene = peopled(database)
    at_work, done, silent = (order(scene, f"H-{n}") for n in (1, 2, 3))
    told(scene, at_work, "not_solved", satisfied=None)
    told(scene, answered(scene, done), "solved", satisfied=False)
    told(scene, answered(scene, silent), "solved", satisfied=None)
    with looking(database, scene.as_post("station")) as app:
        for matter in (at_work, done, silent):
            for table, subject in (("matters_external_result", "matter_id"), ("matters_rating", "matter_id"),
                                   ("matters_external_case", "matter_id"), ("matters_note", "matter_id"),
                                   ("journal_line", "subject")):  # fmt: skip
                found = texts(app, table, subject, matter)
                assert SAID not in found, table
                assert "solved" not in found, table
        for matter in (done, silent):
            assert "matters.result_taken" not in texts(app, "journal_line", "subject", matter)
    with looking(database, scene.as_post("dispatcher")) as app:
        assert SAID in texts(app, "matters_external_result", "matter_id", done)
    assert jobs.ratings(timezone.now() + timedelta(days=100)) == 3
    with looking(database, scene.as_post("station")) as app:
        for matter in (at_work, done, silent):
            assert SAID in texts(app, "matters_external_result", "matter_id", matter)
        assert "matters.result_taken" in texts(app, "journal_line", "subject", silent)


def lines_wait(database: Database) -> None:
    """From the answer on the journal says nothing to whoever did the work, whatever happens; after the batch it does.

    The first is ticked on paper and waits for filing, the second is looked into from above, the third is late.
    """
    scene = peopled(database)
    ticked, looked, late = (scene.answered(text) for text in ("斑马线看不清", "护栏松了", "井盖响"))
    sheet = Paper(of=sheet_of(ticked, 1), photos=(stage(photo()),))
    scene.do("county_dispatcher", actions.rate_on_paper, ticked, paper=sheet, answers=(True, True, ""))
    scene.do("county_leader", actions.instruct, looked, instruction=actions.Instruction(words="请核实"))
    jobs.tick(timezone.now() + timedelta(days=9))
    shown = "SELECT l.name FROM journal_line l JOIN matters_matter m ON m.id = l.subject WHERE m.id = ANY(%s) AND {}"
    before, after = (shown.format(f"l.at {sign} m.finished_at").encode() for sign in ("<=", ">"))
    all_three = [[ticked, looked, late]]
    with looking(database, scene.as_post("county_dispatcher")) as app:
        names = {name for (name,) in app.execute(after, all_three)}
        assert {"matters.rated_on_paper", "matters.instructed", "matters.overdue"} <= names
    with looking(database, scene.as_post("station")) as app:
        assert app.execute(after, all_three).fetchall() == []
        assert app.execute(before, all_three).fetchall().count(("matters.answered",)) == len(*all_three)
    with looking(database, scene.as_post("dispatcher")) as app:
        assert app.execute(after, all_three).fetchall() != []
    scene.do("dispatcher", actions.close, ticked)
    jobs.ratings(timezone.now() + timedelta(days=100))
    with looking(database, scene.as_post("station")) as app:
        assert ("matters.rated_on_paper",) in app.execute(after, all_three).fetchall()


def parts_follow(database: Database) -> None:
    """Parts that were answered go out of sight with the whole: of the accused, and of all when it is sealed."""
    scene = peopled(database)
    for about, kept in ((About(whom="township"), "county_dispatcher"), (About(whom="county"), "discipline")):
        matter = scene.at_township("沟堵了", kind=BRIDGE)
        scene.do("dispatcher", actions.split, matter, unit_ids=(TRANSPORT, ROADS), note="各办各的", reason="也涉及他们")
        with database.as_role("owner") as owner:
            rows = owner.execute("SELECT id, unit_id FROM matters_matter WHERE parent_id = %s", [matter]).fetchall()
        for part, unit in rows:
            by = "station" if unit == TRANSPORT else "roads"
            scene.do(by, actions.start, part)
            scene.do(by, actions.answer, part, answer="好了")
            scene.do("dispatcher", actions.pass_on, part, answer="好了")
        scene.do("dispatcher", actions.route_round, matter, about=about, reason="反映的就是他们")
        for who in ("station", "roads", "dispatcher", "clerk", "county_dispatcher", "discipline"):
            with looking(database, scene.as_post(who)) as app:
                found = app.execute("SELECT count(*) FROM matters_matter WHERE parent_id = %s", [matter]).fetchone()
                assert found == (2 if who == kept else 0,), (who, about)


def faces(app: psycopg.Connection[Any]) -> dict[Any, str]:
    """Every public face and what it says."""
    return dict(app.execute("SELECT id, state FROM matters_public_face").fetchall())


def faces_hold(database: Database) -> None:
    """Nothing protected has a public face, whoever writes it; and no face tells how the person rated."""
    scene = peopled(database)
    plain = scene.report("涵洞塌了", kind=BRIDGE)
    protected = (
        scene.report("有人打人", kind="A12"), scene.report("倒油", kind=BRIDGE, confidential=True),
        scene.report("镇里的事", kind=BRIDGE, about=About(whom="township")),
    )  # fmt: skip
    turned = scene.at_township("桥坏了", kind=BRIDGE)
    scene.do("dispatcher", actions.route_round, turned, about=About(whom="township"), reason="反映镇领导")
    written = scene.report("路灯坏了", kind=BRIDGE)
    with database.as_role("owner") as owner:
        owner.execute("UPDATE matters_matter SET confidential = true WHERE id = %s", [written])
    for scope in (public("matters.report"), scene.as_post("clerk"), scene.as_post("county_dispatcher")):
        with looking(database, scope) as app:
            assert set(faces(app)) == {plain}
            for one in (*protected, turned, written):
                assert not _shown(app, one), "a protected matter gets a public face"
    happy, not_happy, silent = (scene.answered(f"涵洞 {n}", kind=BRIDGE) for n in range(3))
    for matter, satisfied in ((happy, True), (not_happy, False)):
        actions.rate(slip_of(matter), Act.new(), matter_id=matter, solved=True, satisfied=satisfied)
    with looking(database, scene.as_post("station")) as app:
        shown = faces(app)
        assert {shown[one] for one in (happy, not_happy, silent)} == {"done"}


def _shown(app: psycopg.Connection[Any], matter: UUID) -> bool:
    try:
        with app.transaction(force_rollback=True):
            app.execute("SELECT set_config('cg.claim', %s, true)", [str(matter)])  # as if it were told just now
            app.execute(
                "INSERT INTO matters_public_face (id, kind_code, place, opened_on, state)"
                " VALUES (%s, 'G02', %s, current_date, 'open')", [matter, VILLAGE],
            )  # fmt: skip
    except psycopg.errors.IntegrityConstraintViolation:
        return False
    return True


def counts_hold(database: Database) -> None:
    """Nothing below five is published, and what is sealed is in no tally that anybody reads."""
    scene = peopled(database)
    for n in range(4):
        scene.report(f"涵洞 {n}", kind=BRIDGE)
    scene.report("有人打人", kind="A12")
    readers_see()
    tallies.tally()
    year = timezone.localdate().year
    anybody = public("matters.report")
    assert [(one.place, one.count) for one in publishing.counts(anybody, year)] == [(VILLAGE, None)]
    scene.report("涵洞 5", kind=BRIDGE)
    readers_see()
    tallies.tally()
    assert [one.count for one in publishing.counts(anybody, year)] == [5]
    total = "SELECT coalesce(sum(opened), 0) FROM insight_tally WHERE level = 'county'"
    for who, seen in (("county_dispatcher", 5), ("dispatcher", 0), ("station", 0), ("police", 0)):
        with looking(database, scene.as_post(who)) as app:
            assert app.execute(total.encode()).fetchone() == (seen,), who
    with looking(database, anybody) as app:
        assert app.execute("SELECT count(*) FROM insight_tally").fetchone() == (0,)


def confidences_hold(database: Database) -> None:
    """What the person says later of a confidential matter is for the centre, beside a rating for who sees that."""
    test_sight.test_what_is_said_later_of_a_confidential_matter_is_for_the_centre_too(peopled(database))


def ratings_say_nothing_early(database: Database) -> None:
    """Whoever does not see a rating yet reads no words beside it either, though it be the centre."""
    test_sight.test_words_beside_a_rating_in_confidence_come_no_earlier_than_the_rating(peopled(database))


def looks_are_told(database: Database) -> None:
    """A slip reads who had its own name or phone shown, not what else was logged, nor anything of another's matter."""
    scene = peopled(database)
    own, other = (scene.report(text, kind=BRIDGE) for text in ("涵洞塌了", "路灯坏了"))
    for matter, event in ((own, "revealed"), (own, "printed"), (other, "revealed")):
        look = Access(event=event, about="reporter.phone", reason="回访", subject_kind="matter", subject=matter)
        log_access(scene.as_post("dispatcher"), Act.new(), access=look)
    with looking(database, slip_of(own)) as app:
        assert app.execute("SELECT subject, event FROM accounts_access_line").fetchall() == [(own, "revealed")]


def files_close(database: Database) -> None:
    """A dispute file is closed off when violence comes to light, whoever says so."""
    test_mediation.test_violence_said_by_another_post_closes_the_file_off(peopled(database))


def _as_whoever_moves_it(case: Any) -> None:
    with patch(ending, "acting", lambda _scope: nullcontext())(None):  # type: ignore[arg-type]
        ending.files_over(case)


def _with_a_note(case: Any, row: Any, said: Any, rating: Any, *, late: bool) -> None:
    moving.noted(case, "word", said.text, needed=False)
    _KEEP(case, row, said, rating, late=late)


def other_units_see_nothing(database: Database) -> None:
    """Whoever answers to somebody in another unit doesn't read a complaint about them."""
    test_other_units.test_refuses_a_complaint_to_every_unit_of_whom_it_is_about(peopled(database))


def decisions_stay_closed(database: Database) -> None:
    """Grounds of a decision on a complaint are not read with the work list."""
    test_other_units.test_a_decision_on_a_complaint_leaves_no_words_in_the_open_work_list(peopled(database))


def orders_go_round(database: Database) -> None:
    """An order that says it is about the village is handled above it."""
    test_about.test_refuses_an_order_about_the_village_to_it_by_column_or_by_row(peopled(database), Client())


def ratings_come_together(database: Database) -> None:
    """No setting shows ratings fewer than five at once."""
    test_editing.test_ratings_are_never_shown_one_by_one_in_the_table_either(peopled(database))


def visits_by_others(database: Database) -> None:
    """Nobody asks the person about what they did themselves in another post of theirs."""
    test_visits.test_refuses_somebodys_own_work_whatever_post_they_visit_it_in(peopled(database))


def withdrawn_by_whose_it_is(database: Database) -> None:
    """Nobody withdraws for a person who never came."""
    test_ends.test_nobody_is_withdrawn_for_without_proof_and_they_may_ask_the_level_above(peopled(database))


_KEEP, _WHERE = results._keep, moving.whereabouts
DEFECTS = (
    Defect(
        "the journal tells by a line that has no name in the wall how the person answered",
        weaker("journal_line", "journal_line.at > m.finished_at", "false"), lines_wait,
    ),
    Defect("what another system said kept as a note", patch(results, "_keep", _with_a_note), results_wait),
    Defect(
        "what came without a rating is not held back",
        sql("ALTER TABLE matters_external_result ALTER COLUMN released_at SET DEFAULT now();"
            "CREATE FUNCTION told() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.rating_id IS NULL THEN"
            " NEW.released_at := now(); END IF; RETURN NEW; END $$; CREATE TRIGGER told BEFORE INSERT ON"
            " matters_external_result FOR EACH ROW EXECUTE FUNCTION told()"), results_wait,
    ),
    Defect(
        "what is said later in confidence shown below", weaker("matters_note", "m.confidential", "false"),
        confidences_hold,
    ),
    Defect(
        "words beside a rating in confidence shown before it",
        weaker("matters_note", "<> 'rating'::text", "<> 'nothing'::text"), ratings_say_nothing_early,
    ),
    Defect(
        "who looked at a reporter is told to every slip",
        wider("accounts_access_line", "subject_kind = 'matter' AND current_setting('cg.kind', true) = 'slip'"),
        looks_are_told,
    ),
    Defect(
        "who looked at a reporter is told to nobody",
        weaker("accounts_access_line", "event = 'revealed'::text", "false"), looks_are_told,
    ),
    Defect(
        "a dispute file is ended only by who is in it",
        patch(moving, "files_over", _as_whoever_moves_it), files_close,
    ),
    Defect("parts stay where the whole was", patch(moving, "follow_whole", lambda case: None), parts_follow),
    Defect(
        "a protected matter is given a public face", sql("DROP TRIGGER kept_out ON matters_public_face"), faces_hold
    ),
    Defect("what becomes protected keeps its public face", sql("DROP TRIGGER faceless ON matters_matter"), faces_hold),
    Defect(
        "a public face tells that the person was content",
        patch(ending, "is_spoken", lambda state: state in ("closed", "rejected", "withdrawn", "merged")), faces_hold,
    ),
    Defect(
        "a complaint shown to the other unit of whom it is about",
        weaker("matters_matter", "accused_person_id IN (", "false AND accused_person_id IN ("), other_units_see_nothing,
    ),
    Defect(
        "a decision on a complaint stands in the open work list",
        patch(deciding, "is_protected", lambda m: False), decisions_stay_closed,
    ),
    Defect(
        "an order about the village reaches it",
        patch(reading.RowReader, "_about", lambda _reader, _text: ("", "")), orders_go_round,
    ),
    Defect(
        "ratings are shown one by one",
        sql("ALTER TABLE matters_limit DROP CONSTRAINT matters_limit_together"), ratings_come_together,
    ),
    Defect(
        "somebody visits their own work in another post",
        patch(moving, "whereabouts", lambda matter: replace(_WHERE(matter), answered_by=None)), visits_by_others,
    ),
    Defect(
        "a matter is withdrawn for somebody who never came",
        patch(asking, "shown_theirs", lambda *_said: None), withdrawn_by_whose_it_is,
    ),
    Defect("small counts are published", patch(publishing, "LEAST", 1), counts_hold),
    Defect(
        "what is sealed is counted on the boards",
        patch(tallies, "_RECOUNT", tallies._RECOUNT.replace("AND NOT m.sealed", "")), counts_hold,
    ),
)  # fmt: skip
