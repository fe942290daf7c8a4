"""A sentence at a field carries its own numbers and is said in the reader's language."""

from __future__ import annotations

from datetime import date

import pytest
from django.utils import translation
from django.utils.translation import gettext

from commongrid.kernel.refusals import BadInput
from commongrid.registry.rules.fields import read_fields


def test_two_fields_with_numbers_each_say_their_own() -> None:
    with pytest.raises(BadInput) as refused:
        read_fields("site", {"storeys": "0", "name": "某" * 9_999}, date(2026, 1, 1))
    with translation.override("zh-hans"):
        storeys, name = (refused.value.at(field, gettext) for field in ("storeys", "name"))
    assert storeys == "请填写1到120之间的数字。"
    assert "%" not in name
    assert "9999" not in name
