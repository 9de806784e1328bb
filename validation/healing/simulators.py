"""The two simulators that our own solvers are held to: libRoadRunner and COPASI, given an SBML document."""

import warnings
from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

import numpy as np
from numpy.typing import NDArray

# Both are asked for far more digits than are compared.
RELATIVE, ABSOLUTE, MOST_STEPS = 1e-10, 1e-13, 1_000_000


def versions() -> dict[str, str]:
    """Which releases are installed."""
    return {"libroadrunner": version("libroadrunner"), "copasi": version("python-copasi")}


def roadrunner(sbml: str, days: Sequence[float], names: Sequence[str]) -> NDArray[np.float64]:
    """What libRoadRunner makes of a document: (days, names). Days ascend and are none on which something happens."""
    simulator = _quietly("roadrunner").RoadRunner(sbml)
    simulator.integrator.relative_tolerance = RELATIVE
    simulator.integrator.absolute_tolerance = ABSOLUTE
    simulator.integrator.maximum_num_steps = MOST_STEPS
    found = np.array(simulator.simulate(times=[0.0, *days], selections=list(names)))
    return found[1:]


def copasi(sbml: str, days: Sequence[float], names: Sequence[str]) -> NDArray[np.float64]:
    """What COPASI makes of a document: (days, names)."""
    basico = _quietly("basico")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        loaded = basico.load_model_from_string(sbml)
        try:
            method = {
                "Relative Tolerance": RELATIVE,
                "Absolute Tolerance": ABSOLUTE,
                "Max Internal Steps": MOST_STEPS,
            }
            basico.set_task_settings(basico.T.TIME_COURSE, {"method": method}, model=loaded)
            course = basico.run_time_course(values=[0.0, *days], use_sbml_id=True, model=loaded)
        finally:
            basico.remove_datamodel(loaded)
    return course[list(names)].to_numpy()[1:]


def _quietly(name: str) -> Any:
    """Import a library whose own modules warn."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return __import__(name)
