"""The site as a test client sees it, on a fixed day. There is no database, so there is none to set up."""

import os
from collections.abc import Iterator
from datetime import date

import pytest

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "needlewise.web.site.settings")

import django

django.setup()

from django.test import Client

from needlewise.web.pages.consultation import views


@pytest.fixture(autouse=True)
def _day(monkeypatch: pytest.MonkeyPatch, today: date) -> None:
    monkeypatch.setattr(views, "today", lambda: today)


@pytest.fixture
def client() -> Iterator[Client]:
    yield Client(headers={"host": "localhost"})
