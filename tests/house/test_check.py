"""Every house rule can fail: a small tree with the fault is found."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from tools import check

Plant = Callable[[str, str], None]


@pytest.fixture
def plant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Plant:
    """A tree of its own, grown file by file."""
    monkeypatch.chdir(tmp_path)

    def put(path: str, text: str) -> None:
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        check.sources.cache_clear()

    check.sources.cache_clear()
    return put


@pytest.fixture(autouse=True)
def _forget() -> object:
    yield
    check.sources.cache_clear()


@pytest.mark.parametrize(
    "line", ["Row.objects.create(a=1)", "Row.objects.filter(a=1).delete()", "rows.filter(b=2).update(a=1)"]
)
def test_a_write_outside_actions_is_found(plant: Plant, line: str) -> None:
    plant("src/commongrid/matters/queries.py", f"{line}\n")
    plant("src/commongrid/matters/actions.py", f"{line}\n")
    assert [found.split(":")[0] for found in check.writes_live_in_actions()] == ["matters/queries.py"]


def test_a_surface_that_names_a_table_for_its_type_is_found(plant: Plant) -> None:
    named = "    from commongrid.matters.models import Matter\n"
    plant("src/commongrid/surfaces/console/page.py", f"if TYPE_CHECKING:\n{named}")
    plant("src/commongrid/matters/queries.py", named.strip())
    plant("src/commongrid/surfaces/public/page.py", "from allauth.account.models import Login\n")
    assert list(check.surfaces_name_no_tables()) == ["surfaces/console/page.py:2 imports commongrid.matters.models"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("def close(scope, act):\n    '''Close.'''\n", "is no @action"),
        ("@action('x')\ndef close(act, scope):\n    '''Close.'''\n", "takes (scope, act) first"),
        ("@action('x')\ndef close(scope, act, *, a, b, c, d, e):\n    '''Close.'''\n", "more than four facts"),
        ("@action('x')\ndef close(scope, act):\n    pass\n", "needs a docstring"),
    ],
)
def test_an_undeclared_action_is_found(plant: Plant, text: str, words: str) -> None:
    plant("src/commongrid/matters/actions.py", text)
    assert words in "".join(check.actions_are_declared())


@pytest.mark.parametrize(
    "text",
    [
        "@action('x')\ndef close(scope, act, *, note):\n    '''Close.'''\n",
        "def step(scope, act):\n    '''A step. Called by `close`.'''\n",
        "def _step(scope, act):\n    pass\n",
    ],
)
def test_a_declared_action_passes(plant: Plant, text: str) -> None:
    plant("src/commongrid/matters/actions.py", text)
    assert list(check.actions_are_declared()) == []


def test_large_files_and_functions_are_found(plant: Plant) -> None:
    plant("src/commongrid/long.py", "a = 1\n" * 401)
    plant("tests/test_long.py", "def f():\n" + "    a = 1\n" * 50)
    assert list(check.files_and_functions_stay_small()) == [
        "src/commongrid/long.py has 401 lines (limit 400)",
        "tests/test_long.py:1 f() has 51 lines (limit 50)",
    ]


def test_junk_drawers_are_found(plant: Plant) -> None:
    plant("src/commongrid/matters/utils.py", "")
    plant("src/commongrid/helpers/places.py", "")
    assert sorted(found.split(":")[0] for found in check.names_say_something()) == [
        "helpers/places.py",
        "matters/utils.py",
    ]


def test_what_says_nothing_is_found(plant: Plant) -> None:
    plant("src/commongrid/kernel/places.py", '"""Places."""\n\n\ndef parse() -> None:\n    pass\n')
    plant("src/commongrid/matters/rules.py", "a = 1\n")
    assert list(check.modules_say_what_they_are()) == [
        "kernel/places.py:4 parse needs a docstring",
        "matters/rules.py needs a docstring",
    ]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("requirements.lock", "--index-url https://packages.example/simple\n"),
        ("requirements-dev.lock", "a @ https://packages.example/a.whl\n"),
        ("assets/package-lock.json", '  "resolved": "https://packages.example/a.tgz",\n'),
    ],
)
def test_a_lock_that_names_a_registry_is_found(plant: Plant, path: str, text: str) -> None:
    plant(path, text)
    assert list(check.locks_name_no_registry()) == [f"{path}:1 names where a package comes from"]


def test_a_path_of_one_machine_is_found(plant: Plant) -> None:
    plant("docs/howto.md", "See /home" + "/somebody/grid.\n")
    plant("docs/other.md", "See ~/grid and /var/lib/commongrid.\n")
    subprocess.run(["git", "init", "-q"], check=True)
    subprocess.run(["git", "add", "."], check=True)
    assert list(check.nothing_of_one_machine()) == ["docs/howto.md:1 holds a path of one machine"]


def test_a_rule_that_cannot_be_asked_is_a_complaint() -> None:
    def broken() -> object:
        yield "first"
        raise OSError("no disk")

    assert list(check.asked(broken)) == ["first", "cannot be checked: OSError: no disk"]  # type: ignore[arg-type]
