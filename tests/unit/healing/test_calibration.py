"""Most likely values and samples of the healing model, and the sample that ships."""

from dataclasses import replace

import numpy as np
import pytest

from needlewise.errors import HealingError
from needlewise.healing.calibration import Walk, fit_table, most_likely, sample
from needlewise.healing.likelihood import fitting, parameters_of
from needlewise.healing.model import PARAMETERS
from needlewise.healing.population import stable
from needlewise.healing.posterior import as_file, as_toml, equations_digest, fit_of, from_posterior
from tests.unit.healing.people import biology


def test_mending_the_faults_brought_the_model_nearer_to_the_figures() -> None:
    before, after = (
        most_likely(fitting(biology(), "twelve"), starts=1),
        most_likely(fitting(biology(), "braked"), starts=1),
    )
    assert after.misfit + after.prior < before.misfit + before.prior - 20


def test_each_mended_fault_is_nearer_to_its_own_figure() -> None:
    told = {}
    for form in ("twelve", "braked"):
        asked = fitting(biology(), form)
        told[form] = fit_table(asked, most_likely(asked, starts=1).numbers[None])
    for figure in ("wound-collagen", "wound-myofibroblasts", "redness-fades", "needled-epidermis"):
        off = {
            form: sum(((one.said - one.read) / one.sd) ** 2 for one in table if one.figure == figure)
            for form, table in told.items()
        }
        assert off["braked"] < off["twelve"] / 2


def test_the_rival_forms_fit_alike() -> None:
    costs = []
    for form in ("braked", "unbraked", "kept-share"):
        best = most_likely(fitting(biology(), form), starts=1)
        costs.append(best.misfit + best.prior)
    assert max(costs) - min(costs) < 3


def test_the_same_seed_draws_the_same_sample_and_another_seed_another() -> None:
    asked = fitting(biology(), "braked")
    first, again, other = (sample(asked, Walk(96, 12, 2, seed)) for seed in (1, 1, 2))
    assert np.array_equal(first.numbers, again.numbers)
    assert not np.array_equal(first.numbers, other.numbers)


def test_a_quantity_that_nothing_informs_keeps_its_spread() -> None:
    """`kr` has no part in this form: a sampler that narrows it is wrong."""
    asked = fitting(biology(), "braked")
    drawn = sample(asked, Walk(96, 400, 100, 3))
    assert drawn.narrowed[asked.free.index("kr")] == pytest.approx(1, abs=0.08)


def test_a_short_walk_is_not_called_converged() -> None:
    asked = fitting(biology(), "braked")
    assert not sample(asked, Walk(96, 20, 2, 1)).converged(18)


@pytest.mark.parametrize(("walkers", "steps", "dropped"), [(1, 100, 10), (96, 10, 10), (96, 10, -1)])
def test_an_impossible_walk_is_refused(walkers: int, steps: int, dropped: int) -> None:
    with pytest.raises(HealingError):
        Walk(walkers, steps, dropped)


def test_the_sample_that_ships_fits_what_it_was_fitted_to() -> None:
    fitted = biology().posterior
    assert fitted is not None
    assert fitted.fitted_to == biology().fitted_to
    assert fitted.equations == equations_digest()
    for form in fitted.form:
        assert form.r_hat < 1.05
        assert form.worth > 1000


def test_every_row_that_ships_is_stable_and_close_to_the_figures() -> None:
    found = from_posterior(biology())
    assert set(found.forms) == {one.id for one in biology().structures.values() if one.share > 0}
    assert stable(found.parameters).all()
    for form in biology().posterior.form:
        inside = total = 0
        for name, rows in form.said.items():
            figure = biology().figures[name]
            for (low, _, high), value, sd in zip(rows, figure.values, figure.sd, strict=True):
                inside += low - 1.645 * sd <= value <= high + 1.645 * sd
                total += 1
        assert inside / total > 0.9


def test_a_sample_fitted_to_other_figures_is_refused() -> None:
    rows = dict(biology().parameters)
    rows["kS"] = replace(rows["kS"], median=0.06)
    with pytest.raises(HealingError, match="fitted to other"):
        from_posterior(replace(biology(), parameters=rows))


def test_without_a_sample_one_is_told_how_to_make_it() -> None:
    with pytest.raises(HealingError, match="calibrate"):
        from_posterior(replace(biology(), posterior=None))


def test_a_sample_written_down_is_read_back() -> None:
    asked = fitting(biology(), "braked")
    drawn = sample(asked, Walk(96, 12, 2, 1))
    kept = drawn.numbers[:50]
    made = as_file({"braked": parameters_of(asked, kept)})
    assert made == as_file({"braked": parameters_of(asked, kept)})
    fit = fit_of(asked, Walk(96, 12, 2, 1), most_likely(asked, starts=1), drawn, kept)
    assert 'id = "braked"' in as_toml((fit,), biology(), made, 1)
    fitted = replace(biology().posterior, sample=made, form=(fit,))
    found = from_posterior(replace(biology(), posterior=fitted), ("braked",))
    assert found.parameters == pytest.approx(parameters_of(asked, kept), rel=1e-6)
    assert found.parameters.shape == (50, len(PARAMETERS))


def test_a_sample_of_other_equations_is_refused() -> None:
    whole = biology()
    assert whole.posterior is not None
    with pytest.raises(HealingError, match="other equations"):
        from_posterior(replace(whole, posterior=replace(whole.posterior, equations="0000000000000000")))
