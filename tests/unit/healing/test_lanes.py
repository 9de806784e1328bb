"""The fast path: nobody disturbs anybody, its method is of the order it says, and a compiled march never outlives its equations."""

import os
import shutil
import subprocess
import sys
from fractions import Fraction
from functools import cache
from pathlib import Path

import numpy as np
import pytest

import needlewise
from needlewise.healing import lanes
from needlewise.healing.model import PARAMETERS
from tests.unit.healing.people import drawn, task

Tree = tuple["Tree", ...]


def test_with_any_number_of_threads_and_in_any_company_everyone_heals_alike_to_the_last_bit() -> None:
    people = drawn(70).parameters
    together = lanes.solve(task(people)).states
    for threads in (2, 3):
        assert np.array_equal(lanes.solve(task(people), threads).states, together)
    assert np.array_equal(lanes.solve(task(people[::-1])).states[::-1], together)
    for person in (0, 33, 69):
        assert np.array_equal(lanes.solve(task(people[[person]])).states[0], together[person])


@pytest.mark.parametrize(("name", "value"), [("kB", 1e13), ("kB", np.inf), ("sN", np.inf)])
def test_who_cannot_be_followed_is_told_and_disturbs_nobody(name: str, value: float) -> None:
    people = drawn(40).parameters
    well = lanes.solve(task(people))
    people[[3, 20], PARAMETERS.index(name)] = value
    found = lanes.solve(task(people))
    assert not well.failed.any()
    assert np.flatnonzero(found.failed).tolist() == [3, 20]
    assert np.isnan(found.states[[3, 20]]).all()
    others = ~found.failed
    assert np.array_equal(found.states[others], well.states[others])


def test_what_is_asked_of_day_nought_alone_is_answered_without_a_step() -> None:
    people = drawn(20).parameters
    found = lanes.solve(task(people, days=np.array([0.0])))
    assert np.array_equal(found.states[:, 0], lanes.solve(task(people)).states[:, 0])


@cache
def trees(nodes: int) -> tuple[Tree, ...]:
    """Rooted trees with so many nodes, as tuples of their branches."""

    def forests(left: int, most: int) -> list[Tree]:
        if left == 0:
            return [()]
        sizes = range(1, min(left, most) + 1)
        return [(tree, *rest) for size in sizes for tree in trees(size) for rest in forests(left - size, size)]

    return tuple({tuple(sorted(forest)) for forest in forests(nodes - 1, nodes - 1)})


def nodes_of(tree: Tree) -> int:
    return 1 + sum(map(nodes_of, tree))


def density(tree: Tree) -> int:
    return nodes_of(tree) * int(np.prod([density(branch) for branch in tree], dtype=int))


def weight(tree: Tree, stages: np.ndarray) -> np.ndarray:
    found = np.ones(len(stages))
    for branch in tree:
        found = found * (stages @ weight(branch, stages))
    return found


@pytest.mark.parametrize(("row", "order"), [("step", 5), ("error", 4)])
def test_every_condition_of_the_order_of_the_method_holds(row: str, order: int) -> None:
    """Butcher's conditions: one for each rooted tree (Hairer, Norsett, Wanner, Solving ODEs I, II.2)."""
    count = len(lanes.STAGES)
    stages = np.array([[*weights, *[0.0] * (count - len(weights))] for weights in lanes.STAGES])
    weights = stages[-1] if row == "step" else stages[-1] - np.array(lanes.ERROR)
    checked = [tree for nodes in range(1, order + 1) for tree in trees(nodes)]
    assert len(checked) == {4: 8, 5: 17}[order]
    for tree in checked:
        assert weights @ weight(tree, stages) == pytest.approx(float(Fraction(1, density(tree))), abs=1e-13)


SCRIPT = """
import numpy as np
from needlewise.healing import lanes, model, task
count = len(model.PARAMETERS)
asked = task.Task(np.ones((1, count)) * 0.5, np.array([0.0]), np.full((1, 1), 0.1), np.full((1, 1), 0.1), np.array([1.0]))
print(lanes.solve(asked).states[0, 0, 0], sum(lanes._march.stats.cache_hits.values()))
"""


def run(folder: Path) -> "subprocess.Popen[str]":
    environment = {name: value for name, value in os.environ.items() if not name.startswith("NUMBA_")}
    kept = {"PYTHONPATH": str(folder), "HOME": str(folder / "home"), "XDG_CACHE_HOME": str(folder / "home" / "cache")}
    command = [sys.executable, "-c", SCRIPT]
    return subprocess.Popen(command, env={**environment, **kept}, stdout=subprocess.PIPE, text=True, cwd=folder)


def told(process: "subprocess.Popen[str]") -> tuple[float, int]:
    text, _ = process.communicate(timeout=300)
    assert process.returncode == 0
    barrier, hits = text.split()
    return float(barrier), int(hits)


def test_a_compiled_march_is_kept_but_never_outlives_its_equations(tmp_path: Path) -> None:
    """Also where the folder of the package cannot be written to, and where two processes compile at once."""
    source = Path(needlewise.__file__).parent
    shutil.copytree(source, tmp_path / "needlewise", ignore=shutil.ignore_patterns("__pycache__", "web", "*.pickle"))
    # A file where numba would make a folder, since the owner of a machine may write anywhere.
    (tmp_path / "needlewise" / "healing" / "__pycache__").write_text("")
    first, second = [told(one) for one in [run(tmp_path), run(tmp_path)]]
    assert first[0] == second[0] == pytest.approx(0.1 * np.exp(-0.5), rel=1e-6)
    assert told(run(tmp_path)) == (first[0], 1)
    model = tmp_path / "needlewise" / "healing" / "model.py"
    text = model.read_text()
    assert text.count("-kB * B,") == 1
    model.write_text(text.replace("-kB * B,", "-2.0 * kB * B,"))
    barrier, hits = told(run(tmp_path))
    assert barrier == pytest.approx(0.1 * np.exp(-1.0), rel=1e-6)
    assert hits == 0
