"""Clinics' own lists, and what becomes of a consultation under them."""

from functools import cache
from typing import Any

from needlewise.consultation import Consultation, consult, read_case
from needlewise.errors import OverlayError
from needlewise.knowledge import Protocol, _load, load_protocol
from needlewise.verification.consultations import quiet_case
from tests.unit.knowledge.trees import TODAY

PLAIN = load_protocol(TODAY)
QUIET = quiet_case(PLAIN, TODAY)


def text_of(*entries: str, title: str = "Example clinic") -> bytes:
    """An overlay of these entries, each the lines below its [[tighten]]."""
    return "\n".join([f'title = "{title}"', *(f"\n[[tighten]]\n{entry}" for entry in entries), ""]).encode()


@cache
def under(*entries: str) -> Protocol:
    """The protocol under an overlay of these entries, laid over the one that is loaded already."""
    return _load.under(PLAIN, text_of(*entries))


def refused(raw: bytes) -> list[str]:
    """What an overlay is refused with."""
    try:
        _load.under(PLAIN, raw)
    except OverlayError as error:
        return [str(problem) for problem in error.problems]
    return []


def consulted(
    protocol: Protocol, facts: dict[str, Any] | None = None, answered: dict[str, Any] | None = None, **changed: Any
) -> Consultation:
    """The quiet case under a protocol, with some other answers, or with all of them others."""
    data = {**QUIET, "facts": {**(answered or QUIET["facts"]), **(facts or {})}, **changed}
    return consult(read_case(data, protocol, TODAY), protocol, TODAY)


def concern(indication: str, *zones: str, severity: str = "moderate") -> list[dict[str, Any]]:
    return [{"indication": indication, "severity": severity, "zones": list(zones)}]
