"""What holds of every pool."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from needlewise.evidence.effects import About, Effect, EffectKind, Responders, Summary
from needlewise.evidence.estimators import Method
from needlewise.evidence.means import mean_difference
from needlewise.evidence.pooling import pool
from needlewise.evidence.proportions import log_odds_ratio, risk_difference

FIGURES = st.lists(st.tuples(st.floats(-5, 5), st.floats(0.01, 4), st.integers(5, 200)), min_size=2, max_size=12)
METHODS = st.sampled_from(list(Method))


def effects(figures: list[tuple[float, float, int]], shift: float = 0.0, factor: float = 1.0) -> list[Effect]:
    return [
        Effect(f"s{k}", f"s{k}", EffectKind.MEAN_CHANGE, factor * value + shift, factor**2 * variance, n)
        for k, (value, variance, n) in enumerate(figures)
    ]


@settings(deadline=None, max_examples=60)
@given(FIGURES, METHODS, st.data())
def test_the_order_of_studies_does_not_matter(
    figures: list[tuple[float, float, int]], method: Method, data: st.DataObject
) -> None:
    one = effects(figures)
    other = data.draw(st.permutations(one))
    assert pool(one, method).best.value == pytest.approx(pool(other, method).best.value, rel=1e-5, abs=1e-6)


@settings(deadline=None, max_examples=60)
@given(FIGURES, METHODS, st.floats(-3, 3))
def test_shifting_all_studies_shifts_the_pool_and_nothing_else(
    figures: list[tuple[float, float, int]], method: Method, shift: float
) -> None:
    before, after = pool(effects(figures), method), pool(effects(figures, shift), method)
    assert after.best.value == pytest.approx(before.best.value + shift, rel=1e-4, abs=1e-4)
    assert after.best.high - after.best.low == pytest.approx(before.best.high - before.best.low, rel=1e-3, abs=1e-4)


@settings(deadline=None, max_examples=60)
@given(FIGURES, METHODS)
def test_a_pool_lies_between_its_studies_and_within_what_it_predicts(
    figures: list[tuple[float, float, int]], method: Method
) -> None:
    found = pool(effects(figures), method)
    values = [value for value, _, _ in figures]
    for estimate in (found.fixed, found.best):
        assert min(values) - 1e-9 <= estimate.value <= max(values) + 1e-9
        assert estimate.low <= estimate.value <= estimate.high
    if found.prediction is not None:
        assert found.prediction.low <= found.best.low
        assert found.prediction.high >= found.best.high


@settings(deadline=None, max_examples=60)
@given(FIGURES)
def test_the_reported_interval_is_never_narrower_than_the_fixed_one(figures: list[tuple[float, float, int]]) -> None:
    found = pool(effects(figures))
    assert found.best.high - found.best.low >= found.fixed.high - found.fixed.low - 1e-9


@given(st.integers(1, 50), st.integers(1, 50), st.integers(1, 50), st.integers(1, 50))
def test_changing_sides_turns_the_sign(a: int, b: int, c: int, d: int) -> None:
    one, two, me = Responders(a, a + b), Responders(c, c + d), About("s", "s")
    for contrast in (log_odds_ratio, risk_difference):
        assert contrast(me, one, two).value == pytest.approx(-contrast(me, two, one).value)
    first, second = Summary(a, b, c + 2), Summary(c, d, a + 2)
    assert mean_difference(me, first, second).value == -mean_difference(me, second, first).value
