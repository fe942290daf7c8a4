"""What every county starts with: office hours and the working days of published years."""

from __future__ import annotations

from datetime import date
from uuid import NAMESPACE_OID, uuid5

from django.db import transaction

from commongrid.kernel.clock import OFFICE_CHINA, seeded_days
from commongrid.territory.models import CalendarDay, County, OfficeHours

SOURCE = "国务院办公厅节假日安排通知"
SINCE = date(2004, 1, 1)


def seed() -> None:
    """Load office hours and working days where they are missing; rows that officials changed stay.

    Run by the owner after every migration; harmless to run again.
    """
    with transaction.atomic():
        if not OfficeHours.objects.exists():
            OfficeHours.objects.bulk_create(
                OfficeHours(
                    id=uuid5(NAMESPACE_OID, f"commongrid office hours {opens}"),
                    opens=opens,
                    closes=closes,
                    valid_from=SINCE,
                )
                for opens, closes in OFFICE_CHINA
            )
        there = set(CalendarDay.objects.values_list("day", flat=True))
        missing = [row for row in seeded_days() if row.on not in there]
        if missing:
            CalendarDay.objects.bulk_create(
                CalendarDay(day=row.on, working=row.works, zh=row.zh, en=row.en, source=SOURCE) for row in missing
            )
            for county in County.objects.all():
                County.objects.filter(code=county.code).update(calendar_version=county.calendar_version + 1)
