"""The year's notice on days off: read as people paste it, refused where it contradicts itself."""

from __future__ import annotations

from datetime import date

import pytest

from commongrid.kernel.clock import seeded_days
from commongrid.territory.rules import holidays
from commongrid.territory.rules.holidays import read_table, read_text

NOTICE_2026 = """
一、元旦:1月1日(周四)至3日(周六)放假调休,共3天。1月4日(周日)上班。
二、春节:2月15日(农历腊月二十八、周日)至23日(农历正月初七、周一)放假调休,共9天。2月14日(周六)、2月28日(周六)上班。
三、清明节:4月4日(周六)至6日(周一)放假,共3天。
四、劳动节:5月1日(周五)至5日(周二)放假调休,共5天。5月9日(周六)上班。
五、端午节:6月19日(周五)至21日(周日)放假,共3天。
六、中秋节:9月25日(周五)至27日(周日)放假,共3天。
七、国庆节:10月1日(周四)至7日(周三)放假调休,共7天。9月20日(周日)、10月10日(周六)上班。
"""
"""The real notice of a published year, as it is pasted from the government's page."""


def test_the_real_notice_gives_the_days_of_the_calendar() -> None:
    read = read_text(NOTICE_2026, 2026)
    assert read.faults == ()
    ours = [(one.on, one.works, one.zh) for one in read.differing]
    known = [(one.on, one.works) for one in seeded_days() if one.on.year == 2026]
    assert [(on, works) for on, works, _zh in ours] == known
    assert ours[0] == (date(2026, 1, 1), False, "元旦")
    assert {one.en for one in read.days} == {
        "New Year's Day", "Spring Festival", "Tomb-sweeping Day", "Labour Day", "Dragon Boat Festival",
        "Mid-autumn Festival", "National Day",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "fault", "line"),
    [
        ("10月1日至7日放假。\n10月3日上班。", holidays.BOTH, "1, 2"),
        ("10月1日(周四)至7日放假,10月9日上班。", holidays.NOT_A_WEEKEND, 1),
        ("2027年1月1日放假。", holidays.OUTSIDE, 1),
        ("10月1日(周三)放假。", holidays.OTHER_WEEKDAY, 1),
        ("10月1日至7日放假,共8天。", holidays.OTHER_TOTAL, 1),
        ("2月30日放假。", holidays.NO_SUCH_DAY, 1),
        ("10月7日至1日放假。", holidays.BACKWARDS, 1),
        ("春节快乐。", holidays.NOTHING, None),
        ("10月1日、10月2日。", holidays.UNCLEAR, 1),
    ],
)
def test_a_notice_that_contradicts_itself_names_the_line(text: str, fault: str, line: object) -> None:
    found = read_text(text, 2026).faults
    assert fault in [one.text for one in found]
    assert next(one for one in found if one.text == fault).params.get("line") == line


def test_full_width_digits_and_brackets_read_alike() -> None:
    assert read_text("国庆节:10月1日(周四)至3日放假。", 2026).faults == ()


def test_a_table_is_read_by_its_columns() -> None:
    rows = [
        (2, ["2026-10-01", "放假", "国庆节"]),
        (3, ["2026/9/20", "上班", ""]),
        (4, ["2026年10月2日", "休", "国庆节"]),
    ]
    read = read_table(rows, (0, 1, 2), 2026)
    assert read.faults == ()
    assert [(one.on.isoformat(), one.works) for one in read.days] == [
        ("2026-09-20", True), ("2026-10-01", False), ("2026-10-02", False),
    ]  # fmt: skip


def test_a_table_with_doubtful_cells_names_the_rows() -> None:
    read = read_table([(2, ["1st of May", "off", ""]), (3, ["2026-05-01", "maybe", ""])], (0, 1, 2), 2026)
    assert [(one.text, one.params["line"]) for one in read.faults] == [(holidays.NO_DAY, 2), (holidays.UNCLEAR, 3)]


def test_holidays_a_notice_says_nothing_of_are_named() -> None:
    part = "1月1日至3日放假。2月5日至11日放假。4月4日至6日放假。"
    assert read_text(part, 2027).missing == ("劳动节", "端午节", "中秋节", "国庆节")
    rest = "5月1日至5日放假。6月9日放假。9月15日放假。10月1日至7日放假。"
    assert read_text(part + rest, 2027).missing == ()
