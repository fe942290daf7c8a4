"""A slip that was lost: a new code for the same person; the old one dies."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.conf import settings

from commongrid.accounts.sealed import sealer
from commongrid.journal.actions import Line, action
from commongrid.kernel.act import Act
from commongrid.kernel.codes import slip_hash
from commongrid.kernel.refusals import N_, BadInput, WrongState
from commongrid.kernel.scope import Scope
from commongrid.kernel.sealing import blind_index, place_of
from commongrid.matters.actions.moving import FACTS, line, moved, opened
from commongrid.matters.actions.reporting import code_of
from commongrid.matters.models import Party
from commongrid.matters.rules.moves import Call

NOBODY: Final = N_(
    "No name or phone is known to you for this matter, so nobody can show that it is theirs. It can be reported again."
)
NOT_THEM: Final = N_("This is not the name or phone that was given. Please ask again.")


@action("matters.slip_renewed", power="matters.accept", facts=FACTS)
def renew_slip(scope: Scope, act: Act, *, matter_id: UUID, told: str) -> Line:
    """Give the person a new slip after they told the name or phone they gave; from now on the old code opens nothing.

    After the end too, as long as anything is known to ask them by: it opens the matter to them, nothing else changes.

    Refuses: BadInput where what they told is not what was given; WrongState
    where nothing was given or it is not this post's to know, and for sealed kinds.
    """
    case = opened(scope, act, matter_id=matter_id, event="renew_slip")
    shown_theirs(matter_id, told)
    no = case.matter.slip_no + 1
    code = code_of(matter_id, no)
    moved(case, Call(event="renew_slip"), slip_no=no, slip_hash=slip_hash(settings.KEYS.slip, code))
    return line(case, event="renew_slip", before=(case.matter.state, case.matter.owner_level), slip_no=no)


def shown_theirs(matter_id: UUID, told: str, nobody: str = NOBODY) -> None:
    """Refuse whoever can't tell the name or phone that was given with a matter. Called by ``withdraw_for`` too.

    Refuses: BadInput where what they told is not what was given; WrongState, with ``nobody``, where nothing was given
    or it is not this post's to know.
    """
    parties = list(Party.objects.filter(matter_id=matter_id, part__in=("reporter", "concerned")))
    known = [one for one in parties if one.name_sealed or one.phone_index]
    if not known:
        raise WrongState(nobody)
    if not any(_is(one, told.strip()) for one in known):
        raise BadInput(NOT_THEM, fields={"told": NOT_THEM})


def _is(party: Party, told: str) -> bool:
    """Whether this is the phone or the whole name that was given."""
    if not told:
        return False
    if party.phone_index and bytes(party.phone_index) == blind_index(settings.KEYS.blind, told):
        return True
    if not party.name_sealed:
        return False
    return sealer().open(bytes(party.name_sealed), place_of("matters_party", "name_sealed", party.id)) == told
