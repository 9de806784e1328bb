"""What is proved of screening and its waits, over all answers."""

from collections.abc import Callable, Iterator

import z3

from needlewise.knowledge import Fact, Kind, Protocol, Rule, Scope, Verdict, WaitKind
from needlewise.verification.encode import RuleTerm, World
from needlewise.verification.prove import patient_for, without_clearances, world_of
from needlewise.verification.terms import LONGEST_DAYS, Said, all_below, maximum, milder, options_of

# Who is never planned, whatever the clearances: the fact, and the answers that say so.
NEVER_PLANNED: dict[str, tuple[str, ...]] = {
    "pregnant": ("possible", "yes"),
    "breastfeeding": ("yes",),
    "isotretinoin": ("now",),
    "bleeding-disorder": ("yes",),
    "keloid-history": ("yes",),
    "vitiligo": ("yes",),
}
YOUNGEST_YEARS = 18
PLACE = "place1"


def some_patient_exists(protocol: Protocol) -> Iterator[str]:
    """The domain is not empty; else everything would be proved."""
    world = world_of(protocol)
    if patient_for(world, world.below(PLACE, int(Verdict.ADJUST))) is None:
        yield "no patient at all may be treated: the tables contradict themselves"


def never_planned(protocol: Protocol) -> Iterator[str]:
    """Those of `NEVER_PLANNED`, and anyone under 18, are excluded whatever the clearances."""
    world = world_of(protocol)
    milder_than_exclude = world.below("person", int(Verdict.EXCLUDE))
    for name, options in NEVER_PLANNED.items():
        fact = protocol.facts[name]
        said = world.said(fact, "person")
        known = z3.And(said.there, z3.Or([said.status == options_of(fact).index(option) for option in options]))
        yield from _broken(world, f"{name} is not excluded", known, milder_than_exclude)
    age = world.said(protocol.facts["age-years"], "person")
    young = z3.And(age.there, age.number < YOUNGEST_YEARS)
    yield from _broken(world, f"under {YOUNGEST_YEARS} is not excluded", young, milder_than_exclude)


def unknown_is_never_no(protocol: Protocol) -> Iterator[str]:
    """A question that applies and is not answered, or lacks a day that nothing else asks for, leaves no verdict below
    `ask` where it belongs."""
    world = world_of(protocol)
    for fact in protocol.facts.values():
        if fact.optional or fact.derived_from or fact.kind is Kind.CLEARANCE:
            continue
        spot = _spot_of(fact)
        missing = world.is_lacking(fact, spot)
        yield from _broken(world, f"{fact.id} may stay unanswered", missing, world.below(spot, int(Verdict.ASK)))


def learning_a_risk(protocol: Protocol) -> Iterator[str]:
    """A riskier answer to one question, all else equal, never makes a verdict milder. Clearances, and answers that
    contradict each other, aside."""
    world = world_of(protocol)
    values = world.values_at(PLACE)
    # Neither clearances nor answers that contradict each other, which no case can hold.
    aside, as_one = without_clearances(world), world.told_as_one(PLACE)
    for fact in protocol.facts.values():
        if fact.riskier == "none" or fact.optional or fact.kind is Kind.CLEARANCE or fact.derived_from:
            continue
        said = world.said(fact, _spot_of(fact))
        other, swap = _another(said)
        domain = [z3.substitute(term, *swap) for term in world.domain]
        pairs = [(value, z3.substitute(value, *swap)) for value in values]
        touched = [(value, swapped) for value, swapped in pairs if not value.eq(swapped)]
        # What the answer does not touch may be anything: more than is true, so a proof all the more.
        rest = z3.Int("rest")
        lower = milder([rest, *(swapped for _, swapped in touched)], [rest, *(value for value, _ in touched)])
        possible = z3.And(aside, as_one, z3.substitute(as_one, *swap))
        riskier = z3.And(said.there, _is_riskier(fact, said, other), possible, *domain)
        yield from _broken(world, f"a riskier answer to {fact.id} is milder", riskier, lower)


def every_rule_counts(protocol: Protocol) -> Iterator[str]:
    """Every rule can fire, can be silent, and is not shadowed: alone it decides, or it adds an effect of its own."""
    world = world_of(protocol)
    for term in world.terms:
        rule = term.rule
        if patient_for(world, term.fires) is None:
            yield f"{rule.id} can never fire"
        elif patient_for(world, z3.Not(term.fires), z3.Not(term.asks)) is None:
            yield f"{rule.id} always fires"
        elif not (rule.effect or rule.modifier or rule.wait) and not _decides(world, term):
            yield f"{rule.id} never decides anything, and does nothing else"


def _decides(world: World, term: RuleTerm) -> bool:
    """There is a patient whose verdict this rule alone sets."""
    others = [other.verdict for other in world.terms if other is not term]
    alone = all_below(others, int(term.rule.verdict))
    return patient_for(world, term.fires, term.verdict == int(term.rule.verdict), alone) is not None


def deferrals_end(protocol: Protocol) -> Iterator[str]:
    """A deferral with a day ends: the day lies ahead, and on that day the same answers no longer defer."""
    world = world_of(protocol)
    for term in world.terms:
        rule = term.rule
        counted = [way for way in rule.any if way.wait_days is not None and _day_cell(way.all) is not None]
        if rule.wait is None or not counted:
            continue
        deferred = z3.And(term.fires, term.verdict == int(rule.verdict), without_clearances(world))
        yield from _broken(world, f"{rule.id} defers to a day that is past", deferred, term.wait_ends <= 0)
        if all(_day_cell(way.all) is not None for way in rule.any):
            later = _later(world, rule, term.wait_ends)
            moved = z3.substitute(term.fires, *later)
            yield from _broken(world, f"{rule.id} still defers on its own day", deferred, moved)


def _later(world: World, rule: Rule, days: z3.ArithRef) -> list[tuple[z3.ExprRef, z3.ExprRef]]:
    """The same answers, seen some days later."""
    names = {cell.fact for way in rule.any for cell in way.all if cell.days_since_below is not None}
    return [(said.days, said.days + days) for (fact, _), said in world.answers().items() if fact in names]


def exclusion_reaches_everything(protocol: Protocol) -> Iterator[str]:
    """An excluded person is excluded at every place, and the visit is; no place is milder than the person."""
    world = world_of(protocol, places=2)
    for step in (int(verdict) for verdict in Verdict):
        reached = z3.Not(world.below("person", step))
        for place in ("place1", "place2"):
            yield from _broken(world, f"{place} is milder than the person", world.below(place, step), reached)
        yield from _broken(world, "the visit is milder than the person", world.visit_below(step), reached)
    goes_ahead = world.visit_below(int(Verdict.CAUTION) + 1)
    yield from _broken(world, "a visit goes ahead though no place may be treated", goes_ahead, z3.Not(world.treated()))


def first_day(wished: z3.ArithRef, waits: list[z3.ArithRef]) -> z3.ArithRef:
    """The planner's first day before weekdays are looked at: the wish and every wait of what is planned."""
    return maximum([wished, *waits])


def gap(interval_min_days: int, least_days: z3.ArithRef) -> z3.ArithRef:
    """The planner's gap between two sessions before weekdays are looked at: the longest minimum."""
    return maximum([z3.IntVal(interval_min_days), least_days])


def dates_keep_the_waits(protocol: Protocol) -> Iterator[str]:
    """The first visit lies on or after the end of every wait of the places planned, whatever weekdays the clinic has;
    each later session at least the longest minimum after the one before."""
    world = world_of(protocol, places=2)
    waits = [term.wait_ends for term in world.terms if term.rule.wait is not None]
    wished, shift = z3.Int("wished"), z3.Int("shift-to-weekday")
    first = first_day(wished, waits) + shift
    ahead = z3.And(shift >= 0, shift <= 6, wished >= 0)
    for term in (t for t in world.terms if t.rule.wait is not None and t.rule.wait.kind is WaitKind.DEFER):
        yield from _broken(world, f"a visit before {term.rule.id} is waited out", ahead, first < term.wait_ends)
    interval = protocol.limits["H7"].interval_days or 0
    floor = protocol.limits["H7"].shallow_interval_days or 0
    for row in protocol.sessions.values():
        least = z3.Int("least")
        between = gap(row.interval_min_days, least) + shift
        rest = z3.And(ahead, z3.Or(least == interval, least == floor))
        yield from _broken(world, f"{row.id}: sessions closer than the rest", rest, between < least)


def overlays_only_tighten(protocol: Protocol) -> Iterator[str]:
    """For all lists of tightenings at once: raised verdicts, longer waits and added rules never make a verdict milder
    or a wait shorter."""
    world = world_of(protocol)
    raised = {rule.id: z3.Int(f"raised:{rule.id}") for rule in protocol.rules.values()}
    added_fires, added_verdict, added_wait = z3.Bool("added:fires"), z3.Int("added:verdict"), z3.Int("added:wait")
    longer = {
        (rule.id, number): z3.Int(f"longer:{rule.id}:{number}")
        for rule in protocol.rules.values()
        for number, way in enumerate(rule.any)
        if way.wait_days is not None
    }
    accepted = accepted_overlay(protocol, raised, longer)
    accepted += [added_verdict >= int(Verdict.PROCEED), added_verdict <= int(Verdict.EXCLUDE), added_wait >= 0]
    tight = [_tightened(world, term, raised, longer) for term in world.terms]
    added = z3.If(added_fires, added_verdict, z3.IntVal(0))
    lower = milder([*world.values_at(PLACE, tight), added], world.values_at(PLACE))
    yield from _broken(world, "an accepted overlay is milder", *accepted, lower)
    for old, new in zip(world.terms, tight, strict=True):
        if old.rule.wait is not None:
            shorter = z3.And(old.fires, new.wait_ends < old.wait_ends)
            yield from _broken(world, f"an accepted overlay shortens {old.rule.id}", *accepted, shorter)


def accepted_overlay(
    protocol: Protocol, raised: dict[str, z3.ArithRef], longer: dict[tuple[str, int], z3.ArithRef]
) -> list[z3.BoolRef]:
    """What acceptance lets an overlay do: verdicts only raised, waits only lengthened."""
    terms = [raised[rule.id] >= int(rule.verdict) for rule in protocol.rules.values()]
    terms += [term <= int(Verdict.EXCLUDE) for term in raised.values()]
    for rule in protocol.rules.values():
        for number, way in enumerate(rule.any):
            if way.wait_days is not None:
                terms.append(longer[rule.id, number] >= way.wait_days)
    return terms


def _tightened(
    world: World, term: RuleTerm, raised: dict[str, z3.ArithRef], longer: dict[tuple[str, int], z3.ArithRef]
) -> RuleTerm:
    """A rule under a list of tightenings: its own terms, with a verdict and waits that are only known to be no milder."""
    rule = term.rule
    numbers = {id(way): number for number, way in enumerate(rule.any)}
    stretched = world.rule_term(rule, term.spot, lambda way: longer[rule.id, numbers[id(way)]])
    own = stretched.verdict == int(rule.verdict)
    verdict = z3.If(z3.And(stretched.fires, own), raised[rule.id], stretched.verdict)
    return RuleTerm(rule, term.spot, stretched.fires, stretched.asks, verdict, stretched.wait_ends)


def _broken(world: World, what: str, *wanted: z3.BoolRef) -> Iterator[str]:
    patient = patient_for(world, *wanted)
    if patient is not None:
        yield f"{what}:\n{patient}"


def _spot_of(fact: Fact) -> str:
    return {Scope.PERSON: "person", Scope.REGION: "region", Scope.ZONE: PLACE}[fact.scope]


def _day_cell(cells: tuple[object, ...]) -> object | None:
    return next((cell for cell in cells if getattr(cell, "days_since_below", None) is not None), None)


def _another(said: Said) -> tuple[Said, list[tuple[z3.ExprRef, z3.ExprRef]]]:
    """A second answer to the same question, and the substitution that puts it in the first one's place."""
    other = Said(
        said.fact,
        said.there,
        z3.Int("other:status"),
        z3.Real("other:number"),
        z3.Int("other:days"),
        z3.Bool("other:day-known"),
        z3.Int("other:what"),
        z3.Bool("other:what-known"),
    )
    names: tuple[str, ...] = ("status", "number", "days", "day_known", "what", "what_known")
    return other, [(getattr(said, name), getattr(other, name)) for name in names]


def _is_riskier(fact: Fact, said: Said, other: Said) -> z3.BoolRef:
    """`other` is at least as risky as `said`: a later option, or the same one more recently."""
    if fact.kind is Kind.MEASURE:
        return other.number >= said.number if fact.riskier == "higher" else other.number <= said.number
    whole = z3.And(said.day_known, other.day_known, said.what_known, other.what_known, other.what == said.what)
    more_recent = z3.And(other.days <= said.days, other.days <= LONGEST_DAYS)
    return z3.And(whole, z3.Or(other.status > said.status, z3.And(other.status == said.status, more_recent)))


Proof = Callable[[Protocol], Iterator[str]]
