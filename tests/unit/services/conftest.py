"""The real package of the catalogue, to be broken in one place at a time."""

from __future__ import annotations

from pathlib import Path

import pytest

from backend.services.package import Package, load_folder

FOLDER = Path(__file__).resolve().parents[3] / "catalogue" / "hundesteuer-anmeldung"


@pytest.fixture(scope="session")
def sound() -> Package:
    return load_folder(folder=FOLDER)


@pytest.fixture
def texts(sound: Package) -> dict[str, str]:
    return sound.texts()
