"""Words of the notice and of the slips as they stand on A4, in the reader's language."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext, ngettext

from commongrid.kernel.paper import pdf
from commongrid.surfaces.shared import qr
from commongrid.surfaces.shared.times import colon, in_a_row, language, when

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from commongrid.outreach.queries.coverage import Home
    from commongrid.outreach.queries.links import LinkRow

TEMPLATES: Final = Path(__file__).parent / "papers"


def notice(content: Mapping[str, Any], address: str) -> bytes:
    """The notice as PDF: the fields of ``rules.notice`` and nothing beyond."""
    heads = [
        [gettext("Grid head"), " · ".join(filter(None, (one["name"], _named(one, "grid"), one["phone"])))]
        for one in content["heads"]
    ]
    always = [gettext("Always answered"), f"{content['always']} · {gettext('in danger 110, 119, 120')}"]
    end = "_en" if language() == "en" else ""
    issuer = " · ".join(content.get(name + end) or content[name] for name in ("village", "natural_village"))
    lead = gettext("Whatever it is about, ask your contact; who has none yet, the number below.")
    if content.get("everybody"):
        lead = gettext("Every household has a contact. Whatever it is about, ask yours.")
    return pdf(TEMPLATES / "notice.typ", {
        "language": language(), "issuer": issuer,
        "title": gettext("Whom to turn to"),
        "lead": lead,
        "code": qr.svg(address), "scan": gettext("Scan to read this"),
        "heads": [gettext("Linked member"), gettext("Telephone"), gettext("Linked households")],
        "doors": any(one["doors"] for one in content["members"]),
        "members": [
            {"name": one["name"], "title": _named(one, "title"), "phone": one["phone"] or "—", "homes": homes(one)}
            for one in content["members"]
        ],
        "duties_title": gettext("What contacts do"),
        "duties": [
            [one["en"] if language() == "en" and one["en"] else one["zh"], one.get("does" + (end or "_zh"), "")]
            for one in content["duties"]
        ],
        "colon": colon(),
        "calls": [*heads, always],
        "choice": gettext(
            "You may choose another contact, or say that you would rather not have somebody: tell the village. "
            "Nobody asks why."
        ),
        "foot": address,
    })  # fmt: skip


def slips(issuer: str, found: Iterable[tuple[Home, LinkRow]], always: str, address: str) -> bytes:
    """The slips as PDF, three on a page."""
    return pdf(TEMPLATES / "slips.typ", {
        "language": language(), "issuer": issuer, "title": gettext("Slips for households"), "code": qr.svg(address),
        "label": gettext("Your contact"),
        "help": gettext(
            "Ask your contact about policies, errands, disputes, dangers, or when you need help. You may choose "
            "another one: tell the village."
        ),
        "address": address,
        "slips": [
            {
                "home": " · ".join(filter(None, (f"{gettext('Number')} {home.number}", home.door))),
                "contact": link.name,
                "facts": [
                    [gettext("Telephone"), link.phone or "—"], [gettext("Since"), when(link.from_on, "date")],
                    [gettext("Always answered"), always],
                ],
            }
            for home, link in found
        ],
    })  # fmt: skip


def homes(member: Mapping[str, Any]) -> str:
    """Whom a contact looks after: doors, a count, or that they are fewer than may be told."""
    if member["doors"]:
        return in_a_row(member["doors"])
    count = member["count"]
    return (
        ngettext("%(n)s household", "%(n)s households", count) % {"n": count} if count else gettext("fewer than five")
    )


def _named(row: Mapping[str, Any], name: str) -> str:
    return str(row[f"{name}_en"] if language() == "en" and row[f"{name}_en"] else row[f"{name}_zh"])
