"""Logs hold no personal value, whatever a library puts into its messages."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from commongrid.config import logs

NAME = "张丰"


@pytest.fixture(autouse=True)
def _our_logs() -> Iterator[None]:
    root = logging.getLogger()
    before = list(root.handlers), logging.raiseExceptions
    logs.configure({"level": "INFO"})
    yield
    root.handlers[:], logging.raiseExceptions = before


def test_a_library_is_kept_to_its_template(capsys: pytest.CaptureFixture[str]) -> None:
    logging.getLogger("django.request").error("Internal Server Error: %s", f"/follow/{NAME}")
    line = json.loads(capsys.readouterr().err)
    assert (line["event"], line["logger"], line["level"]) == ("Internal Server Error: %s", "django.request", "error")


def test_an_exception_is_kept_to_its_type_and_places(capsys: pytest.CaptureFixture[str]) -> None:
    try:
        int(NAME)
    except ValueError:
        logging.getLogger("x").exception("failed")
        structlog.get_logger("x").exception("failed as well")
    said = capsys.readouterr().err
    assert NAME not in said
    for line in map(json.loads, said.splitlines()):
        assert line["exception"][0] == "builtins.ValueError"
        assert "test_an_exception_is_kept" in line["exception"][1]


def test_our_own_line_is_json_with_time_and_level(capsys: pytest.CaptureFixture[str]) -> None:
    structlog.get_logger("request").info("request", status=200, ms=1.5)
    line = json.loads(capsys.readouterr().err)
    assert line.pop("at").endswith("Z")
    assert line == {"event": "request", "status": 200, "ms": 1.5, "level": "info"}


def test_answers_of_4xx_are_not_logged_twice(capsys: pytest.CaptureFixture[str]) -> None:
    logging.getLogger("django.request").warning("Not Found: %s", "/x")
    assert capsys.readouterr().err == ""
