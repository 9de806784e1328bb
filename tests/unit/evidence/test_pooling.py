"""What a pool reports, and what it refuses or leaves open."""

import pytest

from needlewise.errors import EvidenceError
from needlewise.evidence.effects import Effect, EffectKind
from needlewise.evidence.methods import Method
from needlewise.evidence.pooling import (
    ALL_OF_ONE_SIZE,
    ONE_STUDY,
    TOO_FEW_FOR_SMALL_STUDIES,
    TOO_FEW_TO_PREDICT,
    estimates,
    leave_one_out,
    pool,
    regress,
    subgroups,
)


def effect(study: str, value: float, variance: float = 0.04, n: int = 20) -> Effect:
    return Effect(study, study, EffectKind.MEAN_CHANGE, value, variance, n)


def many(*values: float) -> list[Effect]:
    return [effect(f"invented-{number}", value) for number, value in enumerate(values)]


def test_nothing_to_pool_is_an_error() -> None:
    with pytest.raises(EvidenceError, match="no effect"):
        pool([])


def test_one_study_is_shown_and_is_no_pool() -> None:
    found = pool(many(-1.0))
    assert (found.k, found.note, found.random, found.tau2, found.prediction) == (1, ONE_STUDY, None, None, None)
    assert found.best.value == -1.0
    assert not list(leave_one_out(found))


def test_two_studies_are_pooled_and_predict_nothing() -> None:
    found = pool(many(-1.0, -0.6))
    assert (found.k, found.prediction, found.prediction_note) == (2, None, TOO_FEW_TO_PREDICT)
    assert found.best.value == pytest.approx(-0.8)
    # One degree of freedom: the interval says how little two studies tell.
    assert found.best.low < -2 < 0 < found.best.high


def test_identical_effects_have_no_variance_between_them_and_keep_their_plain_width() -> None:
    found = pool(many(*[-0.8] * 5))
    assert found.tau2 == pytest.approx(0, abs=1e-9)
    assert found.i2_percent == pytest.approx(0, abs=1e-6)
    assert found.best.high - found.best.low >= found.fixed.high - found.fixed.low > 0


def test_enormous_disagreement_is_told_and_not_hidden() -> None:
    found = pool(many(-1000.0, 0.0, 1000.0))
    assert found.i2_percent > 99.9
    assert found.prediction is not None
    assert found.prediction.low < found.best.low < -1000
    assert found.prediction.high > found.best.high > 1000


def test_a_prediction_reaches_beyond_the_interval_of_the_mean() -> None:
    found = pool(many(-1.4, -1.0, -0.2, -0.9))
    assert found.prediction is not None
    assert found.prediction.low < found.best.low < found.best.value < found.best.high < found.prediction.high


def test_ten_studies_are_needed_to_ask_whether_small_ones_differ() -> None:
    assert pool(many(*[-0.1 * n for n in range(9)])).small_study_note == TOO_FEW_FOR_SMALL_STUDIES
    varied = [effect(f"s{n}", -0.1 * n, 0.01 + 0.01 * n) for n in range(10)]
    assert pool(varied).small_study is not None


def test_ten_studies_of_one_size_are_pooled_and_say_that_sizes_cannot_be_compared() -> None:
    found = pool(many(*[-0.1 * n for n in range(12)]))
    assert found.small_study is None
    assert found.small_study_note == ALL_OF_ONE_SIZE
    assert found.best.value == pytest.approx(-0.55)


def test_weights_of_all_studies_make_the_whole() -> None:
    found = pool([effect("large", -1.0, 0.01), effect("small", 0.0, 1.0), effect("middle", -0.5, 0.1)])
    assert sum(one.random_percent for one in found.effects) == pytest.approx(100)
    assert sum(one.fixed_percent for one in found.effects) == pytest.approx(100)
    assert found.effects[0].fixed_percent > found.effects[0].random_percent


def test_people_of_one_study_never_count_twice() -> None:
    with pytest.raises(EvidenceError, match="2 effects"):
        pool([effect("twice", -1.0), effect("twice", -0.8), effect("once", -0.5)])


def test_different_kinds_never_share_a_pool() -> None:
    other = Effect("other", "other", EffectKind.PROPORTION, 1.0, 0.1, 20)
    with pytest.raises(EvidenceError, match="one kind"):
        pool([effect("one", -1.0), other])


def test_a_study_without_spread_is_refused_by_name() -> None:
    with pytest.raises(EvidenceError, match="pool: certain"):
        pool([effect("certain", -1.0, 0.0), effect("other", -0.5)])


def test_the_same_pool_is_told_under_every_method() -> None:
    found = estimates(many(-1.4, -1.0, -0.2))
    assert set(found) == set(Method)
    assert found[Method.FIXED].high - found[Method.FIXED].low < found[Method.REML].high - found[Method.REML].low


def test_a_pool_at_another_level_has_the_width_of_that_level_everywhere() -> None:
    effects = many(-1.4, -1.0, -0.2, -0.9)
    usual, wider = pool(effects), pool(effects, level=0.99)
    assert wider.best.value == usual.best.value
    # Quantiles of tables: t with 3 degrees of freedom, and the normal distribution.
    t, z = 5.8409 / 3.1824, 2.5758 / 1.9600
    assert (wider.best.high - wider.best.low) / (usual.best.high - usual.best.low) == pytest.approx(t, rel=1e-3)
    assert (wider.fixed.high - wider.fixed.low) / (usual.fixed.high - usual.fixed.low) == pytest.approx(z, rel=1e-3)
    assert wider.effects[0].low == pytest.approx(-1.4 - 2.5758 * 0.2, abs=1e-4)
    assert usual.prediction is not None
    assert wider.prediction is not None
    reach = wider.prediction.high - wider.best.value, usual.prediction.high - usual.best.value
    assert reach[0] / reach[1] == pytest.approx(t, rel=1e-3)
    assert usual.tau2_interval is not None
    assert wider.tau2_interval is not None
    assert wider.tau2_interval.high > usual.tau2_interval.high


@pytest.mark.parametrize("level", [0.0, 1.0, 95.0])
def test_a_level_that_is_no_share_is_refused(level: float) -> None:
    with pytest.raises(EvidenceError, match="level"):
        pool(many(-1.0, -0.6), level=level)


def test_subgroups_that_differ_are_told_apart() -> None:
    one = [effect(f"a{n}", value, 0.01) for n, value in enumerate((-2.0, -2.1, -1.9))]
    two = [effect(f"b{n}", value, 0.01) for n, value in enumerate((-0.1, 0.0, 0.1))]
    found = subgroups({"red": one, "white": two})
    assert found.df == 1
    assert found.p < 0.001
    with pytest.raises(EvidenceError, match="subgroups"):
        subgroups({"red": one})


def test_a_line_through_few_studies_is_refused_unless_forced() -> None:
    effects = many(-1.0, -0.8, -0.6, -0.4)
    sessions = {"sessions": [3.0, 4.0, 5.0, 6.0]}
    with pytest.raises(EvidenceError, match="4 studies for 1 moderators"):
        regress(effects, sessions)
    assert regress(effects, sessions, force=True).estimates[1] == pytest.approx(0.2)
