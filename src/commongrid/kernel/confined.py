"""Child processes for files nobody vouches for: no environment, bounded memory, processor and wall time.

A child is one file of this folder that imports nothing of ours, reads the file
on its standard input and answers on its standard output. It sets its own limits
before it looks at the first byte; whatever happens in it, the asker goes on.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import IO


def start(child: Path, arguments: Sequence[str], source: Path | bytes) -> subprocess.Popen[bytes]:
    """Start a child on a file; the caller reads its output and ends it."""
    with _opened(source) as stream:
        return subprocess.Popen(
            [sys.executable, "-I", str(child), *arguments],
            stdin=stream,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
            close_fds=True,
        )


def answer(child: Path, arguments: Sequence[str], source: bytes, seconds: float) -> bytes | None:
    """All that a child prints; None where it was ended, by its limits or after ``seconds``, or failed."""
    process = start(child, arguments, source)
    try:
        output, _ = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        return None
    finally:
        process.kill()
        process.wait()
        if process.stdout:
            process.stdout.close()
    return output if process.returncode == 0 else None


def _opened(source: Path | bytes) -> IO[bytes]:
    """The file as something a child can inherit; bytes go through an unnamed file."""
    if isinstance(source, Path):
        return source.open("rb")
    stream = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it
    stream.write(source)
    stream.seek(0)
    return stream
