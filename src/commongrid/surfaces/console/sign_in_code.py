"""Signing in by a code on one's phone, where the county has an SMS gateway.

Whatever the number, the same page comes, in the same steps: nobody learns which
numbers are known. The code itself is sent by a job, so that a gateway's answer
takes no time here either.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode
from uuid import UUID

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from django import forms
from django.contrib.auth import get_user_model
from django.contrib.auth import logout as forget
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commongrid.kernel.act import Act
from commongrid.kernel.refusals import N_
from commongrid.kernel.scope import clock
from commongrid.kernel.widths import digits, phone_of
from commongrid.roster.actions import ask_code, enter_by_code
from commongrid.surfaces.console.sign_in import safe_next
from commongrid.surfaces.console.sign_in_adapter import note
from commongrid.surfaces.console.sign_in_forms import by_phone
from commongrid.surfaces.shared.doors import LONGEST_WAY_BACK, door
from commongrid.surfaces.shared.forms import Form, PhoneField
from commongrid.surfaces.shared.throttle import count, throttled

if TYPE_CHECKING:
    from commongrid.surfaces.shared.doors import Asked

CODE_KEY: Final = "sign_in_code"
"""Where the session of whoever asked keeps the id of the code: in another browser the digits open nothing."""
ENTERING: Final = clock("sign-in code", "accounts.enter")
"""Whoever comes with a code is nobody yet, so a named job lets them in."""
CODE_LENGTH: Final = 6
DAY: Final = 24 * 3600
CODES_A_DAY: Final = 6
"""Codes for one number, whoever asks: at three tries each, guessing one takes a lifetime."""
ASKED_AN_HOUR: Final = 60
TRIED_AN_HOUR: Final = 120
"""By one sender: a whole village or office may sit behind one address."""

WRONG: Final = N_("This is not the code. Look at the message once more.")
OVER: Final = N_("This code is no longer good. Ask for a new one.")


class PhoneForm(Form):
    """The number that a code shall go to."""

    phone = PhoneField(
        label=gettext_lazy("My phone number"),
        max_length=30,
        widget=forms.TextInput(
            attrs={"type": "tel", "inputmode": "tel", "autocomplete": "tel", "data-nodraft": True, "class": "large"}
        ),
    )

    def clean_phone(self) -> str:
        """The number as the register keeps it."""
        return phone_of(self.cleaned_data["phone"]) or ""


class CodeForm(Form):
    """The code that came."""

    code = forms.CharField(
        label=gettext_lazy("The six digits"),
        max_length=30,
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "data-nodraft": True, "class": "large"}
        ),
    )

    def clean_code(self) -> str:
        """Six digits, however they were typed."""
        code = digits(self.cleaned_data["code"])
        if len(code) != CODE_LENGTH or not (code.isascii() and code.isdigit()):
            raise forms.ValidationError(_("A code has six digits. Look at the message once more."))
        return code


@throttled("code_asked", ASKED_AN_HOUR)
@door(None, kinds=("public",), methods=("GET", "POST"))
def ask(request: Asked) -> HttpResponse:
    """The number to send a code to."""
    if not by_phone():
        return HttpResponseRedirect(reverse("account_login"))
    form = PhoneForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        if count("code_for", request, DAY, about=form.cleaned_data["phone"]) <= CODES_A_DAY:
            return _send(request, form.cleaned_data["phone"])
        note(request, None, "sign_in_failed", "phone_too_often")
        form.add_error(None, _("Codes were asked for this number too often today. Use your password or a link."))
    return _page(request, "console/sign_in/code_ask.html", form)


@throttled("code_tried", TRIED_AN_HOUR)
@door(None, kinds=("public",), methods=("GET", "POST"))
def enter(request: Asked) -> HttpResponse:
    """The code that came; the right one signs in, and leads to choosing the post."""
    code_id = request.session.get(CODE_KEY)
    if not by_phone() or not code_id:
        return HttpResponseRedirect(_with_next(request, "code_ask"))
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        tried = enter_by_code(ENTERING, Act.new(), code_id=UUID(code_id), typed=form.cleaned_data["code"])
        if tried.right and tried.account is not None:
            return _let_in(request, tried.account)
        note(request, tried.account, "sign_in_failed", "code")
        form.add_error("code", _(OVER) if tried.over else _(WRONG))
    return _page(request, "console/sign_in/code_enter.html", form)


def _send(request: Asked, phone: str) -> HttpResponse:
    act = Act.new()
    given = ask_code(ENTERING, act, phone=phone)
    request.session[CODE_KEY] = str(act.id)
    note(request, given.account, "code_asked", given.why)
    return HttpResponseRedirect(_with_next(request, "code_enter"))


def _let_in(request: Asked, account: int) -> HttpResponse:
    target = _with_next(request, "choose_post")
    user = get_user_model().objects.get(pk=account)
    forget(request)
    record_authentication(request, user, method="code")
    answer: HttpResponse = perform_login(request, Login(user=user, redirect_url=target))
    return answer


def _page(request: Asked, template: str, form: PhoneForm | CodeForm) -> HttpResponse:
    status = 422 if form.errors else 200
    response = render(request, template, {"form": form, "next": safe_next(request)}, status=status)
    response["Cache-Control"] = "no-store"
    return response


def _with_next(request: Asked, name: str) -> str:
    """A page's address, and with it where to go afterwards."""
    target = safe_next(request)
    address = f"{reverse(name)}?{urlencode({'next': target})}"
    return address if target and len(address) <= LONGEST_WAY_BACK else reverse(name)
