"""The screening tables in the form of zen-engine, as fast as it takes them, and random cases for both.

What is the same: every rule, every alternative, three-valued. A cell that is not known is `null`; an alternative with
open cells becomes rows of its own that say `ask`. Inputs are flattened beforehand and not counted. Exemptions and
clearances are left out on both sides: the random cases have none.
"""

import itertools
import json
import random
from datetime import date, timedelta
from typing import Any

import zen

from needlewise.clinical.screening import Screening
from needlewise.clinical.spots import Spot, Survey
from needlewise.knowledge import Cell, Fact, Kind, Protocol, Rule, Scope, Verdict

NONE_HERE = "does-not-apply"
ZONES = ("cheek", "chin", "forehead")


class ZenScreening:
    """Two layouts: one call for each spot, or one call that loops over the spots inside the engine."""

    LAYOUTS = ("one call a case, looping over spots", "one call a spot")

    def __init__(self, protocol: Protocol) -> None:
        self.protocol = protocol
        engine = zen.ZenEngine()
        self.rules = {scope: [r for r in protocol.rules.values() if r.scope is scope] for scope in Scope}
        self.looping = engine.create_decision(json.dumps(self._graph()))
        self.single = {
            scope: engine.create_decision(json.dumps(_single(self._table(scope, loop=False)))) for scope in Scope
        }

    def evaluate(self, inputs: dict[str, list[dict[str, Any]]], layout: str) -> Any:
        if layout == self.LAYOUTS[0]:
            return self.looping.evaluate(inputs, {"trace": True})
        return {
            scope.value: [self.single[scope].evaluate(spot, {"trace": True}) for spot in inputs[scope.value]]
            for scope in Scope
        }

    def verdicts(self, answer: Any, layout: str) -> list[tuple[str, list[str]]]:
        """The rules that fire or ask, spot by spot."""
        if layout == self.LAYOUTS[0]:
            spots = {scope: answer["result"][f"{scope.value}_rows"] for scope in Scope}
        else:
            spots = {scope: [one["result"] for one in answer[scope.value]] for scope in Scope}
        found = []
        for scope in Scope:
            for spot in spots[scope]:
                rows = spot.get("rows", []) if isinstance(spot, dict) else spot
                found.append((scope.value, sorted({f"{row['rule']} {row['verdict']}" for row in rows})))
        return found

    def verdicts_of_ours(self, screening: Screening) -> list[tuple[str, list[str]]]:
        names = {rule.id for rules in self.rules.values() for rule in rules}
        places = [zone.place for zone in screening.zones]
        spots: list[tuple[str, list[str]]] = []
        for scope, here in ((Scope.PERSON, [""]), (Scope.REGION, [places[0]]), (Scope.ZONE, places)):
            for place in here:
                told = {
                    f"{r.rule} {r.verdict.word}"
                    for r in screening.reasons
                    if r.rule in names and r.scope is scope and (not place or place in r.places)
                }
                spots.append((scope.value, sorted(told)))
        return spots

    def input_for(self, survey: Survey) -> dict[str, list[dict[str, Any]]]:
        """Every value that a table of this scope reads, flattened."""
        return {
            Scope.PERSON.value: [self._values(survey.person, Scope.PERSON, survey)],
            Scope.REGION.value: [self._values(spot, Scope.REGION, survey) for spot in survey.regions.values()],
            Scope.ZONE.value: [self._values(spot, Scope.ZONE, survey) for spot in survey.places.values()],
        }

    def _values(self, spot: Spot, scope: Scope, survey: Survey) -> dict[str, Any]:
        values: dict[str, Any] = {"region": next(iter(spot.inputs["zone-region"]))}
        for fact, parts in self._columns(scope).items():
            known = spot.lookup(fact)
            answer = known[0] if known else None
            for part in parts:
                if not known:
                    value: Any = NONE_HERE if part == "status" else -1
                elif answer is None:
                    value = None
                elif part == "days":
                    value = (survey.on - answer.on).days if answer.on else (None if answer.status != "never" else -1)
                elif part == "what":
                    value = answer.what if answer.status != "never" else NONE_HERE
                else:
                    value = answer.status
                values[f"{fact.replace('-', '_')}_{part}"] = value
        for rule in self.rules[scope]:
            for way in rule.any:
                for cell in way.all:
                    if cell.input:
                        values[_input_name(cell)] = next(iter(spot.inputs.get(cell.input, {""})), "")
        return values

    def _columns(self, scope: Scope) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for rule in self.rules[scope]:
            for way in rule.any:
                for cell in way.all:
                    if cell.fact:
                        parts = found.setdefault(cell.fact, [])
                        parts += [part for part in _parts(cell, self.protocol.facts[cell.fact]) if part not in parts]
        return found

    def _table(self, scope: Scope, *, loop: bool) -> dict[str, Any]:
        columns = [f"{fact.replace('-', '_')}_{part}" for fact, parts in self._columns(scope).items() for part in parts]
        columns += sorted({_input_name(c) for r in self.rules[scope] for w in r.any for c in w.all if c.input})
        columns.append("region")
        rows = [row for rule in self.rules[scope] for row in self._rows(rule)]
        content: dict[str, Any] = {
            "hitPolicy": "collect",
            "inputs": [{"id": name, "name": name, "field": name} for name in columns],
            "outputs": [{"id": name, "name": name, "field": name} for name in ("rule", "verdict")],
            "rules": [
                {"_id": str(n), **{name: row.get(name, "") for name in [*columns, "rule", "verdict"]}}
                for n, row in enumerate(rows)
            ],
        }
        if loop:
            content |= {"executionMode": "loop", "inputField": scope.value, "outputPath": f"{scope.value}_rows"}
        return {"id": scope.value, "name": scope.value, "type": "decisionTableNode", "content": content}

    def _rows(self, rule: Rule) -> list[dict[str, str]]:
        """One row for each way to fire, and one for each way to be open."""
        region = ", ".join(json.dumps(name) for name in rule.regions)
        rows = []
        for way in rule.any:
            choices = [self._cell_tests(cell) for cell in way.all]
            for combination in itertools.product(*choices):
                is_open = any(kind == "open" for kind, _ in combination)
                tests: dict[str, str] = {"region": region}
                for _, cells in combination:
                    tests |= cells
                verdict = Verdict.ASK.word if is_open else rule.verdict.word
                rows.append({**tests, "rule": json.dumps(rule.id), "verdict": json.dumps(verdict)})
        return rows

    def _cell_tests(self, cell: Cell) -> list[tuple[str, dict[str, str]]]:
        """The ways in which one cell holds or is open, as tests of columns."""
        if cell.input:
            return [("holds", {_input_name(cell): ", ".join(map(json.dumps, cell.one_of))})]
        fact = self.protocol.facts[cell.fact]
        name = cell.fact.replace("-", "_")
        status = f"{name}_status"
        if fact.kind is Kind.MEASURE:
            bounds = [(cell.below, "<"), (cell.above, ">"), (cell.at_least, ">="), (cell.at_most, "<=")]
            test = " and ".join(f"$ {sign} {bound:g}" for bound, sign in bounds if bound is not None)
            return [("holds", {status: f"$ != null and $ != '{NONE_HERE}' and {test}"}), ("open", {status: "null"})]
        holds = {
            status: ", ".join(map(json.dumps, cell.one_of)) or f"$ != null and $ != 'never' and $ != '{NONE_HERE}'"
        }
        ways = [("open", {status: "null"})]
        rest: list[list[tuple[str, dict[str, str]]]] = []
        if cell.what:
            what = f"{name}_what"
            rest.append([("holds", {what: ", ".join(map(json.dumps, cell.what))}), ("open", {what: "null"})])
        if cell.days_since_below is not None or cell.days_since_at_least is not None:
            low = cell.days_since_at_least or 0
            high = f" and $ < {cell.days_since_below}" if cell.days_since_below is not None else ""
            days = f"{name}_days"
            rest.append([("holds", {days: f"$ != null and $ >= {low}{high}"}), ("open", {days: "null"})])
        for combination in itertools.product(*rest):
            kind = "open" if any(k == "open" for k, _ in combination) else "holds"
            tests = dict(holds)
            for _, cells in combination:
                tests |= cells
            ways.append((kind, tests))
        return ways

    def _graph(self) -> dict[str, Any]:
        tables = [self._table(scope, loop=True) for scope in Scope]
        return _wired(tables)


def _parts(cell: Cell, fact: Fact) -> list[str]:
    del fact
    parts = ["status"]
    if cell.what:
        parts.append("what")
    if cell.days_since_below is not None or cell.days_since_at_least is not None:
        parts.append("days")
    return parts


def _input_name(cell: Cell) -> str:
    return f"input_{cell.input.replace('-', '_')}"


def _single(table: dict[str, Any]) -> dict[str, Any]:
    table["content"]["outputPath"] = "rows"
    return _wired([table])


def _wired(tables: list[dict[str, Any]]) -> dict[str, Any]:
    """A graph that feeds every table and gathers what they say."""
    start = {"id": "in", "name": "in", "type": "inputNode"}
    end = {"id": "out", "name": "out", "type": "outputNode"}
    edges = [{"id": f"a{t['id']}", "sourceId": "in", "targetId": t["id"]} for t in tables]
    edges += [{"id": f"b{t['id']}", "sourceId": t["id"], "targetId": "out"} for t in tables]
    return {"nodes": [start, *tables, end], "edges": edges}


def random_case(protocol: Protocol, on: date, seed: int) -> dict[str, Any]:
    """A case with random answers at the edges of the tables; some questions are left open. No exemption applies, and no
    answer denies another: the acne scars wished for are there, and no operation left them."""
    dice = random.Random(seed)
    facts: dict[str, Any] = {}
    for fact in protocol.facts.values():
        if fact.kind is Kind.CLEARANCE or fact.derived_from or dice.random() < 0.05:
            continue
        facts[fact.id] = _random_answer(fact, on, dice)
    if facts.get("scar") == "never":
        facts["scar"] = {"on": on - timedelta(days=4000), "what": "acne"}
    if isinstance(facts.get("surgery"), dict):
        facts["surgery"]["what"] = "other-operation"
    facts["birth-date"] = on - timedelta(days=dice.choice([6000, 7000, 9000, 20000, 25000]))
    return {
        "concern": [{"indication": "atrophic-acne-scars", "severity": "mild", "zones": list(ZONES)}],
        "clinic": {"devices": ["skinpen_precision"]},
        "facts": facts,
    }


def _random_answer(fact: Fact, on: date, dice: random.Random) -> Any:
    quiet = dice.random() < 0.85
    day = on - timedelta(days=dice.choice([0, 1, 6, 7, 13, 14, 27, 28, 29, 30, 90, 179, 180, 364, 365, 900]))
    if fact.kind is Kind.MEASURE:
        low, high = fact.range or (0.0, 1.0)
        return low if quiet else round(dice.uniform(low, high), 0 if fact.whole else 2)
    if fact.kind is Kind.EVENT:
        if quiet:
            return "never"
        return {"on": day, **({"what": dice.choice(fact.what)} if fact.what else {})}
    status = fact.options[0] if quiet else dice.choice(fact.options)
    return {"status": status, "on": day} if status in fact.dated else status
