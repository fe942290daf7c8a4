"""Everything of the demo county but its places: villages divided, units, posts, households, matters."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from random import Random
from uuid import UUID

from django.db import connection
from django.utils import timezone

from commongrid.commands.demo import (
    belongings,
    dividing,
    doubles,
    families,
    helping,
    hours,
    journeys,
    linking,
    mapping,
    naming,
    teams,
)
from commongrid.commands.demo.population import filling
from commongrid.commands.demo.population.census import census
from commongrid.commands.demo.population.land import Land
from commongrid.commands.demo.population.people import Hamlet, lanes
from commongrid.journal.acting import acting
from commongrid.kernel.act import Act
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
from commongrid.roster.rules import POINTED
from commongrid.territory import queries as territory
from commongrid.territory.actions import add_grid, add_natural_village, add_villager_group
from commongrid.territory.rules.editing import Named

COUNTY = naming.COUNTY * 10**9
POWERS = ("places.edit", "people.edit", "people.confirm", "posts.appoint", "matters.report", "accounts.invite")
SCOPE = clock("demo", *POWERS)
HOUSEHOLDS = 8
POLITICAL = ("01", "13", "13", "01", "02", "13", "01", "13")
"""What the man of each of a few families belongs to (GB/T 4762)."""
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
    mapping.bound(SCOPE, COUNTY, layer.land, layer.lanes, layer.since)
    layer.staff()
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
        self.now = hours.before(timezone.now())
        self.since: date = timezone.localdate(hours.act(700).at)
        self.units: dict[tuple[int, str], UUID] = {}
        self.dispatchers: list[list[UUID]] = []
        self.hamlets: list[Hamlet] = []
        self.nets: list[teams.Net] = []
        self.leaders: list[UUID] = []

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
            post = self._post(role, COUNTY, (zh, en))
            self.leaders += [post] if role in POINTED else []

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
        posts = [(role, self._post(role, place, (zh, en))) for role, zh, en in TOWNSHIP_POSTS]
        self.dispatchers.append([post for role, post in posts if role == "dispatcher"])
        self._points(township, [post for role, post in posts if role in POINTED])
        for half in (township.villages[::2], township.villages[1::2]):
            if half:
                cadre = self._post("township_cadre", place, ("包村干部", "Cadre with assigned villages"))
                for village in half:
                    self._assign(cadre, "assigned_village", place=village.code * 1000)

    def _points(self, township: naming.Township, leaders: list[UUID]) -> None:
        """Contact points: every village is one of its township's leaders, the first ones are the county's too."""
        for n, village in enumerate(township.villages):
            self._assign(leaders[n % len(leaders)], "contact_point", place=village.code * 1000)
        for leader, village in zip(self.leaders, township.villages, strict=False):
            self._assign(leader, "contact_point", place=village.code * 1000)

    def village(self, village: naming.Village, *, first: bool) -> None:
        """A village's hamlets, grids and a few households."""
        place = village.code * 1000
        self.villages.append(place)
        hamlets = [self._hamlet(place, name) for name in village.hamlets]
        group = int(str(add_villager_group(SCOPE, self._then(), village=place, named=Named("一组", "Group 1"))["code"]))
        grids = [
            self._grid(place, n, hamlets[n :: village.grids], group if n == 0 else None) for n in range(village.grids)
        ]
        party = self._unit(
            place, "", "party_group", (village.name + "第一党小组", f"{naming.english(village.name, '')} Party group 1")
        )
        self.nets.append(teams.Net(village=place, grids=tuple(grids), group=group, party=party))
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
        """Everybody of a census into the hamlets."""
        share = census().shared(SHARE.get(self.size, 1))
        made = filling.fill(SCOPE, self.hamlets, self.now, str(seed), share, self.lanes)
        firsts = {one.village: one for one in reversed(self.hamlets)}
        for place, hamlet in sorted(firsts.items()):
            found = Household.objects.filter(natural_village=hamlet.code, state="lived", head__state="here")
            with acting(SCOPE):
                homes = list(found.filter(began_on__lte=self.since).order_by("number")[:HOUSEHOLDS])
            heads = [[home.head_id] for home in homes if home.head_id]
            belongings.furnish(SCOPE, place, hamlet.grid, heads, self.since, booklets=False)
        return made

    def staff(self) -> None:
        """Posts of villages and grids for people who live there; helpers for households in hardship."""
        for n, net in enumerate(self.nets):
            teams.staff(SCOPE, self._post, net, n, timezone.localdate(self.now))
        for net in self.nets[: linking.SHOWN]:
            helping.help_all(self._post, self._help, net.village, self.since)
        doubles.keep_twice(SCOPE, self.nets[0].village, self.since)

    def lend(self) -> None:
        """The second township's dispatcher is away; the other one of the centre stands in."""
        away, by = self.dispatchers[-1]
        act = hours.act(3)
        lending = Lending(post=away, by=by, from_on=timezone.localdate(act.at), reason="培训")
        set_stand_in(SCOPE, act, lending=lending)

    def _then(self) -> Act:
        """An act of the day since when all of this is there, so that figures of the past have it too."""
        return hours.act_on(self.since)

    def _hamlet(self, village: int, name: str) -> int:
        named = Named(name, naming.english(name, ""))
        return int(str(add_natural_village(SCOPE, self._then(), village=village, named=named)["code"]))

    def _grid(self, village: int, n: int, hamlets: list[int], group: int | None) -> int:
        covers = tuple(hamlets) if group is None else (*hamlets, group)
        named = Named(f"第{n + 1}网格", f"Grid {n + 1}")
        return int(str(add_grid(SCOPE, self._then(), village=village, named=named, covers=covers)["code"]))

    def _households(self, grid: int, hamlet: int) -> list[list[UUID]]:
        settled = []
        for n in range(HOUSEHOLDS):
            lon, lat = self.land.home(self.lanes[hamlet], n, HOUSEHOLDS, Random(n))
            home = NewHome(
                place=grid, natural_village=hamlet, number=str(n + 1), door=f"{n + 1}号", began_on=self.since,
                lon=lon, lat=lat,
            )  # fmt: skip
            made = UUID(str(found_household(SCOPE, self._then(), new=home)["household"]))
            chance = Random(f"{hamlet} {n}")
            settled.append(families.settle(SCOPE, chance, made, self.since, POLITICAL[n]))
            if n == 0:
                helping.in_need(made, self.since)
        return settled

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
        made = UUID(str(add_unit(SCOPE, self._then(), unit=unit)["unit"]))
        self.units[place, function] = made
        return made

    def _post(
        self, role: str, place: int, titles: tuple[str, str], unit: UUID | None = None, person: UUID | None = None
    ) -> UUID:
        to = Appointment(
            role=role,
            place=place,
            from_on=self.since,
            person=person,
            name="" if person else naming.person(self.chance),
            unit=unit,
            title_zh=titles[0],
            title_en=titles[1],
            office_phone=f"0990-{self.chance.randrange(10**7, 10**8)}" if role == "grid_head" else "",
        )
        self.posts += 1
        return UUID(str(appoint(SCOPE, self._then(), to=to)["post"]))

    def _assign(self, post: UUID, kind: str, *, place: int) -> None:
        assign(SCOPE, self._then(), to=NewAssignment(post=post, kind=kind, from_on=self.since, place=place))

    def _help(self, post: UUID, household: UUID, on: date) -> None:
        to = NewAssignment(post=post, kind="named_helper", from_on=on, household=household)
        assign(SCOPE, hours.act_on(on), to=to)
