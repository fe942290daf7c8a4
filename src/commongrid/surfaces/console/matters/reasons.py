"""Why somebody is suggested, in a sentence a dispatcher can check."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from commongrid.kernel.refusals import N_
from commongrid.matters.queries import KindSuggestion, Precedent, Suggestion
from commongrid.surfaces.shared.times import chinese, in_a_row, language

WHY: Final = {
    "decided": N_("An earlier decision on a returned order gave them this kind."),
    "leads": N_("The work list says they lead this kind."),
    "supports": N_("The work list says they support whoever leads this kind."),
    "below": N_("A level below"),
}


def sentence(one: Suggestion) -> str:
    """All that speaks for a target; where it is not on the work list, that a reason is needed."""
    why = "supports" if one.why == "leads" and one.list == "support" else one.why
    said = [_(WHY[why])] if why in WHY else []
    if one.list == "recalled":
        said.append(_("The department does this itself; a township needs a reason to be given it."))
    if one.helps:
        said.append(_("The department's station leads this; an office of the township needs a reason to be given it."))
    if one.before is not None:
        said.append(_before(one.before))
    if one.said:
        said.append(_("Answered matters with the same words: %(words)s.") % {"words": in_a_row(one.said)})
    if one.unit is not None and one.lead is None:
        said.append(_("Not on the work list for this: give a reason."))
    return ("" if chinese() else " ").join(said)


def _before(past: Precedent) -> str:
    text = ngettext(
        "In the last year %(given)s of %(all)s such matter here went to them",
        "In the last year %(given)s of %(all)s such matters here went to them",
        past.all,
    ) % {"given": past.given, "all": past.all}
    if not past.answered:
        return _("%(text)s, none answered yet.") % {"text": text}
    share = round(100 * past.on_time / past.answered)
    return _("%(text)s, %(share)s %% on time.") % {"text": text, "share": share}


def kind_label(one: KindSuggestion) -> str:
    """A kind with the words that point to it."""
    label = f"{one.kind.code} {one.kind.label(language())}"
    return _("%(kind)s: it says “%(words)s”") % {"kind": label, "words": in_a_row(one.said)}
