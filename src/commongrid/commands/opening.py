"""Opening the county for a command: database running, schema prepared, Django loaded as the right role."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from commongrid.config.embedded import held
from commongrid.config.env import Misconfigured, env
from commongrid.config.preparing import prepare


@dataclass(frozen=True, slots=True)
class Addresses:
    """The database as the two roles see it; the owner's address never enters the server's environment."""

    app: str
    owner: str


@contextmanager
def database() -> Iterator[Addresses]:
    """The database, started where it is ours and not running; held until the end."""
    if env.DATABASE_URL:
        yield Addresses(env.DATABASE_URL, env.DATABASE_OWNER_URL)
        return
    if env.DATABASE_OWNER_URL:
        message = "DATABASE_OWNER_URL is set without DATABASE_URL. Set both, or neither for the bundled database."
        raise Misconfigured(message)
    with held(env.DATA) as cluster:
        yield Addresses(cluster.app_url, cluster.owner_url)


@contextmanager
def county_open(*, as_owner: bool = False) -> Iterator[None]:
    """The county, ready to be worked on from this process: as the app role, or as the owner for re-coding."""
    with database() as addresses:
        prepare(addresses.app, addresses.owner)
        if env.EMBEDDED:
            os.environ["COMMONGRID_OPENED"] = addresses.app
        os.environ["DATABASE_URL"] = addresses.app
        if as_owner:
            os.environ["DATABASE_OWNER_URL"] = addresses.owner or addresses.app
            os.environ["COMMONGRID_AS"] = "owner"
        load_django()
        yield


def load_django() -> None:
    """Load Django once, with the environment as it is now, speaking the reader's language."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "commongrid.config.settings")
    import django
    from django.utils import translation

    django.setup()
    translation.activate(language())


def language() -> str:
    """The language of the terminal: COMMONGRID_LANGUAGE, else LC_ALL, LC_MESSAGES, LANG; English where none is said."""
    for name in ("COMMONGRID_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        if text := os.environ.get(name, ""):
            return "zh-hans" if text.lower().startswith("zh") else "en"
    return "en"
