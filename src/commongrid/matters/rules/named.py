"""Kinds and classes that the program itself asks for by their code: their words and limits change, they never end."""

from __future__ import annotations

from typing import Final

from commongrid.registry.rules.requests import OF_KIND

UNSORTED: Final = "Z00"
"""The kind of what nobody has sorted yet."""
VIOLENCE: Final = "A12"
"""The sealed kind that a dispute with violence in it becomes."""
FAMILY: Final = "A01"
"""Disputes in a family: whoever reports one is asked about violence first."""
WITH_AN_AUTHORITY: Final = "A16"
"""Disputes with an authority or in court: guided and referred, never mediated here."""
FEEDBACK: Final = "K07"
"""What people think of this system."""
DISPUTES: Final = "A"
"""The class of disputes."""
REGISTER: Final = "L"
"""The class of changes to people and places."""
NAMED: Final = frozenset({UNSORTED, VIOLENCE, FAMILY, WITH_AN_AUTHORITY, FEEDBACK, DISPUTES, REGISTER, *OF_KIND})
