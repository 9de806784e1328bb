"""Asking for what no question of the protocol asks: the goals and where, the clinic's devices, the kind of visit."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from needlewise.cli.dialogue import Dialogue
from needlewise.clinical.case import ANAESTHETICS, VISIT_KINDS
from needlewise.clinical.devices import PEN
from needlewise.knowledge import Indication, Protocol, Zone

_WHY_GOAL = ("The goal decides which protocol stands behind the plan, and how success is measured.",)
_WHY_SEVERITY = ("It decides how many sessions are planned. While it is not known, the most are.",)
_WHY_VISIT = ("Before a later session some more is asked: how the skin recovered, what has changed.",)
_WHY_CREAM = ("Numbing cream has risks of its own, and questions of its own.",)
_WHY_DEVICE = ("The device decides how deep a needle can go, and what it is authorised for.",)


def ask_concern(protocol: Protocol, talk: Dialogue, *, first: bool) -> dict[str, Any] | None:
    """A goal, how marked it is, and where; None where no further one is wished."""
    goals = {g.id: (g.words, of) for of in protocol.indications.values() for g in of.goal if g.supported}
    talk.say()
    talk.say("What should change?" if first else "Another goal? `?` lists them. Enter: no.")
    goal = talk.choice({name: words for name, (words, _) in goals.items()}, _WHY_GOAL, needed=first, listed=first)
    if not goal:
        return None
    indication = goals[goal][1]
    found: dict[str, Any] = {"goal": goal}
    if len(indication.sessions) > 1:
        talk.say("How marked is it?")
        labels = indication.severity_labels
        severity = talk.choice({name: labels.get(name, "") for name in indication.sessions}, _WHY_SEVERITY)
        found |= {"severity": severity} if severity else {}
    return {**found, "zones": _zones(indication, protocol, talk)}


def _zones(indication: Indication, protocol: Protocol, talk: Dialogue) -> list[str]:
    """Zones by name or label, separated by commas; a zone has both its sides unless one is named."""
    known = {**{zone.id: zone.label for zone in protocol.zones.values()}, **_sides(protocol)}
    allowed = [zone.id for zone in protocol.zones.values() if _is_covered(zone, indication)]
    talk.say(f"Where? Zones, separated by commas. {indication.label}: {', '.join(allowed)}.")
    why = [f"{name}: {label}" for name, label in known.items()]
    while True:
        names = [part.strip() for part in talk.line_or_why(why).split(",") if part.strip()]
        found = [_named(name, known) for name in names]
        unknown = [name for name, zone in zip(names, found, strict=True) if zone is None]
        if names and not unknown:
            return list(dict.fromkeys(zone for zone in found if zone))
        for name in unknown:
            near = get_close_matches(name.casefold(), known, n=1)
            talk.say(f"Unknown zone `{name}`{f'; did you mean `{near[0]}`?' if near else ''}", 2)
        if not names:
            talk.say("At least one zone is needed; `?` lists them.", 2)


def _is_covered(zone: Zone, indication: Indication) -> bool:
    """Whether the protocol of an indication speaks of a zone; one that it does not may be named all the same."""
    narrowed = (indication.allowed_zones or {}).get(zone.region)
    return zone.plannable and zone.region in indication.allowed_regions and (narrowed is None or zone.id in narrowed)


def _sides(protocol: Protocol) -> dict[str, str]:
    return {place.id: place.label for place in protocol.places.values() if place.side}


def _named(text: str, known: Mapping[str, str]) -> str | None:
    said = text.casefold()
    return next((name for name, label in known.items() if said in (name, label.casefold())), None)


def ask_clinic(protocol: Protocol, talk: Dialogue) -> dict[str, Any]:
    """The clinic's devices, if they are to be named."""
    devices = {device.id: device.name for device in protocol.devices.values() if device.design == PEN}
    talk.say()
    talk.say("Which pen does the clinic use? Enter: none named.")
    device = talk.choice(devices, _WHY_DEVICE)
    return {"devices": [device]} if device else {}


def ask_plan(talk: Dialogue) -> dict[str, Any]:
    """The kind of visit and the numbing cream; what is usual is not written down."""
    found: dict[str, Any] = {}
    talk.say()
    talk.say(f"Which visit is it? Enter: {VISIT_KINDS[0]}.")
    visit = talk.choice(dict.fromkeys(VISIT_KINDS, ""), _WHY_VISIT)
    if visit and visit != VISIT_KINDS[0]:
        found["visit"] = visit
    talk.say()
    talk.say(f"Numbing cream? Enter: {ANAESTHETICS[0]}.")
    cream = talk.choice(dict.fromkeys(ANAESTHETICS, ""), _WHY_CREAM)
    if cream and cream != ANAESTHETICS[0]:
        found["anaesthetic"] = cream
    return found
