"""The first page: what anybody can do here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from commongrid.matters.rules.named import FEEDBACK
from commongrid.surfaces.shared.doors import door

if TYPE_CHECKING:
    from django.http import HttpResponse

    from commongrid.surfaces.shared.doors import Asked


@door(None, kinds=("public",))
def home(request: Asked) -> HttpResponse:
    """Report, follow, and where to call when it cannot wait."""
    return render(request, "public/home.html")


@door(None, kinds=("public",))
def about(request: Asked) -> HttpResponse:
    """What is kept about people, for how long, what is never done, and whom to ask."""
    return render(request, "public/about.html")


@door(None, kinds=("public",))
def feedback(request: Asked) -> HttpResponse:
    """What people think of this system is a matter like any other, with an owner and a deadline."""
    return HttpResponseRedirect(f"{reverse('report_where')}?kind={FEEDBACK}")
