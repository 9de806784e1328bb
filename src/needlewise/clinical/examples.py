"""Running the worked examples that stand in the rule files: one rule, a few answers, the verdict expected."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from needlewise.clinical.answers import Reader
from needlewise.clinical.birthdays import latest_birth
from needlewise.clinical.case import Case, Concern
from needlewise.clinical.reasons import reasons_at
from needlewise.clinical.spots import Survey
from needlewise.errors import Problem
from needlewise.knowledge import Example, Protocol, Rule

SILENT = "silent"
_USUAL_PLACE = "cheek-left"
_USUAL_INDICATION = "atrophic-acne-scars"


def failing_examples(protocol: Protocol, on: date) -> Iterator[Problem]:
    """Every example whose rule does not say what the example expects."""
    for name, examples in protocol.examples.items():
        rule = protocol.rules.get(name)
        for example in examples if rule else ():
            assert rule is not None  # noqa: S101 - for the type checker
            where = f"rules/{name}.toml, example `{example.name}`"
            verdict, days = run_example(rule, example, protocol, on)
            if verdict != example.then:
                yield Problem(where, f"the rule says `{verdict}`", f"`{example.then}`", "mend the rule or the example")
            elif example.wait_until_days is not None and days != example.wait_until_days:
                yield Problem(where, f"the wait ends in {days} days", f"in {example.wait_until_days} days")


def run_example(rule: Rule, example: Example, protocol: Protocol, on: date) -> tuple[str, int | None]:
    """The verdict word of the rule (or "silent"), and in how many days its wait ends, if it has one."""
    inputs = dict(example.inputs or {})
    reader = Reader(protocol, on)
    answers = reader.read(dict(_asked(name, value, protocol, on) for name, value in example.given.items()))
    if reader.problems:
        return "; ".join(map(str, reader.problems)), None
    place = _place(inputs, protocol)
    concern = Concern("example", inputs.get("indication", _USUAL_INDICATION), inputs.get("severity", "any"), (place,))
    born = next((answer.on for answer in answers.get("birth-date", ())), None)
    visit, anaesthetic = inputs.get("visit-kind", "first"), inputs.get("anaesthetic", "none")
    case = Case((concern,), answers, born, visit=visit, anaesthetic=anaesthetic)
    given = {name: frozenset({value}) for name, value in inputs.items()}
    survey = Survey(case, protocol, on, {place: given})
    for spot in survey.spots(rule.scope):
        if rule.regions and spot.inputs["zone-region"].isdisjoint(rule.regions):
            continue
        for reason in reasons_at(rule, spot, survey, ()):
            return reason.verdict.word, (reason.earliest_on - on).days if reason.earliest_on else None
    return SILENT, None


def _place(inputs: Mapping[str, str], protocol: Protocol) -> str:
    """A place of the zone or region that the example names, else the usual one."""
    wanted = inputs.get("zone") or inputs.get("zone-region")
    found = (p.id for p in protocol.places.values() if wanted in (p.zone.id, p.zone.region))
    return next(found, _USUAL_PLACE)


def _asked(name: str, value: Any, protocol: Protocol, on: date) -> tuple[str, Any]:
    """An example may give an age; what is asked is the day of birth."""
    fact = protocol.facts.get(name)
    if fact is not None and fact.derived_from:
        return fact.derived_from, latest_birth(on, int(value))
    return name, _dated(value, on)


def _dated(value: Any, on: date) -> Any:
    """Examples count in days before the consultation, so that they never age."""
    if isinstance(value, list):
        return [_dated(one, on) for one in value]
    if isinstance(value, Mapping) and "days_ago" in value:
        rest = {key: part for key, part in value.items() if key != "days_ago"}
        return {**rest, "on": on - timedelta(days=int(value["days_ago"]))}
    return value
