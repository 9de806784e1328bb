"""One person in the middle: what is handed to other simulators, which follow one course at a time."""

import numpy as np

from needlewise.dose import Channel, injured_fraction, open_area_fraction
from needlewise.healing.population import aged, held
from needlewise.healing.posterior import from_posterior
from needlewise.healing.regimen import Regimen
from needlewise.healing.task import Task
from needlewise.knowledge import Biology


def typical(regimen: Regimen, biology: Biology, form: str) -> Task:
    """The course of a person who has the median of every quantity in one form, with the median of every dose.

    Such a person is nobody's median course: what follows from a median is not the median of what follows.
    """
    middle = np.median(from_posterior(biology, (form,)).parameters, axis=0)
    age = biology.unknown_age.middle_years if regimen.age_years is None else regimen.age_years
    parameters = aged(held(middle, biology.structures[form].fixed)[None], biology, age)
    depth, halo, width = (biology.dose[name].median for name in ("depth-share", "halo", "width-share"))
    open_area, injured = [], []
    for one in regimen.needlings:
        channel = Channel(one.needle_diameter_mm / 2 * width, one.depth_mm * depth, halo)
        open_area.append(open_area_fraction(one.holes_per_cm2, channel.radius_mm))
        injured.append(injured_fraction(one.holes_per_cm2, channel, one.layer))
    days = np.array(regimen.session_days)
    return Task(parameters, days, np.array([open_area]), np.array([injured]), regimen.days())
