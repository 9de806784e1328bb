"""The verdict and its reasons, put into the words and groups of the page."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from needlewise.clinical.questions import Question
from needlewise.clinical.reasons import Reason
from needlewise.consultation import Consultation
from needlewise.interop.days import away, plain_day
from needlewise.knowledge import Protocol, Scope, Verdict
from needlewise.web.design.marks import MarkView, mark_view
from needlewise.web.pages.consultation.wording import day_in_words, readable


@dataclass(frozen=True, slots=True)
class VerdictView:
    """The verdict as a headline. `word` names its tone and shape."""

    word: str
    title: str
    when: str
    meaning: str
    steps: tuple[tuple[str, str, bool], ...]


@dataclass(frozen=True, slots=True)
class ReasonView:
    id: str
    title: str
    word: str
    short: str
    because: str
    where: str
    until: str
    not_before: str
    effect: str
    stricter_days: int | None
    facts: tuple[tuple[str, str], ...]
    changes: tuple[str, ...]
    refer_to: str
    tell: str
    acknowledged: bool
    mark: MarkView


@dataclass(frozen=True, slots=True)
class PlacesView:
    """Places that share a verdict."""

    word: str
    short: str
    names: str
    when: str


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """A question still open. `field` is the element of the page in which it is answered."""

    fact: str
    field: str
    text: str
    because: str
    word: str
    short: str
    where: str
    by: str


def verdict_view(consultation: Consultation, protocol: Protocol) -> VerdictView:
    verdict = consultation.verdict
    words = protocol.words(verdict)
    title, meaning = words.title, words.meaning
    when = ""
    if verdict is Verdict.DEFER:
        day = consultation.eligible_on
        title = f"{title} until {plain_day(day)}" if day else title
        when = away(day, consultation.on) if day else "no day can be counted yet"
        meaning = (
            meaning if day else "The reasons below say what must happen first. The plan is provisional until then."
        )
    if any(zone.verdict > verdict for zone in consultation.zones):
        meaning = f"{meaning} Some places have stricter verdicts of their own."
    if consultation.plan is not None and not consultation.plan.visits:
        nothing = protocol.words_for_nothing
        meaning = f"{meaning} {nothing.title}. {nothing.meaning}"
    steps = tuple((step.word, protocol.words(step).short, step is verdict) for step in Verdict)
    return VerdictView(verdict.word, title, when, meaning, steps)


def reason_views(consultation: Consultation, protocol: Protocol) -> list[ReasonView]:
    """The reasons that fired, most cautious first. Those that only ask are told as open questions."""
    return [
        _reason(reason, number, consultation.on, protocol)
        for number, reason in enumerate(consultation.reasons)
        if reason.verdict is not Verdict.ASK
    ]


def _reason(reason: Reason, number: int, on: date, protocol: Protocol) -> ReasonView:
    rule = protocol.rules.get(reason.rule)
    return ReasonView(
        f"reason-{number}",
        reason.title,
        reason.verdict.word,
        protocol.words(reason.verdict).short,
        readable(reason.because, on),
        names_of(reason.places, protocol),
        day_in_words(reason.earliest_on, on) if reason.earliest_on else "",
        reason.not_before,
        readable(reason.effect, on),
        rule.strict_days if rule else None,
        tuple((protocol.facts[used.fact].question, readable(used.said, on)) for used in reason.facts),
        tuple(readable(change, on) for change in reason.changes),
        _who(rule.refer_to, protocol) if rule else "",
        _who(rule.tell, protocol) if rule else "",
        reason.acknowledged,
        mark_view(reason.mark, protocol),
    )


def _who(role: str, protocol: Protocol) -> str:
    return protocol.roles[role].who if role in protocol.roles else ""


def question_views(
    consultation: Consultation | None, fields: Mapping[str, str], protocol: Protocol
) -> list[OpenQuestion]:
    """Open questions in the order of the core. `fields`: where those are answered that stand in no list of answers."""
    found = consultation.questions if consultation else ()
    return [_question(one, fields.get(one.fact, f"fact-{one.fact}"), protocol) for one in found]


def _question(question: Question, field: str, protocol: Protocol) -> OpenQuestion:
    where = names_of(question.places, protocol) if question.scope is not Scope.PERSON else ""
    return OpenQuestion(
        question.fact, field, question.text, question.asked_because, question.could_become.word,
        protocol.words(question.could_become).short, where, question.answered_by,
    )  # fmt: skip


def place_views(consultation: Consultation, protocol: Protocol) -> list[PlacesView]:
    """The wished places, grouped by what holds for them, the most cautious first."""
    groups: dict[tuple[Verdict, date | None], list[str]] = {}
    for zone in consultation.zones:
        groups.setdefault((zone.verdict, zone.eligible_on), []).append(zone.place)
    return [
        PlacesView(
            verdict.word,
            protocol.words(verdict).short,
            names_of(places, protocol),
            day_in_words(day, consultation.on) if day else "",
        )
        for (verdict, day), places in sorted(groups.items(), key=lambda group: -group[0][0])
    ]


def names_of(places: Iterable[str], protocol: Protocol) -> str:
    """Places in words; two sides of a zone as one."""
    return "; ".join(label for label, _ in paired(places, protocol))


def paired(places: Iterable[str], protocol: Protocol) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Label and places of each zone: `Cheek, both sides` where both are meant."""
    zones: dict[str, list[str]] = {}
    for name in places:
        zones.setdefault(protocol.places[name].zone.id, []).append(name)
    for zone, members in zones.items():
        label = protocol.places[members[0]].label
        yield (f"{protocol.zones[zone].label}, both sides" if len(members) > 1 else label), tuple(members)


def place_states(consultation: Consultation | None, protocol: Protocol) -> Mapping[str, tuple[str, str]]:
    """Tone and words for every wished place, for the zone map."""
    if consultation is None:
        return {}
    states = {}
    left_out = {
        out.place for concern in (consultation.plan.concerns if consultation.plan else ()) for out in concern.left_out
    }
    planned = {
        place for concern in (consultation.plan.concerns if consultation.plan else ()) for place in concern.places
    }
    for zone in consultation.zones:
        tone, words = zone.verdict.word, protocol.words(zone.verdict).short
        if zone.eligible_on:
            words = f"wait until {day_in_words(zone.eligible_on, consultation.on)}"
        elif zone.may_be_treated and zone.place in left_out - planned:
            tone, words = "left-out", "left out of the plan"
        states[zone.place] = (tone, words)
    return states


def warning_texts(consultation: Consultation, protocol: Protocol) -> list[str]:
    """Warnings, those that say the same of several places said once."""
    by_label = {place.label: place.id for place in protocol.places.values()}
    groups: dict[str, list[str]] = {}
    for warning in consultation.warnings:
        label, colon, text = warning.partition(": ")
        place = by_label.get(label) if colon else None
        groups.setdefault(text if place else warning, []).extend([place] if place else [])
    return [
        readable(f"{names_of(places, protocol)}: {text}" if places else text, consultation.on)
        for text, places in groups.items()
    ]
