"""The rivals of the benchmark of the healing model: libRoadRunner, COPASI and diffrax on the same equations.

Each is set up first (its model read and compiled), then asked for one course after the other (diffrax: for all at once).
The equations are read from `needlewise.healing.model`, so that all solve the same.
"""

import ast
import inspect
import os
from collections.abc import Callable
from functools import cache
from itertools import pairwise

import numpy as np

from needlewise.healing import model
from needlewise.healing.task import ABSOLUTE, Floats, Task, traits_of

PREFIX = "q_"
Follow = Callable[[int], Floats]


class _Infix(ast.NodeTransformer):
    """Local names and `max` written so that SBML and C can read them."""

    def visit_Name(self, node: ast.Name) -> ast.Name:
        return ast.Name(PREFIX + node.id, node.ctx) if node.id != "max" else node


@cache
def statements(function: Callable[..., object]) -> tuple[list[tuple[str, ast.expr]], list[ast.expr]]:
    """The assignments of a function of the model after those that unpack, and what it returns; names get a prefix."""
    body = ast.parse(inspect.getsource(function)).body[0].body[1:]  # type: ignore[attr-defined]
    lines = [line for line in body if isinstance(line, ast.Assign) and isinstance(line.targets[0], ast.Name)]
    last = body[-1]
    assert isinstance(last, ast.Return)
    assert isinstance(last.value, ast.Tuple)
    named = [(PREFIX + line.targets[0].id, _Infix().visit(line.value)) for line in lines]  # type: ignore[attr-defined]
    return named, [_Infix().visit(value) for value in last.value.elts]


def _formula(node: ast.expr) -> str:
    """As SBML's text of a formula; `max(0, x)` by cases, which every simulator knows."""

    class Cases(ast.NodeTransformer):
        def visit_Call(self, call: ast.Call) -> ast.Call:
            least, other = (self.visit(one) for one in call.args)
            test = ast.Call(ast.Name("gt"), [other, least], [])
            return ast.Call(ast.Name("piecewise"), [other, test, least], [])

    return ast.unparse(Cases().visit(ast.parse(ast.unparse(node), mode="eval").body))


def sbml(days: Floats) -> str:
    """The model as SBML: a parameter for each state and value, local names as assignments, sessions as events."""
    import libsbml  # noqa: PLC0415

    document = libsbml.SBMLDocument(3, 1)
    built = document.createModel()

    def parameter(name: str, constant: bool) -> None:
        one = built.createParameter()
        one.setId(PREFIX + name)
        one.setConstant(constant)
        one.setValue(1.0)

    def said(element: object, formula: str) -> None:
        math = libsbml.parseL3Formula(formula)
        assert math is not None, libsbml.getLastParseL3Error()
        element.setMath(math)  # type: ignore[attr-defined]

    local, rates = statements(model.rates)
    for name in model.STATES:
        parameter(name, constant=False)
    for name in (*model.PARAMETERS, "open_area", "injured"):
        parameter(name, constant=True)
    for name, value in local:
        parameter(name.removeprefix(PREFIX), constant=False)
        rule = built.createAssignmentRule()
        rule.setVariable(name)
        said(rule, _formula(value))
    for name, value in zip(model.STATES, rates, strict=True):
        rule = built.createRateRule()
        rule.setVariable(PREFIX + name)
        said(rule, _formula(value))
    for number, day in enumerate(days):
        event = built.createEvent()
        event.setId(f"session{number}")
        event.setUseValuesFromTriggerTime(True)
        trigger = event.createTrigger()
        trigger.setInitialValue(False)
        trigger.setPersistent(True)
        said(trigger, f"time >= {day}")
        _session(event, said)
    return str(libsbml.writeSBMLToString(document))


def _session(event: object, said: Callable[[object, str], None]) -> None:
    local, after = statements(model.needled)
    shorter = {name: ast.unparse(value) for name, value in local}
    for name, value in zip(model.STATES, after, strict=True):
        text = _formula(value)
        if text == PREFIX + name:
            continue
        for local_name, meaning in shorter.items():
            text = text.replace(local_name, f"({meaning})")
        change = event.createEventAssignment()  # type: ignore[attr-defined]
        change.setVariable(PREFIX + name)
        said(change, text)


def _begun(task: Task) -> Floats:
    """States of everyone just after the session of day 0, if there is one, (people, states)."""
    state = tuple(task.start().T)
    if task.session_days[0] == 0:
        traits = traits_of(task.parameters, model.NEEDLED_BY)
        state = model.needled(state, traits, task.open_area[:, 0], task.injured[:, 0])
    return np.stack([np.broadcast_to(one, task.people) for one in state], axis=1)


def _settings(task: Task) -> tuple[list[str], Floats]:
    """What has to be set for each person: names, and values (people, names). Doses do not differ between sessions here."""
    names = [PREFIX + name for name in (*model.STATES, *model.PARAMETERS, "open_area", "injured")]
    return names, np.hstack([_begun(task), task.parameters, task.open_area[:, :1], task.injured[:, :1]])


def roadrunner(task: Task) -> Follow:
    """libRoadRunner: CVODE (BDF) on compiled equations."""
    # At every session CVODE warns that it takes no step.
    os.environ["SUNLOGGER_WARNING_FILENAME"] = os.devnull
    import roadrunner as library  # noqa: PLC0415

    library.Logger.setLevel(library.Logger.LOG_ERROR)
    runner = library.RoadRunner(sbml(task.session_days[task.session_days > 0]))
    runner.setIntegrator("cvode")
    for name, value in (("relative_tolerance", task.tolerance), ("absolute_tolerance", task.tolerance * ABSOLUTE)):
        runner.integrator.setValue(name, value)
    runner.integrator.setValue("maximum_num_steps", 100_000)
    runner.timeCourseSelections = [PREFIX + name for name in model.STATES]
    names, values = _settings(task)
    order = list(runner.model.getGlobalParameterIds())
    index = [order.index(name) for name in names]

    def follow(person: int) -> Floats:
        runner.reset()
        runner.model.setGlobalParameterValues(index, values[person])
        return np.array(runner.simulate(task.days[0], task.days[-1], len(task.days)))

    return follow


def copasi(task: Task) -> Follow:
    """COPASI through basico: LSODA. The model is set through its own objects, not through tables."""
    import basico  # noqa: PLC0415
    import COPASI  # noqa: PLC0415

    loaded = basico.load_model_from_string(sbml(task.session_days[task.session_days > 0]))
    inside = loaded.getModel()
    basico.set_task_settings(
        "Time-Course",
        {
            "scheduled": True,
            "problem": {"Duration": float(task.days[-1]), "StepNumber": len(task.days) - 1, "AutomaticStepSize": False},
            "method": {
                "name": "Deterministic (LSODA)",
                "Relative Tolerance": task.tolerance,
                "Absolute Tolerance": task.tolerance * ABSOLUTE,
                "Max Internal Steps": 100_000,
            },
        },
        model=loaded,
    )
    course = loaded.getTask("Time-Course")
    names, values = _settings(task)
    objects = [inside.getModelValue(name) for name in names]
    changed = COPASI.ObjectStdVector()
    for one in objects:
        changed.append(one.getInitialValueReference())
    columns: list[int] = []

    def follow(person: int) -> Floats:
        for one, value in zip(objects, values[person], strict=True):
            one.setInitialValue(float(value))
        inside.updateInitialValues(changed)
        assert course.initializeRaw(COPASI.CCopasiTask.OUTPUT_UI)
        assert course.processRaw(True)
        found = course.getTimeSeries()
        if not columns:
            titles = [found.getTitle(number) for number in range(found.getNumVariables())]
            columns.extend(titles.index(f"Values[{PREFIX}{name}]") for name in model.STATES)
        rows = range(found.getRecordedSteps())
        return np.array([[found.getConcentrationData(row, column) for column in columns] for row in rows])

    return follow


def diffrax(task: Task) -> Callable[[], Floats]:
    """diffrax: Tsit5 for everyone at once (vmap), 64 bit, compiled; from session to session."""
    import jax  # noqa: PLC0415

    jax.config.update("jax_enable_x64", True)
    import diffrax as library  # noqa: PLC0415
    import jax.numpy as jnp  # noqa: PLC0415

    # The model says `max`, which Python asks of one number. Numbers traced by jax need jax's own.
    equations = type(model.rates)(model.rates.__code__, {"max": jnp.maximum})
    solver = library.Tsit5()
    control = library.PIDController(rtol=task.tolerance, atol=task.tolerance * ABSOLUTE)
    edges = [*task.session_days.tolist(), float(task.days[-1])]
    rated = len(model.RATED_BY)

    def term(_day: object, y: object, p: object) -> object:
        return jnp.stack(equations(tuple(y), p))  # type: ignore[arg-type]

    def one(start: object, p: object, open_area: object, injured: object) -> object:
        traits = tuple(p[model.PARAMETERS.index(name)] for name in model.NEEDLED_BY)  # type: ignore[index]
        values = tuple(p[number] for number in range(rated))  # type: ignore[index]
        found, y = [], start
        for number, (low, high) in enumerate(pairwise(edges)):
            y = jnp.stack(model.needled(tuple(y), traits, open_area[number], injured[number]))  # type: ignore[index,arg-type]
            within = task.days[(task.days >= low) & (task.days < high)]
            save = library.SaveAt(ts=jnp.array([*within, high]))
            solution = library.diffeqsolve(
                library.ODETerm(term), solver, low, high, None, y, values, saveat=save, stepsize_controller=control,
                max_steps=100_000,
            )  # fmt: skip
            found.append(solution.ys[:-1])
            y = solution.ys[-1]
        return jnp.concatenate([*found, y[None]])

    together = jax.jit(jax.vmap(one))
    start = task.start()

    def follow() -> Floats:
        return np.asarray(together(start, task.parameters, task.open_area, task.injured))

    return follow
