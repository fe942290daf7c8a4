"""A small share of the demo's population in the register: it adds up, is sealed and found, and fits the census."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from commongrid.accounts import sealed
from commongrid.commands.demo.laying import COUNTY, SCOPE
from commongrid.commands.demo.population.census import Census, census
from commongrid.commands.demo.population.filling import fill
from commongrid.commands.demo.population.people import Hamlet
from commongrid.commands.demo.population.reporting import FEW, MEAN, compared, report
from commongrid.journal.acting import acting
from commongrid.kernel.act import Act
from commongrid.kernel.identity import id_number
from commongrid.kernel.refusals import BadInput, NotFound
from commongrid.registry.actions import Stage, Staged, people
from commongrid.registry.models import Correction, Flag, HardshipFlag, Household, Person, Site, Stay
from commongrid.registry.queries import find_people
from commongrid.registry.queries.census import counted_as_census

if TYPE_CHECKING:
    from tests.bed import Database

TODAY = date.today()  # noqa: DTZ011 - the register's own day is the machine's here
SMALL = 0.003


def hamlets(database: Database) -> list[Hamlet]:
    """The demo's natural villages, those of its first village as a town."""
    with database.as_role("owner") as owner:
        rows = owner.execute(
            "SELECT code, name FROM territory_place WHERE level = 'natural_village' ORDER BY code"
        ).fetchall()
        grids = owner.execute("SELECT code FROM territory_place WHERE level = 'grid' ORDER BY code").fetchall()
    town = rows[0][0] // 1000
    return [
        Hamlet(code, name, code // 1000 * 1000, grids[0][0], code // 1000 == town, seat=code // 1000 == town)
        for code, name in rows
    ]


def small() -> Census:
    """A county of some eight hundred and ninety."""
    return census().shared(SMALL)


def test_population_in_the_register_is_the_census_and_each_record_is_whole(hamlet: Database) -> None:
    before = counted_as_census(SCOPE, COUNTY, TODAY)
    with pytest.raises(NotFound):
        report(SCOPE, COUNTY, small())
    made = fill(SCOPE, hamlets(hamlet), timezone.now(), "1", small())
    told = report(SCOPE, COUNTY, small())
    assert (told.on, told.headless, len(list(told.lines()))) == (TODAY, 0, len(told.figures) + 2)
    found = {(one.name, one.ages): one.made for one in told.figures}
    for one in compared(before, small(), TODAY).figures:
        if one.name != MEAN and "towns" not in one.name:
            assert abs(found[one.name, one.ages] - one.made - one.census) <= FEW, one
    assert sum(counted_as_census(SCOPE, COUNTY, TODAY).people.values()) - sum(before.people.values()) == 891
    with acting(SCOPE):
        new = Person.objects.filter(source="demo")
        homes = Household.objects.filter(people__source="demo").distinct()
        assert new.count() == made > 891
        assert homes.count() == Site.objects.filter(kind="11", owner__source="demo").count() >= 320
        assert not homes.exclude(head__as_in_home="02").exists()
        assert Stay.objects.filter(person__source="demo", sort="registered").count() == made
        assert Correction.objects.filter(of="person", field="*", subject__in=new.values("id")).count() == made
        assert HardshipFlag.objects.filter(source="demo", type_code="left_behind_child").exists()
        payments = Flag.objects.filter(source="demo", type_code__regex="^(medical|pension)_")
        others = Flag.objects.filter(source="demo").exclude(id__in=payments.values("id"))
        assert set(others.values_list("type_code", flat=True)) <= {"veteran", "party_member", "migrant_out"}
        payers = payments.filter(type_code__startswith="medical_").values("person").distinct().count()
        assert 0 < payers < made, "some have paid for insurance, some have not"
        assert not payments.filter(from_on__gt=TODAY).exists()
        who = new.filter(id_sealed__isnull=False, phone_sealed__isnull=False).order_by("sort_key")[0]
    number = sealed.unseal(who.id_sealed, "registry_person", "id_sealed", who.id)
    assert id_number(number, today=TODAY).born_on == who.born_on
    assert bytes(who.id_index or b"") == sealed.index(number)
    with acting(SCOPE):
        assert who.id in {hit.id for hit in find_people(SCOPE, number)}


def test_what_is_staged_must_be_what_was_announced(hamlet: Database) -> None:
    with Stage(), pytest.raises(BadInput):
        people(SCOPE, Act.new(), staged=Staged(place=COUNTY, people=1, homes=0))
    with pytest.raises(NotFound):
        report(SCOPE, COUNTY, small())
