"""A whole case, with the least risky answer to every question that applies: nothing stands against treatment."""

from needlewise.knowledge import Fact, Kind, Protocol

BEGINNING = """\
[patient]
born = 1990-02-03
sex = "female"
phototype = "II"

[[concern]]
goal = "shallower-acne-scars"
severity = "moderate"
zones = ["cheek", "forehead"]

[clinic]
devices = ["skinpen_precision"]
weekdays = ["tuesday", "thursday"]
"""
# What is wished for is there, and has been for years.
OLD_SCARS = '{ on = "2014", what = "acne" }'
_OF_THE_PATIENT = {"birth-date", "sex", "phototype"}
# Whoever wishes for shallower acne scars has some.
SCARS = '{ on = "2014", what = "acne" }'
_INPUTS_OF_OTHER_CASES = {"visit-kind", "anaesthetic", "indication"}


def complete_case(protocol: Protocol, beginning: str = BEGINNING, **changed: str) -> str:
    """TOML text. `changed`: other answers, as TOML, by the id of the question with `_` for `-`."""
    answers = {fact.id: least_risky(fact) for fact in protocol.facts.values() if _applies(fact)}
    answers["scar"] = OLD_SCARS
    answers["scar"] = SCARS
    answers |= {name.replace("_", "-"): value for name, value in changed.items()}
    return beginning + "\n[facts]\n" + "".join(f"{name} = {value}\n" for name, value in answers.items())


def least_risky(fact: Fact) -> str:
    return '"never"' if fact.kind is Kind.EVENT else f'"{fact.options[0]}"'


def _applies(fact: Fact) -> bool:
    if fact.optional or fact.derived_from or fact.kind in (Kind.CLEARANCE, Kind.MEASURE) or fact.id in _OF_THE_PATIENT:
        return False
    follows = any(cell.one_of for cell in fact.asked_when if cell.fact)
    return not follows and not any(cell.input in _INPUTS_OF_OTHER_CASES for cell in fact.asked_when)
