"""Reading the text of a function as formulas, and refusing what cannot be read."""

from collections.abc import Callable
from math import isclose
from typing import Any

import numpy as np
import pytest

from needlewise.errors import HealingError
from needlewise.healing import model
from needlewise.healing.model import RATED_BY, STATES
from needlewise.interop.equations import inlined, stated

Function = Callable[..., Any]


def sloped(state: Any, p: Any) -> Any:
    """Two states."""
    x, _y = state
    k, big = p
    room = max(0.0, 1 - x / big)
    left, right = -k * x, k * (x - (1 - big))
    return left * room**2, right / (room + 1)


def idle(state: Any) -> Any:
    """Terms that do nothing."""
    x, y = state
    zero, one = 0 * x, 0 * x + 1
    return (zero, one * y + zero, x / one - zero, max(y, y) * zero + (y - 0.5))


def worked_out(formula: str, values: dict[str, Any]) -> float:
    return float(eval(formula, {"__builtins__": {}, "max": max, "min": min, "pow": pow}, values))  # noqa: S307 - our own


def test_names_of_items_come_from_who_asks_not_from_the_function() -> None:
    found = stated(sloped, ("B", "C"), ("rate", "most"), taken=("B", "C", "rate", "most", "room"))
    assert found.between == {
        "room_sloped": "max(0.0, 1 - B / most)",
        "left": "-rate * B",
        "right": "rate * (B - (1 - most))",
    }
    assert found.results == ("left * pow(room_sloped, 2)", "right / (room_sloped + 1)")


def test_inlined_formulas_hold_the_arguments_alone_and_no_idle_terms() -> None:
    assert inlined(sloped, ("x", "y"), ("k", "0"))[1] == "k * (x - 1) / (max(0.0, 1 - x / 0) + 1)"
    assert inlined(idle, ("a", "b")) == ("0", "b", "a", "b - 0.5")


def test_formulas_of_the_rates_come_out_as_the_rates() -> None:
    rng = np.random.default_rng(3)
    for _ in range(20):
        state, p = rng.uniform(0.1, 2, len(STATES)), rng.uniform(0.1, 2, len(RATED_BY))
        found = stated(model.rates, STATES, RATED_BY, taken=(*STATES, *RATED_BY))
        values = dict(zip((*STATES, *RATED_BY), map(float, (*state, *p)), strict=True))
        for name, formula in found.between.items():
            values[name] = worked_out(formula, values)
        for formula, rate in zip(found.results, model.rates(tuple(state), tuple(p)), strict=True):
            assert isclose(worked_out(formula, values), rate, rel_tol=1e-12, abs_tol=1e-12)


def branching(state: Any) -> Any:
    (x,) = state
    if x > 0:
        x = 1 / x
    return (x,)


def twice(state: Any) -> Any:
    (x,) = state
    x = x + 1
    return (x,)


def calling(state: Any) -> Any:
    (x,) = state
    return (abs(x),)


def unknown(state: Any) -> Any:
    (x,) = state
    return (x * STATES,)


def two(state: Any) -> Any:
    x, y = state
    return (x + y,)


def silent(state: Any) -> Any:
    (x,) = state
    once = x  # noqa: F841 - nothing is returned


@pytest.mark.parametrize(
    ("function", "found"),
    [
        (branching, "line 3: `if x > 0:`"),
        (twice, "line 3: `x` gets a second value"),
        (calling, "line 3: `abs(x)`"),
        (unknown, "line 3: `STATES`"),
        (two, "line 2: 2 names for 1 items of `state`"),
        (silent, "line 1: nothing is returned"),
    ],
)
def test_what_is_no_plain_arithmetic_is_refused_with_its_line(function: Function, found: str) -> None:
    with pytest.raises(HealingError) as error:
        stated(function, ("B",))
    assert str(error.value).startswith(f"{function.__name__}, {found}")


def test_a_wrong_number_of_arguments_is_refused() -> None:
    with pytest.raises(HealingError, match="not a function of 1"):
        inlined(sloped, ("x", "y"))
