"""Everything of the demo county but its places: villages divided, units, posts, households, matters."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from random import Random
from uuid import UUID

from django.db import connection
from django.utils import timezone

from commongrid.commands.demo import belongings, dividing, families, journeys, linking, mapping, naming
from commongrid.commands.demo.population import filling
from commongrid.commands.demo.population.census import census
from commongrid.commands.demo.population.land import Land
from commongrid.commands.demo.population.people import Hamlet, lanes
from commongrid.journal.acting import acting
from commongrid.kernel.act import Act, new_id
from commongrid.kernel.scope import clock
from commongrid.registry.actions import found_household
from commongrid.registry.models import Household
from commongrid.registry.rules.facts import NewHome
from commongrid.roster.actions import (
    Appointment,
    Lending,
    NewAssignment,
    NewUnit,
    add_unit,
    appoint,
    assign,
    set_stand_in,
)
from commongrid.territory import queries as territory
from commongrid.territory.actions import add_grid, add_natural_village, add_villager_group
from commongrid.territory.rules.editing import Named

COUNTY = naming.COUNTY * 10**9
POWERS = ("places.edit", "people.edit", "people.confirm", "posts.appoint", "matters.report", "accounts.invite")
SCOPE = clock("demo", *POWERS)
HOUSEHOLDS = 8
PEOPLED = {"hamlet": 0, "township": 2, "county": 10**6}
"""The first so many villages have the people of a census in their hamlets, the others a few families."""
SHARE = {"township": 0.006}
"""Of a county's people, those who live in them: some three hundred households a village."""
ROW = 20
"""Homes in a row of their hamlets: close together, so that there is land between one hamlet and the next."""
TOLD = {"hamlet": (6, 0), "township": (6, 160), "county": (3, 320)}
"""Stories of each village, and matters of the half year before; the hamlet is for tests and has no past."""
COUNTY_UNITS = {
    "transport": ("交通运输局", "Transport Bureau"),
    "water": ("水务局", "Water Bureau"),
    "justice": ("司法局", "Justice Bureau"),
    "civil_affairs": ("民政局", "Civil Affairs Bureau"),
    "agriculture": ("农业农村局", "Agriculture Bureau"),
    "housing": ("住房和城乡建设局", "Housing Bureau"),
    "emergency": ("应急管理局", "Emergency Bureau"),
    "natural_resources": ("自然资源局", "Natural Resources Bureau"),
    "environment": ("生态环境分局", "Environment Bureau"),
    "public_security": ("公安局", "Public Security Bureau"),
    "discipline": ("纪委监委", "Discipline Inspection Commission"),
    "human_resources": ("人力资源和社会保障局", "Human Resources Bureau"),
    "health": ("卫生健康局", "Health Bureau"),
    "education": ("教育局", "Education Bureau"),
    "grid_centre": ("县综治(网格)中心", "County Grid Centre"),
}
TOWNSHIP_UNITS = {
    "transport": ("交通管理站", "Transport Station", "station"),
    "water": ("水务站", "Water Station", "station"),
    "justice": ("司法所", "Justice Office", "station"),
    "agriculture": ("农业服务中心", "Agriculture Office", "office"),
    "civil_affairs": ("民政办", "Civil Affairs Office", "office"),
    "emergency": ("应急办", "Emergency Office", "office"),
    "natural_resources": ("自然资源所", "Natural Resources Station", "station"),
    "urban_management": ("综合执法队", "Enforcement Team", "office"),
    "grid_centre": ("网格化服务管理中心", "Grid Service Centre", "centre"),
    "": ("供电所", "Power Supply", "outside"),
}
COUNTY_POSTS = (
    ("county_secretary", "县委书记", "County Party secretary"),
    ("county_leader", "副县长", "Deputy county head"),
    ("county_dispatcher", "县中心调度员", "County centre dispatcher"),
    ("county_dispatcher", "县中心副调度员", "Second dispatcher"),
    ("county_admin", "县级管理员", "County administrator"),
    ("supervisor", "督查员", "Supervision officer"),
    ("system_admin", "系统管理员", "System administrator"),
    ("security_admin", "安全保密管理员", "Security administrator"),
    ("auditor", "安全审计员", "Audit administrator"),
)
TOWNSHIP_POSTS = (
    ("township_principal", "镇长", "Head of the township"),
    ("township_team", "副镇长", "Deputy head"),
    ("dispatcher", "网格中心调度员", "Grid centre dispatcher"),
    ("dispatcher", "网格中心值班员", "Second dispatcher"),
)
VILLAGE_POSTS = (
    ("village_secretary", "党支部书记", "Party secretary"),
    ("village_committee", "村委会主任", "Head of the committee"),
    ("village_clerk", "网格专干", "Village clerk"),
    ("mediator", "人民调解员", "Mediator"),
    ("supervision_member", "村监委会主任", "Head of supervision"),
)
RARE_POSTS = (
    "first_secretary",
    "stationed_team",
    "villager_rep",
    "inservice_member",
    "organisation_officer",
    "redemption_keeper",
    "volunteer",
)


def there_are_places() -> bool:
    """Whether any county is there already."""
    with acting(SCOPE):
        return bool(territory.children(SCOPE, COUNTY))


def lay(size: str, seed: int) -> dict[str, int]:
    """Divide the villages, fill the posts, let matters take their ways; answers how many there are of each.

    A county gets the population of a census, a township two villages of it, worth dividing and linking; the others get
    some families each.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")  # a demo that a crash cut short is laid anew
    layer = _Layer(size, Random(seed), str(seed))
    layer.county()
    for n, township in enumerate(naming.county(size, seed)):
        layer.township(township)
        for m, village in enumerate(township.villages):
            layer.village(village, first=n == 0 and m == 0)
    people = layer.populate(seed) if PEOPLED[size] else 0
    mapping.bound(SCOPE, COUNTY, layer.land, layer.lanes)
    layer.lend()
    linking.link(layer.villages)
    dividing.divide(layer.villages[0], layer.lanes)
    per_village, remembered = TOLD[size]
    matters = journeys.travel(layer.chance, layer.villages, per_village, remembered)
    return {
        "townships": len(naming.county(size, seed)),
        "villages": len(layer.villages),
        "posts": layer.posts,
        "matters": matters,
        **({"people": people} if people else {}),
    }


def _hamlets_to_be(size: str, seed: int) -> Iterator[Hamlet]:
    """The natural villages as they will be numbered: the first places of each village."""
    for township in naming.county(size, seed):
        for village in township.villages:
            place = village.code * 1000
            for n, name in enumerate(village.hamlets, start=1):
                yield Hamlet(place + n, name, place, place, village.community)


class _Layer:
    """Makes posts and what they need, in one go through the actions."""

    def __init__(self, size: str, chance: Random, seed: str) -> None:
        self.size = size
        self.chance = chance
        self.land = Land(seed)
        self.lanes = lanes(self.land, list(_hamlets_to_be(size, int(seed))), seed)
        if size in SHARE:
            self.lanes = {code: replace(lane, row=ROW) for code, lane in self.lanes.items()}
        self.villages: list[int] = []
        self.posts = 0
        self.since: date = timezone.localdate() - timedelta(days=700)
        self.units: dict[tuple[int, str], UUID] = {}
        self.dispatchers: list[list[UUID]] = []
        self.hamlets: list[Hamlet] = []

    def county(self) -> None:
        """The county's departments and posts."""
        for function, (zh, en) in COUNTY_UNITS.items():
            kind = "centre" if function == "grid_centre" else "department"
            name = zh if zh.startswith("县") else "县" + zh
            unit = self._unit(COUNTY, function, kind, (name, en))
            if function != "grid_centre":
                self._post("department_handler", COUNTY, (name + "经办人", f"{en}, officer"), unit)
            if function in {"transport", "water"}:
                self._post("unit_deputy", COUNTY, (name + "分管领导", f"{en}, deputy"), unit)
        for role, zh, en in COUNTY_POSTS:
            self._post(role, COUNTY, (zh, en))

    def township(self, township: naming.Township) -> None:
        """A township's stations, offices and posts."""
        place = township.code * 10**6
        kind = "Town" if township.name.endswith("镇") else "Township"
        for function, (zh, en, sort) in TOWNSHIP_UNITS.items():
            names = township.name + zh, f"{naming.english(township.name[:-1], kind)} {en}"
            unit = self._unit(
                place, function, sort, names, master=self.units.get((COUNTY, function)) if sort == "station" else None
            )
            if sort == "station":
                self._post("station_handler", place, (zh + "站长", f"Head of {en}"), unit)
                if function == "transport":
                    self._post("unit_deputy", place, (zh + "分管领导", f"{en}, deputy"), unit)
            elif sort == "office":
                self._post("township_office_handler", place, (zh + "主任", f"Head of {en}"), unit)
        self.dispatchers.append(
            [
                post
                for role, zh, en in TOWNSHIP_POSTS
                for post in [self._post(role, place, (zh, en))]
                if role == "dispatcher"
            ]
        )
        for half in (township.villages[::2], township.villages[1::2]):
            if half:
                cadre = self._post("township_cadre", place, ("包村干部", "Cadre with assigned villages"))
                for village in half:
                    self._assign(cadre, "assigned_village", place=village.code * 1000)

    def village(self, village: naming.Village, *, first: bool) -> None:
        """A village's hamlets, grids, posts and a few households."""
        place = village.code * 1000
        self.villages.append(place)
        hamlets = [self._hamlet(place, name) for name in village.hamlets]
        group = int(str(add_villager_group(SCOPE, self._then(), village=place, named=Named("一组", "Group 1"))["code"]))
        grids = [
            self._grid(place, n, hamlets[n :: village.grids], group if n == 0 else None) for n in range(village.grids)
        ]
        for role, zh, en in VILLAGE_POSTS:
            self._post(role, place, (zh, en))
        party = self._unit(
            place, "", "party_group", (village.name + "第一党小组", f"{naming.english(village.name, '')} Party group 1")
        )
        self._post("party_group_leader", place, ("党小组长", "Party group leader"), party)
        self._post("villager_group_leader", group, ("一组组长", "Leader of group 1"))
        if len(self.villages) <= PEOPLED[self.size]:
            town = village.community and self.size not in SHARE
            self.hamlets += [
                Hamlet(code, name, place, grids[n % village.grids], town, seat=first and town)
                for n, (code, name) in enumerate(zip(hamlets, village.hamlets, strict=True))
            ]
        else:
            belongings.furnish(SCOPE, place, grids[0], self._households(grids[0], hamlets[0]), self.since)
        if first:
            for role in RARE_POSTS:
                self._post(role, place, ("", ""))
            self._post("grid_force", grids[0], ("驻格民警", "Police officer of the grid"))
            self._post("villager", grids[0], ("", ""))

    def populate(self, seed: int) -> int:
        """Everybody of a census into the hamlets; the first homes of each village are linked and helped."""
        share = census().shared(SHARE.get(self.size, 1))
        made = filling.fill(SCOPE, self.hamlets, timezone.localdate(), str(seed), share, self.lanes)
        firsts = {one.village: one for one in reversed(self.hamlets)}
        for place, hamlet in sorted(firsts.items()):
            found = Household.objects.filter(natural_village=hamlet.code, state="lived", head__state="here")
            with acting(SCOPE):
                homes = list(found.filter(began_on__lte=self.since).order_by("number")[:HOUSEHOLDS])
            serving = self._serving(hamlet.grid)
            for n, home in enumerate(homes):
                self._serve(serving, n, home.id)
            heads = [[home.head_id] for home in homes if home.head_id]
            belongings.furnish(SCOPE, place, hamlet.grid, heads, self.since, booklets=False)
        return made

    def lend(self) -> None:
        """The second township's dispatcher is away; the other one of the centre stands in."""
        away, by = self.dispatchers[-1]
        lending = Lending(post=away, by=by, from_on=timezone.localdate() - timedelta(days=3), reason="培训")
        set_stand_in(SCOPE, Act.new(), lending=lending)

    def _then(self) -> Act:
        """An act of the day since when all of this is there, so that figures of the past have it too."""
        return Act(new_id(), timezone.make_aware(datetime.combine(self.since, time(9))))

    def _hamlet(self, village: int, name: str) -> int:
        named = Named(name, naming.english(name, ""))
        return int(str(add_natural_village(SCOPE, self._then(), village=village, named=named)["code"]))

    def _grid(self, village: int, n: int, hamlets: list[int], group: int | None) -> int:
        covers = tuple(hamlets) if group is None else (*hamlets, group)
        named = Named(f"第{n + 1}网格", f"Grid {n + 1}")
        grid = int(str(add_grid(SCOPE, self._then(), village=village, named=named, covers=covers)["code"]))
        self._post("grid_head", grid, (f"第{n + 1}网格网格长", f"Head of grid {n + 1}"))
        self._post("grid_member", grid, (f"第{n + 1}网格网格员", f"Member of grid {n + 1}"))
        return grid

    def _households(self, grid: int, hamlet: int) -> list[list[UUID]]:
        settled = []
        serving = self._serving(grid)
        for n in range(HOUSEHOLDS):
            lon, lat = self.land.home(self.lanes[hamlet], n, HOUSEHOLDS, Random(n))
            home = NewHome(
                place=grid, natural_village=hamlet, number=str(n + 1), door=f"{n + 1}号", began_on=self.since,
                lon=lon, lat=lat,
            )  # fmt: skip
            made = found_household(SCOPE, Act.new(), new=home)
            settled.append(families.settle(SCOPE, Random(n), UUID(str(made["household"])), self.since))
            self._serve(serving, n, UUID(str(made["household"])))
        return settled

    def _serving(self, grid: int) -> tuple[UUID, UUID]:
        member = self._post("linked_member", grid, ("联户党员", "Linked Party member"))
        return member, self._post("helper", grid, ("帮扶责任人", "Named helper"))

    def _serve(self, serving: tuple[UUID, UUID], n: int, household: UUID) -> None:
        """The first household has a named helper, the others a linked member."""
        member, helper = serving
        self._assign(
            member if n else helper, "linked_household" if n else "named_helper", household=household
        )  # fmt: skip

    def _unit(self, place: int, function: str, kind: str, names: tuple[str, str], master: UUID | None = None) -> UUID:
        unit = NewUnit(
            place=place,
            type=kind,
            name_zh=names[0],
            name_en=names[1],
            function=function,
            master=master,
            valid_from=self.since,
            office_phone=f"0990-{self.chance.randrange(10**7, 10**8)}",
            outside_command=kind == "outside",
        )
        made = UUID(str(add_unit(SCOPE, Act.new(), unit=unit)["unit"]))
        self.units[place, function] = made
        return made

    def _post(self, role: str, place: int, titles: tuple[str, str], unit: UUID | None = None) -> UUID:
        to = Appointment(
            role=role,
            place=place,
            from_on=self.since,
            name=naming.person(self.chance),
            unit=unit,
            title_zh=titles[0],
            title_en=titles[1],
        )
        self.posts += 1
        return UUID(str(appoint(SCOPE, Act.new(), to=to)["post"]))

    def _assign(self, post: UUID, kind: str, *, place: int | None = None, household: UUID | None = None) -> None:
        to = NewAssignment(post=post, kind=kind, from_on=self.since, place=place, household=household)
        assign(SCOPE, Act.new(), to=to)
