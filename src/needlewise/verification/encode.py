"""Tables to solver terms: the same cells, alternatives and exemptions that the interpreter reads.

A `World` is one person with `places` wished places in one region, and every answer symbolic. Truth is a pair of terms:
holds, and not known; where neither is true, the cell is False.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import z3

from needlewise.knowledge import Alternative, Cell, Fact, Kind, Protocol, Rule, Scope, Verdict
from needlewise.verification.terms import (
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
        self.cleared = {rule.id: z3.Bool(f"{name}cleared:{rule.id}") for rule in protocol.rules.values()}
        self.shortened = {rule.id: z3.Int(f"{name}shortened:{rule.id}") for rule in protocol.rules.values()}
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

    def throughout(self, cell: Cell, spot: str) -> z3.BoolRef:
        """The strict reading of an exemption's cell: known, and true of every answer and every input."""
        if cell.input:
            values = self.input_values(cell.input)
            wanted = [values.index(value) for value in cell.one_of if value in values]
            terms = self._input_terms(cell.input, spot)
            return z3.And([z3.Or([term == value for value in wanted]) for term in terms])
        fact = self.protocol.facts[cell.fact]
        here = [self.said(fact, place) for place in self._read_at(fact, spot)]
        return z3.And([z3.And(said.there, cell_of(cell, said).holds) for said in here])

    # Rules

    def rule_term(
        self, rule: Rule, spot: str, lengthen: Callable[[Alternative], z3.ArithRef] | None = None
    ) -> RuleTerm:
        """The verdict of a rule at a spot. `lengthen` gives other waits than the table's, for overlays."""
        ways = [(way, all_of(self._lengthened(cell, way, lengthen, spot) for cell in way.all)) for way in rule.any]
        truth = any_of(truth for _, truth in ways)
        covered = self._covered(rule)
        verdict: z3.ArithRef = z3.IntVal(int(rule.verdict))
        silent = z3.BoolVal(False)
        for exemption in rule.exemptions:
            holds = z3.And([self.throughout(cell, spot) for cell in exemption.all])
            if exemption.to is None:
                silent = z3.Or(silent, holds)
            else:
                verdict = z3.If(holds, z3.IntVal(min(int(rule.verdict), int(exemption.to))), verdict)
        wait_ends = self._wait_ends(rule, ways, spot, lengthen)
        if rule.clearance is not None:
            self.domain.append(self._shortening(rule))
            waited = z3.BoolVal(True) if rule.clearance.wait_days_min is None else wait_ends <= 0
            lifted = z3.And(self.cleared[rule.id], verdict == int(rule.verdict), waited)
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

    def _lengthened(
        self, cell: Cell, way: Alternative, lengthen: Callable[[Alternative], z3.ArithRef] | None, spot: str
    ) -> Truth:
        if lengthen is None or way.wait_days is None or cell.days_since_below != way.wait_days:
            return self.cell(cell, spot)
        fact = self.protocol.facts[cell.fact]
        truths = []
        for place in self._read_at(fact, spot):
            said = self.said(fact, place)
            told = cell_of(cell, said, lengthen(way))
            open_here = z3.BoolVal(False) if place == "elsewhere" else self.is_open(fact, place)
            truths.append(Truth(z3.And(said.there, told.holds), z3.Or(open_here, z3.And(said.there, told.unknown))))
        return any_of(truths)

    def _shortening(self, rule: Rule) -> z3.BoolRef:
        asked = rule.clearance
        if asked is None or asked.wait_days_min is None:
            return z3.BoolVal(True)
        term = self.shortened[rule.id]
        # A letter may ask for more than the longest usual wait.
        return term >= asked.wait_days_min

    def _wait_ends(
        self,
        rule: Rule,
        ways: list[tuple[Alternative, Truth]],
        spot: str,
        lengthen: Callable[[Alternative], z3.ArithRef] | None,
    ) -> z3.ArithRef:
        """Days from the consultation until every firing alternative is waited out; 0 or less: it is."""
        ends = []
        for way, truth in ways:
            if way.wait_days is None:
                continue
            wait: z3.ArithRef = z3.IntVal(way.wait_days) if lengthen is None else lengthen(way)
            if rule.clearance is not None and rule.clearance.wait_days_min is not None:
                short = self.shortened[rule.id]
                wait = z3.If(z3.And(self.cleared[rule.id], short < wait), short, wait)
            counted = next((cell for cell in way.all if cell.days_since_below is not None), None)
            end = wait
            if counted is not None:
                fact = self.protocol.facts[counted.fact]
                here = [self.said(fact, place) for place in self._read_at(fact, spot)]
                # Several answers may hold: the latest of those days counts.
                least: z3.ArithRef = z3.IntVal(LONGEST_DAYS)
                for said in here:
                    holds = z3.And(said.there, cell_of(counted, said).holds)
                    least = z3.If(z3.And(holds, said.days < least), said.days, least)
                end = wait - least
            ends.append(z3.If(truth.holds, end, z3.IntVal(-LONGEST_DAYS)))
        return maximum(ends, -LONGEST_DAYS) if ends else z3.IntVal(0)

    # Verdicts

    def unanswered(self, spot: str) -> list[z3.BoolRef]:
        """For each question that belongs to this spot: it applies and is open."""
        scope = {"person": Scope.PERSON, "region": Scope.REGION}.get(spot, Scope.ZONE)
        return [
            self.is_open(fact, spot)
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
