"""Where more is seen than whoever asks may see: every such place is named here with its reason (ADR 26)."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING, Final

import commongrid

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(commongrid.__file__).parent
ACTING: Final = "commongrid.journal.acting"
BY_THEMSELVES: Final = ("commands/", "management/", "config/checkup.py")
"""What nobody's request runs, besides every jobs.py: commands at the machine."""
AS_THE_CLOCK: Final = {
    "journal/attachments.py": "sweeps staged files; run by the worker alone",
    "matters/actions/ticking.py": "the worker's own ticks",
    "matters/actions/ending.py": "ends dispute files, which the mediator alone sees, with their matter",
    "matters/actions/mediating.py": "the same, where a dispute turns out to be violence",
    "matters/actions/leaving.py": "writes a sealed matter's row from one body to another: neither sees the other's",
    "matters/exchange/queries.py": "reads the number, not the words, of a sealed matter's order, to reply to it",
    "matters/queries/publishing.py": "looks for names in dispute files that a public text must not hold",
    "outreach/queries/notices.py": "looks for names and words that a notice must not hold, as the gate of public texts",
    "registry/keeping/actions.py": "erases one person, and gathers what is held of them, within their county",
    "surfaces/console/sign_in.py": "before anybody is signed in there is no post to act as",
    "surfaces/console/sign_in_code.py": "before anybody is signed in there is no post to act as",
    "surfaces/public/messages.py": "takes receipts of a message gateway, which is nobody in the county",
}
"""Modules with a scope of the clock that is not a job's, and what for."""
WIDENED: Final = {
    "matters/queries/leading.py": "what the reporter of a merged or split matter may read of its lead and its parts",
}
"""Modules that widen a sight in order to read: every other one does so where a rule has decided on a write."""


def modules() -> Iterator[tuple[str, ast.Module]]:
    """Every module by its path, parsed."""
    for path in sorted(ROOT.rglob("*.py")):
        yield str(path.relative_to(ROOT)), ast.parse(path.read_text(encoding="utf-8"))


def calls(tree: ast.Module, name: str, of: str) -> bool:
    """Whether a module calls the function of this name that it takes from another."""
    if not taken(tree, {of: {name}}):
        return False
    return any(
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name
        for node in ast.walk(tree)
    )


def bound(tree: ast.Module) -> set[str]:
    """Names of a module that are scopes of the clock."""
    found: set[str] = set()
    for node in tree.body:
        if not isinstance(node, ast.Assign | ast.AnnAssign) or not isinstance(value := node.value, ast.Call):
            continue
        if isinstance(value.func, ast.Name) and value.func.id == "clock":
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            found |= {one.id for one in targets if isinstance(one, ast.Name)}
    return found


def taken(tree: ast.Module, scopes: dict[str, set[str]]) -> bool:
    """Whether a module takes such a name from another."""
    return any(
        isinstance(node, ast.ImportFrom) and {one.name for one in node.names} & scopes.get(node.module or "", set())
        for node in ast.walk(tree)
    )


def test_whoever_acts_as_the_clock_in_a_request_is_named() -> None:
    trees = dict(modules())
    scopes = {f"commongrid.{path[:-3].replace('/', '.')}": bound(tree) for path, tree in trees.items()}
    found = {
        path
        for path, tree in trees.items()
        if not path.endswith("jobs.py") and not path.startswith((*BY_THEMSELVES, "kernel/"))
        and (calls(tree, "clock", "commongrid.kernel.scope") or taken(tree, scopes))
    }  # fmt: skip
    assert found == set(AS_THE_CLOCK)


def test_whoever_widens_a_sight_outside_actions_is_named() -> None:
    found = {path for path, tree in modules() if calls(tree, "handing_over", ACTING) and "/actions/" not in path}
    assert found == set(WIDENED)
