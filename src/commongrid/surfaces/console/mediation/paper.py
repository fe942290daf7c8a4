"""The signed agreement as a sheet: how the page behind its QR code shows it, and where its photo goes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.urls import reverse
from django.utils.translation import gettext as _

from commongrid.kernel.refusals import NotFound
from commongrid.matters.actions import mediating
from commongrid.matters.queries.mediation import mediation
from commongrid.surfaces.shared.sheets import Face
from commongrid.surfaces.shared.times import in_a_row

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from commongrid.journal.attachments import Staged
    from commongrid.kernel.act import Act
    from commongrid.kernel.scope import Scope
    from commongrid.matters.queries.mediation import MediationRow
    from commongrid.surfaces.shared.sheets import Named

SAY: Final = {
    "title": "人民调解协议书",
    "number": "编号：",
    "scan": "签字后扫码拍照归档",
    "facts": "纠纷主要事实、争议事项",
    "agreed": "经调解，自愿达成如下协议",
    "performance": "履行方式、地点、期限",
    "law": (
        "本协议自各方当事人签名、盖章或者按指印，人民调解员签名并加盖人民调解委员会印章之日起生效，具有法律约束力，当事人应当按照约定"
        "履行。自协议生效之日起三十日内，双方可以共同向人民法院申请司法确认。"
    ),
    "sign_party": "当事人（签名、按指印）：",
    "sign_mediator": "人民调解员（签名）：",
    "sign_writer": "记录人（签名）：",
    "seal": "（盖章）",
    "party": "当事人",
    "name": "姓名",
    "phone": "联系电话",
    "address": "住址",
    "before": "（",
    "until": "前）",
}
"""The words of the printed agreement: it is an official paper and in Chinese whatever the page's language."""
MORE_THAN_TWO: Final = 2


def words(row: MediationRow) -> dict[str, Any]:
    """What the paper says beside the parties' own words."""
    copies = "数" if len(row.parties) > MORE_THAN_TWO else "三"
    return {
        "say": SAY,
        "copies": f"本协议书一式{copies}份，当事人各执一份，人民调解委员会留存一份。",
        "agreed_on": _day(row.agreed_on),
        "perform_by": _day(row.perform_by),
    }


def _day(day: date | None) -> str:
    return f"{day.year}年{day.month}月{day.day}日" if day else ""


def face(scope: Scope, matter: UUID, sheet: UUID) -> Face:
    """The number and the parties, masked. Refuses: NotFound for whoever is not in the file."""
    file = mediation(scope, sheet)
    if file.matter != matter:
        raise NotFound
    return Face(
        number=file.number,
        title=_("People's mediation agreement"),
        about=in_a_row(party.name for party in file.parties),
        done=file.signed is not None,
        back=reverse("mediation", kwargs={"mediation_id": sheet}),
    )


def keep(scope: Scope, act: Act, named: Named, photos: tuple[Staged, ...], said: dict[str, Any]) -> Any:
    """The photo into the file."""
    return mediating.sign(scope, act, mediation_id=named.sheet, photos=photos, reason=said.get("reason", ""))
