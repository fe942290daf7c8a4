"""What a password must be, said in the reader's language."""

from __future__ import annotations

from django.contrib.auth.password_validation import MinimumLengthValidator
from django.utils.translation import gettext


class LongEnough(MinimumLengthValidator):
    """Django's own rule; its sentence is not in Django's Chinese catalogue."""

    def get_error_message(self) -> str:
        """How long it must be."""
        return gettext("This password is too short: at least %(n)s signs, please.") % {"n": self.min_length}
