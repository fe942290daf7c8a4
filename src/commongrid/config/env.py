"""The typed reader of the environment: the one place where variables are named, read and explained.

Every value is read when it is asked for, so a command may start the bundled database, put its address into the
environment and only then load Django. A value that cannot be understood is refused with a sentence that names it.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

TRUE = frozenset({"1", "true", "yes", "on"})
FALSE = frozenset({"", "0", "false", "no", "off"})
SCHEMA_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
RESERVED = frozenset({"extensions", "public", "information_schema"})
HIGHEST_PORT = 65535
WELL_KNOWN = "/.well-known/openid-configuration"
LONGEST_ISSUER = 190


class Misconfigured(Exception):
    """The environment asks for something impossible."""


def _text(name: str, default: str = "") -> str:
    return os.environ.get(name, "").strip() or default


def _flag(name: str, *, default: bool = False) -> bool:
    text = os.environ.get(name)
    if text is None:
        return default
    word = text.strip().lower()
    if word in TRUE:
        return True
    if word in FALSE:
        return False
    message = f"{name} must be yes or no, not {text!r}."
    raise Misconfigured(message)


def _number(name: str, default: int, *, least: int, most: int) -> int:
    text = _text(name, str(default))
    if text.isascii() and text.isdigit() and least <= int(text) <= most:
        return int(text)
    message = f"{name} must be a whole number from {least} to {most}, not {text!r}."
    raise Misconfigured(message)


def _words(name: str) -> tuple[str, ...]:
    return tuple(word for word in re.split(r"[\s,]+", _text(name)) if word)


def schema_name(text: str) -> str:
    """A schema's name that needs no quoting and is nobody else's."""
    if SCHEMA_NAME.fullmatch(text) and not text.startswith("pg_") and text not in RESERVED:
        return text
    message = f"A schema (COMMONGRID_SCHEMA) is named in lower-case letters, digits and underscores, not {text!r}."
    raise Misconfigured(message)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notices:
    """By which ways notices leave the county; what is empty is not used."""

    email: str = ""
    sms_url: str = ""
    sms_key: str = field(default="", repr=False)
    sms_secret: str = field(default="", repr=False)
    sms_signature: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tiles:
    """A base map under the county's own: where its tiles are fetched, what they are drawn on, whose they are."""

    url: str = ""
    datum: str = "wgs84"
    credit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SingleSignOn:
    """The county's single sign-on (OpenID Connect): whose it is, who we are there, what its button says."""

    issuer: str = ""
    client: str = ""
    secret: str = field(default="", repr=False)
    name: str = ""
    second_factor: bool = False

    def __bool__(self) -> bool:
        """Whether there is one."""
        return bool(self.issuer)

    @property
    def origin(self) -> str:
        """Scheme, host and port of the provider, as a browser compares them."""
        parts = urlsplit(self.issuer)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def id(self) -> str:
        """Under which name connections are kept: another provider's subjects are other people."""
        return self.issuer.partition("://")[2]


class Environment:
    """What the environment says, typed. Names of attributes are the names of variables without `COMMONGRID_`."""

    @property
    def DATA(self) -> Path:
        """COMMONGRID_DATA: the folder of the bundled database, files and keys."""
        return Path(_text("COMMONGRID_DATA", "data")).expanduser().absolute()

    @property
    def DATABASE_URL(self) -> str:
        """DATABASE_URL: the server's connection as the app role; empty means the bundled database."""
        return _text("DATABASE_URL")

    @property
    def DATABASE_OWNER_URL(self) -> str:
        """DATABASE_OWNER_URL: the owner's connection, only for migrations and re-coding."""
        return _text("DATABASE_OWNER_URL")

    @property
    def DATABASE_RO_URL(self) -> str:
        """DATABASE_RO_URL: the connection of the role that reads reports; may be empty."""
        return _text("DATABASE_RO_URL")

    @property
    def SCHEMA(self) -> str:
        """COMMONGRID_SCHEMA: the schema of this county; one county is one schema."""
        return schema_name(_text("COMMONGRID_SCHEMA", "county"))

    @property
    def HOST(self) -> str:
        """COMMONGRID_HOST: the address the server listens on; only this machine unless said otherwise."""
        return _text("COMMONGRID_HOST", "127.0.0.1")

    @property
    def PORT(self) -> int:
        """PORT: where the server listens."""
        return _number("PORT", 8000, least=1, most=HIGHEST_PORT)

    @property
    def SERVERS(self) -> int:
        """COMMONGRID_SERVERS: how many processes answer requests."""
        return _number("COMMONGRID_SERVERS", 2, least=1, most=64)

    @property
    def RESTART_SECONDS(self) -> int:
        """COMMONGRID_RESTART_SECONDS: the longest wait before a server that falls again and again is started again."""
        return _number("COMMONGRID_RESTART_SECONDS", 30, least=1, most=600)

    @property
    def ADDRESS(self) -> str:
        """COMMONGRID_ADDRESS: how people reach the server from outside, without a slash at the end."""
        return _text("COMMONGRID_ADDRESS", f"http://{self._host_shown}:{self.PORT}").rstrip("/")

    @property
    def HOSTS(self) -> tuple[str, ...]:
        """COMMONGRID_HOSTS: further host names the server answers to."""
        return _words("COMMONGRID_HOSTS")

    @property
    def PROXIES(self) -> int:
        """COMMONGRID_PROXIES: how many reverse proxies stand in front and add to X-Forwarded-For."""
        return _number("COMMONGRID_PROXIES", 0, least=0, most=8)

    @property
    def DEBUG(self) -> bool:
        """COMMONGRID_DEBUG: Django's debug pages, for developers only."""
        return _flag("COMMONGRID_DEBUG")

    @property
    def SECURE(self) -> bool:
        """COMMONGRID_SECURE: cookies only over HTTPS; on by itself when the address begins with https."""
        return _flag("COMMONGRID_SECURE", default=self.ADDRESS.startswith("https://"))

    @property
    def EMBEDDED(self) -> bool:
        """Whether the bundled database is used: nobody named another, or a command opened it (COMMONGRID_OPENED)."""
        return not self.DATABASE_URL or _text("COMMONGRID_OPENED") == self.DATABASE_URL

    @property
    def LOG_LEVEL(self) -> str:
        """COMMONGRID_LOG_LEVEL: DEBUG, INFO, WARNING or ERROR."""
        level = _text("COMMONGRID_LOG_LEVEL", "INFO").upper()
        if level in {"DEBUG", "INFO", "WARNING", "ERROR"}:
            return level
        message = f"COMMONGRID_LOG_LEVEL must be DEBUG, INFO, WARNING or ERROR, not {level!r}."
        raise Misconfigured(message)

    @property
    def POSTGRES_BIN(self) -> str:
        """COMMONGRID_POSTGRES_BIN: a folder with PostgreSQL's programs to use instead of the bundled ones."""
        return _text("COMMONGRID_POSTGRES_BIN")

    @property
    def BACKUP_WORDS(self) -> str:
        """COMMONGRID_BACKUP_WORDS: the pass phrase of the saved keys, where nobody is there to be asked."""
        return os.environ.get("COMMONGRID_BACKUP_WORDS", "")

    @property
    def NOTICES(self) -> Notices:
        """COMMONGRID_EMAIL_FROM, COMMONGRID_SMS_URL, _KEY, _SECRET, _SIGNATURE: the ways by which notices leave."""
        url = _text("COMMONGRID_SMS_URL")
        if url and not url.startswith("https://"):
            message = "COMMONGRID_SMS_URL must begin with https://, for phone numbers go over it."
            raise Misconfigured(message)
        return Notices(
            email=_text("COMMONGRID_EMAIL_FROM"), sms_url=url, sms_key=_text("COMMONGRID_SMS_KEY"),
            sms_secret=_text("COMMONGRID_SMS_SECRET"), sms_signature=_text("COMMONGRID_SMS_SIGNATURE"),
        )  # fmt: skip

    @property
    def TILES(self) -> Tiles:
        """COMMONGRID_TILES, _DATUM, _CREDIT: the address of map tiles with {z}, {x} and {y}; empty draws none."""
        url, datum = _text("COMMONGRID_TILES"), _text("COMMONGRID_TILES_DATUM", "wgs84").lower()
        if url and not (url.startswith(("https://", "http://")) and all(f"{{{part}}}" in url for part in "zxy")):
            message = "COMMONGRID_TILES must be an http address with {z}, {x} and {y} in it."
            raise Misconfigured(message)
        if datum not in {"wgs84", "cgcs2000", "gcj02"}:
            message = f"COMMONGRID_TILES_DATUM must be wgs84, cgcs2000 or gcj02, not {datum!r}."
            raise Misconfigured(message)
        return Tiles(url=url, datum=datum, credit=_text("COMMONGRID_TILES_CREDIT"))

    @property
    def OIDC(self) -> SingleSignOn:
        """COMMONGRID_OIDC_URL, _CLIENT, _SECRET, _NAME, _SECOND_FACTOR: the single sign-on; empty offers none."""
        names = [f"COMMONGRID_OIDC_{part}" for part in ("URL", "CLIENT", "SECRET", "NAME")]
        url, client, secret, name = (_text(one) for one in names)
        if missing := [one for one, value in zip(names, (url, client, secret, name), strict=True) if not value]:
            if len(missing) == len(names):
                return SingleSignOn()
            message = f"Single sign-on needs {' and '.join(missing)} too."
            raise Misconfigured(message)
        try:
            parts = urlsplit(url)
            here = parts.scheme == "http" and parts.hostname in {"127.0.0.1", "localhost"}
            usable = bool(parts.hostname) and (parts.scheme == "https" or here) and parts.port != 0
            usable = usable and not (parts.username or parts.query or parts.fragment or re.search(r"[\s;,'\"]", url))
        except ValueError:
            usable = False
        issuer = url.removesuffix("/").removesuffix(WELL_KNOWN).rstrip("/")
        if not usable or len(issuer) > LONGEST_ISSUER:
            message = "COMMONGRID_OIDC_URL must be the provider's address, beginning with https://, without ? or #."
            raise Misconfigured(message)
        second_factor = _flag("COMMONGRID_OIDC_SECOND_FACTOR")
        return SingleSignOn(issuer=issuer, client=client, secret=secret, name=name, second_factor=second_factor)

    @property
    def EMAIL_URL(self) -> str:
        """COMMONGRID_EMAIL_URL: smtp://user:password@host:587 (smtps:// for TLS from the start); empty sends none."""
        url = _text("COMMONGRID_EMAIL_URL")
        if url and not url.startswith(("smtp://", "smtps://")):
            message = "COMMONGRID_EMAIL_URL must begin with smtp:// or smtps://."
            raise Misconfigured(message)
        return url

    @property
    def _host_shown(self) -> str:
        return "127.0.0.1" if self.HOST in {"0.0.0.0", "::"} else self.HOST  # noqa: S104 - compared, not bound


env = Environment()
