"""Effects from printed figures: worked by hand or published, and every impossible figure refused."""

import math

import pytest

from needlewise.errors import EvidenceError
from needlewise.evidence.effects import About, EffectKind, Events, Responders, Summary, shown
from needlewise.evidence.means import (
    change_from_interval,
    change_from_means,
    hedges_g,
    mean_change,
    mean_difference,
    paired_difference,
    small_sample_factor,
)
from needlewise.evidence.proportions import (
    ADDED_TO_CELLS,
    ADDED_TO_SHARE,
    log_odds_ratio,
    log_rate,
    log_rate_ratio,
    log_risk_ratio,
    proportion,
    risk_difference,
)

ME = About("invented", "Invented 2020")


def test_a_change_has_the_variance_of_its_mean() -> None:
    found = mean_change(ME, Summary(-0.86, 0.66, 32))
    assert (found.kind, found.value, found.n) == (EffectKind.MEAN_CHANGE, -0.86, 32)
    assert found.variance == pytest.approx(0.66**2 / 32)


def test_a_change_of_two_means_says_which_correlation_was_assumed() -> None:
    found = change_from_means(Summary(3.2, 0.4, 40), Summary(2.36, 0.56, 40), 0.5)
    assert found.mean == pytest.approx(-0.84)
    assert found.sd == pytest.approx(math.sqrt(0.16 + 0.3136 - 0.224))
    assert found.assumed == ("correlation of 0.5 between before and after assumed",)


def test_an_interval_gives_back_the_spread_it_was_made_of() -> None:
    # t with 14 degrees of freedom at 95 % is 2.1448.
    reach = 2.144787 * 6 / math.sqrt(15)
    found = change_from_interval(-3.4, -3.4 - reach, -3.4 + reach, 15)
    assert found.sd == pytest.approx(6, rel=1e-6)


def test_hedges_g_agrees_with_the_published_worked_example() -> None:
    # Borenstein et al. 2009, chapter 4: means 103 and 100, SDs 5.5 and 4.5, fifty people each.
    found = hedges_g(ME, Summary(103, 5.5, 50), Summary(100, 4.5, 50))
    assert found.value == pytest.approx(0.5924, abs=2e-4)
    # The book multiplies the variance by the squared factor once more (0.0411); this is the form that metafor uses.
    assert found.variance == pytest.approx(0.0418, abs=1e-4)


def test_a_difference_of_means_agrees_with_the_published_worked_example() -> None:
    # The same example: difference 3.00, variance 1.0100.
    found = mean_difference(ME, Summary(103, 5.5, 50), Summary(100, 4.5, 50))
    assert (found.value, found.variance) == pytest.approx((3.0, 1.01), abs=1e-4)


def test_sides_of_the_same_people_count_them_once() -> None:
    found = paired_difference(ME, Summary(2.1, 0.5, 40), Summary(2.4, 0.5, 40), 0.5)
    assert found.n == 40
    assert found.variance == pytest.approx(0.25 / 40)


def test_the_small_sample_factor_is_close_to_its_usual_approximation() -> None:
    assert small_sample_factor(98) == pytest.approx(1 - 3 / (4 * 98 - 1), abs=1e-5)


def test_odds_and_risks_agree_with_the_published_worked_example() -> None:
    # Borenstein et al. 2009, chapter 5: 5 of 100 against 10 of 100.
    a, b = Responders(5, 100), Responders(10, 100)
    odds, risk, difference = (one(ME, a, b) for one in (log_odds_ratio, log_risk_ratio, risk_difference))
    assert (odds.value, odds.variance) == pytest.approx((-0.7472, 0.3216), abs=1e-4)
    assert (risk.value, risk.variance) == pytest.approx((-0.6931, 0.2800), abs=1e-4)
    assert (difference.value, difference.variance) == pytest.approx((-0.05, 0.00138), abs=1e-5)


def test_a_share_comes_back_as_a_share() -> None:
    found = proportion(ME, Responders(34, 36))
    assert shown(found.kind, found.value) == pytest.approx(34 / 36)
    assert found.variance == pytest.approx(1 / 34 + 1 / 2)


@pytest.mark.parametrize("count", [0, 25])
def test_nobody_or_everybody_gets_half_a_person_and_says_so(count: int) -> None:
    found = proportion(ME, Responders(count, 25))
    assert found.assumed == (ADDED_TO_SHARE,)
    assert 0 < shown(found.kind, found.value) < 1


def test_an_empty_cell_gets_half_a_person_in_every_cell() -> None:
    found = log_odds_ratio(ME, Responders(0, 10), Responders(4, 10))
    assert found.value == pytest.approx(math.log(0.5 * 6.5 / (10.5 * 4.5)))
    assert found.assumed == (ADDED_TO_CELLS,)


@pytest.mark.parametrize("count", [0, 10])
def test_two_empty_or_two_full_groups_have_no_ratio_but_a_difference(count: int) -> None:
    both = Responders(count, 10), Responders(count, 10)
    for ratio in (log_odds_ratio, log_risk_ratio):
        with pytest.raises(EvidenceError, match="not estimable"):
            ratio(ME, *both)
    found = risk_difference(ME, *both)
    assert found.value == 0
    assert found.variance > 0


def test_rates_count_events_in_person_time() -> None:
    found = log_rate(ME, Events(3, 150.0), 30)
    assert (shown(found.kind, found.value), found.variance) == pytest.approx((0.02, 1 / 3))
    ratio = log_rate_ratio(ME, Events(3, 150.0), Events(6, 150.0), 60)
    assert shown(ratio.kind, ratio.value) == pytest.approx(0.5)
    assert log_rate(ME, Events(0, 150.0), 30).assumed


@pytest.mark.parametrize(
    "impossible",
    [
        lambda: Summary(1.0, -0.1, 10),
        lambda: Summary(1.0, 0.1, 1),
        lambda: Summary(math.nan, 0.1, 10),
        lambda: Responders(11, 10),
        lambda: Responders(-1, 10),
        lambda: Responders(0, 0),
        lambda: Events(1, 0.0),
        lambda: change_from_interval(1.0, 2.0, 0.0, 10),
        lambda: change_from_interval(3.0, 0.0, 2.0, 10),
        lambda: change_from_means(Summary(1.0, 1.0, 10), Summary(1.0, 1.0, 10), 1.5),
        lambda: change_from_means(Summary(1.0, 1.0, 10), Summary(1.0, 1.0, 9), 0.5),
        lambda: hedges_g(ME, Summary(1.0, 0.0, 10), Summary(1.0, 0.0, 10)),
    ],
)
def test_impossible_figures_are_refused(impossible) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(EvidenceError):
        impossible()
