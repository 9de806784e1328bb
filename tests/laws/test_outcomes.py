"""Laws of the scales: totals stay in range, change is antisymmetric, a worse item never lowers a sum."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from needlewise.clinical.outcomes import Direction, change, items_of, score
from needlewise.errors import ScaleError
from needlewise.knowledge import Protocol, Scale, ScaleItem

MIRRORED = {
    Direction.BETTER: Direction.WORSE,
    Direction.WORSE: Direction.BETTER,
    Direction.SAME: Direction.SAME,
    Direction.CHANGED: Direction.CHANGED,
}


def points_of(item: ScaleItem) -> st.SearchStrategy[float]:
    if item.options:
        return st.sampled_from([option.points for option in item.options])
    assert item.min is not None
    assert item.max is not None
    if item.whole:
        return st.integers(int(item.min), int(item.max)).map(float)
    return st.floats(item.min, item.max)


def total_of(scale: Scale) -> st.SearchStrategy[float]:
    low, high = scale.range
    return st.integers(int(low), int(high)).map(float) if scale.whole else st.floats(low, high)


def drawn_scale(data: st.DataObject, protocol: Protocol, *scorings: str) -> Scale:
    names = sorted(name for name, scale in protocol.scales.items() if not scorings or scale.scoring in scorings)
    return protocol.scales[data.draw(st.sampled_from(names), label="scale")]


@dataclass(frozen=True)
class Answered:
    """A scale and valid answers to it."""

    scale: Scale
    answers: dict[str, float | str]


def answered(data: st.DataObject, protocol: Protocol, *scorings: str) -> Answered:
    scale = drawn_scale(data, protocol, *scorings)
    return Answered(scale, {item.id: data.draw(points_of(item), label=item.id) for item in items_of(scale)})


@given(st.data())
def test_the_total_of_any_valid_answers_lies_in_the_range_of_the_scale(protocol: Protocol, data: st.DataObject) -> None:
    case = answered(data, protocol)
    low, high = case.scale.range
    try:
        found = score(case.scale, case.answers)
    except ScaleError:
        assert case.answers == {"l_star": 50.0, "b_star": 0.0}, "only the angle of a neutral grey is not defined"
        return
    assert low <= found.total <= high
    if case.scale.band or case.scale.scoring in ("grade", "class"):
        assert found.band


@given(st.data())
def test_the_order_of_the_answers_makes_no_difference(protocol: Protocol, data: st.DataObject) -> None:
    case = answered(data, protocol, "sum", "area-severity", "grade", "class", "number")
    order = data.draw(st.permutations(list(case.answers)))
    assert score(case.scale, {name: case.answers[name] for name in order}) == score(case.scale, case.answers)


@given(st.data())
def test_raising_one_item_never_lowers_a_sum(protocol: Protocol, data: st.DataObject) -> None:
    case = answered(data, protocol, "sum", "area-severity")
    item = data.draw(st.sampled_from(case.scale.item))
    other = data.draw(points_of(item))
    higher = case.answers | {item.id: max(other, float(case.answers[item.id]))}
    assert score(case.scale, higher).total >= score(case.scale, case.answers).total


@given(st.data())
def test_a_lighter_skin_never_has_a_smaller_typology_angle(protocol: Protocol, data: st.DataObject) -> None:
    darker, lighter = sorted(data.draw(st.lists(st.floats(0, 100), min_size=2, max_size=2)))
    b_star = data.draw(st.floats(0.01, 60))
    scale = protocol.scales["ita"]
    totals = [score(scale, {"l_star": l_star, "b_star": b_star}).total for l_star in (darker, lighter)]
    assert totals[0] <= totals[1]


@given(st.data())
def test_leaving_one_answer_out_is_refused(protocol: Protocol, data: st.DataObject) -> None:
    case = answered(data, protocol)
    left_out = data.draw(st.sampled_from(sorted(case.answers)))
    answers = {name: points for name, points in case.answers.items() if name != left_out}
    with pytest.raises(ScaleError) as caught:
        score(case.scale, answers)
    assert [problem.where for problem in caught.value.problems] == [f"{case.scale.id}.{left_out}"]


@given(st.data())
def test_change_is_antisymmetric(protocol: Protocol, data: st.DataObject) -> None:
    scale = drawn_scale(data, protocol)
    first, second = data.draw(total_of(scale)), data.draw(total_of(scale))
    there, back = change(scale, first, second), change(scale, second, first)
    assert back.direction is MIRRORED[there.direction]
    assert back.meaningful == there.meaningful
    if there.difference is None:
        assert scale.scoring == "class"
    else:
        assert back.difference == -there.difference


@given(st.data())
def test_a_total_beside_itself_is_the_same_and_never_meaningful(protocol: Protocol, data: st.DataObject) -> None:
    scale = drawn_scale(data, protocol)
    total = data.draw(total_of(scale))
    found = change(scale, total, total)
    assert found.direction is Direction.SAME
    assert not found.meaningful
    assert (found.meaningful is None) == (scale.change is None)


@given(st.data())
def test_every_score_can_be_compared(protocol: Protocol, data: st.DataObject) -> None:
    case = answered(data, protocol, "sum", "area-severity", "grade", "class", "number")
    total = score(case.scale, case.answers).total
    assert change(case.scale, total, total).direction is Direction.SAME


@given(st.data(), st.text() | st.floats() | st.integers() | st.booleans() | st.none())
def test_whatever_is_answered_there_is_a_score_or_a_named_problem(
    protocol: Protocol, data: st.DataObject, given_answer: object
) -> None:
    case = answered(data, protocol)
    item = data.draw(st.sampled_from(sorted(case.answers)))
    answers = {**case.answers, item: given_answer}
    try:
        found = score(case.scale, answers)  # type: ignore[arg-type]
    except ScaleError:
        return  # anything else that is raised fails the test
    assert case.scale.range[0] <= found.total <= case.scale.range[1]
