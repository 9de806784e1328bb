"""What nobody studied, as far as the studies that were read show it: comparisons, skin types, ages, follow-up, figures."""

from collections.abc import Iterator, Sequence

from needlewise.evidence.groups import Treatment, shows_needles, treatment_of
from needlewise.knowledge import Arm, EvidenceBase, Study

DARKEST = ("V", "VI")
HALF_A_YEAR_WEEKS = 26
OLD_YEARS = 65


def holes_of(indication: str, base: EvidenceBase) -> tuple[str, ...]:
    """Sentences on what is missing for an indication; one says so where there is no study at all."""
    studies = [one for one in base.studies_of(indication) if not one.never_pool]
    if not studies:
        return ("No study was read.",)
    return tuple(_holes(studies, base))


def _holes(studies: Sequence[Study], base: EvidenceBase) -> Iterator[str]:
    total = len(studies)
    controlled = [study for study in studies if _is_controlled(study, base)]
    against = "nothing, a sham, or the same without needles"
    if not controlled:
        yield f"None of {total} studies compares needling with {against}: what the needles themselves add is not known."
    else:
        yield f"{len(controlled)} of {total} compare needling with {against}; the rest show change, not its cause."
    silent = sum(not study.has_figures for study in studies)
    if silent:
        yield f"{silent} of {total} give no number for the effect in what was read."
    stated = [study for study in studies if study.people.phototypes]
    dark = sum(any(one in study.people.phototypes for one in DARKEST) for study in stated)
    yield f"{len(stated)} of {total} state skin types; {dark or 'none'} of them include types V or VI."
    weeks = [longest for study in studies if (longest := _longest_weeks(study, base)) is not None]
    if not weeks:
        yield "How long people were followed after the last session was read in none."
    else:
        half = sum(one >= HALF_A_YEAR_WEEKS for one in weeks)
        yield (
            f"{len(weeks)} of {total} state how long they followed people after the last session, {max(weeks):g} weeks at "
            f"most; {half or 'none'} of them half a year or longer."
        )
    if not any((study.people.age_max or 0) > OLD_YEARS for study in studies):
        yield f"None states that anyone over {OLD_YEARS} took part."


def _is_controlled(study: Study, base: EvidenceBase) -> bool:
    return any(
        shows_needles(arm, other, base) for arm in _needled(study, base) for other in study.arm if other.id != arm.id
    )


def _needled(study: Study, base: EvidenceBase) -> list[Arm]:
    """The arms with needles and without heat."""
    return [arm for arm in study.arm if treatment_of(arm, base) not in (None, Treatment.RADIOFREQUENCY)]


def _longest_weeks(study: Study, base: EvidenceBase) -> float | None:
    weeks = [
        one.weeks_after_last for arm in _needled(study, base) for one in arm.outcome if one.weeks_after_last is not None
    ]
    return max(weeks, default=None)
