"""A course as an SBML document: what stands in it, and what is refused."""

from dataclasses import replace
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import libsbml
import numpy as np
import pytest

from needlewise.errors import HealingError
from needlewise.healing import model
from needlewise.healing.model import NEEDLED_BY, OBSERVABLES, PARAMETERS, STATES
from needlewise.healing.task import Task, traits_of
from needlewise.interop import sbml
from needlewise.interop.sbml import id_of, sbml_of
from tests.unit.healing.people import INJURED, OPEN_AREA, drawn, task


def of(sessions: tuple[float, ...] = (0, 28), forms: tuple[str, ...] = ("braked",)) -> Task:
    return task(drawn(2, forms=forms).parameters, sessions)


def read(text: str) -> libsbml.SBMLDocument:
    document = libsbml.readSBMLFromString(text)
    assert document.getNumErrors(libsbml.LIBSBML_SEV_ERROR) == 0
    return document


def test_the_document_is_of_level_3_version_2_counts_days_and_says_what_it_is_not() -> None:
    document = read(sbml_of(of()))
    assert (document.getLevel(), document.getVersion()) == (3, 2)
    assert document.getModel().getTimeUnits() == "day"
    assert document.getModel().getUnitDefinition("day").getUnit(0).getMultiplier() == 86_400
    assert "Research, not medical advice" in document.getModel().getNotesString()
    document.checkConsistency()
    assert document.getNumErrors(libsbml.LIBSBML_SEV_ERROR) == 0


def test_every_state_has_a_rate_every_observable_a_rule_and_every_parameter_its_value() -> None:
    given = of()
    model = read(sbml_of(given, 1)).getModel()
    rules = {one.getVariable(): one for one in model.getListOfRules()}
    assert all(rules[name].isRate() for name in STATES)
    assert all(rules[id_of(name)].isAssignment() for name in OBSERVABLES)
    assert all(model.getParameter(name).getName() == meaning for name, meaning in STATES.items())
    for name, value in zip(PARAMETERS, given.parameters[1], strict=True):
        assert model.getParameter(name).getValue() == pytest.approx(value, rel=1e-14)


def values_of(formulas: dict[str, str], quantities: dict[str, float]) -> dict[str, float]:
    inside = {"__builtins__": {}, "max": max, "min": min, "pow": pow}
    return {name: float(eval(text, inside, quantities)) for name, text in formulas.items()}  # noqa: S307 - our own


def formulas_of(assignments: Any, of_name: str) -> dict[str, str]:
    return {getattr(one, of_name)(): libsbml.formulaToL3String(one.getMath()) for one in assignments}


def constants_of(document: libsbml.Model) -> dict[str, float]:
    return {one.getId(): one.getValue() for one in document.getListOfParameters() if one.getConstant()}


def test_a_session_of_the_first_day_stands_in_the_start_and_each_later_one_is_an_event() -> None:
    given = of((0, 28.5, 60))
    document = read(sbml_of(given, 1)).getModel()
    triggers = [libsbml.formulaToL3String(one.getTrigger().getMath()) for one in document.getListOfEvents()]
    assert triggers == ["time >= 28.5", "time >= 60"]
    constants = constants_of(document)
    found = values_of(formulas_of(document.getListOfInitialAssignments(), "getSymbol"), constants)
    traits = traits_of(given.parameters[1], NEEDLED_BY)
    wanted = model.needled(tuple(given.start()[1]), traits, OPEN_AREA, INJURED)
    assert found == pytest.approx(dict(zip(STATES, map(float, wanted), strict=True)), rel=1e-12, abs=1e-12)


def test_an_event_does_to_any_state_what_a_session_does() -> None:
    given = of((0, 28))
    document = read(sbml_of(given)).getModel()
    state = np.random.default_rng(5).uniform(0.1, 2, len(STATES))
    before = dict(zip(STATES, map(float, state), strict=True))
    assigned = formulas_of(document.getEvent(0).getListOfEventAssignments(), "getVariable")
    after = before | values_of(assigned, constants_of(document) | before)
    wanted = model.needled(tuple(state), traits_of(given.parameters[0], NEEDLED_BY), OPEN_AREA, INJURED)
    assert after == pytest.approx(dict(zip(STATES, map(float, wanted), strict=True)), rel=1e-12)
    assert assigned.keys() < set(STATES), "what a session leaves alone is not assigned"


def test_a_wound_starts_as_the_task_says_and_has_no_events() -> None:
    given = of(())
    given = replace(given, whole_wound=True, open_area=np.empty((2, 0)), injured=np.empty((2, 0)))
    document = read(sbml_of(given)).getModel()
    found = values_of(formulas_of(document.getListOfInitialAssignments(), "getSymbol"), constants_of(document))
    assert list(found.values()) == pytest.approx(given.start()[0].tolist(), rel=1e-12)
    assert document.getNumEvents() == 0


def test_what_a_rival_form_takes_away_is_written_as_infinite() -> None:
    text = sbml_of(of(forms=("unbraked",)))
    assert '<parameter id="KI" value="INF"' in text
    assert np.isinf(read(text).getModel().getParameter("KI").getValue())


def test_a_person_who_is_not_there_is_refused() -> None:
    for person in (-1, 2):
        with pytest.raises(HealingError, match=r"person: -?\d\n  expected: 0 to 1"):
            sbml_of(of(), person)


def test_the_export_follows_when_an_equation_changes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The text is read, not a copy of it: here the first rate gets a quantity in between."""
    one, other = list(STATES)[:2]
    start, _, rest = Path(model.__file__).read_text(encoding="utf-8").partition("    return (\n        ")
    text = f"{start}    probe = max({one}, {other})\n    return (\n        probe + {rest}"
    path = tmp_path / "changed_model.py"
    path.write_text(text, encoding="utf-8")
    spec = spec_from_file_location("changed_model", path)
    assert spec is not None
    assert spec.loader is not None
    changed = module_from_spec(spec)
    spec.loader.exec_module(changed)
    monkeypatch.setattr(sbml, "model", changed)
    found = read(sbml_of(of())).getModel()
    assert libsbml.formulaToL3String(found.getRule("probe").getMath()) == f"max({one}, {other})"
    assert libsbml.formulaToL3String(found.getRule(one).getMath()).startswith("probe + ")


def test_names_that_a_formula_would_read_otherwise_get_another_id(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sbml, "OBSERVABLES", {**OBSERVABLES, "time": "minutes", "pi": "a pie"})
    given = of()
    document = sbml._Document(given, 0)
    assert (document.ids["time"], document.ids["pi"], document.ids["B"]) == ("time_", "pi_", "B")


def test_a_document_that_breaks_a_rule_of_sbml_is_refused_with_its_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sbml._Document, "_events", lambda one: one.model.createEvent().setId("B"))
    with pytest.raises(HealingError, match="SBML, line"):
        sbml_of(of())
