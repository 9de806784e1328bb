"""What the model says of the figures, and how unlikely that makes parameters."""

import numpy as np
import pytest

from needlewise.healing.likelihood import fitting, log_posterior, misfits, parameters_of, predictions
from needlewise.healing.model import PARAMETERS
from needlewise.healing.population import prior_of
from tests.unit.healing.people import biology


def test_numbers_of_nought_are_the_medians_of_the_prior() -> None:
    asked = fitting(biology(), "braked")
    median, _ = prior_of(biology())
    assert parameters_of(asked, np.zeros((1, asked.size)))[0] == pytest.approx(median)


def test_what_a_form_holds_fixed_is_not_followed() -> None:
    asked = fitting(biology(), "kept-share")
    assert "kS" not in asked.free
    numbers = np.random.default_rng(0).standard_normal((5, asked.size))
    assert (parameters_of(asked, numbers)[:, PARAMETERS.index("kS")] == 0).all()


def test_a_share_of_the_peak_is_one_at_most_and_one_somewhere() -> None:
    asked = fitting(biology(), "braked")
    said = predictions(asked, parameters_of(asked, np.zeros((1, asked.size))), np.ones((1, 1)))
    assert said["wound-neutrophils"].max() <= 1
    assert said["wound-macrophages"].max() > 0.9


def test_a_study_factor_stretches_gains_and_nothing_else() -> None:
    asked = fitting(biology(), "braked")
    parameters = parameters_of(asked, np.zeros((1, asked.size)))
    plain, doubled = (predictions(asked, parameters, np.full((1, 1), factor)) for factor in (1.0, 2.0))
    assert doubled["needled-collagen"] - 1 == pytest.approx(2 * (plain["needled-collagen"] - 1))
    assert doubled["needled-epidermis"] == pytest.approx(plain["needled-epidermis"])
    assert doubled["wound-collagen"] == pytest.approx(plain["wound-collagen"])


def test_the_posterior_is_prior_times_likelihood() -> None:
    asked = fitting(biology(), "braked")
    numbers = 0.3 * np.random.default_rng(0).standard_normal((7, asked.size))
    expected = -((misfits(asked, numbers) ** 2).sum(axis=1) + (numbers**2).sum(axis=1)) / 2
    assert log_posterior(asked, numbers) == pytest.approx(expected)


def test_where_rest_is_not_stable_nothing_is_likely() -> None:
    asked = fitting(biology(), "braked")
    numbers = np.zeros((1, asked.size))
    for name in ("tA", "ka"):
        numbers[0, asked.free.index(name)] = 4.0
    for name in ("dT", "dA", "wA"):
        numbers[0, asked.free.index(name)] = -4.0
    assert log_posterior(asked, numbers)[0] == -np.inf


def test_figures_can_be_left_out() -> None:
    whole, part = fitting(biology(), "braked"), fitting(biology(), "braked", ["needled-collagen", "wound-collagen"])
    at = np.zeros((1, whole.size))
    assert misfits(part, at).shape[1] < misfits(whole, at).shape[1]
    assert {figure.id for figure in part.figures} == {"needled-collagen", "wound-collagen"}
