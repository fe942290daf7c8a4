"""House rules that no off-the-shelf linter knows.

Run from the repository root: python tools/check.py

Each rule is a generator of complaints and is explained in one line. Those that need Django load it without a database.
"""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path("src/commongrid")
FILE_LINES, FUNCTION_LINES, ARGUMENTS = 400, 50, 6
WRITES = {"create", "bulk_create", "bulk_update", "get_or_create", "update_or_create", "delete", "update"}
WRITERS = {"actions", "attachments", "migrations", "management"}
VAGUE = {"utils", "helpers", "common", "core", "misc", "base", "services", "managers", "handlers", "signals"}
DOCUMENTED = {"kernel", "actions"}
NOWHERE = re.compile(r"https?://(?!127\.0\.0\.1|localhost)[^\s\"'\\]+|--(?:extra-)?index-url|--find-links")
LOCKS = ("requirements*.lock", "assets/package-lock.json", "assets/.npmrc")
FOREIGN_PATHS = re.compile(r"(?<![\w.])/(?:root|home/\w+|Users/\w+|work)/[\w.]")

Rule = Callable[[], Iterator[str]]
Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def sources() -> tuple[tuple[Path, ast.Module, int], ...]:
    """Every Python file of the product but migrations: its path below the package, its tree, its lines."""
    found = []
    for path in sorted(ROOT.rglob("*.py")):
        if "migrations" not in path.parts:
            text = path.read_text(encoding="utf-8")
            found.append((path.relative_to(ROOT), ast.parse(text), text.count("\n")))
    return tuple(found)


def within(path: Path, name: str) -> bool:
    """Whether a file is the module's `name`, as one file or as a folder."""
    return path.stem == name or name in path.parts[:-1]


def foreign_keys_point_down() -> Iterator[str]:
    """import-linter cannot see a foreign key written as a string."""
    contracts = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]
    layers = enumerate(contracts[0]["layers"])
    ranks = {name.strip(" ()"): rank for rank, line in layers for name in line.split("|")}
    for model in tables():
        own = model.__module__.split(".")[1]
        for field in model._meta.get_fields():
            other = getattr(field, "related_model", None)
            if not field.concrete or other is None or not other.__module__.startswith("commongrid."):
                continue
            to = other.__module__.split(".")[1]
            if to != own and ranks[to] <= ranks[own]:
                yield f"{own}.{model.__name__}.{field.name} points up or sideways to {to}"


def surfaces_name_no_tables() -> Iterator[str]:
    """import-linter passes over what is imported for its type alone; a surface gets plain values."""
    for path, tree, _ in sources():
        for node in ast.walk(tree) if path.parts[0] == "surfaces" else ():
            if isinstance(node, ast.ImportFrom) and re.match(r"commongrid\.(?:.*\.)?models\b", node.module or ""):
                yield f"{path}:{node.lineno} imports {node.module}"


def writes_live_in_actions() -> Iterator[str]:
    """Only actions change facts; the wall behind this rule is in the tests, at run time."""
    for path, tree, _ in sources():
        if any(within(path, name) for name in WRITERS):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                on = ast.unparse(node.func.value)
                on_rows = any(word in on for word in (".objects", ".filter(", ".all(", ".exclude("))
                saves = node.func.attr == "save" and not on.startswith(("super()", "request.session"))
                if (node.func.attr in WRITES and on_rows) or (saves and within(path, "queries")):
                    yield f"{path}:{node.lineno} writes outside actions: {node.func.attr}()"


def actions_are_declared() -> Iterator[str]:
    """A public function of actions that takes (scope, act) is an @action, or says which action it is a step of."""
    for path, tree, _ in sources():
        if not within(path, "actions") or path.parts[0] in {"journal", "kernel"}:
            continue
        for node in tree.body:
            if isinstance(node, ast.FunctionDef):
                yield from _complaints_of_action(f"{path}:{node.lineno} {node.name}()", node)


def _complaints_of_action(where: str, node: ast.FunctionDef) -> Iterator[str]:
    first = [argument.arg for argument in node.args.args]
    declared = any("action" in ast.unparse(decorator).partition("(")[0] for decorator in node.decorator_list)
    step = any(words in (ast.get_docstring(node) or "") for words in ("Called by", "apart from the journal"))
    if first[:2] == ["scope", "act"] and not node.name.startswith("_") and not declared and not step:
        yield f"{where} takes (scope, act), is no @action and does not say which one it is 'Called by'"
    if declared and first != ["scope", "act"]:
        yield f"{where} takes (scope, act) first, and everything else by name"
    if declared and len(first) + len(node.args.kwonlyargs) > ARGUMENTS:
        yield f"{where} takes more than four facts: give it a frozen dataclass"
    if not node.name.startswith("_") and not ast.get_docstring(node):
        yield f"{where} needs a docstring"


def tables_say_what_they_keep() -> Iterator[str]:
    """Every table names its personal data, how long rows are kept, and its wall."""
    for model in tables():
        text = model.__doc__ or ""
        for words in ("Personal data:", "Kept:"):
            if words not in text:
                yield f"{model.__module__}.{model.__name__} does not say '{words}'"
        if not hasattr(model, "wall"):
            yield f"{model.__module__}.{model.__name__} declares no wall"


def files_and_functions_stay_small() -> Iterator[str]:
    """A file becomes a folder at 400 lines; a function of 50 lines does two things."""
    for folder in ("src", "tests", "tools", "bench"):
        for path in sorted(Path(folder).rglob("*.py")):
            if "migrations" in path.parts and path.stem[:1].isdigit():
                continue
            text = path.read_text(encoding="utf-8")
            if (lines := text.count("\n")) > FILE_LINES:
                yield f"{path} has {lines} lines (limit {FILE_LINES})"
            for node in ast.walk(ast.parse(text)):
                length = (node.end_lineno or 0) - node.lineno + 1 if isinstance(node, Function) else 0
                if isinstance(node, Function) and length > FUNCTION_LINES:
                    yield f"{path}:{node.lineno} {node.name}() has {length} lines (limit {FUNCTION_LINES})"


def names_say_something() -> Iterator[str]:
    """A junk drawer gets a name of its own."""
    for path, _, _ in sources():
        for part in (*path.parts[:-1], path.stem):
            if part in VAGUE:
                yield f"{path}: '{part}' is a junk drawer, name the thing"


def modules_say_what_they_are() -> Iterator[str]:
    """Every file has a docstring; so has every public function of the kernel."""
    for path, tree, lines in sources():
        if lines and not ast.get_docstring(tree):
            yield f"{path} needs a docstring"
        if path.parts[0] == "kernel":
            for node in tree.body:
                if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                    continue
                if not node.name.startswith("_") and not ast.get_docstring(node):
                    yield f"{path}:{node.lineno} {node.name} needs a docstring"


def routes_are_doors() -> Iterator[str]:
    """A route without a door answers 404 to everyone; it must not be there at all."""
    from django.urls import URLPattern, URLResolver, get_resolver

    from commongrid.surfaces.shared.middleware import FOREIGN

    def walk(resolver: URLResolver, prefix: str) -> Iterator[tuple[str, Any]]:
        for pattern in resolver.url_patterns:
            route = prefix + str(pattern.pattern)
            if isinstance(pattern, URLResolver):
                yield from walk(pattern, route)
            elif isinstance(pattern, URLPattern):
                yield route, pattern.callback

    for route, view in walk(get_resolver(), "/"):
        module = getattr(view, "__module__", "")
        foreign = any(module == name or module.startswith(f"{name}.") for name in FOREIGN)
        if not hasattr(view, "door") and not foreign:
            yield f"{route} ({module}.{getattr(view, '__name__', view)}) has no door"


def migrations_are_complete() -> Iterator[str]:
    """What the tables say is what the migrations make (makemigrations --check, without a database)."""
    from django.apps import apps
    from django.db.migrations.autodetector import MigrationAutodetector
    from django.db.migrations.loader import MigrationLoader
    from django.db.migrations.state import ProjectState
    from django.utils import translation

    with translation.override(None):  # migrations hold untranslated names
        loader = MigrationLoader(None)
        detector = MigrationAutodetector(loader.project_state(), ProjectState.from_apps(apps))
        changes = detector.changes(graph=loader.graph, trim_to_apps={"commongrid"})
    for migration in changes.get("commongrid", []):
        for operation in migration.operations:
            yield f"no migration yet for: {operation.describe()}"


def locks_name_no_registry() -> Iterator[str]:
    """Where packages come from is the installer's business, not the lock's."""
    for pattern in LOCKS:
        for path in sorted(Path().glob(pattern)):
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
                if '"resolved"' in line or (NOWHERE.search(line) and '"url"' not in line):
                    yield f"{path}:{number} names where a package comes from"


def nothing_of_one_machine() -> Iterator[str]:
    """No file holds a path of somebody's machine."""
    listed = subprocess.run(["git", "ls-files"], check=False, capture_output=True, text=True)
    for name in listed.stdout.splitlines():
        path = Path(name)
        if path.suffix in {".py", ".md", ".sh", ".toml", ".ts", ".html", ".csv", ".json", ""} and path.is_file():
            text = path.read_text(encoding="utf-8", errors="replace")
            for number, line in enumerate(text.splitlines(), 1):
                if FOREIGN_PATHS.search(line):
                    yield f"{path}:{number} holds a path of one machine"


@cache
def tables() -> tuple[Any, ...]:
    """Every table of ours."""
    from django.apps import apps

    return tuple(apps.get_app_config("commongrid").get_models())


RULES: tuple[Rule, ...] = (
    foreign_keys_point_down,
    surfaces_name_no_tables,
    writes_live_in_actions,
    actions_are_declared,
    tables_say_what_they_keep,
    files_and_functions_stay_small,
    names_say_something,
    modules_say_what_they_are,
    routes_are_doors,
    migrations_are_complete,
    locks_name_no_registry,
    nothing_of_one_machine,
)


def asked(rule: Rule) -> Iterator[str]:
    """What a rule complains of; a rule that cannot be checked is a complaint too and hides no other."""
    try:
        yield from rule()
    except Exception as error:  # noqa: BLE001 - whatever the tree holds, the other rules are asked
        yield f"cannot be checked: {type(error).__name__}: {error}"


def main() -> int:
    """Ask every rule; the exit code says whether the house is in order."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "commongrid.config.settings")
    os.environ.setdefault("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    import django

    django.setup()
    complaints = [f"{rule.__name__}: {line}" for rule in RULES for line in asked(rule)]
    print("\n".join(complaints) or "The house is in order.")
    return int(bool(complaints))


if __name__ == "__main__":
    sys.exit(main())
