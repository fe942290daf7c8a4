"""Kinds that the program asks for by their code have one home, so that the editor ends none of them."""

from __future__ import annotations

import ast
import csv
from pathlib import Path

import commongrid
from commongrid.matters.rules.named import NAMED

ROOT = Path(commongrid.__file__).parent
HOMES = ("matters/rules/named.py", "registry/rules/requests.py", "commands/demo")
"""Where codes of kinds may stand; the demo tells of a county that keeps the kinds it came with."""


def test_no_code_of_a_kind_stands_elsewhere() -> None:
    with (ROOT / "matters/seeds/kinds.csv").open(encoding="utf-8") as seeds:
        codes = {row["code"] for row in csv.DictReader(seeds)}
    assert codes > NAMED
    plain = {code for code in codes if len(code) > 1}
    found = [
        f"{path.relative_to(ROOT)}: {node.value}"
        for path in sorted(ROOT.rglob("*.py"))
        if not str(path.relative_to(ROOT)).startswith(HOMES)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in plain
    ]
    assert found == []
