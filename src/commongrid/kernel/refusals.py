"""Refusals: what the system says no to, in words a person can read.

A rule, query or action raises one; the surface turns it into a page, a form
error or JSON in the reader's language. The text is an English sentence with
``%(name)s`` places for ``params``; it is the key of the translation, so this
module stays free of Django. Nothing personal belongs in ``params``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar


def N_(text: str) -> str:  # noqa: N802 - the mark that translators' tools know
    """Mark a sentence for translation without translating it here."""
    return text


class Refusal(Exception):
    """The request was understood and is not carried out."""

    status: ClassVar[int] = 422
    default: ClassVar[str] = N_("This can't be done.")

    def __init__(
        self,
        text: str = "",
        *,
        fields: dict[str, str] | None = None,
        told: Mapping[str, Mapping[str, object]] | None = None,
        **params: object,
    ) -> None:
        """The sentence and its parameters; for forms, one per field, whose own parameters are ``told``."""
        self.text = text or self.default
        self.params = params
        self.fields = fields or {}
        self.told = told or {}
        super().__init__(self.text % params if params else self.text)

    def at(self, field: str, speak: Callable[[str], str]) -> str:
        """A field's sentence in the reader's language."""
        text, params = speak(self.fields[field]), self.told.get(field) or self.params
        return text % params if params else text


class NotFound(Refusal):
    """There is nothing at this address, or nothing that this reader may see."""

    status = 404
    default = N_("There is nothing here, or it is not yours to see.")


class NotYours(NotFound):
    """The row exists outside the reader's scope; told apart from NotFound only in code."""


class NotAllowed(Refusal):
    """The post lacks the power for this."""

    status = 403
    default = N_("Your post does not include this. Ask your administrator, or switch to another post.")


class WrongState(Refusal):
    """The thing is no longer, or not yet, in a state where this can be done."""

    status = 409
    default = N_("Someone has already moved this on. Look at where it stands now, then try again.")


class TooLate(Refusal):
    """The period in which this could be done has passed."""

    status = 409
    default = N_("The time for this has passed.")


class OtherContent(Refusal):
    """The same act id came again with other content, or from somebody else."""

    status = 409
    default = N_("This form was already sent with other content. Nothing was changed; open a new form to send again.")


class BadInput(Refusal):
    """What was sent can't be read or breaks a rule; ``fields`` says where."""

    status = 422
    default = N_("Something in this form needs your attention.")


class TooLarge(Refusal):
    """The request or file is larger than accepted."""

    status = 413
    default = N_("This is larger than we can take.")


class TooMany(Refusal):
    """Too many tries in a short time."""

    status = 429
    default = N_("Too many tries in a short time. Please wait a few minutes and try again.")


class NobodyThere(Refusal):
    """No body is set up that could take this in; nothing is kept, and the sentence says whom to call."""

    status = 409
    default = N_("Nobody is set up to take this in yet. In danger call 110 now.")


class Unavailable(Refusal):
    """A part of the system that this needs is not running."""

    status = 503
    default = N_("This is not available right now. Please try again in a few minutes.")
