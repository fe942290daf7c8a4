"""The console script `commongrid`: finds the command, calls it, turns what went wrong into a sentence.

Exit codes: 0 done, 1 refused or problems found, 2 wrongly called, 130 interrupted.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from importlib import import_module
from types import FrameType

from commongrid import commands
from commongrid.config.binaries import EmbeddedProblem
from commongrid.config.env import Misconfigured
from commongrid.config.guard import MightyRole
from commongrid.config.keys import KeysProblem
from commongrid.config.preparing import NotPrepared
from commongrid.kernel.refusals import Refusal

DONE, REFUSED, INTERRUPTED = 0, 1, 130
EPILOG = "Exit codes: 0 done, 1 refused or problems found, 2 wrongly called. Data folder: COMMONGRID_DATA (./data)."
GROUPS = {"import": "bring data in from files", "figures": "figures, computed from the rows"}


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    whole = argparse.ArgumentParser(prog="commongrid", description="Grid governance for a county.", epilog=EPILOG)
    whole.add_argument("--version", action="version", version=f"commongrid {_version()}")
    top = whole.add_subparsers(title="commands", metavar="COMMAND", required=True)
    groups: dict[str, argparse._SubParsersAction[argparse.ArgumentParser]] = {}
    for words, name in commands.CATALOGUE:
        module = import_module(f"commongrid.commands.{name}")
        first, _, second = words.partition(" ")
        if second and first not in groups:
            group = top.add_parser(first, help=GROUPS[first], description=GROUPS[first].capitalize() + ".")
            groups[first] = group.add_subparsers(title="commands", metavar="WHAT", required=True)
        within = groups[first] if second else top
        one = within.add_parser(second or first, help=module.HELP, description=module.HELP, epilog=EPILOG)
        module.arguments(one)
        one.set_defaults(run=module.run)
    return whole


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the exit code is the answer."""
    signal.signal(signal.SIGTERM, _end)
    args = parser().parse_args(argv)
    try:
        return int(args.run(args))
    except Refusal as refusal:
        return _refused(_sentences(refusal))
    except (EmbeddedProblem, KeysProblem, MightyRole, Misconfigured, NotPrepared) as problem:
        return _refused(str(problem))
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # the reader of our output has left, as `| head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except Exception as error:
        if not _is_database_gone(error):
            raise
        return _refused(f"The database does not answer: {str(error).strip().splitlines()[0]}")


def _refused(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return REFUSED


def _sentences(refusal: Refusal) -> str:
    """A refusal in the reader's language, with a line for each field."""
    from django.conf import settings
    from django.utils.translation import gettext

    speak = gettext if settings.configured else str
    text = speak(refusal.text)
    lines = [text % refusal.params if refusal.params else text]
    lines += [f"  {field}: {refusal.at(field, speak)}" for field in refusal.fields]
    return "\n".join(lines)


def _is_database_gone(error: Exception) -> bool:
    import psycopg

    kinds: tuple[type[Exception], ...] = (psycopg.OperationalError,)
    if "django.db" in sys.modules:
        kinds = (*kinds, sys.modules["django.db"].OperationalError)
    return isinstance(error, kinds)


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("commongrid")
    except PackageNotFoundError:
        return "from a source tree"


def _end(_number: int, _frame: FrameType | None) -> None:
    """SIGTERM ends a command as Ctrl-C does: what was opened is closed."""
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
