"""What a plan does at each place over time, and how far it may be otherwise."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from needlewise.clinical.treated import Treated, Variation, treated, varied
from needlewise.errors import HealingError
from tests.unit.interop.courses import WITH_DOSE, WITHOUT_DOSE, biology, held


def first(path: Path = WITH_DOSE) -> Treated:
    _, consultation = held(path)
    assert consultation.plan is not None
    return treated(consultation.plan, biology().protocol)[0]


def test_only_the_sessions_that_are_needed_count() -> None:
    _, consultation = held()
    assert consultation.plan is not None
    here = first()
    assert len(here.sessions) == sum(not visit.if_needed for visit in consultation.plan.sessions)
    assert here.leeway.sessions == (len(here.sessions), len(consultation.plan.sessions))
    assert here.days[0] == 0
    assert all(after > before for before, after in pairwise(here.days))


def test_a_dose_that_is_not_known_is_left_open_with_what_is_missing() -> None:
    here = first(WITHOUT_DOSE)
    assert here.missing
    assert {session.holes_per_cm2 for session in here.sessions} == {None}
    assert here.needle_diameter_mm is None
    assert here.sessions_done > 0


def test_places_that_get_the_same_stand_together_and_others_do_not() -> None:
    path = WITH_DOSE.parent / "acne-scars-type-iii.toml"
    _, consultation = held(path)
    assert consultation.plan is not None
    assert [one.places for one in treated(consultation.plan, biology().protocol)] == [("cheek-left", "cheek-right")]
    _, other = held(WITHOUT_DOSE)
    assert other.plan is not None
    assert len(treated(other.plan, biology().protocol)) == 2


def test_the_plan_varied_as_planned_is_the_plan() -> None:
    here = first()
    assert varied(here, here.as_planned).sessions == here.sessions


def test_fewer_passes_leave_fewer_holes_and_a_deeper_start_ends_at_the_ceiling() -> None:
    here = first()
    planned = here.as_planned
    light = varied(here, replace(planned, passes=here.leeway.passes[0]))
    assert light.sessions[0].holes_per_cm2 == pytest.approx(
        (here.sessions[0].holes_per_cm2 or 0) * here.leeway.passes[0] / planned.passes
    )
    deep = varied(here, replace(planned, depth_mm=here.leeway.depth_mm[1]))
    assert {session.depth_mm for session in deep.sessions} == {here.leeway.depth_mm[1]}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"interval_days": 7}, "days between sessions: 7"),
        ({"interval_days": 90}, "28 to 42, as in the plan"),
        ({"sessions": 40}, "sessions: 40"),
        ({"sessions": 0}, "sessions: 0"),
        ({"depth_mm": 2.5}, "depth of the first session: 2.5 mm"),
        ({"depth_mm": 0.3}, "one of: 0.25, 0.5 mm"),
        ({"passes": 30}, "passes: 30"),
        ({"depth_mm": float("nan")}, "depth of the first session: nan"),
    ],
)
def test_what_the_plan_does_not_allow_is_refused(change: dict[str, Any], message: str) -> None:
    here = first()
    with pytest.raises(HealingError, match=message):
        varied(here, replace(here.as_planned, **change))


def test_all_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(HealingError) as caught:
        varied(first(), Variation(1, 99, 9.0, 99))
    assert len(caught.value.problems) == 4


def test_no_variation_passes_ceiling_or_floor() -> None:
    """Whatever may be chosen, every session stays between the plan's own ends."""
    here = first()
    (low, high), (least, most) = here.leeway.depth_mm, here.leeway.passes
    for depth in here.leeway.depths_mm():
        for passes in range(least, most + 1):
            for session in varied(here, replace(here.as_planned, depth_mm=depth, passes=passes)).sessions:
                assert low <= session.depth_mm <= high
                assert least <= session.passes <= most
