"""What a step of a matter is on a page: its form, its action, its button and what is said afterwards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from commongrid.kernel.scope import Scope
from commongrid.surfaces.console.matters import forms


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How a step looks on the page and what carries it out."""

    form: type[forms.Step]
    do: Callable[..., Any]
    button: str
    done: str
    lead: str = ""
    tone: str = ""
    photos: bool = False
    """Whether photos may be sent with it."""
    preview: Callable[[Scope, UUID, forms.Step], Any] | None = None
    """What the step would change beside the matter, to be seen before it is taken."""
