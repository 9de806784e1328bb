"""THE ONE DOOR: a case and a protocol in, a consultation out; and beside it, what the trials say of its plan, and how a
model expects skin to heal after it.

`consult` is pure: the same case, protocol and day always give the same consultation. It knows no clock and no numpy.
`forecast` and `foresee` bring in the sciences; nothing of them ever reaches a verdict or a plan.
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
from needlewise.clinical.spots import Survey, age_in_years
from needlewise.clinical.timeline import Instruction, timeline
from needlewise.clinical.treated import Treated, Variation, treated, varied
from needlewise.dose import Layer
from needlewise.errors import HealingError, Problem
from needlewise.knowledge import Biology, Edition, EvidenceBase, Protocol, Verdict

if TYPE_CHECKING:
    from needlewise.evidence.behind import Measure
    from needlewise.evidence.forecast import Forecast
    from needlewise.evidence.groups import Group
    from needlewise.healing.course import Comparison, Course
    from needlewise.healing.regimen import Regimen

# How many virtual people a course is reckoned for.
PEOPLE = 2000


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


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What is expected at some places that get the same. `course` is None where the dose is not known: what is missing
    stands in `treated`."""

    treated: Treated
    course: "Course | None"


def foresee(
    case: Case, consultation: Consultation, biology: Biology, people: int = PEOPLE, seed: int = 0
) -> tuple[Foreseen, ...]:
    """How skin is expected to heal after the plan, for all places that get the same; nothing where nothing is planned.

    Parameters: `biology`, from `load_biology`, which also holds the protocol; `people`, how many virtual people are
    followed; `seed`, which ones. Skin that was treated before is taken as untreated; age counts where it is known.
    """
    from needlewise.healing.course import foresee as course_of  # noqa: PLC0415 - brings in numpy

    if consultation.plan is None:
        return ()
    found = []
    for one in treated(consultation.plan, biology.protocol):
        regimen = _regimen(one, case, consultation, biology)
        found.append(Foreseen(one, course_of(regimen, biology, people, seed) if regimen else None))
    return tuple(found)


def what_if(
    case: Case, consultation: Consultation, biology: Biology, place: str, wanted: Variation
) -> "Comparison | None":
    """The plan at a place beside the same plan otherwise, on the same virtual people; None where the dose is not known.

    Raises `HealingError` for a place that is not planned, or a number outside what the plan allows.
    """
    from needlewise.healing.course import compare  # noqa: PLC0415 - brings in numpy

    rows = treated(consultation.plan, biology.protocol) if consultation.plan else ()
    here = next((one for one in rows if place in one.places), None)
    if here is None:
        planned = ", ".join(name for one in rows for name in one.places) or "none, because nothing is planned"
        raise HealingError(Problem("place", f"`{place}`", f"one of: {planned}"))
    pair = [_regimen(one, case, consultation, biology) for one in (here, varied(here, wanted))]
    first, second = pair
    return compare(first, second, biology, PEOPLE) if first and second else None


def _regimen(one: Treated, case: Case, consultation: Consultation, biology: Biology) -> "Regimen | None":
    """What the model is asked; None where a figure of the device is missing."""
    from needlewise.healing.regimen import regimen_of  # noqa: PLC0415

    holes = [session.holes_per_cm2 for session in one.sessions]
    known = [density for density in holes if density is not None]
    if one.needle_diameter_mm is None or len(known) < len(holes):
        return None
    depths = [session.depth_mm for session in one.sessions]
    age = None if case.born is None else float(age_in_years(case.born, consultation.on))
    sexes = {str(answer.status) for answer in case.answers.get("sex", ())}
    sex = sexes.pop() if len(sexes) == 1 else ""
    zones = {biology.protocol.places[place].zone.id for place in one.places}
    # Of skins that get the same, the thinnest is followed: it is injured most.
    layer = Layer(*min((biology.treated_mm(zone, sex) for zone in zones), key=lambda ends: ends[1]))
    return regimen_of(one.days, list(zip(known, depths, strict=True)), one.needle_diameter_mm, layer, age)


def read_case(source: bytes | str | Mapping[str, Any], protocol: Protocol, on: date) -> Case:
    """A case from the text of a TOML file, or from the same tables as a mapping.

    Raises `CaseError` with every problem found.
    """
    if isinstance(source, str):
        source = source.encode()
    return case_from(source if isinstance(source, Mapping) else tables_of(source), protocol, on)
