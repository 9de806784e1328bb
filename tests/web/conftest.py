"""The site as a test client sees it, on a fixed day. There is no database, so there is none to set up."""

import os
from datetime import date

import pytest

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "needlewise.web.site.settings")

import django

django.setup()

from django.test import Client  # noqa: E402 - settings come first

from needlewise.web.pages.consultation import views  # noqa: E402 - settings come first
from needlewise.web.pages.learn import views as learn_views  # noqa: E402 - settings come first


@pytest.fixture(autouse=True)
def _day(monkeypatch: pytest.MonkeyPatch, today: date) -> None:
    monkeypatch.setattr(views, "today", lambda: today)
    monkeypatch.setattr(learn_views, "today", lambda: today)


@pytest.fixture
def client() -> Client:
    return Client(headers={"host": "localhost"})
