"""What pages read: the protocol of a day, the evidence and the biology beside it, opened once for all of them.

Yesterday's stays while requests cross midnight.
"""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache

from needlewise.evidence.groups import Group, groups_of
from needlewise.knowledge import (
    Biology,
    EvidenceBase,
    Imaging,
    Protocol,
    load_biology,
    load_evidence,
    load_imaging,
    load_protocol,
)


@lru_cache(maxsize=2)
def protocol_on(on: date) -> Protocol:
    """The protocol of a day."""
    return load_protocol(on)


@lru_cache(maxsize=2)
def evidence_on(on: date) -> EvidenceBase:
    """The evidence, with the sources and scales of a day's protocol."""
    return load_evidence(protocol_on(on))


@lru_cache(maxsize=2)
def groups_on(on: date) -> Sequence[Group]:
    """The groups of comparable figures in that evidence."""
    return groups_of(evidence_on(on))


@lru_cache(maxsize=2)
def biology_on(on: date) -> Biology:
    """What the model of healing reckons with, with the sources of a day's protocol."""
    return load_biology(protocol_on(on))


@lru_cache(maxsize=2)
def imaging_on(on: date) -> Imaging:
    """What measuring photographs reckons with, beside a day's protocol."""
    return load_imaging(protocol_on(on))
