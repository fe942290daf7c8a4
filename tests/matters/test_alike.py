"""Words compared without a segmenter: what is telling is found, what everybody says is not."""

from __future__ import annotations

import pytest

from commongrid.matters.rules.alike import closest, pieces, words_of

KINDS = {
    "F01": "垃圾 清运 生活垃圾堆放", "G02": "桥涵损坏 桥梁、涵洞", "B01": "饮水 自来水停水", "A02": "邻里纠纷 地界争吵",
    "G03": "路灯不亮 路灯照明", "H01": "河道堵塞 河堤垮塌 淤积", "C05": "流浪犬 犬只伤人", "K05": "低保 救助申请",
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "kind"),
    [("村口涵洞塌了，校车过不去", "G02"), ("我家门口的生活垃圾三天没人清运", "F01"), ("昨晚开始自来水停水", "B01"),
     ("下雨后河堤垮塌了一段", "H01"), ("几只流浪犬追小孩", "C05"), ("路灯不亮了", "G03")],
)  # fmt: skip
def test_the_closest_kind_is_the_one_a_dispatcher_means(text: str, kind: str) -> None:
    assert closest(text, KINDS)[0].key == kind


def test_words_are_read_together_as_they_stand_in_the_text() -> None:
    (best, *_rest) = closest("下雨后河堤垮塌了一段，河道堵塞", KINDS)
    assert best.words == ("河堤垮塌", "河道堵塞")
    assert words_of("河堤与河道", {"河堤", "河道"}) == ("河堤", "河道")


def test_a_fragment_with_a_particle_is_no_word() -> None:
    assert closest("涵洞塌了一半", {1: "路灯坏了一盏", 2: "涵洞"})[0].words == ("涵洞",)
    assert "了一" not in pieces("塌了一半")


@pytest.mark.parametrize("text", ["", "abc 123", "你好", "🙂", "了的吗"])
def test_nothing_telling_finds_nothing(text: str) -> None:
    assert closest(text, KINDS) == []


def test_what_most_candidates_share_says_nothing() -> None:
    same = {n: f"问题反映 {word}" for n, word in enumerate(("垃圾", "路灯", "桥梁", "停水", "占道", "噪声", "犬只"))}
    assert closest("问题反映", same) == []
    assert [one.key for one in closest("问题反映路灯", same)] == [1]


def test_other_scripts_go_by_words() -> None:
    assert pieces("The Bridge is broken") == {"bridge", "broken"}
    assert closest("a broken bridge", {"x": "bridges", "y": "broken bridge"})[0].key == "y"
