"""What must hold of any consultation of someone who uses something prescribed: nothing stops it, nothing counts on it.

Looked at on the finished value, by kinds and words of what is said, whoever said it.
"""

from collections.abc import Iterable, Iterator, Mapping

from needlewise.clinical.case import Case
from needlewise.clinical.reasons import Reason
from needlewise.clinical.timeline import Entry, Instruction
from needlewise.consultation import Consultation
from needlewise.knowledge import BOUGHT, Answer, Kind, Protocol, WaitKind

Fault = tuple[str, str]
NEVER_STOPPED = "prescribed-is-never-stopped"
_PAUSING = (Entry.PAUSE, Entry.RESTART, Entry.AVOID)
_NOT_USED = ("never", "no", "none", "stopped")


def stopped(consultation: Consultation, case: Case, protocol: Protocol) -> Iterator[Fault]:
    """Every way in which a consultation stops something that was prescribed, or counts on its being stopped."""
    uses = _Uses(case, protocol)
    for entry in consultation.timeline:
        yield from ((NEVER_STOPPED, f"{entry.row}: {what}") for what in _of_entry(entry, uses))
    for reason in consultation.reasons:
        yield from ((NEVER_STOPPED, f"{reason.rule}: {what}") for what in _of_reason(reason, uses))


class _Uses:
    """What is used, and how much of it was prescribed; of medicines only."""

    def __init__(self, case: Case, protocol: Protocol) -> None:
        self.protocol = protocol
        self.used: Mapping[str, list[Answer]] = {
            fact: [answer for answer in answers if answer.status not in _NOT_USED]
            for fact, answers in case.answers.items()
            if protocol.facts[fact].kind is Kind.MEDICINE
        }
        # Answered for everywhere, so that no part of it is not known.
        self.whole = {fact for fact, answers in case.answers.items() if all(a.where is None for a in answers)}

    def some(self, facts: Iterable[str]) -> bool:
        """Some of these products is used on prescription."""
        return any(_prescribed(answer) for fact in facts for answer in self.used.get(fact, ()))

    def only(self, facts: Iterable[str]) -> bool:
        """Everything of these products that may be in use is used on prescription."""
        facts = list(facts)
        known = all(fact in self.whole for fact in facts)
        return known and self.some(facts) and all(_prescribed(a) for fact in facts for a in self.used.get(fact, ()))


def _prescribed(answer: Answer) -> bool:
    return bool(answer.prescribed) or answer.status == "now-prescribed"


def _of_entry(entry: Instruction, uses: _Uses) -> Iterator[str]:
    table, _, name = entry.row.partition(":")
    if table == "preparation":
        row = uses.protocol.preparation[name]
        facts: tuple[str, ...] = (row.fact,)
        own_words, keeps = row.text, row.never_stop or row.by_prescriber
    elif table == "aftercare":
        care = uses.protocol.aftercare[name]
        facts, own_words, keeps = care.restarts, care.text, False
    else:
        return
    pauses = entry.kind in _PAUSING
    if keeps and pauses:
        yield "a medicine that is never stopped is paused"
    if pauses and uses.only(facts):
        yield "what was prescribed is paused"
    if uses.some(facts) and not keeps:
        if pauses and BOUGHT not in entry.text:
            yield "words that pause what was prescribed too"
        if not pauses and own_words in entry.text:
            yield "pausing words, though nothing is paused"


def _of_reason(reason: Reason, uses: _Uses) -> Iterator[str]:
    facts = [used.fact for used in reason.facts if used.fact in uses.used]
    if not any(uses.only([fact]) for fact in facts):
        return
    products = [fact for fact in facts if uses.used[fact]]
    if reason.wait_kind is WaitKind.PREPARATION and reason.earliest_on is not None and uses.only(products):
        yield "a date that rests on stopping what was prescribed"
    row = uses.protocol.preparation.get(reason.rule.removeprefix("preparation:"))
    rule = uses.protocol.rules.get(reason.rule)
    if row is not None and reason.because != row.prescribed_text:
        yield "a reason that pauses what was prescribed"
    if rule is not None and rule.prescribed is not None and reason.because == rule.because and uses.only(products):
        yield "a reason that pauses what was prescribed"
