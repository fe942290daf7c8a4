"""``demo_places``: the demo county's list of places, imported by the owner as any list is."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.core.management.base import BaseCommand
from django.utils import timezone

from commongrid.commands.demo import naming
from commongrid.kernel.act import Act
from commongrid.kernel.scope import clock
from commongrid.territory import actions
from commongrid.territory.rules.listing import Listed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.core.management.base import CommandParser

    from commongrid.kernel.places import Level

BEGAN = 4 * 365
"""Days since which the demo county has existed."""


class Command(BaseCommand):
    """Lay the demo county's places."""

    help = "Import the demo county's list of places; run by the owner, as a part of `commongrid demo`."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Size and seed."""
        parser.add_argument("--size", choices=tuple(naming.SIZES), default="township")
        parser.add_argument("--seed", type=int, default=1)

    def handle(self, *_args: object, **options: object) -> None:
        """Import the list, and mark the county as a demo."""
        scope = clock("demo", "places.import")
        listed = tuple(_listed(str(options["size"]), int(str(options["seed"]))))
        began = timezone.localdate() - timedelta(days=BEGAN)
        actions.import_places(scope, Act.new(), listed=listed, on=began)
        actions.mark_demo(scope, Act.new(), county=naming.COUNTY * 10**9)


def _listed(size: str, seed: int) -> Iterator[Listed]:
    rows = _rows(size, seed)
    for n, (code, level, name, english, kind) in enumerate(rows, start=1):
        yield Listed(row=n, code=code, level=level, name=name, name_en=english, kind=kind)


def _rows(size: str, seed: int) -> Iterator[tuple[int, Level, str, str, str | None]]:
    yield naming.PROVINCE * 10**13, "province", "示范省", "Demo Province", None
    yield naming.PREFECTURE * 10**11, "prefecture", "示范市", "Demo City", None
    yield naming.COUNTY * 10**9, "county", *naming.COUNTY_NAME, None
    for township in naming.county(size, seed):
        kind = "Town" if township.name.endswith("镇") else "Township"
        yield township.code * 10**6, "township", township.name, naming.english(township.name[:-1], kind), None
        for village in township.villages:
            suffix, kind = ("社区", "Community") if village.community else ("村", "Village")
            sort = "community" if village.community else "village"
            yield village.code * 1000, "village", village.name + suffix, naming.english(village.name, kind), sort
