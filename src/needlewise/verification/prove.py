"""Asking the solver for a patient that breaks a statement, and telling that patient in words."""

import z3

from needlewise.knowledge import Kind, Protocol
from needlewise.verification.encode import World
from needlewise.verification.terms import HAPPENED, NEVER, Said, options_of

TIMEOUT_MS = 120_000


def patient_for(world: World, *wanted: z3.BoolRef) -> str | None:
    """A patient of this world for whom everything `wanted` holds, in words; None if there is none.

    Raises `RuntimeError` where the solver gives up: that is no proof.
    """
    solver = z3.Solver()
    solver.set("timeout", TIMEOUT_MS)
    solver.add(*world.domain, *wanted)
    found = solver.check()
    if found == z3.unknown:
        raise RuntimeError(f"the solver gave up: {solver.reason_unknown()}")
    return None if found == z3.unsat else describe(world, solver.model())


def describe(world: World, model: z3.ModelRef) -> str:
    """The answers, inputs and clearances of a model that matter, one per line."""
    lines = []
    for (fact_id, spot), said in world.answers().items():
        if z3.is_true(model.eval(said.there)):
            lines.append(f"{fact_id}{_at(spot)}: {_answer(said, model)}")
    for (name, spot), term in world.inputs().items():
        value = model.eval(term)
        number = value.as_long() if z3.is_int_value(value) else 0
        text = world.input_values(name)[number]
        if text:
            lines.append(f"{name}{_at(spot)}: {text}")
    lines += [f"cleared: {rule}" for rule, term in world.cleared.items() if z3.is_true(model.eval(term))]
    return "\n".join(lines) or "(nothing answered)"


def _at(spot: str) -> str:
    return "" if spot == "person" else f" at {spot}"


def _answer(said: Said, model: z3.ModelRef) -> str:
    fact = said.fact
    if fact.kind is Kind.MEASURE:
        return f"{model.eval(said.number, model_completion=True)} {fact.unit}".strip()
    options = options_of(fact)
    status = options[model.eval(said.status, model_completion=True).as_long()] if options else ""
    parts = [status]
    if status != NEVER and (fact.dated or status == HAPPENED):
        known = z3.is_true(model.eval(said.day_known, model_completion=True))
        parts.append(f"{model.eval(said.days, model_completion=True)} days ago" if known else "day not known")
    if status == HAPPENED and fact.what:
        known = z3.is_true(model.eval(said.what_known, model_completion=True))
        parts.append(fact.what[model.eval(said.what, model_completion=True).as_long()] if known else "kind not known")
    return ", ".join(parts)


def without_clearances(world: World) -> z3.BoolRef:
    """No clearance is given."""
    return z3.And([z3.Not(term) for term in world.cleared.values()])


def world_of(protocol: Protocol, places: int = 1) -> World:
    """The world in which most statements are made: one region, one or more wished places."""
    return World(protocol, places=places)
