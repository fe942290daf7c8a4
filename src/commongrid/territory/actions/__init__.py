"""What can be done to places: edited in the console, imported from the national list, re-coded; and the seeds."""

from __future__ import annotations

from commongrid.territory.actions.barring import Line, draw_barrier, import_roads, remove_barrier
from commongrid.territory.actions.bounding import (
    Drawn,
    Spots,
    derive_cells,
    draw_boundary,
    drop_boundary_file,
    import_boundaries,
    remove_boundary,
    send_boundaries,
    shape_of,
    snap_boundaries,
    sweep_boundary_files,
)
from commongrid.territory.actions.editing import (
    add_grid,
    add_natural_village,
    add_villager_group,
    cover,
    end_place,
    rename_place,
)
from commongrid.territory.actions.importing import import_places
from commongrid.territory.actions.marking import mark_demo
from commongrid.territory.actions.recoding import recode
from commongrid.territory.actions.redividing import NewGrid, Redivision, redivide
from commongrid.territory.actions.seeding import seed
from commongrid.territory.actions.timing import Market, publish_year, set_market_days, set_office_hours

__all__ = [
    "Drawn",
    "Line",
    "Market",
    "NewGrid",
    "Redivision",
    "Spots",
    "add_grid",
    "add_natural_village",
    "add_villager_group",
    "cover",
    "derive_cells",
    "draw_barrier",
    "draw_boundary",
    "drop_boundary_file",
    "end_place",
    "import_boundaries",
    "import_places",
    "import_roads",
    "mark_demo",
    "publish_year",
    "recode",
    "redivide",
    "remove_barrier",
    "remove_boundary",
    "rename_place",
    "seed",
    "send_boundaries",
    "set_market_days",
    "set_office_hours",
    "shape_of",
    "snap_boundaries",
    "sweep_boundary_files",
]
