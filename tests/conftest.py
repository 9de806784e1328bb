"""The protocol is read once for all tests: it is a value, and nothing can change it."""

from datetime import date

import pytest

from needlewise.knowledge import Protocol, load_protocol

TODAY = date(2026, 11, 24)


@pytest.fixture(scope="session")
def protocol() -> Protocol:
    return load_protocol(TODAY)


@pytest.fixture(scope="session")
def today() -> date:
    return TODAY
