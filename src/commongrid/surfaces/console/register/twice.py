"""Before somebody is entered: who in the register may be the same person, shown where in sight, else only said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.timezone import localdate

from commongrid.accounts import actions as accounts
from commongrid.accounts.actions import Access
from commongrid.kernel.act import Act
from commongrid.kernel.refusals import BadInput
from commongrid.registry import actions, queries
from commongrid.registry.rules.facts import person_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from commongrid.registry.queries import Alike, HomeCard
    from commongrid.registry.rules.facts import NewPerson
    from commongrid.surfaces.console.register.forms import PersonForm
    from commongrid.surfaces.shared.doors import Asked


def alike(request: Asked, form: PersonForm, home: HomeCard, said: Callable[[], NewPerson]) -> dict[str, Any]:
    """Who may be the same, said at the form unless the clerk knows better; that one is elsewhere is logged.

    Where nobody is, the form does not ask.
    """
    knows = bool(form.data.get("another"))
    done = request.method == "POST" and queries.called(request.scope, [request.act.id])  # this form, sent twice
    found = None if knows or done or not form.is_valid() else _found(request, home, said)
    if found:
        form.refuse(actions.Twice(found))
        if found.elsewhere:
            accounts.log_access(request.scope, Act.new(), access=Access(
                event="revealed", about="elsewhere.1", place=home.place, subject_kind="household", subject=home.id
            ))  # fmt: skip
    if not knows and (not found or found.numbered):
        del form.fields["another"]
    return {"alike": found.seen if found else ()}


def _found(request: Asked, home: HomeCard, said: Callable[[], NewPerson]) -> Alike | None:
    try:
        facts = person_of(said(), localdate())
    except BadInput:  # the act says it at its field
        return None
    return queries.alike(request.scope, facts, home.id, home.place)
