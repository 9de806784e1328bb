"""The safety invariants: each a sentence, how it is held, and the sweep that looks for a patient who breaks it.

SAFETY.md's table is generated from this list.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import product

from needlewise.clinical.schedule import INTERVAL_LIMIT, Spacing, first_day, next_allowed, next_session
from needlewise.consultation import consult, read_case
from needlewise.errors import CaseError
from needlewise.knowledge import Protocol
from needlewise.verification import consultations, screening_proofs, space

Fault = tuple[str, str]
Sweep = Callable[[Protocol, date], Iterator[Fault]]
WEEK = range(7)


class Held(StrEnum):
    """How an invariant is held."""

    PROVED = "proved over all answers"
    ENUMERATED = "enumerated over the whole planning space"
    CHECKED = (
        "checked on every one-answer variation of a complete case, with and without all clearances, and on random cases"
    )


@dataclass(frozen=True, slots=True)
class Invariant:
    """One invariant. `sweep` yields the id and the patient of every way in which it, or a companion, is broken."""

    id: str
    sentence: str
    held: Held
    sweep: Sweep


def broken(protocol: Protocol, on: date, ids: Iterable[str] = ()) -> Iterator[Fault]:
    """Every way in which the invariants (or those named) are broken. Each sweep runs once, whatever it looks for."""
    wanted = set(ids) or {invariant.id for invariant in INVARIANTS}
    for sweep in dict.fromkeys(one.sweep for one in INVARIANTS if one.id in wanted):
        yield from (fault for fault in sweep(protocol, on) if fault[0] in wanted)


def table() -> str:
    """The invariants as a Markdown table, for SAFETY.md."""
    lines = ["| invariant | how it is held |", "|---|---|"]
    lines += [f"| {one.sentence} | {one.held.value} (`{one.id}`) |" for one in INVARIANTS]
    return "\n".join(lines)


def _proof(invariant_id: str, proof: Callable[[Protocol], Iterator[str]]) -> Sweep:
    return lambda protocol, _: ((invariant_id, text) for text in proof(protocol))


def _consultations(protocol: Protocol, on: date) -> Iterator[Fault]:
    """Consult every variation, and look at what came of it."""
    for clearances in ([], consultations.all_clearances(protocol, on)):
        for told, data in consultations.variations(protocol, on):
            try:
                case = read_case({**data, "clearance": clearances}, protocol, on)
            except CaseError:
                continue  # a variation that contradicts the rest of the case is refused, which is what should happen
            result = consult(case, protocol, on)
            yield from ((found, f"{what}:\n{told}") for found, what in consultations.faults(result, case, protocol))


def _space(protocol: Protocol, on: date) -> Iterator[Fault]:
    """Visit the whole planning space."""
    del on
    yield from space.faults(protocol)


def _weekdays(protocol: Protocol, on: date) -> Iterator[Fault]:
    """Whatever days the clinic treats on, the day given is allowed, not earlier than asked, and within a week."""
    del protocol
    for mask in range(1, 2**7):
        days = frozenset(day for day in WEEK if mask >> day & 1)
        for shift in WEEK:
            asked = on + timedelta(days=shift)
            given = next_allowed(asked, days)
            if given.weekday() not in days or not 0 <= (given - asked).days < len(WEEK):
                yield "weekdays-wait", f"{asked} became {given} for weekdays {sorted(days)}"


def _dates(protocol: Protocol, on: date) -> Iterator[Fault]:
    """The proof over all answers; and, because a proof speaks of arithmetic and not of the code that does it, the
    planner's own functions with every set of weekdays, from every day of the week."""
    yield from _proof("dates-keep-the-waits", screening_proofs.dates_keep_the_waits)(protocol, on)
    limit = protocol.limits[INTERVAL_LIMIT]
    rests = {limit.interval_days or 0, limit.shallow_interval_days or 0}
    rows = {Spacing(row.interval_min_days, row.interval_max_days) for row in protocol.sessions.values()}
    for mask, shift in product(range(2**7), WEEK):
        days = frozenset(day for day in WEEK if mask >> day & 1)
        wished = on + timedelta(days=shift)
        for ahead in product((-3, 0, 1, 6, 30), repeat=2):
            waits = [on + timedelta(days=number) for number in ahead]
            given = first_day(wished, waits, days)
            if given < max(wished, *waits) or (given - max(wished, *waits)).days >= len(WEEK):
                yield "dates-keep-the-waits", f"first visit on {given}, wished {wished}, waits {waits}, {sorted(days)}"
        for first, second, rest in product(rows, rows, rests):
            given, _ = next_session(wished, [first, second], rest, days)
            least = max(first.interval_min_days, second.interval_min_days, rest)
            if (given - wished).days < least:
                yield "dates-keep-the-waits", f"sessions on {wished} and {given}, at least {least} days, {sorted(days)}"


INVARIANTS: tuple[Invariant, ...] = (
    Invariant("some-patient", "The tables allow some patient to be treated: nothing below is proved of an empty world.", Held.PROVED, _proof("some-patient", screening_proofs.some_patient_exists)),
    Invariant("never-planned", "Someone pregnant, breast-feeding, taking isotretinoin, with a bleeding disorder, keloids or vitiligo, or under 18, is excluded, whatever the clearances.", Held.PROVED, _proof("never-planned", screening_proofs.never_planned)),
    Invariant("unknown-is-never-no", "A question that applies and is not answered leaves no verdict below `ask`; so forgetting an answer never gives a plan that can be signed.", Held.PROVED, _proof("unknown-is-never-no", screening_proofs.unknown_is_never_no)),
    Invariant("learning-a-risk", "Learning a risk never lowers a verdict (clearances, and answers that contradict each other, aside).", Held.PROVED, _proof("learning-a-risk", screening_proofs.learning_a_risk)),
    Invariant("every-rule-counts", "Every rule can fire, can be silent, and is not shadowed by the others.", Held.PROVED, _proof("every-rule-counts", screening_proofs.every_rule_counts)),
    Invariant("deferrals-end", "A deferral with a day ends on a day to come, and on that day the same answers no longer defer.", Held.PROVED, _proof("deferrals-end", screening_proofs.deferrals_end)),
    Invariant("exclusion-reaches", "No place and no visit is milder than the person's own verdict; no visit goes ahead where no place may be treated.", Held.PROVED, _proof("exclusion-reaches", screening_proofs.exclusion_reaches_everything)),
    Invariant("dates-keep-the-waits", "No visit lies before the end of a wait, and no session closer than the rest of its zone, whatever the weekdays.", Held.PROVED, _dates),
    Invariant("overlays-tighten", "An accepted overlay is never less cautious: no milder verdict, no shorter wait.", Held.PROVED, _proof("overlays-tighten", screening_proofs.overlays_only_tighten)),
    Invariant("depth-in-order", "For every mode, zone, skin, trait and device there is one range that is not empty, or one refusal with its reason; start, ceiling and limit are in order, and the device's maximum less its tolerance is kept.", Held.ENUMERATED, _space),
    Invariant("passes-and-end-point", "Passes stay between 1 and the limit; bleeding is an end point only in scar mode, types I to III, without a blood thinner.", Held.ENUMERATED, _space),
    Invariant("risk-never-deeper", "No added risk makes a plan deeper or longer, or possible where it was refused.", Held.ENUMERATED, _space),
    Invariant("weekdays-wait", "Weekdays of a clinic only ever move a visit later, by less than a week.", Held.ENUMERATED, _weekdays),
    Invariant("no-plan-after-exclude", "After `exclude` there is no plan, and an excluded place is never planned.", Held.CHECKED, _consultations),
    Invariant("signable-only-if-mild", "No plan can be signed unless the verdict, and that of every place in it, is `caution` or milder.", Held.CHECKED, _consultations),
    Invariant("not-before-eligible", "No visit lies before `eligible_on`, nor before a preparation is done.", Held.CHECKED, _consultations),
    Invariant("depth-within-limit", "No depth passes its limit, with or without a reason.", Held.CHECKED, _consultations),
    Invariant("ceiling-needs-a-reason", "No depth passes its ceiling without a written reason.", Held.CHECKED, _consultations),
    Invariant("never-inside-the-rim", "Nothing is ever planned inside the orbital rim, on the lips or on mucosa.", Held.CHECKED, _consultations),
    Invariant("rest-between-sessions", "The same zone and side, its parent and its children rest between two sessions, and since they were last needled.", Held.CHECKED, _consultations),
    Invariant("prescribed-is-never-stopped", "Nothing that was prescribed is ever paused, in any instruction or reason, and no date rests on its being stopped.", Held.CHECKED, _consultations),
)  # fmt: skip
