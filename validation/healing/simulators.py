"""The two simulators that our own solvers are held to: libRoadRunner and COPASI, given an SBML document."""

import locale
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import version

import numpy as np
from numpy.typing import NDArray

# Both are asked for far more digits than are compared.
RELATIVE, ABSOLUTE, MOST_STEPS = 1e-10, 1e-13, 1_000_000


def versions() -> dict[str, str]:
    """Which releases are installed."""
    return {"libroadrunner": version("libroadrunner"), "copasi": version("python-copasi")}


def roadrunner(sbml: str, days: Sequence[float], names: Sequence[str]) -> NDArray[np.float64]:
    """What libRoadRunner makes of a document: (days, names). Days ascend and are none on which something happens."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import roadrunner as library  # noqa: PLC0415

    simulator = library.RoadRunner(sbml)
    simulator.integrator.relative_tolerance = RELATIVE
    simulator.integrator.absolute_tolerance = ABSOLUTE
    simulator.integrator.maximum_num_steps = MOST_STEPS
    found = np.array(simulator.simulate(times=[0.0, *days], selections=list(names)))
    return found[1:]


def copasi(sbml: str, days: Sequence[float], names: Sequence[str]) -> NDArray[np.float64]:
    """What COPASI makes of a document: (days, names)."""
    method = {"Relative Tolerance": RELATIVE, "Absolute Tolerance": ABSOLUTE, "Max Internal Steps": MOST_STEPS}
    with _locale_kept(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import basico  # noqa: PLC0415 - takes seconds

        loaded = basico.load_model_from_string(sbml)
        try:
            basico.set_task_settings(basico.T.TIME_COURSE, {"method": method}, model=loaded)
            course = basico.run_time_course(values=[0.0, *days], use_sbml_id=True, model=loaded)
        finally:
            basico.remove_datamodel(loaded)
    return course[list(names)].to_numpy()[1:]


@contextmanager
def _locale_kept() -> Iterator[None]:
    """COPASI sets the language of the process to none when it is loaded; every file read later would be taken for ASCII."""
    before = locale.setlocale(locale.LC_ALL)
    try:
        yield
    finally:
        locale.setlocale(locale.LC_ALL, before)
