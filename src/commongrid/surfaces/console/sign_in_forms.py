"""allauth's form of signing in, in our words."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import LoginForm as TheirLoginForm
from django.utils.translation import gettext_lazy as _


class LoginForm(TheirLoginForm):  # type: ignore[misc]  # allauth is untyped
    """Login name and password; labels instead of words inside the fields."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Put our labels on."""
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("Login name")
        self.fields["login"].widget.attrs.update(autocapitalize="none", spellcheck="false")
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)
