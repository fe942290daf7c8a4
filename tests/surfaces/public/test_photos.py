"""Photos of a report: kept with it, kept while the form is shown again, shown on the slip, refused with a sentence."""

from __future__ import annotations

import random
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.factories import crafted
from tests.surfaces.public.test_report import told

if TYPE_CHECKING:
    from django.test import Client

    from tests.factories.desk import Desk


@pytest.fixture(autouse=True)
def _own_files(settings: Any, tmp_path: Path) -> None:
    files = {**settings.STORAGES["default"], "OPTIONS": {**settings.FILES, "location": tmp_path}}
    settings.STORAGES = {**settings.STORAGES, "default": files}


def photo(number: int = 0) -> SimpleUploadedFile:
    return SimpleUploadedFile("culvert.txt", crafted.picture(random.Random(number), "PNG"))


def files(county: Desk) -> int:
    with county.database.as_admin() as admin:
        return len(admin.execute("SELECT id FROM journal_file").fetchall())


def test_photos_come_with_the_report_and_the_slip_shows_them(villager: Client, county: Desk) -> None:
    sent = villager.post("/report/send", told(photos=[photo(1), photo(2)]))
    assert sent.status_code == 302, sent.content.decode()
    assert files(county) == 2
    page = villager.get(sent["Location"]).content.decode()
    shown = re.findall(r'<img src="(/slips/[^"]+)"', page)
    assert len(shown) == 2
    served = villager.get(shown[0])
    assert served["Content-Type"] == "image/jpeg"
    assert villager.get(shown[0][:-1]).status_code == 404


def test_a_photo_that_was_sent_stays_while_the_form_is_shown_again(villager: Client, county: Desk) -> None:
    again = villager.post("/report/send", told(text="", photos=[photo()]))
    assert again.status_code == 422
    (ticket,) = re.findall(r'name="ticket" value="([^"]+)"', again.content.decode())
    assert files(county) == 0
    assert villager.post("/report/send", told(ticket=[ticket])).status_code == 302
    assert files(county) == 1


@pytest.mark.parametrize(
    ("data", "says"), [(b"<svg onload=alert(1)>", "Only JPEG"), (b"\xff\xd8\xff\xe0....", "read as a picture")]
)
def test_a_file_that_is_no_photo_is_refused_and_every_word_kept(
    villager: Client, county: Desk, data: bytes, says: str
) -> None:
    answer = villager.post("/report/send", told(photos=[SimpleUploadedFile("photo.jpg", data)]))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert says in page
    assert "The culvert has collapsed." in page
    assert files(county) == 0


def test_a_ticket_of_ones_own_making_is_refused(villager: Client, county: Desk) -> None:
    answer = villager.post("/report/send", told(ticket=["eyJhIjoxfQ:1abcde:forged"]))
    assert answer.status_code == 422
    assert files(county) == 0
