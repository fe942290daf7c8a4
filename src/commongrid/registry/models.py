"""Tables of people and households."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from commongrid.kernel.wall import Wall
from commongrid.territory.models import PlaceField


class Person(models.Model):
    """A person (人) known to the county, so far those who hold posts.

    Personal data: the name (S1) and the link to a sign-in. Kept: while any post
    or record names the person, then erased on request.
    """

    wall: ClassVar = Wall(
        place="place", also_see="account_id = NULLIF(current_setting('cg.account', true), '')::bigint"
    )

    id = models.UUIDField(primary_key=True, editable=False)
    display_name = models.CharField("姓名", max_length=60)
    account = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="person",
        verbose_name="账号",
    )
    place = PlaceField("所在地方", db_index=True)

    class Meta:
        """Names and constraints."""

        db_table = "registry_person"
        verbose_name = "人员"

    def __str__(self) -> str:
        """The id, never the name."""
        return str(self.id)


class Household(models.Model):
    """A household (户): ``place`` is where it is served from (its grid, else natural village, else village).

    ``natural_village`` and ``villager_group`` are where it belongs for good;
    ``number`` is unique inside the natural village.

    Personal data: none by itself; the door of a home. Kept: while the home stands.
    """

    wall: ClassVar = Wall(place="place", household="id")

    id = models.UUIDField(primary_key=True, editable=False)
    place = PlaceField("所属网格", db_index=True)
    natural_village = PlaceField("自然村")
    villager_group = PlaceField("村民小组", null=True)
    number = models.CharField("户号", max_length=20)

    class Meta:
        """Names and constraints."""

        db_table = "registry_household"
        verbose_name = "户"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["natural_village", "number"], name="household_number_once"),
        ]

    def __str__(self) -> str:
        """The number, for people at a prompt."""
        return self.number
