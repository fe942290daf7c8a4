"""Every proof that asks for pages needs the folder of collected files to exist; it is empty."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings


@pytest.fixture(autouse=True, scope="session")
def _folder_of_files() -> None:
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
