import statistics
from pathlib import Path

import pytest

from tests.architecture import rules_of_the_house as house


@pytest.mark.parametrize("path", house.python_files(), ids=lambda path: str(path.relative_to(house.SOURCE)))
def test_every_file_keeps_the_house_rules(path: Path) -> None:
    text = path.read_text()
    offences = [*house.budget_offences(text), *house.name_offences(path.relative_to(house.SOURCE))]
    if house.is_core(path):
        may_read = str(path.relative_to(house.SOURCE)) in house.LOADER
        offences += [*house.call_offences(text, may_read_files=may_read), *house.docstring_offences(text)]
    assert not offences, "\n".join(offences)


@pytest.mark.parametrize("path", sorted(house.SIMULATED.glob("*.py")), ids=lambda path: path.name)
def test_the_simulated_skin_keeps_the_rules_of_the_core(path: Path) -> None:
    """It is a pure function of seed and arguments: no clock, no dice of its own, no file."""
    text = path.read_text()
    offences = [*house.budget_offences(text), *house.name_offences(path.relative_to(house.ROOT))]
    offences += [*house.call_offences(text), *house.docstring_offences(text)]
    assert not offences, "\n".join(offences)


def test_files_are_short_as_a_rule() -> None:
    lengths = [path.read_text().count("\n") for path in house.python_files()]
    assert statistics.median(lengths) <= 120


@pytest.mark.parametrize(
    ("text", "offence"),
    [
        ("x = 1\n" * 401, "401 lines"),
        ("def f():\n" + "    x = 1\n" * 51, "a body of 51 lines"),
        ("def f(a, b, c, *, d, e, g, h): ...\n", "7 parameters"),
    ],
)
def test_a_planted_excess_is_found(text: str, offence: str) -> None:
    assert any(offence in found for found in house.budget_offences(text))


@pytest.mark.parametrize(
    "line",
    [
        "from datetime import date\nx = date.today()",
        "import datetime\nx = datetime.datetime.now()",
        "import random",
        "from random import choice",
        "x = open('file')",
        "from pathlib import Path\nx = Path('file').read_text()",
        "import os\nx = os.environ['HOME']",
        "import time\nx = time.perf_counter()",
        "import uuid\nx = uuid.uuid4()",
    ],
)
def test_a_planted_call_to_the_outside_is_found(line: str) -> None:
    assert list(house.call_offences(line))


def test_only_the_loader_may_read_files() -> None:
    line = "from pathlib import Path\nx = Path('file').read_bytes()"
    assert not list(house.call_offences(line, may_read_files=True))
    assert all((house.SOURCE / name).exists() for name in house.LOADER)


@pytest.mark.parametrize("name", ["utils.py", "clinical/helpers.py", "_common/thing.py", "core/dose.py"])
def test_a_planted_empty_name_is_found(name: str) -> None:
    assert list(house.name_offences(Path(name)))


def test_a_planted_silent_function_is_found() -> None:
    assert list(house.docstring_offences('"""Module."""\n\n\ndef f():\n    x = 1\n    return x\n'))
