"""A course as an SBML document: what stands in it, and what is refused."""

from dataclasses import replace

import libsbml
import numpy as np
import pytest

from needlewise.errors import HealingError
from needlewise.healing.model import OBSERVABLES, PARAMETERS, STATES
from needlewise.healing.task import Task
from needlewise.interop import sbml
from needlewise.interop.sbml import id_of, sbml_of
from tests.unit.healing.people import drawn, task


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


def test_a_session_of_the_first_day_stands_in_the_start_and_each_later_one_is_an_event() -> None:
    model = read(sbml_of(of((0, 28.5, 60)))).getModel()
    events = [libsbml.formulaToL3String(one.getTrigger().getMath()) for one in model.getListOfEvents()]
    assert events == ["time >= 28.5", "time >= 60"]
    start = {one.getSymbol(): libsbml.formulaToL3String(one.getMath()) for one in model.getListOfInitialAssignments()}
    assert start["B"] == "open_area_1"
    changed = {one.getVariable() for one in model.getEvent(0).getListOfEventAssignments()}
    assert {"B", "D", "Cm"} <= changed
    assert not {"N", "F"} & changed


def test_a_wound_starts_without_matrix_and_without_events() -> None:
    given = of(())
    given = replace(given, whole_wound=True, open_area=np.empty((2, 0)), injured=np.empty((2, 0)))
    model = read(sbml_of(given)).getModel()
    start = {one.getSymbol(): libsbml.formulaToL3String(one.getMath()) for one in model.getListOfInitialAssignments()}
    assert (start["D"], start["Cm"], start["F"]) == ("1", "0", "0.05")
    assert model.getNumEvents() == 0


def test_what_a_rival_form_takes_away_is_written_as_infinite() -> None:
    text = sbml_of(of(forms=("unbraked",)))
    assert '<parameter id="KI" value="INF"' in text
    assert np.isinf(read(text).getModel().getParameter("KI").getValue())


def test_a_person_who_is_not_there_is_refused() -> None:
    for person in (-1, 2):
        with pytest.raises(HealingError, match=r"person: -?\d\n  expected: 0 to 1"):
            sbml_of(of(), person)


def test_names_that_a_formula_would_read_otherwise_get_another_id(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sbml, "OBSERVABLES", {**OBSERVABLES, "time": "minutes", "pi": "a pie"})
    given = of()
    document = sbml._Document(given, 0)
    assert (document.ids["time"], document.ids["pi"], document.ids["B"]) == ("time_", "pi_", "B")


def test_a_document_that_breaks_a_rule_of_sbml_is_refused_with_its_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sbml._Document, "_events", lambda one: one.model.createEvent().setId("B"))
    with pytest.raises(HealingError, match="SBML, line"):
        sbml_of(of())
