"""Messages about a matter: the person says whether they want any; the gateway says whether they arrived."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.request import RawPostDataException
from django.urls import path, reverse
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt

from commongrid.kernel.codes import normalise
from commongrid.kernel.scope import clock
from commongrid.notices import actions
from commongrid.notices.channels import LARGEST, is_signed
from commongrid.surfaces.public.follow import GUESSES, WINDOW
from commongrid.surfaces.shared.doors import door
from commongrid.surfaces.shared.throttle import throttled
from commongrid.surfaces.shared.times import language

if TYPE_CHECKING:
    from commongrid.surfaces.shared.doors import Asked

RECEIPTS = clock("notices.receipts")
MOST = 500
"""Receipts in one call."""


@throttled("slip", GUESSES, seconds=WINDOW, failures_only=True)
@door("matters.rate", kinds=("slip",), methods=("POST",))
def slip_messages(request: Asked, code: str) -> HttpResponse:
    """Keep whether messages are wanted."""
    actions.wish(request.scope, request.act, wanted=request.POST.get("wanted") == "yes", language=language())
    return HttpResponseRedirect(f"{reverse('slip', args=[normalise(code)])}?done=messages")


@csrf_exempt
@throttled("receipts", 600, seconds=60)
@door(None, kinds=("public",), methods=("POST",))
def sms_receipts(request: Asked) -> HttpResponse:
    """The gateway's delivery receipts, signed as it signs; anything else is refused without saying why."""
    body = _body(request)
    at, nonce, signature = (request.headers.get(name, "") for name in ("X-Time", "X-Nonce", "X-Sign"))
    if not body or not is_signed(settings.NOTICES.sms_secret, at, nonce, body, signature):
        return JsonResponse({"code": "refused", "detail": gettext("This call is not accepted.")}, status=403)
    noted = sum(_note(one) for one in _receipts(body)[:MOST])
    return JsonResponse({"code": "OK", "noted": noted})


def _body(request: Asked) -> bytes:
    """What was sent, or nothing where it is too large or was sent as a form."""
    length = str(request.META.get("CONTENT_LENGTH") or 0)
    if not length.isdecimal() or len(length) > len(str(LARGEST)) or int(length) > LARGEST:
        return b""
    try:
        return request.body
    except RawPostDataException:
        return b""


def _receipts(body: bytes) -> list[Any]:
    try:
        told = json.loads(body)
    except ValueError:
        return []
    found = told.get("receipts") if isinstance(told, dict) else None
    return found if isinstance(found, list) else []


def _note(one: Any) -> int:
    if not isinstance(one, dict) or one.get("status") not in ("delivered", "failed"):
        return 0
    fault = "".join(c for c in str(one.get("code", "")) if c.isascii() and (c.isalnum() or c in "._-"))
    return actions.note_receipt(
        RECEIPTS, str(one.get("reference", ""))[:64], arrived=one["status"] == "delivered", fault=fault
    )


urlpatterns = [
    path("s/<str:code>/messages", slip_messages, name="slip_messages"),
    path("machine/sms-receipts", sms_receipts, name="sms_receipts"),
]
