"""A number looks at what it asks for and at nothing else."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from needlewise.evidence.claim_numbers import Computed, compute
from needlewise.evidence.groups import Group, groups_of
from needlewise.knowledge import EvidenceBase, Number, Protocol, Study, load_claims, load_evidence

TRIAL_OF = {"striae": "striae_alba2023", "acne_scars": "dogra2014", "melasma_hyperpigmentation": "ismail2019"}


@pytest.fixture(scope="module")
def base(protocol: Protocol) -> EvidenceBase:
    return load_evidence(protocol)


@pytest.fixture(scope="module")
def numbers(base: EvidenceBase) -> tuple[Number, ...]:
    return tuple(number for claim in load_claims(base).values() for number in claim.number)


@pytest.fixture(scope="module")
def before(base: EvidenceBase, numbers: tuple[Number, ...]) -> Mapping[int, Computed]:
    groups = by_id(base)
    return {index: compute(number, base, groups) for index, number in enumerate(numbers)}


def by_id(base: EvidenceBase) -> Mapping[str, Group]:
    return {group.key.id: group for group in groups_of(base)}


def troubles(number: Number, base: EvidenceBase) -> set[str] | None:
    """The groups of studies that a number looks at; None where it looks at all."""
    if number.group:
        return {number.group.partition(".")[0]}
    if number.study or number.reading or number.among.studies:
        return set()
    if not number.among.indications:
        return None
    return {group for name in number.among.indications for group in base.protocol.indications[name].studies}


@st.composite
def newcomers(draw: st.DrawFn) -> tuple[str, int, int, int, float]:
    group = draw(st.sampled_from(sorted(TRIAL_OF)))
    people = draw(st.integers(1, 500))
    weeks = draw(st.floats(0.5, 60, allow_nan=False))
    return group, people, draw(st.integers(0, people)), draw(st.integers(1, 40)), weeks


def study_of(newcomer: tuple[str, int, int, int, float], base: EvidenceBase) -> Study:
    group, people, harmed, sessions, weeks = newcomer
    model = base.studies[TRIAL_OF[group]]
    arm = model.arm[0]
    outcomes = tuple(replace(one, weeks_after_last=weeks, responders=None) for one in arm.outcome)
    harms = tuple(replace(one, count=harmed, of=people, percent=None) for one in arm.harm)
    changed = replace(
        arm, n=people, sessions=(sessions, sessions), interval_weeks=(weeks, weeks), outcome=outcomes, harm=harms
    )
    return replace(model, id="newcomer", cohort="", arm=(changed,))


@given(newcomer=newcomers())
def test_a_study_outside_what_a_number_asks_for_never_changes_it(
    newcomer: tuple[str, int, int, int, float],
    base: EvidenceBase,
    numbers: tuple[Number, ...],
    before: Mapping[int, Computed],
) -> None:
    study = study_of(newcomer, base)
    grown = replace(base, studies={**base.studies, study.id: study})
    groups = by_id(grown)
    for index, number in enumerate(numbers):
        looked_at = troubles(number, base)
        if looked_at is not None and study.group not in looked_at:
            assert compute(number, grown, groups) == before[index]


@given(newcomer=newcomers())
def test_a_study_that_states_a_schedule_is_counted_once_where_it_is_asked_for(
    newcomer: tuple[str, int, int, int, float],
    base: EvidenceBase,
    numbers: tuple[Number, ...],
    before: Mapping[int, Computed],
) -> None:
    study = study_of(newcomer, base)
    grown = replace(base, studies={**base.studies, study.id: study})
    for index, number in enumerate(numbers):
        looked_at = troubles(number, base)
        if number.within and (looked_at is None or study.group in looked_at):
            after = compute(number, grown, {})
            assert after.of == (before[index].of or 0) + 1
            assert (after.count or 0) - (before[index].count or 0) in (0, 1)
