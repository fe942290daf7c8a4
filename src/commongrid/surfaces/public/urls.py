"""Addresses of the public pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import path

from commongrid.surfaces.public import adding, contacts, draw, follow, home, messages, published, report, waiting

if TYPE_CHECKING:
    from django.urls import URLPattern

urlpatterns: list[URLPattern] = [
    path("", home.home, name="home"),
    path("about", home.about, name="about"),
    path("feedback", home.feedback, name="feedback"),
    path("report", report.what, name="report"),
    path("report/where", report.where, name="report_where"),
    path("report/tell", report.tell, name="report_tell"),
    path("report/send", report.send, name="report_send"),
    path("follow", follow.follow, name="follow"),
    path("s/<str:code>", follow.slip, name="slip"),
    path("s/<str:code>/print", follow.paper, name="slip_print"),
    path("s/<str:code>/rate", follow.rate, name="slip_rate"),
    path("s/<str:code>/withdraw", follow.withdraw, name="slip_withdraw"),
    path("contacts/<int:code>", contacts.contacts, name="contacts"),
    *adding.urlpatterns,
    *draw.urlpatterns,
    *messages.urlpatterns,
    *published.urlpatterns,
    *waiting.urlpatterns,
]
