"""The register's dated vocabularies as their editor knows them: what records must hold, what the village approves."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from commongrid.kernel.dated import Column, Values, Vocabulary
from commongrid.kernel.refusals import N_
from commongrid.registry.rules.fields import FIELDS

MORE: Final = {
    "household": ("head", "point", "people"), "site": ("point",), "organisation": ("leader",),
}  # fmt: skip
"""Fields that can be asked for although no form corrects them."""
OF: Final = (
    ("person", N_("Person")), ("household", N_("Household")), ("site", N_("Site")), ("thing", N_("Thing")),
    ("organisation", N_("Organisation")),
)  # fmt: skip
WHO: Final = (
    ("all", N_("Everybody")), ("adults", N_("Adults")), ("children", N_("Children from 6")), ("elders", N_("Elders")),
    ("away", N_("Who is away")),
)  # fmt: skip
KEPT_UNITS: Final = (("days", N_("days")), ("months", N_("months")), ("years", N_("years")))
NEED: Final = (("needed", N_("Needed")), ("wanted", N_("Wanted")))


def _field_rule(values: Values) -> dict[str, str]:
    of, field = str(values["of"]), str(values["field"])
    if (field not in FIELDS[of] or FIELDS[of][field].power) and field not in MORE.get(of, ()):
        return {"field": N_("This record has no such field.")}
    if of != "person" and values["who"] != "all":
        return {"who": N_("Only a person's fields depend on age.")}
    return {}


FIELD_RULES: Final = Vocabulary(
    code="field_rules", title=N_("What records must hold"), table="FieldRule", power="worklist.edit",
    check=_field_rule,
    lead=N_("Which fields are asked for, of whom, and for how many days an answer stays fresh. It scores the record."),
    shown=("who", "need", "fresh_days", "weight"),
    columns=(
        Column(code="of", label=N_("Record"), sort="choice", needed=True, fixed=True, choices=OF),
        Column(code="field", label=N_("Field"), sort="code", needed=True, fixed=True, longest=24),
        Column(code="who", label=N_("Asked of"), sort="choice", needed=True, fixed=True, choices=WHO),
        Column(code="need", label=N_("How much"), sort="choice", needed=True, choices=NEED),
        Column(code="fresh_days", label=N_("Fresh for (days)"), sort="whole", least=Decimal(1), most=Decimal(3660),
               hint=N_("Empty: it never goes stale.")),
        Column(code="weight", label=N_("Weight"), sort="whole", needed=True, least=Decimal(1), most=Decimal(10)),
    ),
)  # fmt: skip
CHANGE_RULES: Final = Vocabulary(
    code="change_rules", title=N_("Changes the village approves"), table="ChangeRule", power="worklist.edit",
    lasting=True, new=False,
    lead=N_("Which changes that the field reports wait for the village, and within how many working days it decides."),
    shown=("approve", "days"),
    columns=(
        Column(code="sort", label=N_("Change"), sort="code", needed=True, fixed=True, longest=12),
        Column(code="zh", label=N_("Chinese name"), needed=True, longest=40),
        Column(code="en", label=N_("English name"), needed=True, longest=80),
        Column(code="approve", label=N_("The village approves"), sort="flag"),
        Column(code="days", label=N_("Within (working days)"), sort="whole", needed=True, least=Decimal(1),
               most=Decimal(60)),
    ),
)  # fmt: skip
FIXED_PERIODS: Final = {"post": (None, ""), "access_log": (7, "months"), "import_file": (1, "days")}
"""Kinds whose period no rule can change: who was in office stays for good, jobs of their own remove the others."""


EXPORTED: Final = "export"
"""The kind of what leaves as a file: it bears its day, by which a long list that waits here is gone too."""
LONGEST_EXPORT: Final = 366


def _retention(values: Values) -> dict[str, str]:
    days = int(str(values["length"] or 0)) if values["unit"] == "days" else 0
    if values["code"] == EXPORTED and not 1 <= days <= LONGEST_EXPORT:
        return {"length": N_("Exported files are kept for a number of days, at most 366.")}
    length, unit = FIXED_PERIODS.get(str(values["code"]), (values["length"], ""))
    if values["length"] != length or unit not in ("", values["unit"]):
        return {"length": N_("This period is fixed: the system keeps these so long, whatever a rule says.")}
    return {}


RETENTION: Final = Vocabulary(
    code="retention", title=N_("How long records are kept"), table="RetentionRule", power="worklist.edit",
    check=_retention, lasting=True, new=False,
    lead=N_("How long each kind of record is kept after it ended, and by which law. Applied every day."),
    shown=("length", "unit", "archive", "basis"),
    columns=(
        Column(code="code", label=N_("Kind of record"), sort="code", needed=True, fixed=True, longest=24),
        Column(code="zh", label=N_("Chinese name"), needed=True, longest=60),
        Column(code="en", label=N_("English name"), needed=True, longest=80),
        Column(code="length", label=N_("Kept for"), sort="whole", least=Decimal(1), most=Decimal(3660),
               hint=N_("Empty: for good.")),
        Column(code="unit", label=N_("Unit of time"), sort="choice", needed=True, choices=KEPT_UNITS),
        Column(code="archive", label=N_("Kept by law, also against an erasure"), sort="flag"),
        Column(code="basis", label=N_("Legal basis"), needed=True, longest=200),
    ),
)  # fmt: skip
FLAG_GROUPS: Final = (
    ("assistance", N_("Assistance")), ("care", N_("Care")), ("civic", N_("Civic")), ("honour", N_("Honour")),
    ("monitored", N_("Watched")), ("residence", N_("Residence")),
    ("medical", N_("Paid for medical insurance")), ("pension", N_("Paid for pension")),
)  # fmt: skip
PAYMENTS: Final = ("medical", "pension")
"""Groups of types of which each says that one year was paid for; the ledgers of payment offer them."""


def _payment(values: Values) -> dict[str, str]:
    if values["group"] not in PAYMENTS:
        return {}
    if values["of"] != "person" or values["sensitive"]:
        return {"group": N_("A payment is a person's, and no hardship. Choose another group, or a person's open flag.")}
    if re.search("[12][0-9]{3}$", str(values["code"])) is None:
        return {"code": N_("The code of a payment ends with its year, such as medical_2028.")}
    return {}


FLAG_TYPES: Final = Vocabulary(
    code="flag_types", title=N_("Types of flags"), table="FlagType", power="worklist.edit", check=_payment,
    lead=N_("What may be recognised of a person or household. Sensitive ones are hardship: kept apart, seen by few."),
    shown=("of", "sensitive"), group="group",
    columns=(
        Column(code="code", label=N_("Code"), sort="code", needed=True, fixed=True, longest=24),
        Column(code="zh", label=N_("Chinese name"), needed=True, longest=40),
        Column(code="en", label=N_("English name"), needed=True, longest=80),
        Column(code="group", label=N_("Group of flags"), sort="choice", needed=True, choices=FLAG_GROUPS),
        Column(code="of", label=N_("Record"), sort="choice", needed=True, choices=OF[:2]),
        Column(code="sensitive", label=N_("Sensitive: a hardship"), sort="flag",
               hint=N_("Can't be changed later; nor whether it is a person's or a household's.")),
    ),
)  # fmt: skip
OWN_LISTS: Final = (
    ("site", N_("Kinds of sites")), ("thing", N_("Kinds of things")), ("organisation", N_("Kinds of organisations")),
    ("duty", N_("Duties in an organisation")), ("hazard", N_("Kinds of hazards")),
)  # fmt: skip
"""The code lists that are the county's own; the others are the standards', which nobody here changes."""
CODE_LISTS: Final = Vocabulary(
    code="code_lists", title=N_("Kinds and duties"), table="Code", power="worklist.edit", group="list", part="list",
    lead=N_("What sites, things, organisations and hazards may be, and the duties in an organisation. What ended stays "
            "the word of the records that carry it."),
    shown=("zh", "en"),
    columns=(
        Column(code="list", label=N_("Code list"), sort="choice", needed=True, fixed=True, choices=OWN_LISTS),
        Column(code="code", label=N_("Code"), sort="code", needed=True, fixed=True, longest=8,
               hint=N_("At most 8 letters and digits. It stays the same when the name changes.")),
        Column(code="zh", label=N_("Chinese name"), needed=True, longest=60),
        Column(code="en", label=N_("English name"), needed=True, longest=120),
    ),
)  # fmt: skip
