"""The person in the middle, who is handed to other simulators."""

import numpy as np
import pytest

from needlewise.dose import Channel, Layer, injured_fraction
from needlewise.errors import HealingError
from needlewise.healing.model import PARAMETERS
from needlewise.healing.posterior import from_posterior
from needlewise.healing.regimen import regimen_of
from needlewise.healing.typical import typical
from tests.unit.healing.people import biology

REGIMEN = regimen_of((0, 28), [(600.0, 0.5), (600.0, 1.0)], 0.25, Layer(0.1, 1.0), 40.0)


def test_every_quantity_is_the_median_of_its_form() -> None:
    task = typical(REGIMEN, biology(), "unbraked")
    sample = from_posterior(biology(), ("unbraked",)).parameters
    assert task.parameters[0, PARAMETERS.index("kP")] == pytest.approx(np.median(sample[:, PARAMETERS.index("kP")]))
    # What fibroblasts lay down falls with age: by 32 percent from 24 to 80 years.
    young = np.median(sample[:, PARAMETERS.index("kS")])
    assert task.parameters[0, PARAMETERS.index("kS")] == pytest.approx(young * (1 - 0.32 * (40 - 24) / (80 - 24)))
    assert np.isinf(task.parameters[0, PARAMETERS.index("KI")])


def test_every_session_has_the_dose_in_the_middle() -> None:
    task = typical(REGIMEN, biology(), "braked")
    depth, halo, width = (biology().dose[name].median for name in ("depth-share", "halo", "width-share"))
    channel = Channel(0.125 * width, 1.0 * depth, halo)
    assert task.injured[0, 1] == pytest.approx(injured_fraction(600.0, channel, Layer(0.1, 1.0)))
    assert task.injured[0, 0] < task.injured[0, 1]


def test_a_form_that_was_not_fitted_is_refused() -> None:
    with pytest.raises(HealingError, match="was not fitted"):
        typical(REGIMEN, biology(), "twelve")
