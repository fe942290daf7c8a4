"""One village on its way to links: what members declared, what households chose, its plans and notices."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext, ngettext

from commongrid.kernel.act import is_id
from commongrid.kernel.places import is_code, level_of
from commongrid.kernel.refusals import N_, NotFound
from commongrid.outreach import actions
from commongrid.outreach.queries import coverage as reach
from commongrid.outreach.queries import declaring, notices, plans
from commongrid.outreach.rules.words import ABOUT_NOBODY, ANSWER_WORDS, CHOICE_WORDS, STANDING_WORDS, STATE_WORDS
from commongrid.registry import queries as registry
from commongrid.surfaces.console.network import forms
from commongrid.surfaces.console.network.words import TONES, hamlets, trail, village
from commongrid.surfaces.console.register.answering import answered
from commongrid.surfaces.console.register.picking import people_choices, sought
from commongrid.surfaces.shared.doors import door
from commongrid.surfaces.shared.fields import know_places
from commongrid.surfaces.shared.times import language
from commongrid.territory import queries as territory

if TYPE_CHECKING:
    from datetime import date

    from django.http import HttpResponse

    from commongrid.surfaces.shared.doors import Asked


@door("links.edit")
def page(request: Asked, code: int) -> HttpResponse:
    """The way of a village in steps, its open plan, earlier ones, and what is posted."""
    row = village(request.scope, code)
    today = localdate()
    people = declaring.candidates(request.scope, code, today)
    found = plans.plans(request.scope, code)
    now = next((one for one in found if one.open), None)
    inside = hamlets(request.scope, code)
    posted = notices.all_posted(request.scope, [one.code for one in inside])
    old = {one.code for one in notices.behind(request.scope, code, today)}
    reached = reach.of_hamlets(request.scope, code, today)
    able, homes = [one for one in people if one.answer == "able"], plans.to_link(request.scope, code)
    context = {
        "place": row, "able": len(able), "seats": sum(one.capacity for one in able),
        "unasked": sum(not one.answer for one in people), "said": declaring.choices(request.scope, code, today),
        "open": now, "form": forms.TermsForm(), "homes": homes, "uncalled": sum(one.homes for one in reached) - homes,
        "without": sum(one.without for one in reached),
        "plans": [(one, gettext(STATE_WORDS[one.state]), TONES[one.state]) for one in found],
        "hamlets": [(one, posted.get(one.code), one.code in old) for one in inside],
        "trail": trail(request.scope, code),
        "rail": _rail(now.state if now else "", able=bool(able), adopted=any(one.state == "adopted" for one in found),
                      posted=bool(posted)),
    }  # fmt: skip
    return render(request, "console/network/village.html", context)


def _rail(state: str, *, able: bool, adopted: bool, posted: bool) -> list[dict[str, object]]:
    """The five steps, and which of them is done or next."""
    done = [
        able, able and (bool(state) or adopted), bool(state and state not in ("asked", "failed")) or adopted,
        state == "approved" or (adopted and not state), adopted and not state, posted and adopted and not state,
    ]  # fmt: skip
    texts = (
        N_("Members declare"), N_("Households choose"), N_("Plan the rest"), N_("The branch meeting approves"),
        N_("Adopt from a day on"), N_("Post the notice"),
    )  # fmt: skip
    first = done.index(False) if False in done else len(done)
    return [
        {"text": gettext(text), "state": "done" if n < first else "now" if n == first else ""}
        for n, text in enumerate(texts)
    ]  # fmt: skip


@door("links.edit", methods=("GET", "POST"))
def members(request: Asked, code: int) -> HttpResponse:
    """Who declared what; enter what one says."""
    row = village(request.scope, code)
    today = localdate()
    found = declaring.candidates(request.scope, code, today)
    form = forms.DeclareForm(request.POST or None, initial=_of_them(request, found))
    others, more = _looked_for(request, code, {one.person for one in found})
    form.offer(
        [*((str(one.person), one.name) for one in found), *others],
        [(str(ident), (en if language() == "en" and en else zh)) for ident, zh, en in
         declaring.groups(request.scope, code, today)],
        _abilities(request, today),
    )  # fmt: skip

    def do() -> str:
        given = form.cleaned_data
        said = actions.Said(
            answer=given["answer"], as_what=given["as_what"], capacity=given["capacity"],
            group=UUID(given["group"]) if given["group"] else None, phone=given["phone"],
            can=tuple(given["can"]),
        )  # fmt: skip
        who = UUID(given["person"])
        actions.declare(request.scope, request.act, village=code, person_id=who, said=said, on=given["on"])
        return reverse("linking_members", args=[code])

    title = gettext("What members declare")
    context = {
        "place": row, "title": title, "trail": trail(request.scope, code, (title, "")),
        "back": reverse("linking", args=[code]), "q": request.GET.get("q", "")[:60], "more": more,
        "rows": [(one, gettext(ANSWER_WORDS[one.answer]) if one.answer else "", gettext(STANDING_WORDS[one.as_what]))
                 for one in found],
    }  # fmt: skip
    return answered(request, form, do, context, template="console/network/members.html")


def _abilities(request: Asked, on: date) -> list[tuple[str, str]]:
    """What members can, in the reader's language."""
    return [(code, en if language() == "en" else zh) for code, zh, en in declaring.abilities(request.scope, on)]


def _of_them(request: Asked, found: list[declaring.Candidate]) -> dict[str, object]:
    """What one of them said before, where the address names somebody."""
    one = next((one for one in found if str(one.person) == request.GET.get("person", "")), None)
    if one is None:
        return {}
    return {
        "person": str(one.person), "answer": one.answer, "as_what": one.as_what, "capacity": one.capacity,
        "group": str(one.group) if one.group else "", "phone": one.phone,
        "can": list(one.can),
    }  # fmt: skip


def _looked_for(request: Asked, code: int, known: set[UUID]) -> tuple[list[tuple[str, str]], str]:
    """People beyond the members whom somebody looks for by name, and how to find more of them.

    For in-service members and group leaders.
    """
    chosen = request.POST.get("person", "")
    _text, rows, more = sought(request, code)
    found = people_choices(request.scope, [one for one in rows if one.id not in known])
    if is_id(chosen) and chosen not in {ident for ident, _ in found} | {str(one) for one in known}:
        found.append((chosen, chosen))
    return found, more


@door("links.edit", methods=("GET", "POST"))
def choices(request: Asked, code: int) -> HttpResponse:
    """What households said about their contact; enter what one says."""
    row = village(request.scope, code)
    today = localdate()
    form = forms.ChoiceForm(request.POST or None)
    people = declaring.candidates(request.scope, code, today)
    abilities = _abilities(request, today)
    form.offer(
        [(str(one.code), one.label(language())) for one in hamlets(request.scope, code)],
        [(str(one.person), one.name) for one in people],
        abilities,
    )

    def do() -> str:
        given = form.cleaned_data
        home = registry.home_by_number(request.scope, int(given["natural_village"]), given["number"])
        member = UUID(given["member"]) if given["member"] and given["sort"] not in ABOUT_NOBODY else None
        ability = given["ability"] if given["sort"] == "wish" else ""
        wish = actions.Wish(household=home, sort=given["sort"], member=member, ability=ability)
        actions.choose(request.scope, request.act, wish=wish, on=given["on"])
        return reverse("linking_choices", args=[code])

    rows = declaring.choices(request.scope, code, today)
    know_places(request, (one.natural_village for one in rows))
    title = gettext("What households choose")
    context = {
        "place": row, "title": title, "trail": trail(request.scope, code, (title, "")),
        "back": reverse("linking", args=[code]),
        "rows": [(one, gettext(CHOICE_WORDS[one.sort]), dict(abilities).get(one.ability, "")) for one in rows],
    }  # fmt: skip
    return answered(request, form, do, context, template="console/network/choices.html")


@door("links.edit", methods=("POST",))
def end_choice(request: Asked, code: int, choice_id: UUID) -> HttpResponse:
    """End what a household said."""
    village(request.scope, code)
    actions.take_back(request.scope, request.act, choice_id=choice_id, on=localdate())
    messages.success(request, gettext("It holds no longer."))
    return HttpResponseRedirect(reverse("linking_choices", args=[code]))


def worked_out(request: Asked, plan: UUID) -> str:
    """Where a plan is that was asked for. A small village's is worked out at once, others wait for the clock."""
    if plans.small(request.scope, plan):
        actions.work_out(request.scope, request.act.child("made"), plan_id=plan)
    return reverse("plan", args=[plan])


@door("links.edit", methods=("POST",))
def propose(request: Asked, code: int) -> HttpResponse:
    """Have a plan made for the village."""
    row = village(request.scope, code)
    form = forms.TermsForm(request.POST)

    def do() -> str:
        made = actions.propose(request.scope, request.act, village=code, terms=form.terms)
        return worked_out(request, UUID(made["plan"]))

    title = gettext("Propose links")
    context = {
        "title": title, "name": row.label(language()), "back": reverse("linking", args=[code]),
        "trail": trail(request.scope, code, (title, "")),
    }  # fmt: skip
    return answered(request, form, do, context, done=N_("The plan was asked for."))


def _wide(request: Asked, code: int) -> None:
    """Refuses: NotFound for what is no township or county of the post's own."""
    wide = is_code(code) and level_of(code) in ("township", "county")
    if not wide or not territory.covers_whole(request.scope, code):
        raise NotFound


@door("links.edit", methods=("GET", "POST"))
def everywhere(request: Asked, code: int) -> HttpResponse:
    """Have a plan made for every village of a township or the county; how far the clock is with them."""
    _wide(request, code)
    form = forms.TermsForm(request.POST or None)

    def do() -> str:
        done = actions.propose_everywhere(request.scope, request.act, place=code, terms=form.terms)
        n = done["plans"]
        said = ngettext("%(count)s village was asked for.", "%(count)s villages were asked for.", n)
        messages.info(request, said % {"count": n})
        return reverse("linking_everywhere", args=[code])

    title = gettext("Propose links in every village")
    found = plans.open_plans(request.scope, code)
    names = territory.places(request.scope, found)
    back = reverse("network") + f"?place={code}"
    context = {
        "title": title, "place": territory.place(request.scope, code), "back": back,
        "waiting": sum(one.state == "asked" for one in found.values()),
        "plans": [(one, names.get(one.place), gettext(STATE_WORDS[one.state]), TONES[one.state])
                  for one in found.values()],
        "trail": [(gettext("Network"), back), (title, "")],
    }  # fmt: skip
    return answered(
        request, form, do, context, template="console/network/everywhere.html",
        done=N_("The plans are being worked out, one after the other."),
    )  # fmt: skip


@door("links.edit", methods=("POST",))
def stop(request: Asked, code: int) -> HttpResponse:
    """Let go what still waits to be worked out."""
    _wide(request, code)
    actions.stop(request.scope, request.act, place=code)
    messages.success(request, gettext("Stopped. What was worked out already stays."))
    return HttpResponseRedirect(reverse("linking_everywhere", args=[code]))
