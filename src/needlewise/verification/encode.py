"""Tables to solver terms: the same cells, alternatives and exemptions that the interpreter reads.

A `World` is one person with `places` wished places in one region, and every answer symbolic. Truth is a pair of terms:
holds, and not known; where neither is true, the cell is False.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import z3

from needlewise.knowledge import Alternative, Cell, Exemption, Fact, Kind, Protocol, Rule, Scope, Verdict
from needlewise.verification.terms import (
    HAPPENED,
    LONGEST_DAYS,
    Said,
    Truth,
    all_below,
    all_of,
    any_of,
    cell_of,
    maximum,
    options_of,
)


@dataclass(frozen=True, slots=True)
class RuleTerm:
    """What one rule says at one spot: its verdict (0 where silent), and in how many days its wait ends."""

    rule: Rule
    spot: str
    fires: z3.BoolRef
    asks: z3.BoolRef
    verdict: z3.ArithRef
    wait_ends: z3.ArithRef


class World:
    """All symbolic answers, and the terms of verdicts and waits."""

    def __init__(
        self, protocol: Protocol, name: str = "", places: int = 1, rules: Iterable[Rule] | None = None
    ) -> None:
        self.protocol = protocol
        self.name = name
        self.spots = ["person", "region", *(f"place{number}" for number in range(1, places + 1))]
        self.domain: list[z3.BoolRef] = []
        self._said: dict[tuple[str, str], Said] = {}
        self._inputs: dict[tuple[str, str], z3.ArithRef] = {}
        # By rule and spot, because a letter may speak of some places only: whether one counts, and the wait it asks for.
        spots = [(rule.id, spot) for rule in protocol.rules.values() for spot in self._spots_of(rule.scope)]
        self.cleared = {f"{rule}@{spot}": z3.Bool(f"{name}cleared:{rule}@{spot}") for rule, spot in spots}
        self.asked_for = {f"{rule}@{spot}": z3.Int(f"{name}asked-for:{rule}@{spot}") for rule, spot in spots}
        self.rules = list(protocol.rules.values() if rules is None else rules)
        self.terms = [self.rule_term(rule, spot) for rule in self.rules for spot in self._spots_of(rule.scope)]

    # Answers and inputs

    def said(self, fact: Fact, spot: str) -> Said:
        """The answer to a fact at its own spot."""
        key = (fact.id, spot)
        if key not in self._said:
            self._said[key] = self._new_answer(fact, f"{self.name}{fact.id}@{spot}")
        return self._said[key]

    def _new_answer(self, fact: Fact, name: str) -> Said:
        said = Said(
            fact,
            z3.Bool(f"{name}:there"),
            z3.Int(f"{name}:status"),
            z3.Real(f"{name}:number"),
            z3.Int(f"{name}:days"),
            z3.Bool(f"{name}:day-known"),
            z3.Int(f"{name}:what"),
            z3.Bool(f"{name}:what-known"),
        )
        low, high = fact.range or (0.0, 0.0)
        self.domain += [
            said.status >= 0,
            said.status < max(1, len(options_of(fact))),
            said.days >= 0,
            said.days <= LONGEST_DAYS,
            said.what >= 0,
            said.what < max(1, len(fact.what)),
            said.number >= z3.RealVal(str(low)),
            said.number <= z3.RealVal(str(high)),
        ]
        if fact.derived_from:
            # Known exactly when the fact it comes from is.
            source = self.protocol.facts[fact.derived_from]
            self.domain.append(
                said.there == z3.And(self.said(source, "person").there, self.said(source, "person").day_known)
            )
        return said

    def answers(self) -> dict[tuple[str, str], Said]:
        """Every symbolic answer made so far, by fact and spot."""
        return dict(self._said)

    def inputs(self) -> dict[tuple[str, str], z3.ArithRef]:
        """Every symbolic input made so far, by name and spot."""
        return dict(self._inputs)

    def input(self, name: str, spot: str) -> z3.ArithRef:
        """An input of the consultation, as a number into `input_values`."""
        key = (name, spot)
        if key not in self._inputs:
            term = z3.Int(f"{self.name}input:{name}@{spot}")
            self._inputs[key] = term
            self.domain += [term >= 0, term < len(self.input_values(name))]
            if name == "zone":
                self.domain.append(self._zone_lies_in_its_region(term))
        return self._inputs[key]

    def _zone_lies_in_its_region(self, zone: z3.ArithRef) -> z3.BoolRef:
        zones, regions = self.input_values("zone"), self.input_values("zone-region")
        region = self.input("zone-region", "region")
        pairs = [(zones.index(z.id), regions.index(z.region)) for z in self.protocol.zones.values()]
        return z3.And([z3.Implies(zone == number, region == where) for number, where in pairs])

    def input_values(self, name: str) -> list[str]:
        """Every value that an input can take; the empty one first."""
        protocol = self.protocol
        known: dict[str, Iterable[str]] = {
            "zone": protocol.zones,
            "zone-region": sorted({zone.region for zone in protocol.zones.values()}),
            "indication": protocol.indications,
            "severity": sorted({s for i in protocol.indications.values() for s in i.sessions}),
            "labelled": ("yes", "no"),
            "label-names-anaesthetic-allergy": ("yes", "no", "unknown"),
            "device-design": sorted({device.design for device in protocol.devices.values()} | {"radiofrequency"}),
            "visit-kind": ("first", "session", "maintenance", "reassessment"),
            "anaesthetic": ("none", "over-the-counter", "prescriber"),
            "adjunct": protocol.adjuncts,
        }
        return ["", *known[name]]

    def _spots_of(self, scope: Scope) -> list[str]:
        if scope is Scope.PERSON:
            return ["person"]
        return ["region"] if scope is Scope.REGION else self.spots[2:]

    def _input_terms(self, name: str, spot: str) -> list[z3.ArithRef]:
        """An input at a spot: shared ones are the person's, the others belong to the places."""
        if name in ("visit-kind", "anaesthetic", "adjunct"):
            return [self.input(name, "person")]
        if name == "zone-region":
            return [self.input(name, "region")]
        return [self.input(name, place) for place in (self.spots[2:] if spot in ("person", "region") else [spot])]

    def _read_at(self, fact: Fact, spot: str) -> list[str]:
        """Where a fact is read from a spot: at its own place; from above, at every place and elsewhere."""
        if fact.scope is Scope.PERSON:
            return ["person"]
        if fact.scope is Scope.REGION:
            return ["region"]
        if spot == "person":
            return [*self.spots[2:], "elsewhere"]
        return self.spots[2:] if spot == "region" else [spot]

    # Cells

    def cell(self, cell: Cell, spot: str) -> Truth:
        """One cell read at a spot."""
        if cell.input:
            values = self.input_values(cell.input)
            terms = self._input_terms(cell.input, spot)
            wanted = cell.one_of or cell.none_of
            inside = z3.Or([term == values.index(value) for term in terms for value in wanted if value in values])
            return Truth(inside if cell.one_of else z3.Not(inside), z3.BoolVal(False))
        fact = self.protocol.facts[cell.fact]
        return any_of(self._cell_at(cell, fact, place) for place in self._read_at(fact, spot))

    def _cell_at(self, cell: Cell, fact: Fact, spot: str) -> Truth:
        said = self.said(fact, spot)
        told = cell_of(cell, said)
        open_here = z3.BoolVal(False) if spot == "elsewhere" else self.is_open(fact, spot)
        return Truth(z3.And(said.there, told.holds), z3.Or(open_here, z3.And(said.there, told.unknown)))

    def is_open(self, fact: Fact, spot: str) -> z3.BoolRef:
        """The question applies here and is not answered."""
        if fact.optional and not fact.derived_from:
            return z3.BoolVal(False)
        if fact.derived_from:
            return z3.Not(self.said(fact, spot).there)
        applies = z3.And([z3.Or(t.holds, t.unknown) for t in (self.cell(cell, spot) for cell in fact.asked_when)])
        return z3.And(z3.Not(self.said(fact, spot).there), applies)

    def is_lacking(self, fact: Fact, spot: str) -> z3.BoolRef:
        """The question applies here and is open, or its answer names no day though nothing else asks for it."""
        open_here = self.is_open(fact, spot)
        if fact.id not in self.protocol.index.undated:
            return open_here
        said = self.said(fact, spot)
        happened = said.status == options_of(fact).index(HAPPENED)
        return z3.Or(open_here, z3.And(said.there, happened, z3.Not(said.day_known)))

    def throughout(self, cell: Cell, spot: str) -> z3.BoolRef:
        """The strict reading of an exemption's cell: known, and true of every answer and every input."""
        if cell.input:
            values = self.input_values(cell.input)
            wanted = [values.index(value) for value in cell.one_of if value in values]
            terms = self._input_terms(cell.input, spot)
            return z3.And([z3.Or([term == value for value in wanted]) for term in terms])
        return z3.And([z3.And(said.there, cell_of(cell, said).holds) for said in self._said_from(cell, spot)])

    def gives_way(self, exemption: Exemption, spot: str) -> z3.BoolRef:
        """An exemption holds: every cell read strictly, and what must be one event is of one day."""
        one_day = self._of_one_day(exemption.same_day, spot) if exemption.same_day else z3.BoolVal(True)
        return z3.And(*(self.throughout(cell, spot) for cell in exemption.all), one_day)

    def _of_one_day(self, cells: tuple[Cell, ...], spot: str) -> z3.BoolRef:
        first, *others = cells
        fits: list[z3.BoolRef] = []
        for said in self._said_from(first, spot):
            fits += [said.there, said.happened, cell_of(first, said).holds]
            for other in others:
                fits.append(z3.Or([said.same_day_as(one, cell_of(other, one)) for one in self._said_from(other, spot)]))
        return z3.And(fits)

    def told_as_one(self, spot: str) -> z3.BoolRef:
        """No two answers contradict each other here: what an exemption takes for one event is told as one."""
        sure = []
        for exemption in (one for rule in self.rules for one in rule.exemptions if one.same_day):
            first, *others = exemption.same_day
            for said, other in ((said, other) for said in self._said_from(first, spot) for other in others):
                here = self._said_from(other, spot)
                may = [z3.Or(z3.Not(one.there), said.may_be_of_the_day_of(one, cell_of(other, one))) for one in here]
                sure.append(z3.Implies(z3.And(said.there, cell_of(first, said).holds), z3.Or(may)))
        return z3.And(sure)

    def _said_from(self, cell: Cell, spot: str) -> list[Said]:
        """The answers that a cell reads from a spot."""
        fact = self.protocol.facts[cell.fact]
        return [self.said(fact, place) for place in self._read_at(fact, spot)]

    # Rules

    def rule_term(
        self, rule: Rule, spot: str, lengthen: Callable[[Alternative], z3.ArithRef] | None = None
    ) -> RuleTerm:
        """The verdict of a rule at a spot. `lengthen` gives other waits than the table's, for overlays."""
        waits = {id(way): self._wait_of(rule, way, spot, lengthen) for way in rule.any}
        ways = [(way, all_of(self._waited(cell, way, waits[id(way)], spot) for cell in way.all)) for way in rule.any]
        truth = any_of(truth for _, truth in ways)
        covered = self._covered(rule)
        verdict: z3.ArithRef = z3.IntVal(int(rule.verdict))
        silent = z3.BoolVal(False)
        for exemption in rule.exemptions:
            holds = self.gives_way(exemption, spot)
            if exemption.to is None:
                silent = z3.Or(silent, holds)
            else:
                verdict = z3.If(holds, z3.IntVal(min(int(rule.verdict), int(exemption.to))), verdict)
        wait_ends = self._wait_ends(ways, waits, spot)
        if rule.clearance is not None:
            self.domain.append(self._asked_for_enough(rule, spot))
            waited = z3.BoolVal(True) if rule.clearance.wait_days_min is None else wait_ends <= 0
            lifted = z3.And(self._letter_counts(rule, spot), verdict == int(rule.verdict), waited)
            verdict = z3.If(lifted, z3.IntVal(int(rule.clearance.to)), verdict)
        fires = z3.And(covered, truth.holds, z3.Not(silent))
        # One open cause keeps asking, even beside another that fires.
        asks = z3.And(covered, z3.Or([one.unknown for _, one in ways]))
        asking = z3.If(asks, z3.IntVal(int(Verdict.ASK)), z3.IntVal(0))
        value = maximum([z3.If(fires, verdict, z3.IntVal(0)), asking])
        return RuleTerm(rule, spot, fires, asks, value, z3.If(fires, wait_ends, z3.IntVal(0)))

    def _covered(self, rule: Rule) -> z3.BoolRef:
        if not rule.regions:
            return z3.BoolVal(True)
        values = self.input_values("zone-region")
        return z3.Or([self.input("zone-region", "region") == values.index(region) for region in rule.regions])

    def _wait_of(
        self, rule: Rule, way: Alternative, spot: str, lengthen: Callable[[Alternative], z3.ArithRef] | None
    ) -> z3.ArithRef | None:
        """The wait of an alternative: the table's or the overlay's, or what a letter asks for that counts."""
        if way.wait_days is None:
            return None
        own: z3.ArithRef = z3.IntVal(way.wait_days) if lengthen is None else lengthen(way)
        if rule.clearance is None or rule.clearance.wait_days_min is None:
            return own
        return z3.If(self._letter_counts(rule, spot), self.asked_for[f"{rule.id}@{spot}"], own)

    def _letter_counts(self, rule: Rule, spot: str) -> z3.BoolRef:
        """A letter is there that counts, in a case that bears out what the rule asks of it."""
        asked = rule.clearance.only_where if rule.clearance else ()
        return z3.And(self.cleared[f"{rule.id}@{spot}"], *(self.throughout(cell, spot) for cell in asked))

    def _waited(self, cell: Cell, way: Alternative, wait: z3.ArithRef | None, spot: str) -> Truth:
        """A cell; one that counts the days of the wait holds until a longer wait is over, and never ends before its own."""
        below = _below(cell, way, wait)
        if below is None:
            return self.cell(cell, spot)
        fact = self.protocol.facts[cell.fact]
        truths = []
        for place in self._read_at(fact, spot):
            said = self.said(fact, place)
            told = cell_of(cell, said, below)
            open_here = z3.BoolVal(False) if place == "elsewhere" else self.is_open(fact, place)
            truths.append(Truth(z3.And(said.there, told.holds), z3.Or(open_here, z3.And(said.there, told.unknown))))
        return any_of(truths)

    def _asked_for_enough(self, rule: Rule, spot: str) -> z3.BoolRef:
        """A letter may ask for any wait, longer than the rule's too; the least of the rule counts below that."""
        asked = rule.clearance
        if asked is None or asked.wait_days_min is None:
            return z3.BoolVal(True)
        return self.asked_for[f"{rule.id}@{spot}"] >= asked.wait_days_min

    def _wait_ends(
        self, ways: list[tuple[Alternative, Truth]], waits: dict[int, z3.ArithRef | None], spot: str
    ) -> z3.ArithRef:
        """Days from the consultation until every firing alternative is waited out; 0 or less: it is."""
        ends = []
        for way, truth in ways:
            wait = waits[id(way)]
            if wait is None:
                continue
            counted = next((cell for cell in way.all if cell.days_since_below is not None), None)
            end = wait
            if counted is not None:
                fact = self.protocol.facts[counted.fact]
                here = [self.said(fact, place) for place in self._read_at(fact, spot)]
                # Several answers may hold: the latest of those days counts.
                least: z3.ArithRef = z3.IntVal(LONGEST_DAYS)
                for said in here:
                    holds = z3.And(said.there, cell_of(counted, said, _below(counted, way, wait)).holds)
                    least = z3.If(z3.And(holds, said.days < least), said.days, least)
                end = wait - least
            ends.append(z3.If(truth.holds, end, z3.IntVal(-LONGEST_DAYS)))
        return maximum(ends, -LONGEST_DAYS) if ends else z3.IntVal(0)

    # Verdicts

    def unanswered(self, spot: str) -> list[z3.BoolRef]:
        """For each question that belongs to this spot: it applies and is open, or lacks its day."""
        scope = {"person": Scope.PERSON, "region": Scope.REGION}.get(spot, Scope.ZONE)
        return [
            self.is_lacking(fact, spot)
            for fact in self.protocol.facts.values()
            if fact.scope is scope and fact.kind is not Kind.CLEARANCE and not fact.optional and not fact.derived_from
        ]

    def values_at(self, spot: str, terms: Iterable[RuleTerm] | None = None) -> list[z3.ArithRef]:
        """Everything that bears on the verdict of a spot: its rules and open questions, and those above it."""
        above = {"person": ["person"], "region": ["person", "region"]}.get(spot, ["person", "region", spot])
        values = [term.verdict for term in (self.terms if terms is None else terms) if term.spot in above]
        asking = [missing for one in above for missing in self.unanswered(one)]
        return values + [z3.If(missing, z3.IntVal(int(Verdict.ASK)), z3.IntVal(0)) for missing in asking]

    def below(self, spot: str, verdict: int) -> z3.BoolRef:
        """The verdict of a spot is milder than this: nothing that bears on it reaches it."""
        return all_below(self.values_at(spot), verdict)

    def treated(self) -> z3.BoolRef:
        """Some wished place may be treated."""
        return z3.Or([self.below(place, int(Verdict.CAUTION) + 1) for place in self.spots[2:]])

    def visit_below(self, verdict: int) -> z3.BoolRef:
        """The visit's verdict is milder than this: the person's if any place may be treated, else the least cautious
        of the places."""
        least = z3.Or([self.below(place, verdict) for place in self.spots[2:]])
        return z3.If(self.treated(), self.below("person", verdict), least)


def _below(cell: Cell, way: Alternative, wait: z3.ArithRef | None) -> z3.ArithRef | None:
    """The days a cell counts up to where a wait other than the table's may be longer; None where none is."""
    if wait is None or cell.days_since_below is None or cell.days_since_below != way.wait_days or z3.is_int_value(wait):
        return None
    return maximum([wait, z3.IntVal(cell.days_since_below)])
