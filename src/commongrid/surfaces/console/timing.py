"""Setting the calendar: the year's notice, office hours, market days, duty hours."""

from __future__ import annotations

import re
from datetime import date, time, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core import signing
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from commongrid.kernel import sheets
from commongrid.kernel.clock import HOLIDAYS
from commongrid.kernel.refusals import N_, BadInput, Refusal, TooLarge
from commongrid.kernel.widths import halfwidth, plain_number
from commongrid.matters import actions as matters
from commongrid.matters.queries import previewing, vocabulary
from commongrid.surfaces.console.posts.words import day_field
from commongrid.surfaces.shared.doors import door
from commongrid.surfaces.shared.forms import Form
from commongrid.surfaces.shared.times import chinese, in_a_row, language
from commongrid.territory import actions, queries
from commongrid.territory.rules.holidays import Notice, NoticeDay, read_table, read_text
from commongrid.territory.rules.hours import check_hours
from commongrid.territory.rules.markets import next_markets

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpResponse

    from commongrid.matters.queries.previewing import Preview
    from commongrid.surfaces.shared.doors import Asked

LARGEST: Final = 1 << 20
SALT: Final = "commongrid.calendar"
AN_HOUR: Final = 3600
_STRETCH: Final = re.compile(r"(\d{1,2})[::](\d{2})\s*[-–—~至]\s*(\d{1,2})[::](\d{2})")
_HEADS: Final = {
    "on": ("date", "day", "日期", "日子"),
    "sort": ("type", "works", "off or worked", "类型", "安排", "放假或上班"),
    "name": ("holiday", "name", "节日", "名称"),
}
SHOWN: Final = 6
SOURCE: Final = "国务院办公厅节假日安排通知"


class NoticeForm(Form):
    """The notice: its year, pasted text or a file."""

    year = forms.IntegerField(
        label=_("Year"), min_value=2004, max_value=2100,
        error_messages={"required": _("Give the year as four digits."), "invalid": _("Give the year as four digits."),
                        "min_value": _("Give a year from 2004 on."), "max_value": _("Give a year until 2100.")},
    )  # fmt: skip
    text = forms.CharField(
        label=_("The notice's text"), required=False, max_length=20000, widget=forms.Textarea(attrs={"rows": 10}),
        help_text=_("Paste the sentences that say which days are off and which weekends are worked."),
        error_messages={"max_length": _("This is too long: at most 20,000 characters.")},
    )  # fmt: skip
    file = forms.FileField(
        label=_("Or a table"), required=False,
        help_text=_("Spreadsheet or CSV with the columns day, off or worked (放假 or 上班), and the holiday."),
        error_messages={"empty": _("This file is empty.")},
    )  # fmt: skip
    source = forms.CharField(
        label=_("Source"), required=False, max_length=60, help_text=_("Such as the notice's number.")
    )


class HoursForm(Form):
    """Office hours from a day on."""

    hours = forms.CharField(
        label=_("Office hours"), help_text=_("Such as 09:00-12:00, 14:00-18:00."),
        error_messages={"required": _("Give the hours, such as 09:00-12:00, 14:00-18:00.")},
    )  # fmt: skip
    on = day_field(_("In force from"), today=True)


class MarketForm(Form):
    """The rhythm of a township's market."""

    sort = forms.ChoiceField(
        label=_("Counted by"),
        choices=(("lunar", _("Lunar days, by their last digit")), ("cycle", _("Every so many days")),
                 ("week", _("Days of the week")), ("none", _("No market"))),
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Choose how the days are counted.")),
    )  # fmt: skip
    numbers = forms.CharField(
        label=_("Days"),
        required=False,
        help_text=_("Lunar: such as 1, 6. Every so many days: one number. Week: 1 is Monday."),
    )
    anchor = day_field(_("A day on which it is held"), required=False, help_text=_("Only for “every so many days”."))


class DutyForm(Form):
    """Duty hours to declare."""

    kinds = forms.MultipleChoiceField(
        label=_("Kinds whose limits run day and night"), widget=forms.CheckboxSelectMultiple(),
        error_messages={"required": _("Choose at least one kind."), "invalid_choice": _("Choose one that is offered.")},
    )  # fmt: skip
    reason = forms.CharField(
        label=_("What has happened"), max_length=200,
        error_messages={"required": _("Say what has happened."), "max_length": _("Say it in at most 200 characters.")},
    )  # fmt: skip
    apply_open = forms.BooleanField(
        label=_("Apply to open matters too"),
        required=False,
        help_text=_(
            "Their deadlines are counted anew; none leaves less than the next working day, and owners are told."
        ),
    )

    def __init__(self, *args: Any, kinds: list[tuple[str, str]], **kwargs: Any) -> None:
        """With the kinds there are."""
        super().__init__(*args, **kwargs)
        self.fields["kinds"].choices = kinds  # type: ignore[attr-defined]


def _trail(text: str) -> list[tuple[str, str]]:
    return [(gettext("Calendar"), reverse("calendar")), (text, "")]


def _missing(read: Notice) -> str:
    """The holidays of which the notice says nothing, in the reader's language."""
    english = {zh: en for en, zh in HOLIDAYS.items()} if language() == "en" else {}
    return in_a_row(english.get(one, one) for one in read.missing)


@door("calendar.edit", methods=("GET", "POST"))
def notice(request: Asked) -> HttpResponse:
    """The year's notice: read, looked at, then put in force."""
    if request.method == "POST" and request.POST.get("kept"):
        return _publish(request)
    cal = queries.calendar(request.scope)
    form = NoticeForm(
        request.POST or None, request.FILES or None,
        initial={"year": max(cal.published_until.year + 1, localdate().year), "source": SOURCE},
    )  # fmt: skip
    read: Notice | None = None
    if request.method == "POST" and form.is_valid():
        try:
            read = _read(form.cleaned_data)
        except Refusal as refusal:
            form.refuse(refusal)
    kept, moves = "", None
    if read is not None and not read.faults:
        days = [[one.on.isoformat(), one.works, one.zh] for one in read.days]
        kept = signing.dumps([read.year, form.cleaned_data["source"], days], salt=SALT, compress=True)
        wanted = queries.calendar_if_published(request.scope, read.year, {one.on: one.works for one in read.differing})
        moves = previewing.on_another_calendar(request.scope, wanted, date(read.year, 1, 1))
    context = {
        "form": form, "read": read, "kept": kept, "moves": moves, "title": gettext("The year's notice"),
        "faults": [gettext(one.text) % one.params for one in read.faults] if read else [],
        "off": [one for one in read.differing if not one.works] if read else [],
        "worked": [one for one in read.differing if one.works] if read else [],
        "missing": _missing(read) if read else "",
        "trail": _trail(gettext("The year's notice")),
    }  # fmt: skip
    status = 422 if form.errors or (read is not None and read.faults) else 200
    return render(request, "console/calendar/notice.html", context, status=status)


def _read(given: dict[str, Any]) -> Notice:
    if given["file"] is None:
        if not given["text"].strip():
            raise BadInput(fields={"text": N_("Paste the notice, or choose a file.")})
        return read_text(given["text"], given["year"])
    sent = given["file"]
    if sent.size > LARGEST:
        raise TooLarge(N_("This file has more than %(megabytes)d MB."), megabytes=LARGEST >> 20)
    sheet = sheets.read_rows(sent.read(), sent.name or "days.csv", limits=sheets.Limits(LARGEST, 8 << 20, 30, 1 << 30))
    places = sheets.column_names(sheet.header)
    found = {key: next((places[name] for name in names if name in places), None) for key, names in _HEADS.items()}
    if found["on"] is None or found["sort"] is None:
        raise BadInput(fields={"file": N_("The file needs a column for the day and one for off or worked.")})
    rows = list(islice(sheet.numbered, 1000))
    return read_table(rows, (found["on"], found["sort"], found["name"]), given["year"])


def _publish(request: Asked) -> HttpResponse:
    try:
        year, source, days = signing.loads(request.POST["kept"], salt=SALT, max_age=AN_HOUR)
    except signing.BadSignature:
        raise BadInput(N_("This preview is too old. Paste the notice again.")) from None
    actions.publish_year(
        request.scope, request.act, year=year, source=source,
        days=tuple(NoticeDay(date.fromisoformat(on), works, zh, 0) for on, works, zh in days),
    )  # fmt: skip
    messages.success(request, gettext("The year is published. Open deadlines are counted anew; none comes earlier."))
    return HttpResponseRedirect(f"{reverse('calendar')}?year={year}")


@door("calendar.edit", methods=("GET", "POST"))
def office_hours(request: Asked) -> HttpResponse:
    """Office hours from a day on."""
    today = localdate()
    now = ", ".join(f"{row.opens:%H:%M}-{row.closes:%H:%M}" for row in queries.office_hours(request.scope, today))
    form = HoursForm(
        request.POST if request.method == "POST" else None, initial={"hours": now, "on": today + timedelta(days=1)}
    )
    title, lead = (
        gettext("Office hours"),
        gettext(
            "Until the day they begin, the former hours hold. Open deadlines are counted anew; none comes earlier."
        ),
    )
    if request.method == "POST" and form.is_valid():
        try:
            hours, on = _hours(form.cleaned_data["hours"]), form.cleaned_data["on"]
            if request.POST.get("step") != "save":
                check_hours(hours, on, today)
                wanted = queries.calendar_if_open(request.scope, hours, on)
                return _form(request, form, title, lead, previewing.on_another_calendar(request.scope, wanted, on))
            actions.set_office_hours(request.scope, request.act, hours=hours, on=on)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(
                request, gettext("The office hours are set. Open deadlines are counted anew; none comes earlier.")
            )
            return HttpResponseRedirect(reverse("calendar"))
    return _form(request, form, title, lead)


def _hours(text: str) -> tuple[tuple[time, time], ...]:
    wrong = N_("Give the hours in order, none overlapping, such as 09:00-12:00, 14:00-18:00.")
    plain = halfwidth(text)
    if _STRETCH.sub("", plain).strip(" ,;、"):
        raise BadInput(fields={"hours": wrong})
    try:
        return tuple((time(int(a), int(b)), time(int(c), int(d))) for a, b, c, d in _STRETCH.findall(plain))
    except ValueError:
        raise BadInput(fields={"hours": wrong}) from None


@door("calendar.read")
def markets(request: Asked) -> HttpResponse:
    """The townships' market days: good days to meet people where they are."""
    known = queries.market_days(request.scope)
    today = localdate()
    rows = [
        (one, known.get(one.code), list(islice(_coming(known.get(one.code), today), SHOWN)),
         request.scope.may("calendar.edit") and request.scope.covers(one.code))
        for one in queries.children(request.scope, queries.county(request.scope).code)
    ]  # fmt: skip
    return render(request, "console/calendar/markets.html", {"rows": rows, "trail": _trail(gettext("Market days"))})


def _coming(market: Any, after: date) -> Iterator[date]:
    return next_markets(market.sort, market.numbers, market.anchor, after) if market else iter(())


@door("calendar.edit", methods=("GET", "POST"))
def market(request: Asked, code: int) -> HttpResponse:
    """A township's market days."""
    place = queries.place(request.scope, code)
    row = queries.market_days(request.scope, [code]).get(code)
    initial = (
        {"sort": row.sort, "numbers": ", ".join(map(str, row.numbers)), "anchor": row.anchor}
        if row
        else {"sort": "lunar"}
    )
    form = MarketForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            _set_market(request, code, form.cleaned_data)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, gettext("The market days are set."))
            return HttpResponseRedirect(reverse("markets"))
    title = f"{gettext('Market days')} · {place.label('zh' if chinese() else 'en')}"
    return _form(
        request, form, title, gettext("Everybody sees them on the page of market days, to plan visits and meetings.")
    )


def _set_market(request: Asked, code: int, given: dict[str, Any]) -> None:
    if given["sort"] == "none":
        actions.set_market_days(request.scope, request.act, none_at=code)
        return
    read = [plain_number(one, 2) for one in re.split(r"[\s,;、]+", halfwidth(given["numbers"])) if one]
    numbers = tuple(one for one in read if one is not None)
    if len(numbers) < len(read):
        raise BadInput(fields={"numbers": N_("Give numbers, such as 1, 6.")})
    wanted = actions.Market(place=code, sort=given["sort"], numbers=numbers, anchor=given["anchor"])
    actions.set_market_days(request.scope, request.act, market=wanted)


def _form(request: Asked, form: Form, title: str, lead: str, moves: Preview | None = None) -> HttpResponse:
    """The form; with ``moves`` what it would do, and the button that does it."""
    context = {
        "form": form, "title": title, "lead": lead, "moves": moves, "previews": isinstance(form, HoursForm),
        "trail": _trail(title),
    }  # fmt: skip
    return render(request, "console/calendar/form.html", context, status=422 if form.errors else 200)


@door("worklist.edit", methods=("GET", "POST"))
def duty(request: Asked) -> HttpResponse:
    """Duty hours: those in force, and declaring others."""
    lang = "zh" if chinese() else "en"
    kinds = {one.code: one.label(lang) for one in vocabulary.kinds(request.scope) if one.parent and one.calendar == "W"}
    form = DutyForm(request.POST if request.method == "POST" else None, kinds=list(kinds.items()))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        if request.POST.get("step") != "save":
            return _duty(request, form, previewing.under_duty(request.scope, given["kinds"]))
        try:
            matters.begin_duty(
                request.scope,
                request.act,
                kinds=tuple(given["kinds"]),
                reason=given["reason"],
                apply_open=given["apply_open"],
            )
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, gettext("Duty hours have begun."))
            return HttpResponseRedirect(reverse("duty"))
    return _duty(request, form)


def _duty(request: Asked, form: DutyForm, moves: Preview | None = None) -> HttpResponse:
    """Those in force and those that ended; the form, with ``moves`` what it would do and the button that does it."""
    names = {one.code: one.label(language()) for one in vocabulary.kinds(request.scope)}
    told = [(row, [names.get(code, code) for code in row.kinds]) for row in vocabulary.all_duty_hours(request.scope)]
    context = {
        "form": form, "moves": moves, "rows": [one for one in told if one[0].ended_at is None],
        "ended": [one for one in told if one[0].ended_at is not None], "trail": _trail(gettext("Duty hours")),
    }  # fmt: skip
    return render(request, "console/calendar/duty.html", context, status=422 if form.errors else 200)


@door("worklist.edit", methods=("POST",))
def duty_end(request: Asked, duty_id: UUID) -> HttpResponse:
    """End duty hours."""
    matters.end_duty(request.scope, request.act, duty_id=duty_id)
    messages.success(request, gettext("Duty hours have ended. Deadlines set meanwhile stand."))
    return HttpResponseRedirect(reverse("duty"))


urlpatterns = [
    path("notice/", notice, name="calendar_notice"),
    path("hours/", office_hours, name="calendar_hours"),
    path("markets/", markets, name="markets"),
    path("markets/<int:code>/", market, name="market"),
    path("duty/", duty, name="duty"),
    path("duty/<uuid:duty_id>/end", duty_end, name="duty_end"),
]
