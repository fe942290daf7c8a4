"""Files on their way out: to the right reader, under headers that let nothing run, and to nobody who guesses."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import reverse

from commongrid.journal import attachments
from commongrid.kernel.act import Act
from commongrid.kernel.scope import public
from commongrid.matters import actions as matters
from tests.bed import Database
from tests.factories import crafted
from tests.factories.desk import GRID, Desk, lay
from tests.factories.network import scope_as
from tests.figures import Record
from tests.sizes import size

SIGNS = "0123456789abcdefghijklmnopqrstuvwxyz-"


@pytest.fixture
def desk(database: Database, settings: Any, tmp_path: Path) -> Desk:
    """A small county with a folder of its own for files."""
    files = {**settings.STORAGES["default"], "OPTIONS": {**settings.FILES, "location": tmp_path}}
    settings.STORAGES = {**settings.STORAGES, "default": files}
    return lay(database)


@pytest.fixture
def matter(desk: Desk) -> UUID:
    """A villager's report with one photo."""
    staged = attachments.stage(crafted.picture(random.Random(7), "JPEG"))
    what = matters.Report(kind_code="D01", place=GRID, text="涵洞塌了", photos=(staged,))
    return UUID(str(matters.report(public("matters.report"), Act.new(), report=what)["matter"]))


def url_for(desk: Desk, post: str, matter: UUID) -> str:
    """The address of the matter's photo as a page of this post shows it."""
    scope = scope_as(desk, post)
    (row,) = attachments.files_of(scope_as(desk, "dispatcher"), matter)
    return reverse("file", kwargs={"file": row.id, "token": attachments.address(scope, row.id)})


def test_a_photo_comes_under_headers_that_let_nothing_run(desk: Desk, matter: UUID) -> None:
    response = desk.sign_in(Client(), "dispatcher").get(url_for(desk, "dispatcher", matter))
    assert response.status_code == 200
    assert response.content.startswith(b"\xff\xd8\xff")
    assert response["Content-Type"] == "image/jpeg"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["Cache-Control"] == "private, no-store"
    assert response["Content-Disposition"].startswith('attachment; filename="')
    assert "Set-Cookie" not in response


def test_an_address_is_of_no_use_to_another_post(desk: Desk, matter: UUID) -> None:
    theirs = url_for(desk, "dispatcher", matter)
    assert desk.sign_in(Client(), "county_dispatcher").get(theirs).status_code == 404


def test_an_address_that_one_could_make_does_not_open_what_one_does_not_see(desk: Desk, matter: UUID) -> None:
    assert desk.sign_in(Client(), "far_dispatcher").get(url_for(desk, "far_dispatcher", matter)).status_code == 404


def test_without_signing_in_nothing_is_served(desk: Desk, matter: UUID) -> None:
    response = Client().get(url_for(desk, "dispatcher", matter))
    assert response.status_code == 302
    assert b"\xff\xd8" not in response.content


def test_the_slip_opens_its_own_photos_and_no_others(desk: Desk, matter: UUID) -> None:
    code = matters.code_of(matter)
    other = matters.code_of(UUID(str(matters.report(
        public("matters.report"), Act.new(), report=matters.Report(kind_code="D01", place=GRID, text="路灯不亮"),
    )["matter"])))  # fmt: skip
    (row,) = attachments.files_of(scope_as(desk, "dispatcher"), matter)
    for held, status in ((code, 200), (other, 404)):
        holder = _slip_scope(held)
        token = attachments.address(holder, row.id)
        url = reverse("slip_file", kwargs={"code": held, "file": row.id, "token": token})
        assert Client().get(url).status_code == status
    assert Client().get(f"/slips/{code}/files/{row.id}/x").status_code == 404


def _slip_scope(code: str) -> Any:
    from django.conf import settings

    from commongrid.kernel.codes import slip_hash
    from commongrid.kernel.scope import slip

    return slip(slip_hash(settings.KEYS.slip, code), "matters.follow")


def test_guessed_addresses_are_never_served(desk: Desk, matter: UUID, figure: Record) -> None:
    """10,000 guessed addresses in the nightly run, a seeded sample otherwise."""
    client, chance = desk.sign_in(Client(), "dispatcher"), random.Random(2611)
    right = url_for(desk, "dispatcher", matter)
    base, token = right.rsplit("/", 1)
    for number in range(size(60, 10_000)):
        signs = list(token)
        match number % 4:
            case 0:
                signs = [chance.choice(SIGNS) for _ in token]
            case 1:
                signs[chance.randrange(len(signs))] = chance.choice(SIGNS)
            case 2:
                signs = signs[: chance.randrange(1, len(signs))]
            case _:
                base = f"/files/{uuid4()}"
        guess = f"{base}/{''.join(signs)}"
        if guess != right:
            response = client.get(guess)
            assert response.status_code == 404, guess
            assert b"\xff\xd8\xff" not in response.content
        base = right.rsplit("/", 1)[0]
    figure("guessed addresses of files, served", asked=size(60, 10_000), done=number + 1)


@pytest.mark.parametrize(
    "path", ["/files/1/x", "/files/../data/keys/secret", "/files/", "/data/files/ab/cd", "/media/x.jpg"]
)
def test_no_other_address_leads_to_files(desk: Desk, path: str) -> None:
    assert desk.sign_in(Client(), "dispatcher").get(path).status_code == 404
