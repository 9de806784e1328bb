"""THE ONE DOOR: a case and a protocol in, a consultation out; and beside it, what the trials say of its plan.

`consult` is pure: the same case, protocol and day always give the same consultation. It knows no clock and no numpy.
`forecast` brings in the sciences; nothing of it ever reaches a verdict or a plan.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from needlewise.clinical.anaesthesia import NumbingCream, numbing_cream
from needlewise.clinical.case import Case
from needlewise.clinical.case_reading import case_from
from needlewise.clinical.case_text import tables_of
from needlewise.clinical.devices import Bench
from needlewise.clinical.letters import unused_letters
from needlewise.clinical.planning import Plan, plan
from needlewise.clinical.questions import Question
from needlewise.clinical.reasons import Reason
from needlewise.clinical.screening import ZoneVerdict, screen
from needlewise.clinical.spots import Survey
from needlewise.clinical.timeline import Instruction, timeline
from needlewise.knowledge import Edition, EvidenceBase, Protocol, Verdict

if TYPE_CHECKING:
    from needlewise.evidence.behind import Measure
    from needlewise.evidence.forecast import Forecast
    from needlewise.evidence.groups import Group


@dataclass(frozen=True, slots=True)
class Consultation:
    """May we treat, where, from which day; how deep, how often, on which days - and for every word of it, why.

    `plan` is None after `exclude`. `timeline` holds every dated instruction of the plan. Nothing here is stored.
    """

    edition: Edition
    on: date
    verdict: Verdict
    eligible_on: date | None
    zones: tuple[ZoneVerdict, ...]
    reasons: tuple[Reason, ...]
    questions: tuple[Question, ...]
    plan: Plan | None
    timeline: tuple[Instruction, ...]
    numbing: NumbingCream | None
    warnings: tuple[str, ...]


def consult(case: Case, protocol: Protocol, on: date) -> Consultation:
    """Screen a case on a day, plan it, and date everything before and after.

    Parameters: `case`, from `read_case`; `protocol`, from `load_protocol`; `on`, the day of the consultation.
    """
    bench = Bench(case, protocol, on)
    survey = Survey(case, protocol, on, bench.inputs())
    screening = screen(survey)
    made = plan(survey, screening, bench)
    numbing = numbing_cream(survey) if made else None
    return Consultation(
        protocol.edition,
        on,
        screening.verdict,
        screening.eligible_on,
        screening.zones,
        screening.reasons,
        screening.questions,
        made,
        timeline(survey, made) if made else (),
        numbing,
        (
            *(made.warnings if made else ()),
            *(numbing.against if numbing else ()),
            *dict.fromkeys(unused_letters(survey, (reason.rule for reason in screening.reasons))),
        ),
    )


def forecast(
    case: Case,
    consultation: Consultation,
    evidence: EvidenceBase,
    own: Mapping[str, "Mapping[Measure, Sequence[float]]"] | None = None,
    groups: "Sequence[Group] | None" = None,
) -> Mapping[str, "Forecast"]:
    """What the trials say of each concern that is planned, by its id; nothing where nothing is planned.

    Parameters: `evidence`, from `load_evidence`; `own`, outcomes of the clinic's own people by indication and measure;
    `groups`, those of the evidence, where they were found before. An adjunct that was asked for and is not planned is
    not reckoned with.
    """
    from needlewise.evidence.forecast import forecast as foretold  # noqa: PLC0415 - brings in numpy
    from needlewise.evidence.likeness import Asked  # noqa: PLC0415

    made = consultation.plan
    if made is None:
        return {}
    wished = {concern.id: concern for concern in case.concerns}
    adjuncts = tuple(advice.adjunct for advice in made.adjuncts if advice.allowed)
    phototypes = {str(answer.status) for answer in case.answers.get("phototype", ())}
    found = {}
    for row in made.concerns:
        indication = evidence.protocol.indications.get(wished[row.concern].indication)
        if indication is not None and row.places:
            # Two answers, or none: not known.
            phototype = phototypes.copy().pop() if len(phototypes) == 1 else ""
            asked = Asked(indication.studies, (row.sessions_min, row.sessions_max), adjuncts, phototype)
            found[row.concern] = foretold(asked, evidence, (own or {}).get(indication.id), groups)
    return found


def read_case(source: bytes | str | Mapping[str, Any], protocol: Protocol, on: date) -> Case:
    """A case from the text of a TOML file, or from the same tables as a mapping.

    Raises `CaseError` with every problem found.
    """
    if isinstance(source, str):
        source = source.encode()
    return case_from(source if isinstance(source, Mapping) else tables_of(source), protocol, on)
