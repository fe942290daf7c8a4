"""Mediation: taken up after asking about violence, sat together, agreed or not, signed, and later checked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final
from uuid import UUID

from commongrid.accounts.sealed import sealer
from commongrid.journal.acting import acting
from commongrid.journal.actions import Line, action
from commongrid.journal.attachments import Staged, Subject, attach
from commongrid.kernel.act import Act
from commongrid.kernel.clock import close_of_office
from commongrid.kernel.refusals import N_, BadInput, NotAllowed, NotFound, WrongState
from commongrid.kernel.sealing import place_of
from commongrid.matters.actions.ending import FILES
from commongrid.matters.actions.handling import resorted, to_visit
from commongrid.matters.actions.merging import give_back_all
from commongrid.matters.actions.moving import FACTS, Case, line, moved, noted, opened
from commongrid.matters.models import Mediation, MediationParty, MediationSession, Party
from commongrid.matters.models.mediation import METHODS
from commongrid.matters.queries.mediation import mediators
from commongrid.matters.queries.vocabulary import kind, limits
from commongrid.matters.rules.deciding.exchanging import SPOKEN
from commongrid.matters.rules.limits import set_due
from commongrid.matters.rules.moves import Call
from commongrid.matters.rules.named import VIOLENCE
from commongrid.matters.rules.relations import level_of_actor
from commongrid.roster import queries as roster
from commongrid.territory import queries as territory

if TYPE_CHECKING:
    from commongrid.kernel.scope import Scope

TWO_SIDES: Final = 2
MOST_PARTIES: Final = 12
LONGEST: Final = 4000
LONGEST_NAME: Final = 120
BEGUN: Final = N_("This dispute is being mediated already.")
ENDED: Final = N_("This mediation has ended; its file stays as it is.")


@dataclass(frozen=True, slots=True, kw_only=True)
class PartySaid:
    """One party as told: name, phone, where they live."""

    name: str
    phone: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """How a mediation begins: who mediates for which committee, how, who with whom, about what."""

    method: str
    mediator: str
    committee: str
    parties: tuple[PartySaid, ...]
    facts: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """What the parties agreed: in words, how and by when it is performed, on which day."""

    facts: str
    text: str
    performance: str
    on: date
    perform_by: date | None = None


@action("matters.mediation_begun", power="matters.mediate", facts=FACTS)
def begin(scope: Scope, act: Act, *, matter_id: UUID, violence: bool, beginning: Beginning | None = None) -> Line:
    """Take a dispute up for mediation; whether there was violence is asked first.

    With violence nothing is mediated: the matter becomes the sealed kind and
    goes to the competent body, out of this post's sight; what was merged into
    it goes its own way again.

    Refuses: WrongState for what is no dispute, or is being mediated already;
    BadInput without two parties, a method, a mediator or a committee.
    """
    case = opened(scope, act, matter_id=matter_id, event="mediate")
    if violence:
        give_back_all(case)
        target = resorted(case, kind(scope, VIOLENCE))
        case.matter.sealed = False  # until the rule has said so
        return moved(case, Call(event="mediate", moves_on=True, to="unit"), target=target, sealed=True)
    if beginning is None:
        raise BadInput(N_("Say who with whom, and how it is mediated."))
    _check(beginning)
    number = _number(case)
    m = case.matter
    barred = m.owner_level != "unit" and m.barred_place is not None and m.barred_place == m.owner_place
    call = Call(event="mediate", level=level_of_actor(scope), to_barred=barred)
    done = moved(case, call, accepted_at=m.accepted_at or act.at)
    row = _file(case, beginning, number)
    return replace(done, answer={**done.answer, "mediation": row.id})


def _check(given: Beginning) -> None:
    """Refuse a beginning without what the paper needs."""
    named = [one for one in given.parties if one.name.strip()]
    longest = max((len(word) for one in given.parties for word in (one.name, one.phone, one.address)), default=0)
    complaints = (
        (len(named) < TWO_SIDES, "parties", N_("Name at least two parties.")),
        (len(named) > MOST_PARTIES, "parties", N_("At most twelve parties, please.")),
        (longest > LONGEST_NAME, "parties", N_("A name, phone or address is too long.")),
        (given.method not in METHODS, "method", N_("Choose how it is mediated.")),
        (not given.mediator.strip(), "mediator", N_("Say who mediates.")),
        (not given.committee.strip(), "committee", N_("Say which committee it is.")),
        (len(given.facts) > LONGEST, "facts", N_("This is too long: at most 4,000 characters.")),
    )
    fields = {field: sentence for wrong, field, sentence in complaints if wrong}
    if fields:
        raise BadInput(fields=fields)


def _file(case: Case, given: Beginning, number: str) -> Mediation:
    m, act = case.matter, case.act
    row = Mediation(
        id=act.child("mediation").id, matter_id=m.id, place=m.place, post=acting_post(case.scope),
        number=number, mediator=given.mediator.strip()[:60],
        committee=given.committee.strip()[:80], method=given.method, facts=given.facts.strip(), opened_at=act.at,
    )  # fmt: skip
    row.save(force_insert=True)
    named = [one for one in given.parties if one.name.strip()]
    MediationParty.objects.bulk_create(_party(act, row.id, position, one) for position, one in enumerate(named, 1))
    return row


def acting_post(scope: Scope) -> UUID:
    """The post that acts. Refuses: NotAllowed for whoever has none."""
    if scope.post is None:
        raise NotAllowed
    return scope.post


def _number(case: Case) -> str:
    """人调〔2026〕 and the matter's own number, and which file of it this is from the second on.

    A file by another post is out of sight, so the clock looks.

    Refuses: WrongState while one is under way.
    """
    with acting(FILES):
        ended = list(Mediation.objects.filter(matter=case.matter.id).values_list("ended_at", flat=True))
    if None in ended:
        raise WrongState(BEGUN)
    number = f"人调〔{case.calendar.day_of(case.act.at).year}〕{case.matter.number}"
    return f"{number}-{len(ended) + 1}" if ended else number


def _party(act: Act, mediation: UUID, position: int, said: PartySaid) -> MediationParty:
    seals, row_id = sealer(), act.child(f"party:{position}").id

    def sealed(column: str, value: str) -> bytes | None:
        text = value.strip()
        return seals.seal(text, place_of("matters_mediation_party", column, row_id)) if text else None

    return MediationParty(
        id=row_id, mediation_id=mediation, position=position, name_sealed=sealed("name_sealed", said.name),
        phone_sealed=sealed("phone_sealed", said.phone), address_sealed=sealed("address_sealed", said.address),
    )  # fmt: skip


@action("matters.mediation_sat", power="matters.mediate", facts=("number",))
def sit(scope: Scope, act: Act, *, mediation_id: UUID, on: date, attended: str, note: str = "") -> Line:
    """Record a sitting: the day, who came, what was said.

    Refuses: BadInput without who came, or for a day to come; WrongState once it has ended.
    """
    row = _open(mediation_id)
    if not attended.strip():
        raise BadInput(fields={"attended": N_("Say who came.")})
    if len(attended) > LONGEST or len(note) > LONGEST:
        raise BadInput(fields={"note": N_("This is too long: at most 4,000 characters.")})
    if on > territory.calendar(scope).day_of(act.at):
        raise BadInput(fields={"on": N_("This day is still to come.")})
    row_id = act.child("session").id
    MediationSession(
        id=row_id, mediation_id=row.id, on=on, note=note.strip(), at=act.at,
        attended_sealed=sealer().seal(
            attended.strip(), place_of("matters_mediation_session", "attended_sealed", row_id)
        ),
    ).save(force_insert=True)  # fmt: skip
    return _line(row, {"number": MediationSession.objects.filter(mediation=row.id).count()})


@action("matters.mediation_worded", power="matters.mediate")
def word_agreement(scope: Scope, act: Act, *, mediation_id: UUID, agreement: Agreement) -> Line:
    """Write down what they agree, to be printed and signed; it can be put into other words until it is concluded.

    Refuses: BadInput without facts, words, how it is performed or the day; WrongState once it has ended.
    """
    row = _open(mediation_id)
    _check_agreement(agreement, territory.calendar(scope).day_of(act.at))
    row.facts, row.agreement = agreement.facts.strip(), agreement.text.strip()
    row.performance, row.agreed_on = agreement.performance.strip(), agreement.on
    row.perform_by = agreement.perform_by
    row.save(update_fields=["facts", "agreement", "performance", "agreed_on", "perform_by"])
    return _line(row, {})


def _check_agreement(given: Agreement, last: date) -> None:
    needed = {
        "facts": (given.facts, N_("Say in a few sentences what the dispute is about.")),
        "text": (given.text, N_("Write down what they agree.")),
        "performance": (given.performance, N_("Say how and by when it is performed.")),
    }
    fields = {name: sentence for name, (text, sentence) in needed.items() if not text.strip()}
    for name, (text, _sentence) in needed.items():
        if len(text) > LONGEST:
            fields[name] = N_("This is too long: at most 4,000 characters.")
    if given.on > last:
        fields["on"] = N_("This day is still to come.")
    if given.perform_by is not None and given.perform_by < given.on:
        fields["perform_by"] = N_("It can't be performed before it was agreed.")
    if fields:
        raise BadInput(fields=fields)


@action("matters.mediation_signed", power="matters.mediate", facts=("replaced",))
def sign(scope: Scope, act: Act, *, mediation_id: UUID, photos: tuple[Staged, ...], reason: str = "") -> Line:
    """Put the photo of the signed sheet into the file; a later one replaces it, with a reason, and both are kept.

    Refuses: BadInput without a photo, or to replace one without a reason; WrongState before there are words to sign.
    """
    row = _locked(mediation_id)
    if not row.agreement:
        raise WrongState(N_("There are no words to sign yet. Write the agreement down and print it first."))
    if not photos:
        raise BadInput(fields={"photos": N_("Take a photo of the signed sheet, or choose one.")})
    again = row.signed is not None
    if again and not reason.strip():
        raise BadInput(fields={"reason": N_("There is a photo already. Say why this one replaces it.")})
    files = attach(scope, act, to=Subject("mediation", row.id, row.place), files=photos)
    row.signed, row.signed_at = files[0], act.at
    row.save(update_fields=["signed", "signed_at"])
    if again:
        row.replaced = f"{row.replaced}\n{reason.strip()}".strip()[-LONGEST:]
        row.save(update_fields=["replaced"])
    return _line(row, {"replaced": again})


def _said(matter_id: UUID, zh: str, en: str) -> str:
    """What the person is told, in the language that they read; kept with the matter as it was told."""
    english = Party.objects.filter(matter_id=matter_id, part="reporter", language="en").exists()
    return en if english else zh


@action("matters.mediation_agreed", power="matters.mediate", facts=FACTS)
def agree(scope: Scope, act: Act, *, matter_id: UUID, mediation_id: UUID) -> Line:
    """Conclude: they agreed and signed. The matter is answered, and a day is set for asking whether it was kept.

    Refuses: WrongState without the words, or without the photo of the signed sheet.
    """
    case = opened(scope, act, matter_id=matter_id, event="answer")
    row = _open(mediation_id, matter_id)
    if not row.agreement or row.agreed_on is None:
        raise WrongState(N_("Write down first what they agree."))
    if row.signed is None:
        raise WrongState(N_("The signed sheet is not in the file yet. Photograph it by its square code first."))
    row.ended_at, row.outcome = act.at, "agreed"
    start = max(act.at, close_of_office(case.calendar, row.perform_by) if row.perform_by else act.at)
    due = set_due(start, start + timedelta(days=float(limits(scope)["mediation_kept"].amount)))
    row.check_due_at, row.check_alarm_at = due.at, due.warn_at
    row.save(update_fields=["ended_at", "outcome", "check_due_at", "check_alarm_at"])
    noted(case, "answer", _said(matter_id, f"调解达成协议（{row.number}）。", f"Settled by agreement ({row.number})."))
    return moved(case, Call(event="answer", level=level_of_actor(scope)), finished_at=act.at, to_visit=to_visit(case))


@action("matters.mediation_failed", power="matters.mediate", facts=FACTS)
def fail(scope: Scope, act: Act, *, matter_id: UUID, mediation_id: UUID, ways_on: str) -> Line:
    """Conclude: they did not agree. The person reads which ways stay open: court, arbitration, the authority.

    Refuses: BadInput without the ways; WrongState once it has ended.
    """
    case = opened(scope, act, matter_id=matter_id, event="answer")
    row = _open(mediation_id, matter_id)
    if not ways_on.strip():
        raise BadInput(fields={"ways_on": N_("Say which ways stay open to them.")})
    if len(ways_on) > LONGEST:
        raise BadInput(fields={"ways_on": N_("This is too long: at most 4,000 characters.")})
    row.ended_at, row.outcome, row.ways_on = act.at, "not_agreed", ways_on.strip()
    row.save(update_fields=["ended_at", "outcome", "ways_on"])
    noted(case, "answer", f"{_said(matter_id, '调解未达成协议。', 'Not agreed.')}\n{ways_on.strip()}"[:LONGEST])
    return moved(case, Call(event="answer", level=level_of_actor(scope)), finished_at=act.at, to_visit=to_visit(case))


@action("matters.mediation_checked", power="matters.mediate", facts=(*FACTS, "kept"))
def check(scope: Scope, act: Act, *, matter_id: UUID, mediation_id: UUID, kept: bool, found: str) -> Line:
    """Record whether the agreement was kept; one that was not opens the dispute again.

    Refuses: WrongState before anything was agreed, or once it was checked; BadInput without what was found.
    """
    case = opened(scope, act, matter_id=matter_id, event="not_kept")
    row = _locked(mediation_id, matter_id)
    if row.outcome != "agreed" or row.checked_at is not None:
        raise WrongState(N_("There is no agreement here that waits to be checked."))
    if not found.strip():
        raise BadInput(fields={"found": N_("Say in a sentence what you found.")})
    if len(found) > LONGEST:
        raise BadInput(fields={"found": N_("This is too long: at most 4,000 characters.")})
    row.kept, row.checked_at, row.found, row.check_alarm_at = kept, act.at, found.strip(), None
    row.save(update_fields=["kept", "checked_at", "found", "check_alarm_at"])
    before = (case.matter.state, case.matter.owner_level)
    if kept or case.matter.state not in SPOKEN:
        done = line(case, event="not_kept", before=before)
    else:
        done = moved(case, Call(event="not_kept", level=level_of_actor(scope)))
    return replace(done, facts={**done.facts, "kept": kept} if done.facts else {})


@action("matters.mediation_handed", power="matters.mediate")
def hand(scope: Scope, act: Act, *, mediation_id: UUID, post_id: UUID, mediator: str) -> Line:
    """Give the file to another mediator, where the former one left; the judicial office does it.

    Refuses: NotFound out of the file; NotAllowed elsewhere; BadInput without a name, or for a post that does not
    mediate there.
    """
    row = _locked(mediation_id)
    if scope.unit is None or roster.unit(scope, scope.unit).function != "justice":
        raise NotAllowed(N_("The judicial office gives a file to another mediator. Ask it to do so."))
    if not mediator.strip():
        raise BadInput(fields={"mediator": N_("Say who mediates.")})
    if post_id not in {one.post for one in mediators(scope, row.place)}:
        raise BadInput(fields={"post_id": N_("Choose a post that mediates there.")})
    Mediation.objects.filter(id=row.id).update(post=post_id, mediator=mediator.strip()[:60])
    return _line(row, {})


def _locked(mediation_id: UUID, matter_id: UUID | None = None) -> Mediation:
    row = Mediation.objects.select_for_update().filter(id=mediation_id).first()
    if row is None or (matter_id is not None and row.matter_id != matter_id):
        raise NotFound(N_("There is no such file, or it is not yours to see."))
    return row


def _open(mediation_id: UUID, matter_id: UUID | None = None) -> Mediation:
    row = _locked(mediation_id, matter_id)
    if row.ended_at is not None:
        raise WrongState(ENDED)
    return row


def _line(row: Mediation, facts: dict[str, object]) -> Line:
    return Line(
        place=row.place, subject=row.matter_id, subject_kind="matter", facts=facts,
        answer={"mediation": row.id, "matter": row.matter_id},
    )  # fmt: skip
