"""The questions of the form: which are shown, how each is answered, and what stands there now."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from zlib import crc32

from needlewise.clinical.spots import Survey
from needlewise.knowledge import Fact, Kind, Protocol, Scope, Verdict, applies, facts_of
from needlewise.web.design.marks import sentence_case
from needlewise.web.pages.consultation.considering import Outcome
from needlewise.web.pages.consultation.form_reading import HAPPENED, NEVER, PATIENT_KEYS, day_of
from needlewise.web.pages.consultation.sheet import Sheet
from needlewise.web.pages.consultation.wording import day_in_words

# The order of a consultation: who, what for, then from the person to the skin. A topic not named here comes last.
TOPIC_ORDER = (
    "About you", "Your skin", "Health", "Medicines", "Skin conditions", "Skin conditions here", "Earlier treatments",
    "Products on the skin", "Sun", "Goals and wishes", "Since the last session", "Numbing cream",
)  # fmt: skip
# The event whose depth the plan of a running course continues from.
WITH_DEPTH = frozenset({"previous-needling"})
SAFE_WORDS = frozenset({"no", "none", "never"})
SHORT_LABELS, LONG_LABELS = 26, 84
_ORDERED: dict[str, tuple[Fact, ...]] = {}
PLAIN_LABELS = {"no": "No", "yes": "Yes", "none": "No", NEVER: "Never", HAPPENED: "Yes"}


@dataclass(frozen=True, slots=True)
class Option:
    """One answer that may be chosen. `dated`: a day belongs to it. `more` is said once it is chosen."""

    value: str
    label: str
    chosen: bool
    dated: bool = False
    more: str = ""


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """One answer to a question: the first for everywhere, further ones for the places named."""

    path: str
    number: int
    options: tuple[Option, ...]
    kinds: tuple[Option, ...]
    prescribed: str
    on: str
    value: str
    depth: str
    places: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class AskedFact:
    """A question as the form shows it."""

    fact: Fact
    rows: tuple[AnswerRow, ...]
    shown: bool
    answered: bool
    said: str
    can_differ: bool
    safe: str
    notable: bool
    unfinished: bool

    @property
    def id(self) -> str:
        return self.fact.id

    @property
    def is_event(self) -> bool:
        return self.fact.kind is Kind.EVENT

    @property
    def is_measure(self) -> bool:
        return self.fact.kind is Kind.MEASURE

    @property
    def with_depth(self) -> bool:
        return self.fact.id in WITH_DEPTH

    @property
    def layout(self) -> str:
        """Short answers stand side by side, longer ones wrap, long ones make a list."""
        letters = sum(len(option.label) for option in self.rows[0].options)
        return "row" if letters <= SHORT_LABELS else "wrap" if letters <= LONG_LABELS else "list"

    @property
    def shape(self) -> str:
        """Changes where the fields themselves change, never where only what is written in them does."""
        places = ",".join(option.value for row in self.rows for option in row.places)
        return f"{int(self.shown)}{int(self.can_differ)}{len(self.rows)}:{crc32(places.encode()):x}"


@dataclass(frozen=True, slots=True)
class Topic:
    """A heading with its questions."""

    name: str
    slug: str
    asked: tuple[AskedFact, ...]

    @property
    def shown(self) -> int:
        return sum(one.shown for one in self.asked)

    @property
    def answered(self) -> int:
        return sum(one.answered for one in self.asked)

    @property
    def has_safe(self) -> bool:
        return any(one.safe for one in self.asked)


def topics(sheet: Sheet, outcome: Outcome, protocol: Protocol, on: date) -> list[Topic]:
    """All topics in order. Questions that do not apply are there, but not shown, unless they have an answer."""
    survey = Survey(outcome.case, protocol, on, {}) if outcome.case else None
    by_topic: dict[str, list[AskedFact]] = {}
    for fact in by_weight(protocol):
        by_topic.setdefault(fact.topic, []).append(asked(fact, sheet, survey, protocol, on))
    rank = {name: number for number, name in enumerate(TOPIC_ORDER)}
    names = sorted(by_topic, key=lambda name: (rank.get(name, len(rank)), name))
    return [Topic(name, name.lower().replace(" ", "-"), tuple(by_topic[name])) for name in names]


def by_weight(protocol: Protocol) -> tuple[Fact, ...]:
    """The questions that can be answered, those that can decide most first. Worked out once per edition."""
    key = str(protocol.edition)
    if key not in _ORDERED:
        weights: dict[str, Verdict] = {}
        for rule in protocol.rules.values():
            for name in facts_of(rule):
                fact = protocol.facts[name].derived_from or name
                weights[fact] = max(weights.get(fact, Verdict.PROCEED), rule.verdict)
        askable = [f for f in protocol.facts.values() if not f.derived_from and f.kind is not Kind.CLEARANCE]
        _ORDERED[key] = tuple(sorted(askable, key=lambda fact: (fact.optional, -weights.get(fact.id, Verdict.PROCEED))))
    return _ORDERED[key]


def asked(fact: Fact, sheet: Sheet, survey: Survey | None, protocol: Protocol, on: date) -> AskedFact:
    """One question with all its answers."""
    numbers = sheet.numbers(f"f.{fact.id}")
    rows = tuple(_row(fact, sheet, number, survey, protocol) for number in sorted({0, *numbers}))
    sayings = [_said(fact, row, on) for row in rows]
    answers = [said for said in sayings if said]
    wished = len(_spots(fact, survey, protocol))
    return AskedFact(
        fact,
        rows,
        shown=bool(answers) or _applies(fact, survey, on),
        answered=bool(answers),
        said="; ".join(answers),
        can_differ=fact.scope is not Scope.PERSON and (wished > 1 or fact.kind is Kind.EVENT),
        safe=(safe := safe_answer(fact)),
        notable=any(option.chosen and option.value != safe for row in rows for option in row.options),
        unfinished=not all(sayings),
    )


def safe_answer(fact: Fact) -> str:
    """The answer that says no: it stands first and reads as a no. Empty where a question has none."""
    if fact.id in PATIENT_KEYS or fact.riskier == "none":
        return ""
    if fact.kind is Kind.EVENT:
        return NEVER
    if not fact.options or fact.kind is Kind.MEASURE:
        return ""
    first = fact.options[0]
    label = (fact.labels or {}).get(first, "")
    return first if first in SAFE_WORDS or label.lower().startswith("no") else ""


def label_of(fact: Fact, option: str) -> str:
    return (fact.labels or {}).get(option) or PLAIN_LABELS.get(option) or sentence_case(option)


def _applies(fact: Fact, survey: Survey | None, on: date) -> bool:
    """Before anything is wished for, the questions that hang on nothing are shown."""
    if survey is None:
        return not any(cell.input for cell in fact.asked_when)
    return any(applies(fact, spot.lookup, spot.inputs, on) for spot in survey.spots(fact.scope))


def _spots(fact: Fact, survey: Survey | None, protocol: Protocol) -> list[tuple[str, str]]:
    """Where an answer may differ: wished places, or regions for a question about a region."""
    if survey is None or fact.scope is Scope.PERSON:
        return []
    if fact.scope is Scope.REGION:
        return [(name, sentence_case(name)) for name in survey.regions]
    return [(name, protocol.places[name].label) for name in survey.places]


def _row(fact: Fact, sheet: Sheet, number: int, survey: Survey | None, protocol: Protocol) -> AnswerRow:
    path = f"f.{fact.id}.{number}"
    where = sheet.all(f"{path}.where")
    places = dict(_spots(fact, survey, protocol)) if number else {}
    for name in where:
        places.setdefault(name, protocol.places[name].label if name in protocol.places else sentence_case(name))
    what = sheet.text(f"{path}.what")
    return AnswerRow(
        path,
        number,
        tuple(_options(fact, sheet.text(f"{path}.status"), further=bool(number))),
        tuple(Option(kind, label_of(fact, kind), kind == what) for kind in fact.what),
        sheet.text(f"{path}.prescribed"),
        sheet.text(f"{path}.on"),
        sheet.text(f"{path}.value"),
        sheet.text(f"{path}.depth"),
        tuple(Option(name, label, name in where) for name, label in places.items()),
    )


def _options(fact: Fact, status: str, *, further: bool) -> Iterator[Option]:
    if fact.kind is Kind.EVENT:
        names: Iterable[str] = (HAPPENED,) if further or fact.id in PATIENT_KEYS else (NEVER, HAPPENED)
    else:
        names = fact.options
    for name in names:
        dated = name in fact.dated or name == HAPPENED
        yield Option(name, label_of(fact, name), name == status, dated)


def _said(fact: Fact, row: AnswerRow, on: date) -> str:
    """What stands in a row, in a few words; empty where nothing does."""
    chosen = next((option.label for option in row.options if option.chosen), "")
    kind = next((option.label for option in row.kinds if option.chosen), "")
    day = day_of(row.on) if row.on else None
    days = day_in_words(day, on) if isinstance(day, date) else (day or "")
    if fact.kind is Kind.MEASURE:
        main = f"{row.value} {fact.unit}" if row.value else ""
    elif fact.kind is Kind.EVENT:
        happened = row.on or row.depth or kind or any(o.chosen and o.value == HAPPENED for o in row.options)
        main = ", ".join(part for part in (kind, days or ("day not known" if happened else "")) if part) or chosen
    else:
        main = f"{chosen}, {days}" if chosen and days else chosen
    if not main:
        return ""
    where = [option.label for option in row.places if option.chosen]
    if row.number and not where and fact.kind is not Kind.EVENT:
        return ""
    return f"{main} ({'; '.join(where)})" if where else main
