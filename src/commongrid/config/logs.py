"""Structured logs without personal values: one JSON object per line on standard error.

What our own code logs are names, ids of requests, codes and numbers. What libraries log is kept to the template of
their message, never its arguments (a path may carry a slip code, a database error a name), and an exception to its
type and the places it passed through.
"""

from __future__ import annotations

import json
import logging
import sys
import traceback
from collections.abc import Mapping, MutableMapping
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

import structlog

from commongrid.config.env import env

LOGGING_CONFIG = "commongrid.config.logs.configure"
LOGGING = {"level": env.LOG_LEVEL}
FRAMES = 12

ExceptionFacts = tuple[type[BaseException], BaseException, TracebackType | None]


class TemplateFormatter(logging.Formatter):
    """A library's record as JSON: the template of its message, without the arguments."""

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.msg if isinstance(record.msg, str) else type(record.msg).__name__,
        }
        if record.exc_info and record.exc_info[0] is not None:
            line["exception"] = bare_exception(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


class StandardError(logging.Handler):
    """Writes to standard error as it is at that moment."""

    def emit(self, record: logging.LogRecord) -> None:
        """One line."""
        sys.stderr.write(self.format(record) + "\n")
        sys.stderr.flush()


def bare_exception(facts: ExceptionFacts) -> list[str]:
    """An exception without its words: its type, then the places it passed through."""
    kind, _error, trace = facts
    frames = traceback.extract_tb(trace)[-FRAMES:]
    return [f"{kind.__module__}.{kind.__qualname__}", *(f"{_short(f.filename)}:{f.lineno} {f.name}" for f in frames)]


def _short(filename: str) -> str:
    return "/".join(Path(filename).parts[-3:])


def _without_words(_logger: object, _name: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """The step of structlog that turns `exc_info` into a bare exception."""
    facts = event.pop("exc_info", None)
    if isinstance(facts, BaseException):
        facts = (type(facts), facts, facts.__traceback__)
    elif facts:
        facts = facts if isinstance(facts, tuple) else sys.exc_info()
    if facts and facts[0] is not None:
        event["exception"] = bare_exception(facts)
    return event


def configure(settings: Mapping[str, str]) -> None:
    """Send everything to standard error; Django calls this with `LOGGING`."""
    level = getattr(logging, settings["level"])
    logging.raiseExceptions = False  # a fault in logging would print the record with its arguments
    handler = StandardError()
    handler.setFormatter(TemplateFormatter())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(max(level, logging.WARNING))
    for name in ("django", "django.server"):
        logger = logging.getLogger(name)
        logger.handlers = []
        logger.propagate = True
        logger.setLevel(max(level, logging.WARNING))
    logging.getLogger("django.request").setLevel(logging.ERROR)  # 4xx are answers, and our request line tells them
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
            _without_words,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=_to_standard_error,
        cache_logger_on_first_use=False,
    )


def _to_standard_error(*_names: object) -> structlog.PrintLogger:
    return structlog.PrintLogger(sys.stderr)
