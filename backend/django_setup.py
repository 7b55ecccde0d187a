"""Starts Django for commands that need the database."""

from __future__ import annotations

import os

import django


def start_django() -> None:
    """Read the settings (exits with one clear message if some are missing) and load the models."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.settings")
    django.setup()


start_django()
