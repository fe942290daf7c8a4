"""Which fields of a record may be corrected, and how what somebody wrote for one is read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final
from uuid import UUID

from commongrid.kernel.identity import id_number
from commongrid.kernel.places import code_read
from commongrid.kernel.refusals import N_, BadInput
from commongrid.kernel.scope import ETHNIC
from commongrid.kernel.widths import halfwidth, phone_of, plain_number
from commongrid.registry.rules.facts import DOOR_LENGTH, NAME_LENGTH, birth_fault, number_of
from commongrid.registry.rules.holdings import credit_code

LARGEST: Final = 9_999_999
"""Square metres: an area above it is a slip of the pen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of a record: its column, how its text is read, and the code list it is drawn from.

    ``sealed`` ones are kept sealed and shown masked; ``names`` says which kind of record it names by its id; ``power``
    is what it takes to write and to see it at all, besides the record's own.
    """

    name: str
    zh: str
    en: str
    read: Callable[[str, date], object]
    column: str = ""
    codes: str = ""
    sealed: bool = False
    names: str = ""
    power: str = ""

    @property
    def kept_in(self) -> str:
        """The column it is kept in."""
        return self.column or self.name


def _words(longest: int, *, needed: bool = False) -> Callable[[str, date], str]:
    def read(text: str, _today: date) -> str:
        said = " ".join(text.split())
        if needed and not said:
            raise BadInput(N_("Please fill this in."))
        if len(said) > longest or not said.isprintable():
            raise BadInput(N_("This is too long: at most %(longest)s signs."), longest=longest)
        return said

    return read


def _day(text: str, _today: date) -> date | None:
    if not text.strip():
        return None
    plain = halfwidth(text).replace("年", "-").replace("月", "-").replace("日", "").replace("/", "-").replace(".", "-")
    try:
        year, month, day = (int(part) for part in plain.split("-"))
        return date(year, month, day)
    except ValueError:
        raise BadInput(N_("Enter a day, such as 2026-11-24.")) from None


def _past(text: str, today: date) -> date | None:
    day = _day(text, today)
    if day is not None and day > today:
        raise BadInput(N_("This day is in the future. Enter it once it has come."))
    return day


def _birth(text: str, today: date) -> date | None:
    day = _day(text, today)
    if day is not None and (fault := birth_fault(day, today)):
        raise BadInput(fault)
    return day


def _identity(text: str, today: date) -> str:
    return id_number(text, today=today).text if text.strip() else ""


def _phone(text: str, _today: date) -> str:
    read = phone_of(text)
    if read is None:
        raise BadInput(N_("A phone number has 7 to 20 digits."))
    return read


def _bank(text: str, _today: date) -> str:
    plain = "".join(halfwidth(text).split())
    if plain and not (plain.isascii() and plain.isdigit() and 12 <= len(plain) <= 19):  # noqa: PLR2004 - a bank card or passbook
        raise BadInput(N_("A bank account has 12 to 19 digits."))
    return plain


def _number(text: str, _today: date) -> str:
    try:
        return number_of(text)
    except BadInput as refused:
        raise BadInput(refused.fields["number"]) from None


def _place(text: str, _today: date) -> int | None:
    plain = halfwidth(text)
    if not plain:
        return None
    code = code_read(plain)
    if code is None:
        raise BadInput(N_("Choose a place."))
    return code


def _needed_place(text: str, today: date) -> int:
    code = _place(text, today)
    if code is None:
        raise BadInput(N_("Choose a place."))
    return code


def _degrees(limit: int) -> Callable[[str, date], float | None]:
    def read(text: str, _today: date) -> float | None:
        if not text.strip():
            return None
        try:
            value = float(halfwidth(text))
        except ValueError:
            value = limit + 1.0
        if not -limit <= value <= limit:
            raise BadInput(N_("This point is not on the earth. Longitude first, then latitude."))
        return value

    return read


def _count(lowest: int, highest: int) -> Callable[[str, date], int | None]:
    def read(text: str, _today: date) -> int | None:
        if not text.strip():
            return None
        number = plain_number(halfwidth(text), 9)
        if number is None or not lowest <= number <= highest:
            raise BadInput(N_("Enter a number from %(lowest)s to %(highest)s."), lowest=lowest, highest=highest)
        return number

    return read


def _measure(text: str, _today: date) -> Decimal | None:
    if not text.strip():
        return None
    try:
        value = Decimal(halfwidth(text)).quantize(Decimal("0.01"))
    except InvalidOperation:
        value = Decimal(0)
    if not 0 < value <= LARGEST:
        raise BadInput(N_("Enter a number above 0, such as 120 or 98.5."))
    return value


def _ident(text: str, _today: date) -> UUID | None:
    if not text.strip():
        return None
    try:
        return UUID(text.strip())
    except ValueError:
        raise BadInput(N_("Choose one that is offered.")) from None


def _credit(text: str, _today: date) -> str:
    return credit_code(text)


def _yes(text: str, _today: date) -> bool:
    return text.strip().casefold() in {"1", "yes", "true", "on", "是"}


_code = _words(8)

_PERSON: Final = (
    Field(name="display_name", zh="姓名", en="Name", read=_words(NAME_LENGTH, needed=True)),
    Field(name="sex", zh="性别", en="Sex", read=_code, codes="sex"),
    Field(name="born_on", zh="出生日期", en="Date of birth", read=_birth),
    Field(name="id_number", zh="身份证件号码", en="Identity number", read=_identity, column="id_sealed", sealed=True),
    Field(name="phone", zh="联系电话", en="Phone", read=_phone, column="phone_sealed", sealed=True),
    Field(name="bank", zh="银行账号", en="Bank account", read=_bank, column="bank_sealed", sealed=True),
    Field(name="education", zh="文化程度", en="Education", read=_code, codes="education"),
    Field(name="occupation", zh="职业", en="Occupation", read=_code, codes="occupation"),
    Field(name="political", zh="政治面貌", en="Political status", read=_code, codes="political"),
    Field(name="marital", zh="婚姻状况", en="Marital status", read=_code, codes="marital"),
    Field(name="registered_place", zh="户籍地", en="Registered place", read=_place),
    Field(name="collective", zh="集体经济组织成员所在村", en="Member of the collective of", read=_place),
    Field(name="as_in_home", zh="与户主关系", en="To the head", read=_code, codes="relation"),
    Field(name="works_at", zh="务工或就学去向", en="Works or studies at", read=_words(60)),
    Field(name="former_name", zh="曾用名", en="Former name", read=_words(NAME_LENGTH)),
    Field(name="native_place", zh="籍贯", en="Native place", read=_words(60)),
    Field(name="registered_door", zh="户籍地详址", en="Registered address", read=_words(DOOR_LENGTH)),
    Field(name="workplace", zh="服务处所", en="Workplace", read=_words(80)),
    Field(name="inflow", zh="流入原因", en="Why they came", read=_code, codes="inflow"),
    Field(name="domicile", zh="住所类型", en="How they are housed", read=_code, codes="domicile"),
    Field(
        name="ethnic",
        zh="民族",
        en="Ethnic group",
        read=_code,
        column="ethnic_sealed",
        codes="ethnic",
        sealed=True,
        power=ETHNIC,
    ),
)
FURTHER: Final = ("former_name", "native_place", "registered_door", "workplace", "inflow", "domicile")
"""Elements of GB/T 31000 that a county keeps where it needs them: asked for by no rule unless it makes one."""
_HOUSEHOLD: Final = (
    Field(name="natural_village", zh="自然村", en="Natural village", read=_needed_place),
    Field(name="number", zh="户号", en="Number", read=_number),
    Field(name="door", zh="门牌地址", en="Door", read=_words(DOOR_LENGTH)),
    Field(name="villager_group", zh="村民小组", en="Villager group", read=_place),
    Field(name="began_on", zh="立户日期", en="Household since", read=_past),
    Field(name="dwelling", zh="住房", en="Dwelling", read=_ident, column="dwelling_id", names="site"),
    Field(name="lon", zh="经度", en="Longitude", read=_degrees(180)),
    Field(name="lat", zh="纬度", en="Latitude", read=_degrees(90)),
)
_SITE: Final = (
    Field(name="name", zh="名称", en="Name", read=_words(60)),
    Field(name="kind", zh="类型", en="Kind", read=_words(8, needed=True), codes="site"),
    Field(name="door", zh="地址", en="Address", read=_words(DOOR_LENGTH)),
    Field(name="use", zh="用途", en="Use", read=_code, codes="use"),
    Field(name="hazard", zh="隐患", en="Hazard", read=_code, codes="hazard"),
    Field(name="lon", zh="经度", en="Longitude", read=_degrees(180)),
    Field(name="lat", zh="纬度", en="Latitude", read=_degrees(90)),
    Field(name="built_on", zh="建成日期", en="Built on", read=_past),
    Field(name="storeys", zh="层数", en="Storeys", read=_count(1, 120)),
    Field(name="area_m2", zh="建筑面积(平方米)", en="Floor area (m²)", read=_measure),
    Field(name="self_built", zh="自建房", en="Self-built house", read=_yes),
    Field(name="owner", zh="权属人", en="Owner", read=_ident, column="owner_id", names="person"),
)
_THING: Final = (
    Field(name="name", zh="名称", en="Name", read=_words(60)),
    Field(name="kind", zh="类型", en="Kind", read=_words(8, needed=True), codes="thing"),
    Field(name="mark", zh="编号", en="Mark", read=_words(40)),
    Field(name="keeper", zh="管护人", en="Looked after by", read=_ident, column="keeper_id", names="person"),
    Field(name="site", zh="所在场所", en="At the site", read=_ident, column="site_id", names="site"),
    Field(name="every_months", zh="检查周期(月)", en="Checked every (months)", read=_count(1, 120)),
    Field(name="next_check_on", zh="下次检查", en="Next check", read=_day),
)
_ORGANISATION: Final = (
    Field(name="name", zh="名称", en="Name", read=_words(80, needed=True)),
    Field(name="kind", zh="类型", en="Kind", read=_words(8, needed=True), codes="organisation"),
    Field(name="credit_code", zh="统一社会信用代码", en="Unified social credit code", read=_credit),
    Field(name="site", zh="办公场所", en="Office at", read=_ident, column="site_id", names="site"),
    Field(name="founded_on", zh="成立日期", en="Founded on", read=_past),
)
BELONGS: Final = {
    "registered_place": ("county", "township", "village", "natural_village", "villager_group"),
    "collective": ("village",), "villager_group": ("villager_group",), "natural_village": ("natural_village",),
}  # fmt: skip
"""Fields that name a place of the county, with the levels that it may have."""
FIELDS: Final[Mapping[str, Mapping[str, Field]]] = {
    of: {field.name: field for field in fields}
    for of, fields in (
        ("person", _PERSON),
        ("household", _HOUSEHOLD),
        ("site", _SITE),
        ("thing", _THING),
        ("organisation", _ORGANISATION),
    )
}
"""Every field that may be corrected, by kind of record."""


def read_fields(of: str, written: Mapping[str, str], today: date) -> dict[str, object]:
    """What was written, read: by the names of the fields.

    Refuses: BadInput with a sentence per field that can't be read, and for a field that the record doesn't have.
    """
    known = FIELDS[of]
    values: dict[str, object] = {}
    faults: dict[str, str] = {}
    told: dict[str, dict[str, object]] = {}
    for name, text in written.items():
        if name not in known:
            raise BadInput(N_("This record has no such field."))
        try:
            values[name] = known[name].read(text, today)
        except BadInput as refused:
            faults[name], told[name] = refused.text, refused.params
    if faults:
        raise BadInput(fields=faults, told=told)
    return values
