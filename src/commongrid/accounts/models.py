"""Tables of accounts: accounts, one-time links, sign-in codes, the log of access."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any, ClassVar, Final

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.db.models.query import QuerySet
from django.utils.translation import gettext_lazy as _

from commongrid.accounts.rules import TRIES
from commongrid.journal.fixed import Fixed
from commongrid.kernel.keeping import Keeping
from commongrid.kernel.wall import Wall

OWN_ROWS = "account_id = NULLIF(current_setting('cg.account', true), '')::bigint"
_STANDS = "(SELECT strpos(COALESCE(current_setting('cg.standing', true), ''), '{}') > 0)"
OF_A_RECORD = "subject_kind IN ('person', 'household')"
OF_HARDSHIP = "about = 'basis'"
"""A look at what a hardship flag was recognised for: the line alone tells that there is one."""
NOT_TOLD = (
    f"NOT {_STANDS.format('a')} AND ({OF_A_RECORD} AND NOT {_STANDS.format('l')}"
    f" OR {OF_HARDSHIP} AND NOT {_STANDS.format('h')})"
)
"""Whoever neither audits nor shows people who looked at their records; of hardship, whoever may not read that."""
_SEEN = (
    "EXISTS (SELECT 1 FROM registry_person p WHERE p.id = subject)"
    " OR EXISTS (SELECT 1 FROM registry_household h WHERE h.id = subject)"
)
OF_A_RECORD_SEEN = f"{OF_A_RECORD} AND NOT ({NOT_TOLD}) AND ({_SEEN})"
"""Looks at a record, whoever looked: shown to those who keep it and may tell whom it is about."""
_LO = "(SELECT NULLIF(current_setting('cg.lo', true), '')::bigint)"
OF_A_LIST_AROUND = (
    f"subject_kind = 'list' AND {_STANDS.format('l')} AND place IN "
    f"({_LO} / 1000 * 1000, {_LO} / 1000000 * 1000000, {_LO} / 1000000000 * 1000000000)"
)
"""Lists exported of the village, township or county that a post lies in: its people may be in them."""
OF_THE_SLIPS_MATTER = (
    "subject_kind = 'matter' AND event = 'revealed'"
    " AND (SELECT COALESCE(current_setting('cg.kind', true), '') = 'slip')"
    " AND EXISTS (SELECT 1 FROM matters_matter m WHERE m.id = subject AND NOT m.sealed)"
)
"""Looks at the name and phone behind a slip, told to whoever holds it; the matter's own row-level security rules."""
KEPT_DAYS: Final = 213
"""How long a line of the access log is kept: seven months."""
EVENTS = (
    "signed_in",
    "sign_in_failed",
    "signed_out",
    "link_used",
    "code_asked",
    "post_taken",
    "security_changed",
    "sessions_ended",
    "revealed",
    "exported",
    "printed",
    "refused",
)
"""What the access log knows; a check constraint holds the list."""


BROUGHT: Final[ContextVar[tuple[Any, ...] | None]] = ContextVar("commongrid_account", default=None)
"""The columns of an account that was read along with its session, while Django asks who is signed in."""


class AccountManager(BaseUserManager["Account"]):
    """Finds accounts by their login name, letter case aside."""

    def get_by_natural_key(self, username: str | None) -> Account:
        """The account of this login name."""
        return self.get(login_name__iexact=username or "")

    def get(self, *args: Any, **kwargs: Any) -> Account:
        """One account; by its key, as every request of a signed-in person asks, with a statement built once."""
        if args or kwargs.keys() != {"pk"}:
            return super().get(*args, **kwargs)
        pk = int(kwargs["pk"])
        brought = BROUGHT.get()
        row = brought if brought is not None and brought[0] == pk else BY_KEY.first(pk=pk)
        if row is None:
            raise self.model.DoesNotExist
        return self.model.from_db(self.db, [one.attname for one in self.model._meta.concrete_fields], row)


class Account(AbstractBaseUser):
    """A way in (账号): a login name and what proves it; never a permission.

    ``email`` is optional. An account that is not active has no session on its
    next request. When somebody last signed in is in the access log. ``phone_index``
    is the blind index of the phone that the person's record held when they last
    came by a one-time link: a sign-in code goes to that phone and to no other, so
    that whoever keeps the register lets nobody in by writing down another number.

    Personal data: login name, the phone's blind index and, if given, an e-mail address. Kept: while the
    person holds or may hold a post; switched off, never deleted, so that the log stays readable.
    """

    last_login = None  # the access log knows; no write on every sign-in

    login_name = models.TextField(_("Login name"), unique=True)
    email = models.EmailField(_("E-mail address"), blank=True, default="")
    language = models.TextField(_("Language"), blank=True, default="")
    phone_index = models.BinaryField(max_length=32, null=True)
    is_active = models.BooleanField(_("Active"), default=True)
    made_at = models.DateTimeField(_("Made at"))

    objects: ClassVar[AccountManager] = AccountManager()

    USERNAME_FIELD = "login_name"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    wall: ClassVar[Wall] = Wall(exempt="a login name and hashes, no place; read before any scope exists")
    keeps: ClassVar[Keeping] = Keeping(
        whose="id = ANY(%(accounts)s)",
        erased={
            "login_name": "'gone-' || id", "email": "''", "language": "''", "is_active": "false", "password": "'!'",
            "phone_index": "NULL",
        },
    )  # fmt: skip

    class Meta:
        """Names and constraints."""

        db_table = "accounts_account"
        constraints: ClassVar = [
            models.UniqueConstraint(Lower("login_name"), name="accounts_account_login_name"),
            models.CheckConstraint(condition=~Q(login_name=""), name="accounts_account_named"),
        ]

    def __str__(self) -> str:
        """The login name."""
        return self.login_name


def _by_key(pk: int) -> QuerySet[Account, Any]:
    return Account.objects.filter(pk=pk).values_list(*(one.attname for one in Account._meta.concrete_fields))


BY_KEY: Final = Fixed(_by_key, planned=True, pk=-101)


class SignInLink(models.Model):
    """A one-time link (一次性登录链接): the secret is known only to whoever holds the link, here is its hash.

    For an ``account``, or for a ``person`` of the registry who has none yet: it
    is made when the link is used. ``post`` is the post to take up at once (a
    post's id; posts lie above this module). States: open; used (``used_at``);
    withdrawn; expired.

    Personal data: which person was let in, when. Kept: a year.
    """

    id = models.UUIDField(primary_key=True)
    secret_hash = models.BinaryField(max_length=32, unique=True)
    account = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    person = models.UUIDField(null=True)
    post = models.UUIDField(null=True)
    made_by = models.TextField()
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    wall: ClassVar[Wall] = Wall(exempt="found by the hash of its secret, before any scope exists")
    keeps: ClassVar[Keeping] = Keeping(
        kind="sign_in_link", ended="made_at",
        whose="person = ANY(%(people)s) OR account_id = ANY(%(accounts)s)",
    )  # fmt: skip

    class Meta:
        """Names and constraints."""

        db_table = "accounts_sign_in_link"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(account__isnull=False) | Q(person__isnull=False), name="accounts_sign_in_link_for_somebody"
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=models.F("made_at")), name="accounts_sign_in_link_expires"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["account", "made_at"], name="accounts_sign_in_link_account"),
            models.Index(fields=["person", "made_at"], name="accounts_sign_in_link_person"),
        ]


class SignInCode(models.Model):
    """A sign-in code sent to a phone (登录验证码): six digits that are worked out from the id and never kept.

    An account has one at a time. A number that opens nothing gets a row without
    ``account``: it answers and runs out as any other, so that nobody learns
    which numbers are known. States: to be sent; sent (``sent_at``) or given up
    (after SENDS tries, or a refusal, ``fault``); over after TRIES wrong tries or
    at ``expires_at``. One that let somebody in is deleted.

    Personal data: which account asked for a code, when. Kept: a day.
    """

    id = models.UUIDField(primary_key=True)
    account = models.OneToOneField(Account, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    tries = models.SmallIntegerField(default=0)
    sends = models.SmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    fault = models.CharField(max_length=24, blank=True, default="")

    wall: ClassVar[Wall] = Wall(exempt="found by the id that a session keeps, before any scope exists; holds no code")
    keeps: ClassVar[Keeping] = Keeping(
        kind="sign_in_code", ended="made_at", whose="account_id = ANY(%(accounts)s)",
    )  # fmt: skip

    class Meta:
        """Names and constraints."""

        db_table = "accounts_sign_in_code"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(tries__range=(0, TRIES)), name="accounts_sign_in_code_tries"),
            models.CheckConstraint(
                condition=Q(expires_at__gt=models.F("made_at")), name="accounts_sign_in_code_expires"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["made_at"], name="accounts_sign_in_code_to_send",
                condition=Q(account__isnull=False, sent_at__isnull=True, fault=""),
            ),
        ]  # fmt: skip


class AccessLine(models.Model):
    """One line of the access log (访问日志): a sign-in, reveal, export, print or refusal.

    ``event`` is one of EVENTS, ``about`` a short code (a route, a refusal's
    class, a field's name; never a value), ``subject`` the record concerned.
    ``place`` is where the acting post sits, else the county. Only added to; the
    clock alone takes lines away, and only those older than KEPT.

    Personal data: which account did what and from which address. Kept: seven
    months (the law asks for six), then pruned day by day.
    """

    id = models.UUIDField(primary_key=True)
    at = models.DateTimeField()
    event = models.TextField()
    account = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    post = models.UUIDField(null=True)
    place = models.BigIntegerField(null=True)
    about = models.TextField(blank=True, default="")
    reason = models.TextField(blank=True, default="")
    subject_kind = models.TextField(blank=True, default="")
    subject = models.UUIDField(null=True)
    address = models.GenericIPAddressField(null=True)

    wall: ClassVar[Wall] = Wall(
        place="place",
        write="any",
        also_see=f"{OWN_ROWS} OR (SELECT COALESCE(current_setting('cg.kind', true), '') = 'clock') "
        f"OR {OF_A_RECORD_SEEN} OR {OF_A_LIST_AROUND} OR {OF_THE_SLIPS_MATTER}",
        never=NOT_TOLD,
        append_only=True,
        unpublished=True,
        prune=f"at < now() - interval '{KEPT_DAYS} days'",
    )
    keeps: ClassVar[Keeping] = Keeping(
        kind="access_log", ended="at",
        whose="account_id = ANY(%(accounts)s) OR subject = ANY(%(people)s)",
    )  # fmt: skip

    class Meta:
        """Names and constraints."""

        db_table = "accounts_access_line"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(event__in=EVENTS), name="accounts_access_line_event"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["place", "at"], name="accounts_access_line_place"),
            models.Index(fields=["account", "at"], name="accounts_access_line_account"),
            models.Index(fields=["subject", "at"], name="accounts_access_line_subject"),
            models.Index(
                fields=["-at"], name="accounts_access_line_exports", condition=Q(event="exported", subject_kind="list")
            ),
        ]
