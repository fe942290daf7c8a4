"""Places: browse from the county down to the grid, search, history, and edit what lies inside villages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext

from commongrid.journal import queries as journal
from commongrid.kernel.places import ancestors_of, is_code, level_of, village_of
from commongrid.kernel.refusals import N_, NotFound, Refusal
from commongrid.registry import queries as register
from commongrid.roster import queries as roster
from commongrid.roster.dividing import actions as dividing
from commongrid.surfaces.console.place_forms import LEVELS, CoversForm, EndForm, GridForm, NameForm
from commongrid.surfaces.shared.doors import door
from commongrid.surfaces.shared.forms import Form
from commongrid.surfaces.shared.times import language
from commongrid.territory import actions, queries

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponse

    from commongrid.surfaces.shared.doors import Asked
    from commongrid.territory.queries import Event, PlaceRow

MANY: Final = {
    "county": N_("Counties"), "township": N_("Townships"), "village": N_("Villages and communities"),
    "natural_village": N_("Natural villages"), "villager_group": N_("Villager groups"), "grid": N_("Grids"),
}  # fmt: skip
KINDS: Final = {
    "community": N_("Community"),
    "village": N_("Village"),
    "general": N_("Grid"),
    "dedicated": N_("Dedicated grid"),
}
EVENTS: Final = {
    "began": N_("In this register since then"), "renamed": N_("Renamed; until then it was %(name)s"),
    "succeeded": N_("Carried on by %(name)s"), "follows": N_("Carries on %(name)s"), "ended": N_("Ended"),
}  # fmt: skip
ACTS: Final = {
    "places.natural_village_added": N_("Added"), "places.villager_group_added": N_("Added"),
    "places.grid_added": N_("Added"), "places.grid_redrawn": N_("What the grid serves was changed"),
    "places.renamed": N_("Renamed"), "places.ended": N_("Ended"),
    "places.imported": N_("The list of places was imported"), "places.recoded": N_("Records followed new codes"),
    "places.boundary_drawn": N_("Boundary drawn"), "places.boundary_removed": N_("Boundary taken away"),
    "places.boundaries_imported": N_("Boundaries brought in from a file"),
    "places.cells_derived": N_("Cells derived from homes"), "places.boundary_file_sent": N_("File of boundaries sent"),
    "places.boundary_file_dropped": N_("File of boundaries dropped"),
    "places.boundary_file_snapped": N_("File of boundaries snapped to neighbours"),
    "places.barrier_drawn": N_("Barrier, bridge or road drawn"),
    "places.barrier_removed": N_("Barrier, bridge or road taken away"),
    "places.redivided": N_("Divided into grids anew"),
    "places.roads_imported": N_("Roads brought in from a file"),
    "places.boundary_files_swept": N_("Old files of boundaries cleared away"),
}  # fmt: skip
ADD: Final = {
    "natural_village": N_("Add a natural village"), "villager_group": N_("Add a villager group"),
    "grid": N_("Add a grid"),
}  # fmt: skip
ADDED: Final = {
    "natural_village": N_("Natural village added."), "villager_group": N_("Villager group added."),
    "grid": N_("Grid added."),
}  # fmt: skip
SHOWN: Final = 50


@dataclass(frozen=True, slots=True)
class Told:
    """A line of history as ``parts/history.html`` wants it."""

    at: object
    title: str
    who: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """A place in a list: the row, its way from the county, and what there is to count or name about it."""

    row: PlaceRow
    way: str = ""
    counts: tuple[tuple[str, int], ...] = ()
    others: tuple[PlaceRow, ...] = ()

    @property
    def what(self) -> str:
        """Its level, or its kind where that says more."""
        return gettext(KINDS.get(self.row.kind) or LEVELS[self.row.level])


def _trail(request: Asked, code: int, *more: tuple[str, str]) -> list[tuple[str, str]]:
    way = [(row.label(language()), reverse("place", args=[row.code])) for row in queries.path(request.scope, code)]
    return [(gettext("Places"), reverse("places")), *way, *more]


def _place(request: Asked, code: int) -> PlaceRow:
    if not is_code(code):
        raise NotFound
    return queries.place(request.scope, code)


def _place_to_edit(request: Asked, code: int) -> PlaceRow:
    """The place, if all of it is in scope. Refuses: NotFound for others, as if they were not there."""
    row = _place(request, code)
    if not queries.covers_whole(request.scope, code):
        raise NotFound
    return row


# read


@door("places.read")
def browse(request: Asked) -> HttpResponse:
    """Where the post is, or what was searched for; a search as one types gets its results alone."""
    text = request.GET.get("q", "").strip()[:60]
    if text or getattr(request, "htmx", False):
        found = queries.search_places(request.scope, text, ended=True, limit=SHOWN + 1)
        context = {"q": text, "results": _with_way(request, found[:SHOWN]), "more": len(found) > SHOWN}
        fragment = getattr(request, "htmx", False)
        return render(request, f"console/places/{'results' if fragment else 'search'}.html", context)
    home = queries.home(request.scope)
    if home is not None and home in queries.places(request.scope, [home]):
        return HttpResponseRedirect(reverse("place", args=[home]))
    counties = [Listed(row) for row in queries.counties(request.scope)]
    return render(request, "console/places/search.html", {"q": "", "counties": counties})


def _with_way(request: Asked, rows: list[PlaceRow]) -> list[Listed]:
    above = queries.places(request.scope, {code for row in rows for code in ancestors_of(row.code)[2:]})
    found = []
    for row in rows:
        way = [above[code].label(language()) for code in ancestors_of(row.code)[2:] if code in above]
        found.append(Listed(row, " › ".join(way)))
    return found


@door("places.read")
def place(request: Asked, code: int) -> HttpResponse:
    """One place: what lies in it, what it serves or who serves it, and its history."""
    row = _place(request, code)
    ended = request.GET.get("ended") == "1"
    editable = request.scope.may("places.edit") and not row.ended and queries.covers_whole(request.scope, code)
    serves = queries.sets_served_by(request.scope, code) if row.level == "grid" else []
    context = {
        "place": row,
        "what": Listed(row).what,
        "trail": _trail(request, code),
        "elsewhere": _elsewhere(request, code, serves) if editable else 0,
        "counts": _named_counts(queries.counts_below(request.scope, code)),
        "groups": _children(request, code, ended=ended),
        "ended_shown": ended,
        "successors": queries.successors(request.scope, code) if row.ended else [],
        "covers": serves,
        "served_by": queries.grids_serving(request.scope, code)
        if row.level in {"natural_village", "villager_group"}
        else [],
        "history": _history(request, code),
        "editable": editable,
        "inside": row.level in {"natural_village", "villager_group", "grid"},
    }
    return render(request, "console/places/place.html", context)


def _elsewhere(request: Asked, grid: int, serves: list[PlaceRow]) -> int:
    """How many households of what only this grid serves belong to another grid."""
    shared = queries.covers_in(request.scope, village_of(grid) or grid)
    others = {one for other, sets in shared.items() if other != grid for one in sets}
    alone = {one.code for one in serves} - others
    return register.served_elsewhere(request.scope, grid, alone) if alone and request.scope.may("people.read") else 0


def _named_counts(counts: dict[str, int]) -> tuple[tuple[str, int], ...]:
    return tuple((gettext(text), counts[level]) for level, text in MANY.items() if counts.get(level))


def _children(request: Asked, code: int, *, ended: bool) -> list[tuple[str, str, list[Listed]]]:
    """Places directly below, by level: heading, level, rows with what to count or name beside them."""
    rows = queries.children(request.scope, code, ended=ended)
    below = queries.counts_per_child(request.scope, code)
    serves = queries.covers_in(request.scope, code) if level_of(code) == "village" else {}
    by_code = {row.code: row for row in rows}
    groups: dict[str, list[Listed]] = {}
    for row in rows:
        own = {level: n for level, n in below.get(row.code, {}).items() if level != row.level}
        others = tuple(by_code[each] for each in serves.get(row.code, ()) if each in by_code)
        if row.level in {"natural_village", "villager_group"}:
            others = tuple(by_code[grid] for grid, sets in serves.items() if row.code in sets and grid in by_code)
        groups.setdefault(row.level, []).append(Listed(row, counts=_named_counts(own), others=others))
    return [(gettext(MANY.get(level, LEVELS[level])), level, found) for level, found in groups.items()]


def _history(request: Asked, code: int) -> list[Told]:
    """What became of the place, then the acts recorded exactly there, newest first."""
    told = [Told(event.on, _event(event)) for event in reversed(queries.events(request.scope, code))]
    if not request.scope.covers(code):
        return told
    lines = [line for line in journal.lines_of_places(request.scope, code, code, 200) if line.name in ACTS]
    faces = roster.faces(request.scope, {line.post for line in lines if line.post})
    acts = []
    for line in lines[:SHOWN]:
        face = faces.get(line.post) if line.post else None
        who = f"{face.name} · {face.label(language())}" if face else ""
        acts.append(Told(line.at, gettext(ACTS[line.name]), who))
    return acts + told


def _event(event: Event) -> str:
    other = event.other
    name = f"{other.label(language())} {other.shown}" if other else event.name
    return gettext(EVENTS[event.what]) % {"name": name}


# edit


def _edit(
    request: Asked, form: Form, code: int, do: Callable[[], object], done: str, **context: object
) -> HttpResponse:
    """Show a form; on POST do the one thing, or show what is wrong with everything typed kept."""
    if request.method == "POST" and form.is_valid():
        try:
            result = do()
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, done)
            target = result.get("code", code) if isinstance(result, dict) else code
            return HttpResponseRedirect(reverse("place", args=[target]))
    row = queries.place(request.scope, code)
    context = {"form": form, "place": row, "what": Listed(row).what, **context}
    return render(request, "console/places/form.html", context, status=422 if form.errors else 200)


@door("places.edit", methods=("GET", "POST"))
def add(request: Asked, code: int, level: str) -> HttpResponse:
    """Add a natural village, villager group or grid to a village."""
    row = _place_to_edit(request, code)
    posted = request.POST if request.method == "POST" else None
    title = gettext(ADD[level])
    more = {"title": title, "trail": _trail(request, code, (title, "")), "action": gettext("Add")}
    done = gettext(ADDED[level])
    if level == "grid":
        grid = GridForm(posted)
        grid.offer(queries.children(request.scope, row.code))
        return _edit(
            request, grid, code,
            lambda: actions.add_grid(
                request.scope, request.act, village=code, named=grid.named(),
                kind=grid.cleaned_data["kind"] or "general", covers=grid.chosen(),
            ),
            done, **more,
        )  # fmt: skip
    form = NameForm(posted)
    begin = actions.add_natural_village if level == "natural_village" else actions.add_villager_group
    return _edit(
        request, form, code, lambda: begin(request.scope, request.act, village=code, named=form.named()), done, **more
    )


@door("places.edit", methods=("GET", "POST"))
def rename(request: Asked, code: int) -> HttpResponse:
    """Give another name, or an English one."""
    row = _place_to_edit(request, code)
    form = NameForm(
        request.POST if request.method == "POST" else None, initial={"name": row.name, "name_en": row.name_en}
    )
    if row.level not in {"natural_village", "villager_group", "grid"}:
        form.fields["name"].help_text = gettext("This name comes from the national list and changes with a new list.")
    title = gettext("Rename")
    return _edit(
        request, form, code,
        lambda: actions.rename_place(request.scope, request.act, code=code, named=form.named()),
        gettext("Renamed."), title=title, trail=_trail(request, code, (title, "")), action=gettext("Save"),
    )  # fmt: skip


@door("places.edit", methods=("GET", "POST"))
def redraw(request: Asked, code: int) -> HttpResponse:
    """Say anew what a grid serves."""
    _place_to_edit(request, code)
    now = [row.code for row in queries.sets_served_by(request.scope, code)]
    form = CoversForm(request.POST if request.method == "POST" else None, initial={"covers": now})
    form.offer(queries.children(request.scope, village_of(code) or code))
    title = gettext("What it serves")
    return _edit(
        request, form, code,
        lambda: actions.cover(request.scope, request.act, grid=code, covers=form.chosen()),
        gettext("Saved. The former division stays in the history."),
        title=title, trail=_trail(request, code, (title, "")), action=gettext("Save"),
    )  # fmt: skip


@door("places.edit", methods=("GET", "POST"))
def end(request: Asked, code: int) -> HttpResponse:
    """Ask before ending a place inside a village, saying what is still recorded there."""
    row = _place_to_edit(request, code)
    form = EndForm(request.POST if request.method == "POST" else None)
    form.offer(queries.heirs(request.scope, code) if row.level == "grid" else [])
    title = gettext("End this place")

    def do() -> object:
        if row.level == "grid":
            return dividing.end_grid(request.scope, request.act, grid=code, carried_by=form.to)
        return actions.end_place(request.scope, request.act, code=code)

    return _edit(
        request, form, code, do,
        gettext("Ended. Its code is never used again."),
        title=title, trail=_trail(request, code, (title, "")), action=gettext("End it"), ending=True,
        records=sum(queries.references_to(request.scope, row.code).values()),
    )  # fmt: skip


urlpatterns = [
    path("", browse, name="places"),
    path("<int:code>/", place, name="place"),
    path("<int:code>/add/natural-village/", add, {"level": "natural_village"}, name="place_add_natural_village"),
    path("<int:code>/add/villager-group/", add, {"level": "villager_group"}, name="place_add_villager_group"),
    path("<int:code>/add/grid/", add, {"level": "grid"}, name="place_add_grid"),
    path("<int:code>/rename/", rename, name="place_rename"),
    path("<int:code>/serves/", redraw, name="place_covers"),
    path("<int:code>/end/", end, name="place_end"),
]
