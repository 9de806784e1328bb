"""Asking one question of the protocol and writing the answer as it stands in a case file."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from needlewise.cli.cells import readers_of
from needlewise.cli.dialogue import Dialogue
from needlewise.cli.wording import places_in_words
from needlewise.clinical.case_reading import PATIENT
from needlewise.clinical.questions import Question
from needlewise.knowledge import Fact, Kind, Protocol, Scope

ZONE_BY_ZONE = "z"
NEVER, HAPPENED = "never", "yes"


def answer_to(question: Question, protocol: Protocol, talk: Dialogue, left: int) -> Any:
    """The answer to an open question; None where it is not known."""
    fact = protocol.facts[question.fact]
    spots = _spots(question, fact, protocol)
    talk.say()
    talk.say(f"({left} open) {question.text}", 0)
    if len(spots) > 1:
        where = ", ".join(spots) if fact.scope is Scope.REGION else places_in_words(spots, protocol)
        talk.say(f"{where}: one answer for all, or `{ZONE_BY_ZONE}` for one each.", 2)
    why = list(_why(question, fact, protocol))
    whole = _one(fact, why, talk, may_split=len(spots) > 1)
    if whole != ZONE_BY_ZONE:
        return whole
    parts: list[tuple[Any, list[str]]] = []
    for name, label in spots.items():
        talk.say(f"{label}:", 2)
        found = _one(fact, why, talk)
        if found is not None:
            same = next((where for value, where in parts if value == found), None)
            if same is None:
                parts.append((found, [name]))
            else:
                same.append(name)
    return [_placed(fact, value, where) for value, where in parts] or None


def _spots(question: Question, fact: Fact, protocol: Protocol) -> dict[str, str]:
    """Where the question is open: places, or whole regions for a question about regions."""
    places = [protocol.places[name] for name in question.places]
    if fact.scope is Scope.REGION:
        return {place.zone.region: place.zone.region for place in places}
    return {place.id: place.label for place in places}


def _why(question: Question, fact: Fact, protocol: Protocol) -> Iterator[str]:
    yield fact.asked_because
    rules, _ = readers_of(fact.id, protocol)
    if rules:
        yield f"One answer could make it {question.could_become.word}. Read by: {', '.join(rules)}."
    if fact.note:
        yield fact.note


def _one(fact: Fact, why: list[str], talk: Dialogue, *, may_split: bool = False) -> Any:
    """One answer, without its places."""
    if fact.kind is Kind.MEASURE:
        return _number(fact, why, talk, may_split=may_split)
    if fact.kind is Kind.EVENT:
        return _event(fact, why, talk, may_split=may_split)
    labels = fact.labels or {}
    options = {option: labels.get(option, "") for option in fact.options}
    if may_split:
        options[ZONE_BY_ZONE] = "zone by zone"
    status = talk.choice(options, why)
    if status == ZONE_BY_ZONE or not status:
        return status or None
    more: dict[str, Any] = {}
    if status in fact.dated:
        day = _day(talk.line_or_why(why, "    on which day (2026-03-14, 2026-03, 2026; Enter: not known) > "))
        more |= {"on": day} if day else {}
    if fact.prescribed_asked and status != fact.options[0]:
        said = talk.choice({"yes": "a doctor prescribed it", "no": "bought without a prescription"}, why)
        more |= {"prescribed": said == "yes"} if said else {}
    return {"status": status, **more} if more else status


def _number(fact: Fact, why: list[str], talk: Dialogue, *, may_split: bool) -> Any:
    low, high = fact.range or (0.0, 0.0)
    while True:
        text = talk.line_or_why(
            why, f"    a {'whole ' if fact.whole else ''}number from {low:g} to {high:g} {fact.unit} > "
        )
        if not text:
            return None
        if may_split and text == ZONE_BY_ZONE:
            return text
        try:
            number = float(text.replace(",", "."))
        except ValueError:
            talk.say(f"`{text}` is no number.", 2)
            continue
        return int(number) if number.is_integer() else number


def _event(fact: Fact, why: list[str], talk: Dialogue, *, may_split: bool) -> Any:
    if fact.id in PATIENT.values():
        # Everybody was born, and on a whole day.
        text = talk.line_or_why(why, "    a day (1990-02-03) > ")
        return _day(text) if text else None
    talk.say("1  never", 4)
    text = talk.line_or_why(
        why, "    or a day (2026-03-14, 2026-03, 2026), or `yes` where the day is not known > "
    ).casefold()
    if not text or (may_split and text == ZONE_BY_ZONE):
        return text or None
    if text in ("1", "n", "no", NEVER):
        return NEVER
    found = {} if text in ("y", HAPPENED) else {"on": _day(text)}
    if fact.what:
        labels = fact.labels or {}
        what = talk.choice({name: labels.get(name, "") for name in fact.what}, why)
        found |= {"what": what} if what else {}
    return found["on"] if list(found) == ["on"] else found


def _day(text: str) -> Any:
    """A whole day as a day, the rest as it was written: the reader of cases checks it."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return text


def _placed(fact: Fact, value: Any, where: list[str]) -> dict[str, Any]:
    """An answer with its places beside it."""
    if isinstance(value, dict):
        return {**value, "where": where}
    key = "value" if fact.kind is Kind.MEASURE else "status"
    if fact.kind is Kind.EVENT and value != NEVER:
        key = "on"
    return {key: value, "where": where}
