"""The panel of next steps: exactly what this post may do now, the expected step first, each as its form."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Final

from django.utils.translation import gettext as _

from commongrid.kernel.scope import Scope
from commongrid.matters import queries
from commongrid.matters.queries import MatterDetail, Suggestion, vocabulary
from commongrid.surfaces.console.matters import (
    calling,
    elsewhere,
    forms,
    joining,
    leaders,
    reasons,
    sealed_forms,
    waiting_forms,
    waiting_ways,
    words,
)
from commongrid.surfaces.console.matters.standard import Ready
from commongrid.surfaces.console.matters.way import Way
from commongrid.surfaces.console.matters.ways import WAYS
from commongrid.surfaces.shared.times import language
from commongrid.territory import queries as territory

SHOWN: Final = 4
"""So many targets are shown at once; the others open."""
QUIET: Final = (
    *elsewhere.OF_A_CASE,
    "reject",
    "call_up",
    "give_back",
    "supervise",
    "instruct",
    "raise",
    "send_back",
    "drop",
    *waiting_ways.QUIET,
)
"""Steps that stay folded unless they are the expected one."""
TARGETED: Final = ("divert", "decide", "review")
EXPECTED: Final = ("grant", "report_back")
"""Steps that somebody waits for, whatever else is owed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Somebody it may go to, with the reason."""

    value: str
    name: str
    why: str
    chip: str = ""
    tone: str = ""
    outside: bool = False
    needs_reason: bool = False
    off_list: bool = False
    checked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NextStep:
    """One step this post may take: its form, whether it is the expected one, whether it stands open."""

    code: str
    title: str
    way: Way
    form: forms.Step
    expected: bool
    open: bool
    button: str
    lead: str
    first: tuple[Choice, ...] = ()
    others: tuple[Choice, ...] = ()
    answers: tuple[Ready, ...] = ()
    foretold: bool = False
    """Whether what it changes is seen before it is taken."""
    preview: object = None


def steps_for(scope: Scope, m: MatterDetail, refused: tuple[str, forms.Step] | None) -> list[NextStep]:
    """What may be done now, the expected step first; a refused one keeps its form and stands open."""
    offered_now = (code for code in m.may if code in WAYS)
    codes = sorted(offered_now, key=lambda code: (code not in (*EXPECTED, m.row.step), code in QUIET))
    codes = waiting_ways.direct_first(codes)
    codes = elsewhere.offered(scope, m, codes)
    if refused and refused[0] not in codes:
        codes.insert(0, refused[0])
    offered = choices_for(scope, m) if any(code in (*TARGETED, *calling.SEVERAL) for code in codes) else []
    return [_step(scope, m, code, at, refused, offered) for at, code in enumerate(codes)]


def _step(
    scope: Scope, m: MatterDetail, code: str, at: int, refused: tuple[str, forms.Step] | None, offered: list[Choice]
) -> NextStep:
    way = WAYS[code]
    again = refused[1] if refused and refused[0] == code else None
    form = prepared(scope, m, code, again)
    targets = targets_of(scope, m, code, offered, str(form["target"].value() or "")) if code in TARGETED else []
    if code in calling.SEVERAL:
        targets = calling.choices_for(scope, m, offered, calling.chosen(form) if again is not None else ())
    expected = code in EXPECTED or code == m.row.step
    return NextStep(
        code=code,
        title=words.event(code),
        way=way,
        form=form,
        expected=expected,
        open=again is not None or (refused is None and at == 0 and expected),
        button=_(way.button),
        lead=_(way.lead) if way.lead else "",
        first=tuple(one for at, one in enumerate(targets) if _near(one, at)),
        others=tuple(one for at, one in enumerate(targets) if not _near(one, at)),
        foretold=way.preview is not None,
        preview=again.preview if again is not None else None,
    )


def _near(one: Choice, at: int) -> bool:
    """Whether a target is shown at once: the first few that fit, and whatever was chosen."""
    return one.checked or (at < SHOWN and not one.off_list)


def prepared(scope: Scope, m: MatterDetail, code: str, again: forms.Step | None) -> forms.Step:
    """The form of a step, empty or as it was, offering what fits this matter."""
    more: dict[str, Any] = {
        **calling.more(scope, m, code), **elsewhere.more(scope, m, code), **leaders.more(scope, code),
        **sealed_forms.more(scope, m, code),
    }  # fmt: skip
    if code == "accept":
        more["kinds"] = kinds_offered(scope, m)
        more["initial"] = {"kind_code": m.row.kind.code}
    elif code == "merge":
        more["alike"] = joining.alike(scope, m)
    elif code == "visit":
        more["rated"] = m.to_rate
        more["units"] = [(unit, (en if language() == "en" else "") or zh) for unit, zh, en in m.units]
        more["initial"] = {"mode": "in_person"}
    more.update(waiting_forms.offered(scope, WAYS[code].form))
    form = WAYS[code].form(again.data if again is not None else None, auto_id=f"{code}_%s", **more)
    return form if again is None else _complained(form, again)


def _complained(form: forms.Step, again: forms.Step) -> forms.Step:
    """The form with the refusal and the photos sent with it, beside what it found itself."""
    form.photos = again.photos
    for name, messages in again.errors.items():
        for message in messages:
            if message not in form.errors.get(name, []):
                form.add_error(name if name in form.fields else None, message)
    return form


def kinds_offered(scope: Scope, m: MatterDetail) -> list[tuple[str, list[tuple[str, str]]]]:
    """Kinds in force under their classes."""
    lang = language()
    rows = vocabulary.kinds(scope)
    said = [(one.kind.code, reasons.kind_label(one)) for one in queries.kinds_said(scope, m.text)]
    return [
        *([(_("Suggested by the words"), said)] if said else []),
        *_under_classes(rows, lang),
    ]


def _under_classes(rows: Iterable[queries.KindRow], lang: str) -> list[tuple[str, list[tuple[str, str]]]]:
    rows = tuple(rows)
    return [
        (group.label(lang), [(row.code, f"{row.code} {row.label(lang)}") for row in rows if row.parent == group.code])
        for group in rows
        if not group.parent
    ]


def choices_for(scope: Scope, m: MatterDetail) -> list[Choice]:
    """Whom this post may give it to, the best first."""
    return [_choice(one) for one in queries.suggestions(scope, m.row.id)]


def _choice(one: Suggestion) -> Choice:
    return Choice(
        value=f"unit:{one.unit}" if one.unit else f"place:{one.place}",
        name=one.label(language()),
        why=reasons.sentence(one),
        chip=words.say(words.LISTS, one.list) if one.list else "",
        tone={"basic": "ok", "support": "info", "recalled": "warn"}.get(one.list, ""),
        outside=one.outside_command,
        needs_reason=one.unit is not None and (one.lead is None or one.list == "recalled" or one.helps),
        off_list=not one.why,
    )


def targets_of(scope: Scope, m: MatterDetail, code: str, offered: Iterable[Choice], chosen: str) -> list[Choice]:
    """The targets of one step: with the centre itself where it decides, with the end where it reviews."""
    found = [*offered]
    if code == "decide" and scope.place is not None:
        own = territory.places(scope, [scope.place]).get(scope.place)
        name = _("%(place)s keeps it") % {"place": own.label(language())} if own else _("This centre itself")
        found.append(
            Choice(value=f"place:{scope.place}", name=name, why=_("The centre keeps it and gives it on later"))
        )
    if code == "review":
        found.insert(
            0, Choice(value="end", name=_("End it: the reporter disagrees"), why=_("Counted as such, never hidden"))
        )
    best = found[0].value if found and code == "divert" and not found[0].needs_reason else ""
    wanted = chosen or best
    return [_checked(one) if one.value == wanted else one for one in found]


def _checked(one: Choice) -> Choice:
    return replace(one, checked=True)
