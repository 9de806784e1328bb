"""One person's course as SBML Level 3 Version 2, for other simulators: systems biology's format for models of this kind.

Every formula is read from the functions of `needlewise.healing.model`, so that a changed equation is exported changed.
python-libsbml writes and checks the document; it is loaded only when one is asked for.
"""

from collections.abc import Iterable
from typing import Any

from needlewise.errors import HealingError, Problem
from needlewise.healing import model
from needlewise.healing.model import (
    NEEDLED_BY,
    OBSERVABLES,
    OBSERVED_BY,
    PARAMETERS,
    RATED_BY,
    RESTED_BY,
    STATES,
)
from needlewise.healing.task import Task
from needlewise.interop.equations import inlined, stated

LEVEL, VERSION = 3, 2
SECONDS_OF_A_DAY = 86_400
# The way in which a document says that it is no promise.
NOTES = (
    '<body xmlns="http://www.w3.org/1999/xhtml"><p>Research, not medical advice: how the skin of one virtual person is '
    "expected to heal, written by Needlewise. Time is in days, amounts are relative to untreated skin.</p></body>"
)
# Names that an SBML formula reads as something else.
RESERVED = frozenset(
    {"time", "avogadro", "pi", "exponentiale", "true", "false", "infinity", "inf", "notanumber", "nan"}
)


def sbml_of(task: Task, person: int = 0) -> str:
    """The course of one person of a task as an SBML document: states, what can be seen of them, and sessions as events.

    Sessions of day 0 stand in the initial values, as a task records that day just after them. `person` counts from 0.
    Raises `HealingError` where there is no such person, or where the document would break a rule of SBML.
    """
    if not 0 <= person < task.people:
        raise HealingError(Problem("person", f"{person}", f"0 to {task.people - 1}", "people are counted from 0"))
    return _Document(task, person).text()


def id_of(observable: str) -> str:
    """What an observable is called in the document."""
    return observable.replace("-", "_")


class _Document:
    """Fills a document from top to bottom; every id is given once."""

    def __init__(self, task: Task, person: int) -> None:
        import libsbml  # noqa: PLC0415 - of the extra `healing`

        self.sbml = libsbml
        self.task, self.person = task, person
        self.document = libsbml.SBMLDocument(LEVEL, VERSION)
        self.model = self.document.createModel()
        self.taken: set[str] = set()
        self.ids = {name: self._free(name) for name in (*PARAMETERS, *STATES, *map(id_of, OBSERVABLES))}
        self.sessions = {
            int(number): (self._free(f"open_area_{number + 1}"), self._free(f"injured_{number + 1}"))
            for number in range(len(task.session_days))
        }

    def text(self) -> str:
        self._head()
        for name, value in zip(PARAMETERS, self.task.parameters[self.person], strict=True):
            self._quantity(self.ids[name], float(value))
        for number, (open_area, injured) in self.sessions.items():
            self._quantity(open_area, float(self.task.open_area[self.person, number]))
            self._quantity(injured, float(self.task.injured[self.person, number]))
        for name, meaning in STATES.items():
            self._quantity(self.ids[name], None, meaning, varies=True)
        self._rules()
        self._start()
        self._events()
        self._check()
        return str(self.sbml.writeSBMLToString(self.document))

    def _head(self) -> None:
        day = self.model.createUnitDefinition()
        day.setId("day")
        unit = day.createUnit()
        unit.setKind(self.sbml.UNIT_KIND_SECOND)
        unit.setExponent(1)
        unit.setScale(0)
        unit.setMultiplier(SECONDS_OF_A_DAY)
        self.model.setId("healing")
        self.model.setName("Healing of skin, one virtual person")
        self.model.setTimeUnits("day")
        self.model.setNotes(NOTES)

    def _quantity(self, name: str, value: float | None, meaning: str = "", varies: bool = False) -> None:
        one = self.model.createParameter()
        one.setId(name)
        one.setConstant(not varies)
        if meaning:
            one.setName(meaning)
        if value is not None:
            one.setValue(value)

    def _rules(self) -> None:
        """Rates as rate rules; what stands between, and what can be seen, as assignment rules."""
        rated = stated(model.rates, self._of(STATES), self._of(RATED_BY), taken=self.taken)
        self.taken |= rated.between.keys()
        observed = stated(model.observed, self._of(STATES), self._of(OBSERVED_BY), taken=self.taken)
        seen = zip(OBSERVABLES, OBSERVABLES.values(), observed.results, strict=True)
        assigned = [
            *((name, "", formula) for name, formula in rated.between.items()),
            *((name, "", formula) for name, formula in observed.between.items()),
            *((self.ids[id_of(name)], meaning, formula) for name, meaning, formula in seen),
        ]
        for name, meaning, _formula in assigned:
            self._quantity(name, None, meaning, varies=True)
        for name, _meaning, formula in assigned:
            self._set(self.model.createAssignmentRule(), name, formula)
        for name, formula in zip(STATES, rated.results, strict=True):
            self._set(self.model.createRateRule(), self.ids[name], formula)

    def _start(self) -> None:
        names, begin = (NEEDLED_BY, model.wounded) if self.task.whole_wound else (RESTED_BY, model.at_rest)
        start = inlined(begin, self._of(names))
        for number in self.sessions:
            if self.task.session_days[number] == 0:
                start = inlined(model.needled, start, self._of(NEEDLED_BY), *self.sessions[number])
        for name, formula in zip(STATES, start, strict=True):
            one = self.model.createInitialAssignment()
            one.setSymbol(self.ids[name])
            one.setMath(self._math(formula))

    def _events(self) -> None:
        """A session on every day after the first: what it changes, and nothing else."""
        states = self._of(STATES)
        for number, day in enumerate(map(float, self.task.session_days)):
            if day == 0:
                continue
            event = self.model.createEvent()
            event.setId(self._free(f"session_{number + 1}"))
            event.setName(f"session on day {day:g}")
            event.setUseValuesFromTriggerTime(True)
            trigger = event.createTrigger()
            trigger.setInitialValue(True)
            trigger.setPersistent(True)
            trigger.setMath(self._math(f"time >= {day!r}"))
            after = inlined(model.needled, states, self._of(NEEDLED_BY), *self.sessions[number])
            for name, formula in zip(states, after, strict=True):
                if formula != name:
                    self._set(event.createEventAssignment(), name, formula)

    def _of(self, names: Iterable[str]) -> tuple[str, ...]:
        return tuple(self.ids[name] for name in names)

    def _free(self, name: str) -> str:
        """An id that nothing has yet and that no formula reads otherwise."""
        own = name
        while own in self.taken or own.lower() in RESERVED:
            own += "_"
        self.taken.add(own)
        return own

    def _set(self, element: Any, name: str, formula: str) -> None:
        element.setVariable(name)
        element.setMath(self._math(formula))

    def _math(self, formula: str) -> Any:
        found = self.sbml.parseL3Formula(formula)
        if found is None:
            raise HealingError(Problem("SBML", f"`{formula}`", "a formula", self.sbml.getLastParseL3Error().strip()))
        return found

    def _check(self) -> None:
        """Units are not stated for every quantity, so they are not checked."""
        self.document.setConsistencyChecks(self.sbml.LIBSBML_CAT_UNITS_CONSISTENCY, False)
        self.document.checkConsistency()
        found = [self.document.getError(number) for number in range(self.document.getNumErrors())]
        wrong = [one for one in found if one.getSeverity() >= self.sbml.LIBSBML_SEV_ERROR]
        if wrong:
            raise HealingError(
                Problem(f"SBML, line {one.getLine()}", one.getMessage().strip(), "a document that keeps SBML's rules")
                for one in wrong
            )
