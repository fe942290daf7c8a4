"""The table of states as a page an official can read: ``docs/loop.md`` is exactly this text."""

from __future__ import annotations

from collections.abc import Iterator

from commongrid.matters.rules.table import EVENTS, STATES, Event, State

CLOCKS_ZH = {
    "respond": "响应", "finish": "办结", "decide": "裁定", "visit": "回访", "rate": "待评价", "file": "归档",
    "review": "复核", "receipt": "签收", "resume": "恢复", "pass": "转达", "courtesy": "商请",
    "woken": "到期决定",
}  # fmt: skip
WHO = {
    "owner": ("责任方", "owner"), "above": ("上级", "above"), "near": ("所在网格或村", "its grid or village"),
    "visitor": ("非承办层级", "another level than the handler"), "reporter": ("凭条持有人", "holder of the slip"),
    "caller": ("召集或分办的中心", "the centre that gave the part out"),
    "counter": ("所在村、乡镇、县的窗口", "the counter of its village, township or county"),
    "keeper": ("结束前承办的层级或其上级", "the level that had it last, or one above"),
    "rechecker": ("派给复查的层级", "the level the recheck was given to"),
    "within": ("看得到该事项者", "whoever sees it"),
    "clock": ("系统时钟", "clock"), "anyone": ("任何人", "anyone"),
}  # fmt: skip
_HEAD = """# The loop: states, events, who, by when · 闭环：状态、事件、谁来做、何时到期

Printed from `src/commongrid/matters/rules/table.py` by `python -m commongrid.matters.rules.page > docs/loop.md`;
a test compares the two. 由规则表生成，测试会核对，请勿手工修改。

The law: at every moment an open matter has an owner, a deadline and a next step; PostgreSQL holds the same as
constraints, and every reachable state is explored in `tests/matters/test_exploration.py`.
规则：任何时刻，未结束的事项都有责任方、时限和下一步。

Rows marked ○ are places kept for ways that are not offered yet. 标有 ○ 的为预留，尚未启用。
"""


def page() -> str:
    """The whole page."""
    return "\n".join((_HEAD, *_states(), "", *_events())) + "\n"


def _states() -> Iterator[str]:
    yield "## States · 状态"
    yield ""
    yield "| state · 状态 | owner · 责任方 | limit that runs · 时限 | next step · 下一步 | leads to · 去向 |"
    yield "|---|---|---|---|---|"
    yield from (_state(state) for state in STATES.values())


def _state(state: State) -> str:
    mark = "" if state.live else " ○"
    if state.ended:
        return f"| **{state.zh}** {state.en} `{state.code}`{mark} | - | - | ended · 结束 | {_leads(state)} |"
    step = EVENTS[state.step]
    return (
        f"| **{state.zh}** {state.en} `{state.code}`{mark} | {state.owner_zh} · {state.owner_en} "
        f"| {CLOCKS_ZH[state.clock]} · {state.clock} | {step.zh} · {step.en} | {_leads(state)} |"
    )


def _leads(state: State) -> str:
    """Where this state can lead, without what stays."""
    found = {to for event in EVENTS.values() if event.live for to in event.leads(state.code) if to != state.code}
    return ", ".join(STATES[code].zh for code in STATES if code in found) or "-"


def _events() -> Iterator[str]:
    yield "## Events · 事件"
    yield ""
    yield "| event · 事件 | who · 谁 | power · 权限 | ways · 路径 | refused · 不允许 |"
    yield "|---|---|---|---|---|"
    yield from (_event(event) for event in EVENTS.values())


def _event(event: Event) -> str:
    who = ", ".join(" ".join(WHO[one]) for one in event.who)
    mark = "" if event.live else " ○"
    refused = f"{event.refused_zh} · {event.refused_en}" if event.refused_en else "-"
    return f"| **{event.zh}** {event.en} `{event.code}`{mark} | {who} | `{event.power}` | {_ways(event)} | {refused} |"


def _ways(event: Event) -> str:
    """From where to where, states with the same ends together."""
    grouped: dict[str, list[str]] = {}
    for start, ends in event.ways:
        to = " / ".join("不变" if end == start else STATES[end].zh for end in ends)
        grouped.setdefault(to, []).append(STATES[start].zh if start else "-")
    return "; ".join(f"{', '.join(starts)} → {to}" for to, starts in grouped.items())


if __name__ == "__main__":
    print(page(), end="")  # noqa: T201 - a page on standard output
