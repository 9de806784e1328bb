"""The way from page to page: the one list of what the masthead offers, and where on it a request stands.

Pages do not know each other. They are known here by the names of their addresses alone, and by their order.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

# The name of the address, the word in the masthead, the words on a button that leads there.
ENTRIES = (
    ("consultation", "Consultation", "To the consultation"),
    ("evidence", "Evidence", "To the evidence"),
    ("dose", "Dose", "To the dose"),
    ("photographs", "Photographs", "To the photographs"),
    ("learn", "Learn", "To all articles"),
    ("news", "News", "To all news"),
)
# Entries that are there only where a setting of this name is on.
WHERE_ON = {"photographs": "PHOTOGRAPHS"}


@dataclass(frozen=True, slots=True)
class Link:
    """One entry of the masthead. `is_here`: the page asked for lies at this address or below it."""

    name: str
    title: str
    way_in: str
    address: str
    is_here: bool


@dataclass(frozen=True, slots=True)
class Navigation:
    """The entries in their order, as seen from one address."""

    links: tuple[Link, ...]

    @property
    def start(self) -> Link:
        """Where to begin anew: the entry that one is in; the first one where one is in none."""
        return next((link for link in self.links if link.is_here), self.links[0])


def navigation_at(path: str) -> Navigation:
    """The navigation as seen from the path of a request."""
    return Navigation(
        tuple(
            Link(name, title, way_in, address, path.startswith(address))
            for name, title, way_in in ENTRIES
            if name not in WHERE_ON or getattr(settings, WHERE_ON[name])
            for address in (reverse(name),)
        )
    )


def offer_navigation(request: HttpRequest) -> dict[str, Callable[[], Navigation]]:
    """Context of every template. Worked out only where a template asks for it: parts of pages do not."""
    return {"navigation": partial(navigation_at, request.path)}
