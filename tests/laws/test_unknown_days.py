"""An event whose day no rule reads stays open while its day is not known: interpreter and solver's encoding agree."""

from datetime import date, timedelta
from typing import Any

import pytest
import z3
from hypothesis import given, settings
from hypothesis import strategies as st

from needlewise.consultation import consult, read_case
from needlewise.knowledge import Verdict, load_protocol
from needlewise.verification import consultations
from needlewise.verification.encode import World
from needlewise.verification.terms import HAPPENED, NEVER, options_of

TODAY = date(2026, 11, 24)
PROTOCOL = load_protocol(TODAY)
QUIET = consultations.quiet_case(PROTOCOL, TODAY)
PLACE = "place1"


@pytest.fixture(scope="module")
def world() -> World:
    return World(PROTOCOL)


def lacks(world: World, name: str, happened: bool, day_known: bool) -> bool:
    """What the encoding says of an answer that was given."""
    fact = PROTOCOL.facts[name]
    said = world.said(fact, PLACE)
    status = options_of(fact).index(HAPPENED if happened else NEVER)
    solver = z3.Solver()
    solver.add(said.there, said.status == status, said.day_known == day_known, world.is_lacking(fact, PLACE))
    return solver.check() == z3.sat


ANSWERS = st.one_of(
    st.just("never"),
    st.just({"status": "happened"}),
    st.floats(0.1, 3).map(lambda depth: {"depth_mm": round(depth, 2)}),
    st.integers(0, 4000).map(lambda ago: {"on": TODAY - timedelta(days=ago)}),
)


@pytest.mark.parametrize("name", sorted(PROTOCOL.index.undated))
@settings(max_examples=25, deadline=None)
@given(answer=ANSWERS)
def test_a_day_that_nothing_else_asks_for_holds_every_verdict_at_ask(world: World, name: str, answer: Any) -> None:
    data = {**QUIET, "facts": {**QUIET["facts"], name: answer}}
    result = consult(read_case(data, PROTOCOL, TODAY), PROTOCOL, TODAY)
    happened = answer != "never"
    day_known = happened and "on" in answer
    still_asked = name in {question.fact for question in result.questions}
    assert still_asked == (happened and not day_known) == lacks(world, name, happened, day_known)
    if still_asked:
        assert all(zone.verdict >= Verdict.ASK for zone in result.zones)
        assert result.plan is None or not result.plan.signable
