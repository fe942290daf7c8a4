"""The loop's dated vocabularies as their editor knows them: columns, and what their values must agree on."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from commongrid.kernel.dated import Column, Values, Vocabulary
from commongrid.kernel.refusals import N_
from commongrid.matters.rules import words
from commongrid.matters.rules.answers import faults_of
from commongrid.matters.rules.named import VIOLENCE
from commongrid.matters.rules.publishing import SHORTEST_NAME
from commongrid.registry.rules.vocabularies import CHANGE_RULES, CODE_LISTS, FIELD_RULES, FLAG_TYPES, RETENTION

LEVELS: Final = (
    ("grid", N_("Grid")), ("village", N_("Village")), ("township", N_("Township")), ("county", N_("County")),
)  # fmt: skip
CALENDARS: Final = (("W", N_("Working days")), ("C", N_("Natural days")))
VISITS: Final = (("all", N_("Always")), ("sample", N_("A drawn sample")), ("none", N_("Never")))
VISIBILITIES: Final = (
    ("public", N_("Public face")), ("parties", N_("Those concerned")), ("restricted", N_("Restricted")),
    ("sealed", N_("Sealed")),
)  # fmt: skip
PUBLISH: Final = (
    ("", N_("As such a kind is")),
    ("one", N_("One person")),
    ("two", N_("Two people")),
    ("never", N_("Never published")),
)
CLOSES: Final = (
    ("rating", N_("A good rating")), ("filing", N_("The centre files it")), ("receipt", N_("The body's receipt")),
)  # fmt: skip
LISTS: Final = (
    ("", N_("On no list")), ("basic", N_("Basic: the township does it")),
    ("support", N_("Support: the township helps")), ("recalled", N_("Recalled: the department does it")),
)  # fmt: skip
MEASURES: Final = (
    ("hours", N_("Hours")), ("days", N_("Days")), ("share", N_("Share of all")), ("count", N_("Number")),
)  # fmt: skip
SORTS: Final = (("answer", N_("Answer")), ("reject", N_("Not accepted")), ("park", N_("Parked")),
                ("extend", N_("Extended")), ("refer", N_("Referred out")), ("reply", N_("Interim answer")))  # fmt: skip
LANGUAGES: Final = (("zh", "中文"), ("en", "English"))
PICTURES: Final = (
    ("water", N_("Water")), ("power", N_("Power supply")), ("road", N_("Road")), ("bridge", N_("Bridge")),
    ("lamp", N_("Lamp")), ("waste", N_("Waste")), ("dispute", N_("Dispute")), ("affairs", N_("Village affairs")),
    ("hardship", N_("Hardship")), ("hazard", N_("Hazard")), ("paper", N_("Papers")), ("other", N_("Anything")),
)  # fmt: skip
GUARDED_SORTS: Final = (
    ("hardship", N_("Hardship or health")), ("person", N_("A name")), ("other", N_("Something else")),
)  # fmt: skip
STAYS_SEALED: Final = N_("Words of danger mean this kind, so that only the competent body sees it: it stays sealed.")
MEASURED: Final = {
    **dict.fromkeys(("sample_share", "recheck_share"), ("share",)),
    **dict.fromkeys(("rating_batch", "extensions", "quiet_from", "quiet_until"), ("count",)),
}
"""What limits that are no time are counted in."""
_NONE, _LONGEST = Decimal(0), Decimal(3660)


def _kind(values: Values) -> dict[str, str]:
    if not values["parent"]:
        return {}
    if values.get("code") == VIOLENCE and values["visibility"] != "sealed":
        return {"visibility": STAYS_SEALED}
    faults = _sealed(values) if values["visibility"] == "sealed" else _unsealed(values)
    if values["publish"] in ("one", "two") and (
        values["visibility"] in ("restricted", "sealed") or values["routed_round"]
    ):
        faults["publish"] = N_("What is restricted, sealed or routed round the village is never published.")
    if not values["first_level"]:
        faults["first_level"] = N_("Say which level meets it first.")
    elif values["routed_round"] and values["first_level"] in ("grid", "village"):
        faults["first_level"] = N_("A complaint about village affairs starts at the township or the county.")
    return faults


def _sealed(values: Values) -> dict[str, str]:
    faults: dict[str, str] = {}
    if values["closes"] != "receipt" or values["visit"] != "none" or values["rated"]:
        faults["closes"] = N_("A sealed kind ends by receipt, without return visit or rating.")
    if not values["competent"]:
        faults["competent"] = N_("A sealed kind needs the competent body's field of work.")
    return faults


def _unsealed(values: Values) -> dict[str, str]:
    if values["routed_round"] and values["visibility"] == "public":
        return {"visibility": N_("What is routed round the village is not shown to everybody: choose another sight.")}
    if values["closes"] == "receipt":
        return {"closes": N_("Only a sealed kind ends by receipt.")}
    if values["closes"] == "rating" and not values["rated"]:
        return {"closes": N_("A kind that nobody rates can't be ended by a rating.")}
    return {}


def _lead(values: Values) -> dict[str, str]:
    if bool(values["function"]) == bool(values["unit"]):
        return {"function": N_("Name a field of work or one unit, not both.")}
    if values["unit"] and not values["basis"]:
        return {"basis": N_("One unit by name needs the basis: a decision or document.")}
    return {}


def _limit(values: Values) -> dict[str, str]:
    amount, code = values["amount"], str(values["code"])
    if values["measure"] not in MEASURED.get(code, ("hours", "days")):
        return {"measure": N_("This limit can't be counted in that. A time stays a time, a number a number.")}
    if code == "rating_batch" and isinstance(amount, Decimal) and amount < words.LEAST_TOGETHER:
        return {"amount": N_("Ratings are shown at least five at once, so that nobody can tell whose is whose.")}
    if values["measure"] == "share" and isinstance(amount, Decimal) and amount > 1:
        return {"amount": N_("A share lies between 0 and 1.")}
    if code == "recheck_share" and isinstance(amount, Decimal) and amount < words.LEAST_RECHECKED:
        return {"amount": N_("At least a tenth (0.1) of the good ratings is drawn for a recheck; it may be more.")}
    if values["measure"] == "count" and isinstance(amount, Decimal) and amount != int(amount):
        return {"amount": N_("A number of things is whole.")}
    return {}


def _guarded(values: Values) -> dict[str, str]:
    if len(str(values["word"])) < SHORTEST_NAME:
        return {"word": N_("A single character stands in too many words. Give at least two.")}
    return {}


_NAMES: Final = (
    Column(code="zh", label=N_("Chinese name"), needed=True, longest=60),
    Column(code="en", label=N_("English name"), needed=True, longest=120),
)
_HOURS: Final = Column(
    code="respond_hours", label=N_("Respond within (hours)"), sort="number", least=Decimal("0.05"), most=Decimal(720)
)
_DAYS: Final = Column(
    code="finish_days", label=N_("Answer within (days)"), sort="number", least=Decimal("0.05"), most=Decimal(365)
)
_POSITION: Final = Column(
    code="position", label=N_("Place in the list"), sort="whole", needed=True, least=_NONE, most=Decimal(999)
)

KINDS: Final = Vocabulary(
    code="kinds", title=N_("Kinds of matters"), table="Kind", power="worklist.edit", effect="kind", check=_kind,
    group="parent",
    lead=N_("What a matter can be about, who meets it first, by when, and how it ends."),
    shown=("first_level", "respond_hours", "finish_days", "calendar", "visit", "visibility"),
    columns=(
        Column(code="code", label=N_("Code"), sort="code", needed=True, fixed=True, longest=8),
        Column(code="parent", label=N_("Class"), source="classes", longest=8,
               hint=N_("Empty only for a class itself.")),
        *_NAMES,
        Column(code="first_level", label=N_("First met by"), sort="choice", choices=LEVELS),
        _HOURS, _DAYS,
        Column(code="calendar", label=N_("The limits count"), sort="choice", needed=True, choices=CALENDARS),
        Column(code="visit", label=N_("Return visit"), sort="choice", needed=True, choices=VISITS),
        Column(code="rated", label=N_("Rated by the person"), sort="flag"),
        Column(code="visibility", label=N_("Who may see it"), sort="choice", needed=True, choices=VISIBILITIES),
        Column(code="sensitive", label=N_("Sensitive"), sort="flag"),
        Column(code="publish", label=N_("Published by"), sort="choice", choices=PUBLISH),
        Column(code="closes", label=N_("Ends by"), sort="choice", needed=True, choices=CLOSES),
        Column(code="routed_round", label=N_("Routed round the village"), sort="flag"),
        Column(code="settle_roles", label=N_("May settle on the spot"), sort="several", source="roles"),
        Column(code="competent", label=N_("Competent field of work"), source="functions", longest=40),
        Column(code="emergency", label=N_("Emergency number"), longest=20),
        Column(code="note", label=N_("Note"), longest=200),
    ),
)  # fmt: skip
WORK_LIST: Final = Vocabulary(
    group="kind_code", code="work_list", title=N_("Who leads"), table="WorkListRow", power="worklist.edit", check=_lead,
    effect="lead",
    lead=N_("Who leads each kind at the township and the county, and what a township may be given."),
    shown=("function", "unit", "list", "respond_hours", "finish_days"),
    columns=(
        Column(code="kind_code", label=N_("Kind"), source="kinds", needed=True, fixed=True, longest=8),
        Column(code="level", label=N_("Level"), sort="choice", needed=True, fixed=True, choices=LEVELS[2:]),
        Column(code="place", label=N_("Only in this township"), source="townships", fixed=True,
               hint=N_("Empty: in the whole county.")),
        Column(code="function", label=N_("Field of work"), source="functions", longest=40),
        Column(code="unit", label=N_("One unit by name"), source="units", stored="unit_id"),
        Column(code="list", label=N_("List"), sort="choice", choices=LISTS),
        _HOURS, _DAYS,
        Column(code="basis", label=N_("Basis"), longest=400),
    ),
)  # fmt: skip
LIMITS: Final = Vocabulary(
    code="limits", title=N_("Limits of the steps"), table="Limit", power="worklist.edit", effect="limit", check=_limit,
    lead=N_("Limits that no kind sets: deciding, visiting, rating, filing, and the county's own numbers."),
    shown=("amount", "measure", "calendar"), lasting=True, new=False,
    columns=(
        Column(code="code", label=N_("Code"), sort="code", needed=True, fixed=True, longest=24),
        *_NAMES,
        Column(code="amount", label=N_("How much"), sort="number", needed=True, least=Decimal("0.001"), most=_LONGEST),
        Column(code="measure", label=N_("Counted in"), sort="choice", needed=True, choices=MEASURES),
        Column(code="calendar", label=N_("The limits count"), sort="choice", needed=True, choices=CALENDARS),
    ),
)  # fmt: skip
URGENCIES: Final = Vocabulary(
    code="urgencies", title=N_("Urgencies"), table="UrgencyRule", power="worklist.edit", effect="urgency",
    lead=N_("How pressing a matter is, as a factor on its limits; 0 means the county's own minutes."),
    shown=("factor", "note"), lasting=True, new=False,
    columns=(
        Column(code="code", label=N_("Code"), sort="code", needed=True, fixed=True, longest=12),
        Column(code="zh", label=N_("Chinese name"), needed=True, longest=20),
        Column(code="en", label=N_("English name"), needed=True, longest=40),
        Column(code="factor", label=N_("Factor"), sort="number", needed=True, least=_NONE, most=Decimal(1)),
        Column(code="note", label=N_("Note"), longest=200),
    ),
)  # fmt: skip
TILES: Final = Vocabulary(
    code="tiles", title=N_("Tiles"), table="TileShown", power="worklist.edit",
    lead=N_("The pictures that a villager reports by, each standing for a kind."),
    shown=("kind_code", "picture", "position"),
    columns=(
        Column(code="code", label=N_("Code"), sort="code", needed=True, fixed=True, longest=20),
        Column(code="zh", label=N_("Chinese name"), needed=True, longest=20),
        Column(code="en", label=N_("English name"), needed=True, longest=40),
        Column(code="kind_code", label=N_("Kind"), source="kinds", needed=True, longest=8),
        Column(code="picture", label=N_("Picture"), sort="choice", needed=True, choices=PICTURES),
        _POSITION,
    ),
)  # fmt: skip
ANSWERS: Final = Vocabulary(
    code="answers", title=N_("Standard answers"), table="StandardAnswer", power="texts.edit", check=faults_of,
    group="sort",
    lead=N_("Texts offered when answering, rejecting or parking; whoever uses one may still change it."),
    shown=("sort", "language", "kind_code", "text"),
    columns=(
        Column(code="code", label=N_("Code"), sort="code", needed=True, fixed=True),
        Column(code="language", label=N_("Language"), sort="choice", needed=True, fixed=True, choices=LANGUAGES),
        Column(code="sort", label=N_("Offered when"), sort="choice", needed=True, choices=SORTS),
        Column(code="kind_code", label=N_("Only for this kind"), source="kinds", longest=8),
        Column(code="title", label=N_("Title"), needed=True, longest=60),
        Column(code="text", label=N_("Text"), sort="words", needed=True, longest=2000,
               hint=N_("May hold {number}, {date}, {unit} and {phone_of_office}.")),
    ),
)  # fmt: skip

BODIES: Final = Vocabulary(
    code="bodies", title=N_("Bodies to refer to"), table="ReferralBody", power="worklist.edit",
    lead=N_("Where a matter can be referred to outside this platform: court, arbitration, police, another county."),
    shown=("about_zh", "contact"),
    columns=(
        Column(code="code", label=N_("Code"), sort="code", needed=True, fixed=True, longest=24),
        *_NAMES,
        Column(code="about_zh", label=N_("What for, in Chinese"), longest=120),
        Column(code="about_en", label=N_("What for, in English"), longest=200),
        Column(code="contact", label=N_("Contact"), longest=80),
        _POSITION,
    ),
)  # fmt: skip
REASONS: Final = Vocabulary(
    group="sort", code="reasons", title=N_("Reasons"), table="WaitingReason", power="worklist.edit",
    lead=N_("Why a matter is not accepted or waits, with what the person can do instead."),
    shown=("sort", "advice_zh"),
    columns=(
        Column(code="sort", label=N_("For"), source="reasoned", needed=True, fixed=True, longest=8),
        Column(code="code", label=N_("Code"), sort="code", needed=True, fixed=True, longest=24),
        *_NAMES,
        Column(code="advice_zh", label=N_("What the person can do, in Chinese"), longest=200),
        Column(code="advice_en", label=N_("What the person can do, in English"), longest=300),
        _POSITION,
    ),
)  # fmt: skip
_WITHIN: Final = {"sort": "whole", "least": Decimal(1), "most": Decimal(365)}
SYSTEMS: Final = Vocabulary(
    code="systems", title=N_("Other systems"), table="ExternalSystem", power="worklist.edit", lasting=True,
    lead=N_("Systems above the county that send orders here, with the days that they count."),
    shown=("accept_days", "finish_days", "extend_days", "their_visit"),
    columns=(
        Column(code="code", label=N_("Code"), sort="code", needed=True, fixed=True, longest=24),
        *_NAMES,
        Column(code="source", label=N_("Comes in as"), source="sources", needed=True, longest=12),
        Column(code="accept_days", label=N_("Accept within (days)"), **_WITHIN),  # type: ignore[arg-type]
        Column(code="finish_days", label=N_("Answer within (days)"), **_WITHIN),  # type: ignore[arg-type]
        Column(code="extend_days", label=N_("One extension (days)"), **_WITHIN),  # type: ignore[arg-type]
        Column(code="their_visit", label=N_("Their return visit counts"), sort="flag"),
        Column(code="note", label=N_("Note"), longest=200),
        _POSITION,
    ),
)  # fmt: skip

GUARDED: Final = Vocabulary(
    code="guarded", title=N_("Guarded words"), table="GuardedWord", power="worklist.edit", check=_guarded,
    lead=N_("Words that no published text may hold: the preview masks them, the gate refuses them."),
    shown=("sort", "note"),
    columns=(
        Column(code="word", label=N_("Word"), needed=True, fixed=True, longest=60,
               hint=N_("At least two characters. Capitals make no difference.")),
        Column(code="sort", label=N_("What it is"), sort="choice", needed=True, choices=GUARDED_SORTS),
        Column(code="note", label=N_("Note"), longest=200),
    ),
)  # fmt: skip

DANGER: Final = Vocabulary(
    code="danger", title=N_("Words of danger"), table="DangerWord", power="worklist.edit", check=_guarded,
    lead=N_("Phrases that say somebody is in danger: the report page shows whom to call, the village does not see it."),
    shown=("kind_code", "note"), group="kind_code",
    columns=(
        Column(code="word", label=N_("Word"), needed=True, fixed=True, longest=60,
               hint=N_("At least two characters. Capitals make no difference.")),
        Column(code="kind_code", label=N_("Sealed kind that it means"), source="kinds", longest=8,
               hint=N_("Empty: harmless, such as “打我电话”; a shorter phrase in it then does not count.")),
        Column(code="note", label=N_("Note"), longest=200),
    ),
)  # fmt: skip

SEALED_BODIES: Final = Vocabulary(
    code="sealed_bodies", title=N_("Bodies that take sealed matters"), table="SealedBody", power="worklist.edit",
    lead=N_("Fields of work whose bodies may be handed a sealed matter, beside the one that its kind names first."),
    shown=("about_zh",),
    columns=(
        Column(code="function", label=N_("Field of work"), source="functions", needed=True, fixed=True, longest=40),
        Column(code="about_zh", label=N_("What for, in Chinese"), longest=120),
        Column(code="about_en", label=N_("What for, in English"), longest=200),
    ),
)  # fmt: skip

VOCABULARIES: Final = {
    one.code: one
    for one in (
        KINDS,
        WORK_LIST,
        LIMITS,
        URGENCIES,
        TILES,
        BODIES,
        REASONS,
        SYSTEMS,
        GUARDED,
        DANGER,
        SEALED_BODIES,
        FIELD_RULES,
        CHANGE_RULES,
        RETENTION,
        FLAG_TYPES,
        CODE_LISTS,
        ANSWERS,
    )
}
FROZEN_FOR_OPEN: Final = ("visibility", "routed_round", "competent", "closes", "parent")
"""Columns of a kind that open matters never change after the fact; a change of them begins with new matters."""
