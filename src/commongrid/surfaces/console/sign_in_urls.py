"""Addresses of signing in: allauth's own pages used here, the landing of one-time links, codes by phone.

allauth's pages for signing up, e-mail addresses and resetting a password by
e-mail are left out: nobody signs up, and a forgotten password is answered by a
new one-time link.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.account import views as account
from django.urls import include, path

from commongrid.surfaces.console import sign_in, sign_in_code, single_sign_on

if TYPE_CHECKING:
    from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = [
    path("in/<str:secret>", sign_in.land, name="land"),
    path("accounts/code/", sign_in_code.ask, name="code_ask"),
    path("accounts/code/enter/", sign_in_code.enter, name="code_enter"),
    path("accounts/login/", account.login, name="account_login"),
    path("accounts/logout/", account.logout, name="account_logout"),
    path("accounts/inactive/", account.account_inactive, name="account_inactive"),
    path("accounts/signup/", account.signup, name="account_signup"),
    path("accounts/reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("accounts/password/change/", account.password_change, name="account_change_password"),
    path("accounts/password/set/", account.password_set, name="account_set_password"),
    path("accounts/2fa/", include("allauth.mfa.urls")),
    path("accounts/single-sign-on/", single_sign_on.start, name="single_sign_on"),
    path("accounts/single-sign-on/back", single_sign_on.back, name="single_sign_on_back"),
    path("accounts/sessions/", include("allauth.usersessions.urls")),
]
