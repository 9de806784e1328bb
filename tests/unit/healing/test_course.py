"""What the skin is expected to do: bands, when things are over, what lies outside the data, and how sure one may be."""

import time
from dataclasses import replace

import numpy as np
import pytest

from needlewise.dose import Layer
from needlewise.errors import HealingError
from needlewise.healing.course import LEVELS, compare, days_until_below, foresee
from needlewise.healing.model import OBSERVABLES
from needlewise.healing.population import Needling
from needlewise.healing.regimen import Regimen
from tests.unit.healing.people import biology

NEEDLING = Needling(229.0, 0.25, 1.5, Layer(0.1, 1.0))


def monthly(count: int, needling: Needling = NEEDLING, spacing: float = 28.0) -> Regimen:
    return Regimen(tuple(spacing * number for number in range(count)), (needling,) * count, 40)


def test_bands_are_in_order_and_start_at_untreated_skin() -> None:
    course = foresee(monthly(2), biology(), 300)
    for name in OBSERVABLES:
        assert (np.diff(course.average.of(name), axis=0) >= 0).all(), name
    assert course.average.of("barrier")[LEVELS.index(0.5), 0] > 0
    assert np.abs(course.average.of("collagen")[:, 0] - 1).max() < 0.1
    assert course.days[0] == 0
    assert course.days[-1] == 364


def test_the_same_seed_gives_the_same_course_and_another_one_another() -> None:
    one, same, other = (foresee(monthly(1), biology(), 200, seed) for seed in (3, 3, 4))
    assert np.array_equal(one.average.values, same.average.values)
    assert not np.array_equal(one.average.values, other.average.values)


def test_every_form_has_bands_and_the_average_lies_among_them() -> None:
    course = foresee(monthly(3), biology(), 600)
    shared = {row.id for row in biology().structures.values() if row.share > 0}
    assert course.forms.keys() == shared
    at = [bands.of("collagen")[LEVELS.index(0.5), -1] for bands in course.forms.values()]
    assert min(at) <= course.average.of("collagen")[LEVELS.index(0.5), -1] <= max(at)
    with pytest.raises(HealingError, match="one of: "):
        course.bands("imagined")


def test_a_form_without_a_share_is_no_part_of_the_average() -> None:
    known = biology()
    alone = {name: replace(row, share=float(name == "unbraked")) for name, row in known.structures.items()}
    course = foresee(monthly(1), replace(known, structures=alone), 200)
    assert list(course.forms) == ["unbraked"]
    assert np.array_equal(course.forms["unbraked"].values, course.average.values)


def test_redness_and_an_open_barrier_are_over_within_weeks_and_later_for_nine_of_ten() -> None:
    course = foresee(monthly(2), biology(), 400)
    assert [(one.threshold, one.session) for one in course.over] == [
        (name, number) for name in biology().thresholds for number in (1, 2)
    ]
    for one in course.over:
        assert one.half is not None
        assert one.nine_of_ten is not None
        assert 0 < one.half < one.nine_of_ten < 28


def test_when_something_is_over_is_the_last_time_it_is_above() -> None:
    days = np.array([0.0, 1.0, 2.0, 3.0, 4.0])
    seen = np.array([[5, 0, 5, 5, 5], [1, 0, 0, 5, 5], [3, 0, 0, 5, 3], [0, 0, 0, 5, 1], [0, 9, 9, 9, 9]], float)
    found = days_until_below(days, seen, 2.0, (0.0, 3.0))
    assert found[:3].tolist() == pytest.approx([2 + 1 / 3, 0, 0.6])
    assert np.isinf(found[3])
    assert found[4] == pytest.approx(2.5)
    assert np.isinf(days_until_below(days, seen, 2.0, (0.0, 4.0))[1:]).all()  # the last day counts


def test_more_of_the_skin_injured_takes_longer_to_close_and_adds_more_collagen() -> None:
    light, strong = (monthly(3, replace(NEEDLING, holes_per_cm2=holes)) for holes in (60.0, 240.0))
    found = {one.of: one for one in compare(light, strong, biology(), 400).differences}
    assert found["barrier-closed"].middle > 0
    assert found["barrier-closed"].more_share > 0.95
    assert found["six-months"].low > -0.2
    assert found["six-months"].middle > 0


def test_a_regimen_compared_with_itself_differs_for_nobody() -> None:
    for one in compare(monthly(2), monthly(2), biology(), 200).differences:
        assert (one.low, one.middle, one.high, one.more_share) == (0, 0, 0, 0)


def test_fewer_sessions_are_no_gain_on_the_day_of_the_last_one() -> None:
    """The fourth session falls on day 84; what it disrupts at once must not count as less collagen."""
    found = {one.of: one for one in compare(monthly(4), monthly(3), biology(), 200).differences}
    assert abs(found["twelve-weeks"].middle) < 1e-3


def test_what_lies_outside_the_data_is_flagged_and_makes_it_very_uncertain() -> None:
    assert not foresee(monthly(3), biology(), 100).outside
    dense = foresee(monthly(9, replace(NEEDLING, holes_per_cm2=2000.0), 3.0), biology(), 100)
    assert {one.bound.id for one in dense.outside} == {"injured", "spacing", "sessions"}
    assert all(one.certainty == "very low" for one in dense.sureness.values())
    assert "days between sessions: 3, and what was studied has at least 7" in [one.words for one in dense.outside]


def test_what_no_figure_moved_is_said_to_rest_on_a_guess_alone() -> None:
    known = biology()
    sure = foresee(monthly(3), known, 100).sureness
    assert sure["elastin"].prior_alone
    assert sure["elastin"].certainty == "very low"
    assert not sure["barrier"].prior_alone
    assert sure["collagen"].late_from_day == 180
    source = known.parameters["kB"].mark
    told = {name: replace(row, mark=source) for name, row in known.parameters.items()}
    freed = foresee(monthly(3), replace(known, parameters=told), 100).sureness
    assert not freed["elastin"].prior_alone
    assert freed["collagen"].late_from_day is None


def test_a_quantity_is_a_guess_where_its_prior_was_chosen_and_no_figure_narrowed_it_in_every_form() -> None:
    known = biology()
    assert known.posterior is not None
    assert not known.is_guess("kB")  # not narrowed, but read off a study
    assert not known.is_guess("kP")  # chosen, but narrowed
    assert known.is_guess("kE")
    assert known.is_guess("sn")  # held fixed, and assumed
    wide = tuple(replace(fit, narrowed={**fit.narrowed, "kP": 0.95}) for fit in known.posterior.form[:1])
    worse = replace(known.posterior, form=(*wide, *known.posterior.form[1:]))
    assert replace(known, posterior=worse).is_guess("kP")


def test_part_of_the_people_beyond_the_data_is_told_and_leaves_the_certainty() -> None:
    course = foresee(monthly(1, replace(NEEDLING, holes_per_cm2=500.0)), biology(), 1000)
    (one,) = course.partly
    assert not course.outside
    assert one.bound.id == "injured"
    assert 0.05 < one.share <= 0.5
    assert one.found <= one.bound.most
    assert course.sureness["redness"].certainty == "low"


def test_where_nobody_knows_the_age_everyone_has_one_and_the_gain_is_that_of_neither_young_nor_old() -> None:
    young, unknown, old = (foresee(replace(monthly(2), age_years=age), biology(), 2000) for age in (20, None, 80))
    assert young.ages_years == (20, 20)
    assert unknown.ages_years[0] < 20
    assert unknown.ages_years[1] > 70
    gains = [one.average.of("collagen")[LEVELS.index(0.5), one.at(180)] for one in (young, unknown, old)]
    assert gains[0] > gains[1] > gains[2]


def test_who_is_not_over_it_within_eight_weeks_counts_in_the_share_and_is_counted() -> None:
    known = biology()
    strict = {name: replace(row, level=1e-9) for name, row in known.thresholds.items()}
    light, strong = (monthly(1, replace(NEEDLING, holes_per_cm2=holes)) for holes in (60.0, 240.0))
    found = {one.of: one for one in compare(light, strong, replace(known, thresholds=strict), 400).differences}
    assert 0 < found["redness-over"].endless < 400
    usual = {one.of: one for one in compare(light, strong, known, 400).differences}
    assert usual["redness-over"].endless == 0


def test_a_seed_below_nought_is_refused() -> None:
    with pytest.raises(HealingError, match="0 or more"):
        foresee(monthly(1), biology(), 100, -1)


def test_no_needle_reaches_as_little_or_as_far_as_numbers_do() -> None:
    for depth in (0.0, -1.0, float("nan"), float("inf"), 11.0):
        with pytest.raises(HealingError, match="depth in mm"):
            monthly(1, replace(NEEDLING, depth_mm=depth))
    hardly = foresee(monthly(1, replace(NEEDLING, depth_mm=1e-300)), biology(), 100)
    assert hardly.average.of("growth-factor").max() == 0


def test_sessions_close_together_make_inflammation_less_certain() -> None:
    wide, close = (foresee(monthly(3, spacing=days), biology(), 100).sureness["redness"] for days in (28, 10))
    assert (wide.certainty, close.certainty) == ("low", "very low")
    assert len(close.why) == len(wide.why) + 1


@pytest.mark.parametrize(
    ("days", "count", "message"),
    [((), 0, "one session at least"), ((3.0,), 1, "from 0 on"), ((0.0, 28.0), 1, "one for each session"),
     ((0.0, 5000.0), 2, "at the latest")],
)  # fmt: skip
def test_impossible_sessions_are_refused(days: tuple[float, ...], count: int, message: str) -> None:
    with pytest.raises(HealingError, match=message):
        Regimen(days, (NEEDLING,) * count)


def test_impossible_needling_and_crowds_are_refused_with_what_is_wrong() -> None:
    with pytest.raises(HealingError, match="session 1: depth in mm"):
        Regimen((0.0,), (replace(NEEDLING, depth_mm=0.0),))
    with pytest.raises(HealingError, match="100 to 100000"):
        foresee(monthly(1), biology(), 3)


def test_two_thousand_people_and_four_sessions_take_no_time_to_wait_for() -> None:
    foresee(monthly(4), biology(), 100)
    spent = []
    for _ in range(3):
        before = time.perf_counter()
        foresee(monthly(4), biology())
        spent.append(time.perf_counter() - before)
    # A third of a second where nothing else runs; four times that where the machine is shared.
    assert min(spent) < 1.2
