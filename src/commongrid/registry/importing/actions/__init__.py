"""What is done with files of people and households: sent, looked through, taken in, undone, dropped."""

from __future__ import annotations

from commongrid.registry.importing.actions.sending import (
    Looked,
    drop_file,
    give_up,
    look_through,
    looked,
    progressed,
    send_file,
    sweep_files,
    take_up,
)
from commongrid.registry.importing.actions.taking import Decision, take_in
from commongrid.registry.importing.actions.undoing import undo_import

__all__ = [
    "Decision",
    "Looked",
    "drop_file",
    "give_up",
    "look_through",
    "looked",
    "progressed",
    "send_file",
    "sweep_files",
    "take_in",
    "take_up",
    "undo_import",
]
