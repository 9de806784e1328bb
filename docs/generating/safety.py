"""The generated parts of SAFETY.md: limits, what waits for the session record, ceilings, invariants, gaps."""

from collections.abc import Callable

from generating.markdown import bullets, link, links, table
from generating.places import HEAD, depth_row, regions, zones_of
from generating.planning import numbers
from generating.sources import NOT_KNOWN
from needlewise.knowledge import Limit, Origin, Protocol, StopRule
from needlewise.verification.invariants import table as invariants_table

ROOM = "docs/reference/"
LIMITS = f"{ROOM}limits.md"
PLAN, TEXT, SESSION = "plan", "text", "session"


def limits(protocol: Protocol) -> str:
    rows = [
        (link(one.id, LIMITS), one.text, f"`{text}`" if (text := numbers(one)) else "", one.held_by)
        for one in protocol.limits.values()
    ]
    return table(("limit", "what is never passed", "what the planner reads", "held by"), rows)


def waiting(protocol: Protocol) -> str:
    """What a plan holds already, named; what it does not hold, or only in part, with what holds it until then."""
    found = [one for one in (*protocol.limits.values(), *protocol.stop_rules.values()) if SESSION in one.enforced_at]
    whole = [one.id for one in found if PLAN in one.enforced_at and TEXT not in one.enforced_at]
    rows = [(link(one.id, LIMITS), one.text, _now(one)) for one in found if one.id not in whole]
    lead = f"Held in every plan already, and to be held once more when a session is recorded: {links(whole, LIMITS)}."
    head = ("limit or stop rule", "what it asks", "until sessions are recorded")
    return f"{lead} Not held, or only in part:\n\n{table(head, rows)}"


def _now(one: Limit | StopRule) -> str:
    """What holds it today, besides the record that does not exist yet."""
    held = {PLAN: "what a plan can hold is held", TEXT: "the rest is only written, here and in the protocol"}
    now = [held[where] for where in one.enforced_at if where in held]
    if isinstance(one, StopRule) and one.rule:
        now.append(f"the rule {link(one.rule, f'{ROOM}rules.md')} asks before each later session")
    return "; ".join(now).removeprefix("the rest is ") or "not held by the software"


def ceilings(protocol: Protocol) -> str:
    zones = [zone for region in regions(protocol) for zone in zones_of(region, protocol) if zone.plannable]
    return table(HEAD, (depth_row(zone, protocol, f"{ROOM}zones.md") for zone in zones))


def modifiers(protocol: Protocol) -> str:
    file = f"{ROOM}planning.md"
    rows = [(link(one.id, file), one.label, f"`{numbers(one)}`") for one in protocol.modifiers.values()]
    return table(("modifier", "when", "what it does"), rows)


def invariants(protocol: Protocol) -> str:
    del protocol  # the list stands in the code
    return invariants_table()


def gaps(protocol: Protocol) -> str:
    return bullets(("", one.text) for one in protocol.readings.values() if one.topic == NOT_KNOWN)


def standing(protocol: Protocol) -> str:
    """How much rests on what, in numbers."""
    rules = protocol.rules.values()
    count = {origin: sum(rule.mark.origin is origin for rule in rules) for origin in Origin}
    adopted = [zone.id for zone in protocol.zones.values() if zone.depth is not None and zone.depth.needs_adoption]
    return bullets(
        (
            ("", f"{len(rules)} rules: {count[Origin.READ]} read in a source as it stands, {count[Origin.CHOSEN]} chosen by us, "
             f"{count[Origin.COMPUTED]} computed, {count[Origin.MEMORY]} from memory."),
            ("", f"{len(adopted)} zones have no depth row read for them, and are planned only where a clinic adopts the "
             f"proposed figures: {', '.join(adopted)}."),
            ("", f"The reading of sources was closed on {protocol.compiled}. Nothing that appeared later is in it."),
        )
    )  # fmt: skip


BLOCKS: dict[str, Callable[[Protocol], str]] = {
    "limits": limits,
    "waiting": waiting,
    "modifiers": modifiers,
    "ceilings": ceilings,
    "invariants": invariants,
    "standing": standing,
    "gaps": gaps,
}
