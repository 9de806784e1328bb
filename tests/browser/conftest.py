"""A live site and a real browser for all journeys. Without Chromium they are skipped, loudly."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page

from tests.browser import live_site

HERE = "tests/browser/"
MISSING = "no chromium on the PATH: install it (Debian: apt-get install chromium) to run the journeys in a real browser"
Open = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.nodeid:
            item.add_marker(pytest.mark.browser)
            if live_site.CHROMIUM is None:
                item.add_marker(pytest.mark.skip(reason=MISSING))


@pytest.fixture(scope="session")
def site(today: date) -> Iterator[str]:
    """The site's address. Its day is fixed, as the examples are written for one."""
    with pytest.MonkeyPatch.context() as patch, live_site.served_site() as address:
        from needlewise.web.pages.consultation import views  # noqa: PLC0415 - settings must be named first

        patch.setattr(views, "today", lambda: today)
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with live_site.chromium() as browser:
        yield browser


@pytest.fixture
def open_page(site: str, browser: Browser) -> Iterator[Open]:
    """Open the consultation, with an example or empty. Any console error or failed script fails the test."""
    contexts, troubles = [], list[str]()

    def on_console(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            troubles.append(f"{message.type}: {message.text}")

    def open_it(example: str = "", *, fragment: str = "", may_fail: bool = False, **options: Any) -> Page:
        context = browser.new_context(**{"viewport": {"width": 1440, "height": 1000}, **options})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        if not may_fail:
            page.on("console", on_console)
            page.on("pageerror", lambda error: troubles.append(f"script: {error}"))
        page.goto(f"{site}/consultation/{f'?example={example}' if example else ''}{fragment}")
        return page

    yield open_it
    for context in contexts:
        context.close()
    assert not troubles, "\n".join(troubles)
