"""The real command, run inside this process; the protocol of a day is read once, because it cannot change."""

import io
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from needlewise.cli import inputs
from needlewise.cli.entry import run
from needlewise.knowledge import Protocol, load_protocol
from tests.unit.cli.cases import complete_case

TODAY = "2026-11-24"
ROOT = Path(__file__).parents[3]
SAVED = cache(load_protocol)


def load(on: date, folder: Path | None = None, overlay: bytes | None = None) -> Protocol:
    """A folder or a list of one's own may change; what comes with the package does not."""
    return SAVED(on) if folder is None and overlay is None else load_protocol(on, folder, overlay)


@dataclass(frozen=True)
class Result:
    code: int
    out: str
    err: str


Cli = Callable[..., Result]


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Cli:
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setattr(inputs, "load_protocol", load)

    def call(*arguments: object, stdin: str | bytes = b"") -> Result:
        raw = stdin.encode() if isinstance(stdin, str) else stdin
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw), encoding="utf-8"))
        try:
            code = run([str(argument) for argument in arguments])
        except SystemExit as end:
            code = int(end.code or 0)
        captured = capsys.readouterr()
        return Result(code, captured.out, captured.err)

    return call


@pytest.fixture
def complete(tmp_path: Path) -> Path:
    path = tmp_path / "complete.toml"
    path.write_text(complete_case(SAVED(date.fromisoformat(TODAY))), encoding="utf-8")
    return path
