"""What goes with needling: whether an adjunct that was asked for may, by whose word, and how far apart.

Nothing is ever added by itself: only what the case asks for is looked at.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from needlewise.clinical.case import Case
from needlewise.knowledge import Adjunct, Mark, Protocol

NOBODY = "no"


@dataclass(frozen=True, slots=True)
class AdjunctAdvice:
    """What holds for an adjunct that was asked for. `by` names the role whose word it needs; `against` says why it is
    not planned, empty where it may be; `caution` is to be weighed."""

    adjunct: str
    name: str
    allowed: bool
    by: str
    text: str
    outcome: str
    days_apart: int | None
    against: tuple[str, ...]
    caution: str
    mark: Mark


def adjunct_advice(case: Case, protocol: Protocol) -> tuple[AdjunctAdvice, ...]:
    """One piece of advice for each adjunct asked for, in the order asked."""
    return tuple(_advice(protocol.adjuncts[name], case, protocol) for name in case.adjuncts)


def _advice(adjunct: Adjunct, case: Case, protocol: Protocol) -> AdjunctAdvice:
    against = tuple(_against(adjunct, case, protocol))
    role = protocol.roles.get(adjunct.allowed)
    return AdjunctAdvice(
        adjunct.id,
        adjunct.name,
        not against,
        role.who if role else "",
        adjunct.text,
        adjunct.outcome,
        adjunct.days_apart,
        against,
        _caution(adjunct, case, protocol),
        adjunct.mark,
    )


def _against(adjunct: Adjunct, case: Case, protocol: Protocol) -> Iterator[str]:
    if adjunct.allowed == NOBODY:
        yield f"{adjunct.name}: not planned. {adjunct.text}"
        return
    wished = {concern.indication for concern in case.concerns}
    if adjunct.for_indications and wished.isdisjoint(adjunct.for_indications):
        labels = ", ".join(protocol.indications[name].label for name in adjunct.for_indications)
        yield f"{adjunct.name}: only studied for {labels}, which is not wished for here."


def _caution(adjunct: Adjunct, case: Case, protocol: Protocol) -> str:
    """A skin type in which it marks more easily; not known counts as one."""
    known = {answer.status for answer in case.answers.get("phototype", ())}
    phototypes = known or set(protocol.facts["phototype"].options)
    if phototypes.isdisjoint(adjunct.caution_phototypes):
        return ""
    return f"{adjunct.name}: leaves marks more easily in skin types {', '.join(adjunct.caution_phototypes)}."
