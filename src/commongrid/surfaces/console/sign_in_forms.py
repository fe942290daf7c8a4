"""allauth's forms of signing in: in our words, and so that no key's answer breaks them."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import LoginForm as TheirLoginForm
from allauth.mfa.webauthn import forms as keys
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
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

    @property
    def by_phone(self) -> bool:
        """Whether the page offers a code by phone."""
        return by_phone()


def by_phone() -> bool:
    """Whether this county has a gateway that codes can go through."""
    return bool(settings.NOTICES.sms_url)


class KeyField(forms.JSONField):
    """What a browser says for a key; numbers and nestings past all sense are no answer, where Django's field breaks."""

    def to_python(self, value: Any) -> Any:
        """The answer as objects. Raises: ValidationError for what is none."""
        try:
            return super().to_python(value)
        except (ValueError, RecursionError):
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None


def _field() -> KeyField:
    return KeyField(widget=forms.HiddenInput)


class AddKey(keys.AddWebAuthnForm):  # type: ignore[misc]  # allauth is untyped
    """A key or passkey added."""

    credential = _field()


class KeyAsSecond(keys.AuthenticateWebAuthnForm):  # type: ignore[misc]
    """A key as the second factor."""

    credential = _field()


class KeyAlone(keys.LoginWebAuthnForm):  # type: ignore[misc]
    """A passkey alone."""

    credential = _field()


class KeyAgain(keys.ReauthenticateWebAuthnForm):  # type: ignore[misc]
    """A key shown once more."""

    credential = _field()
