"""Virtual trials: who is treated how, who computes what, and what is told of it."""

import threading
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from needlewise.dose import Channel, Layer, injured_fraction
from needlewise.errors import HealingError
from needlewise.healing.model import OBSERVABLES, OBSERVED_BY, observed
from needlewise.healing.population import Needling
from needlewise.healing.reference import solve
from needlewise.healing.task import Task, traits_of
from needlewise.healing.trials.histograms import BINS
from needlewise.healing.trials.reading import trial_of
from needlewise.healing.trials.spreading import TRIES, computed
from needlewise.healing.trials.summary import Summary, summarised
from needlewise.healing.trials.trial import BLOCK, LESS, MEAN, MORE, PEAK, Arm, Chunk, Endpoint, Trial, _draw, run_chunk
from needlewise.knowledge import Biology
from tests.unit.healing.people import biology

USUAL = Needling(200, 0.25, 1.5, Layer(0.1, 1.0))
MONTHLY = Arm("monthly", "Monthly", (0, 28), USUAL)
SMALL = Trial(
    title="small",
    seed=3,
    people=100,
    chunk=40,
    arms=(MONTHLY, Arm("nothing", "Nothing")),
    endpoints=(Endpoint("collagen", "collagen", 60, better=MORE), Endpoint("redness", "redness", 1, better=LESS)),
)


def ran(trial: Trial) -> Summary:
    return summarised(trial, biology(), (run_chunk(trial, biology(), number) for number in range(trial.chunks)))


def same(one: Chunk, other: Chunk) -> bool:
    return np.array_equal(one.values, other.values) and np.array_equal(one.injured, other.injured)


def test_every_observable_has_bins_of_its_own() -> None:
    assert list(BINS) == list(OBSERVABLES)


def test_the_last_chunk_has_who_is_left() -> None:
    sizes = [len(run_chunk(SMALL, biology(), number).values) for number in range(SMALL.chunks)]
    assert sizes == [40, 40, 20]


def test_chunks_are_other_people_and_a_seed_is_another_world() -> None:
    one, two = (run_chunk(SMALL, biology(), number) for number in (0, 1))
    assert not np.any(np.isin(one.values[:, 0], two.values[:, 0]))
    other = run_chunk(replace(SMALL, seed=4), biology(), 0)
    assert not np.any(np.isin(one.values[:, 0], other.values[:, 0]))
    assert same(one, run_chunk(SMALL, biology(), 0))


def test_endpoints_are_those_of_the_slow_and_obvious_path() -> None:
    endpoints = (
        Endpoint("day", "collagen", 45),
        Endpoint("peak", "inflammation", at=PEAK, between_days=(20, 40)),
        Endpoint("mean", "redness", at=MEAN, between_days=(3, 9)),
    )
    trial = replace(SMALL, people=6, chunk=6, endpoints=endpoints)
    chunk, parameters = run_chunk(trial, biology(), 0), _draw(trial, biology(), 0).who.parameters
    doses = [np.repeat(one[:, :1], 2, axis=1) for one in (chunk.open_area, chunk.injured)]
    solved = solve(Task(parameters, np.array([0.0, 28.0]), *doses, np.arange(61.0), tolerance=1e-8))
    traits = tuple(trait[:, None] for trait in traits_of(parameters, OBSERVED_BY))
    seen = dict(zip(OBSERVABLES, observed(tuple(np.moveaxis(solved.states, 2, 0)), traits), strict=True))
    expected = [
        seen["collagen"][:, 45],
        seen["inflammation"][:, 20:41].max(axis=1),
        seen["redness"][:, 3:10].mean(axis=1),
    ]
    assert chunk.values[:, 0] == pytest.approx(np.stack(expected, axis=1), abs=2e-5)


def test_a_deeper_setting_injures_everybody_more_and_nobody_by_another_luck() -> None:
    arms = tuple(Arm(f"d{depth}", "", (0,), replace(USUAL, depth_mm=depth)) for depth in (1.0, 1.5))
    chunk = run_chunk(replace(SMALL, arms=arms), biology(), 0)
    assert np.all(chunk.injured[:, 1] > chunk.injured[:, 0])
    # A channel of the same width at the surface.
    assert np.array_equal(chunk.open_area[:, 0], chunk.open_area[:, 1])


def test_doses_are_those_of_the_room_of_doses() -> None:
    chunk = run_chunk(replace(SMALL, people=2000, chunk=2000), biology(), 0)
    spread = biology().dose
    usual = Channel(0.125 * spread["width-share"].median, 1.5 * spread["depth-share"].median, spread["halo"].median)
    assert np.median(chunk.injured[:, 0]) == pytest.approx(injured_fraction(200, usual, USUAL.layer), rel=0.1)


def test_a_chunk_of_many_blocks_is_followed_whole() -> None:
    chunk = run_chunk(replace(SMALL, people=2 * BLOCK + 7, chunk=5000, course=("collagen",), weeks=4), biology(), 0)
    assert len(chunk.values) == 2 * BLOCK + 7
    assert not np.isnan(chunk.values).any()
    assert np.all(chunk.course[0].counts.sum(axis=2) == 2 * BLOCK + 7)


def test_whose_course_cannot_be_computed_is_counted_and_stands_in_no_figure() -> None:
    chunks = [run_chunk(SMALL, biology(), number) for number in range(SMALL.chunks)]
    values, failed = chunks[1].values.copy(), chunks[1].failed.copy()
    values[3, 0], failed[3, 0] = np.nan, True
    found = summarised(SMALL, biology(), [chunks[0], replace(chunks[1], values=values, failed=failed), chunks[2]])
    assert (found.people, found.failed) == (100, 1)
    assert [one.failed for one in found.arms] == [1, 0]
    assert [one.figures["collagen"].count for one in found.arms] == [99, 100]
    assert found.pairs[0].difference.count == 99


def test_who_fares_better_is_who_has_what_is_wished_for() -> None:
    collagen, redness = ran(SMALL).pairs
    assert collagen.better == collagen.more / 100
    assert redness.better == redness.less / 100 == 1
    silent = replace(SMALL, endpoints=(replace(SMALL.endpoints[0], better=""),))
    assert ran(silent).pairs[0].better is None


def test_what_lies_beyond_the_data_is_flagged() -> None:
    arms = (
        MONTHLY,
        Arm("dense", "", (0, 6, 12), USUAL),
        Arm("many", "", tuple(range(0, 63, 7)), USUAL),
        Arm("crushing", "", (0,), replace(USUAL, holes_per_cm2=4000)),
    )
    flags = ran(replace(SMALL, arms=arms)).flags
    told = {(one.arm, one.bound.id) for one in flags if not (one.bound.id == "injured" and one.arm != "crushing")}
    assert told == {("dense", "spacing"), ("many", "sessions"), ("crushing", "injured")}
    assert "6; the data begin at 7" in [one.found for one in flags]
    assert "9; the data end at 8" in [one.found for one in flags]


def test_a_few_people_beyond_the_data_are_no_flag_and_one_in_twenty_are() -> None:
    sizes = [(holes, ran(replace(SMALL, arms=(replace(MONTHLY, needling=replace(USUAL, holes_per_cm2=holes)),))))
             for holes in (20, 100, 200, 400)]  # fmt: skip
    for holes, found in sizes:
        assert bool(found.flags) == (found.arms[0].beyond > 0.05 * found.people), holes
    assert not sizes[0][1].flags
    assert sizes[-1][1].flags


def test_on_the_day_of_a_later_session_a_trial_looks_before_it_and_at_a_peak_after_it_too() -> None:
    """As a course and a comparison with published series do."""
    twice = replace(MONTHLY, session_days=(0, 28))
    once = replace(MONTHLY, id="once", session_days=(0,))
    ends = (
        Endpoint("barrier", "barrier", 28),
        Endpoint("collagen", "collagen", 28),
        Endpoint("peak", "barrier", at=PEAK, between_days=(21, 28)),
        Endpoint("mean", "barrier", at=MEAN, between_days=(28, 28)),
    )
    asked = replace(SMALL, arms=(once, twice), endpoints=ends, course=("barrier",), weeks=5)
    values = run_chunk(asked, biology(), 0).values
    assert np.abs(values[:, 1, [0, 1, 3]] - values[:, 0, [0, 1, 3]]).max() < 1e-3
    assert (values[:, 1, 2] > values[:, 0, 2] + 0.005).all()
    weeks = {(row.arm, row.day): row.quantiles[2] for row in ran(asked).course}
    assert weeks["monthly", 28] == pytest.approx(weeks["once", 28], abs=1e-3)
    assert weeks["monthly", 35] > weeks["once", 35]


def test_an_untreated_arm_stays_as_it_is() -> None:
    figures = ran(SMALL).arms[1].figures
    assert figures["collagen"].mean == pytest.approx(1, abs=1e-9)
    assert figures["redness"].quantiles == (0, 0, 0, 0, 0)


def test_missing_chunks_and_chunks_out_of_order_are_refused() -> None:
    chunks = [run_chunk(SMALL, biology(), number) for number in range(SMALL.chunks)]
    for wrong in (chunks[:2], [chunks[1], chunks[0], chunks[2]], [chunks[0], chunks[0], chunks[1]], []):
        with pytest.raises(HealingError):
            summarised(SMALL, biology(), wrong)


def test_three_threads_find_what_one_finds() -> None:
    expected = [run_chunk(SMALL, biology(), number) for number in range(SMALL.chunks)]
    with ThreadPoolExecutor(3) as executor:
        found = sorted(computed(SMALL, biology(), range(SMALL.chunks), executor, 2), key=lambda one: one.number)
    assert all(same(one, other) for one, other in zip(found, expected, strict=True))


class Flaky:
    """A worker that fails the first times."""

    def __init__(self, times: int) -> None:
        self.left, self.asked = times, 0

    def __call__(self, trial: Trial, biology: Biology, number: int) -> Chunk:
        self.asked += 1
        if self.left:
            self.left -= 1
            raise ConnectionError("the worker is gone")
        return run_chunk(trial, biology, number)


@pytest.fixture
def one_thread() -> Iterator[Executor]:
    with ThreadPoolExecutor(1) as executor:
        yield executor


def test_a_chunk_whose_worker_vanishes_is_asked_for_again(one_thread: Executor) -> None:
    flaky = Flaky(TRIES - 1)
    found = list(computed(SMALL, biology(), (0,), one_thread, 2, flaky))
    assert same(found[0], run_chunk(SMALL, biology(), 0))
    assert flaky.asked == TRIES


def test_a_chunk_that_goes_on_failing_ends_the_trial_with_its_number(one_thread: Executor) -> None:
    with pytest.raises(HealingError, match="chunk 2: failed 5 times, last by ConnectionError: the worker is gone"):
        list(computed(SMALL, biology(), (2,), one_thread, 2, Flaky(1000)))


def test_where_nobody_takes_chunks_any_more_the_trial_ends_with_what_to_do() -> None:
    with ThreadPoolExecutor(1) as executor:
        found = computed(SMALL, biology(), range(3), executor, 1)
        next(found)
        executor.shutdown()
        with pytest.raises(HealingError, match="chunk 1: nobody takes it any more: RuntimeError") as error:
            next(found)
    assert "the same command" in str(error.value)


def test_a_fault_of_the_trial_is_told_at_once(one_thread: Executor) -> None:
    asked = replace(SMALL, ages=(-5.0, -4.0))
    with pytest.raises(HealingError, match="age"):
        list(computed(asked, biology(), (0,), one_thread, 2))


def test_a_worker_with_another_program_is_refused(one_thread: Executor) -> None:
    def elsewhere(trial: Trial, biology: Biology, number: int) -> Chunk:
        return replace(run_chunk(trial, biology, number), made_by="equations of yesterday")

    with pytest.raises(HealingError, match="equations of yesterday"):
        list(computed(SMALL, biology(), (0,), one_thread, 2, elsewhere))


class Counting(ThreadPoolExecutor):
    """An executor that remembers what it was asked for."""

    def __init__(self) -> None:
        super().__init__(1)
        self.futures: list[Future[Chunk]] = []
        self.most = 0

    def submit(self, *asked, **named):  # type: ignore[no-untyped-def]
        future = super().submit(*asked, **named)
        self.futures.append(future)
        self.most = max(self.most, sum(not one.done() for one in self.futures))
        return future


def test_no_more_is_under_way_than_was_said_and_nothing_after_an_early_end() -> None:
    asked, gate = replace(SMALL, people=4000), threading.Event()

    def waiting(trial: Trial, biology: Biology, number: int) -> Chunk:
        gate.wait(10)
        return run_chunk(trial, biology, number)

    with Counting() as executor:
        found = computed(asked, biology(), range(asked.chunks), executor, 3, waiting)
        gate.set()
        next(found)
        gate.clear()
        found.close()
        assert executor.most <= 3
        assert sum(one.cancelled() for one in executor.futures) >= 1
        gate.set()
    assert len(executor.futures) <= 4


def test_an_arm_by_pen_or_roller_is_that_by_its_holes() -> None:
    rest = {"needle_diameter_mm": 0.25, "depth_mm": 1.5, "layer_mm": [0.1, 1.0]}
    pen = {"needle_count": 12, "strokes_per_second": 100, "swept_width_mm": 10, "glide_mm_per_second": 40, "passes": 2}
    roller = {"needle_count": 192, "drum_diameter_mm": 20, "drum_width_mm": 18, "passes": 10}
    ways = {"a": {"pen": pen}, "b": {"roller": roller}, "c": {"holes_per_cm2": 600}}
    arms = [{"id": name, "session_days": [0], "dose": {**way, **rest}} for name, way in ways.items()]
    endpoint = {"id": "e", "observable": "collagen", "day": 9}
    found = trial_of({"title": "t", "seed": 1, "people": 9, "arm": arms, "endpoint": [endpoint]}, biology())
    holes = [arm.needling.holes_per_cm2 for arm in found.arms if arm.needling]
    assert holes == pytest.approx([600, 192 * 10 / (np.pi * 20 * 18) * 100, 600])
    assert (found.course, found.weeks) == (("collagen",), 2)
