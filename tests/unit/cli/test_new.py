"""needlewise new: asked at the prompt, through real pipes and a real terminal, into a file that can be read back."""

import io
import os
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from needlewise.cli import inputs
from needlewise.cli.dialogue import matching
from needlewise.cli.entry import run
from needlewise.consultation import consult, read_case
from needlewise.interop.case_toml import as_toml
from needlewise.knowledge import Kind, Verdict
from tests.unit.cli.conftest import SAVED, TODAY, Cli, Result, load

ON = date.fromisoformat(TODAY)
PROTOCOL = SAVED(ON)
MAIN = "from needlewise.cli import main; main()"
WISH = ["shallower-acne-scars", "moderate", "cheek, forehead", "", "skinpen", "", ""]


def asked(cli: Cli, out: Path, *lines: str) -> tuple[Result, dict[str, Any]]:
    result = cli("new", "--on", TODAY, "--out", out, stdin="".join(f"{line}\n" for line in lines))
    return result, tomllib.loads(out.read_text(encoding="utf-8")) if out.exists() else {}


class Person(io.StringIO):
    """Somebody at the prompt: hears what is asked, and gives the least risky answer unless another was chosen."""

    def __init__(self, chosen: Mapping[str, str]) -> None:
        super().__init__()
        self.chosen = chosen
        self.heard = ""
        self.lines = [*WISH]
        self.questions = {fact.question: fact for fact in PROTOCOL.facts.values()}

    def write(self, text: str) -> int:
        self.heard += text
        return len(text)

    def readline(self, *_: int) -> str:  # type: ignore[override]
        if not self.lines:
            asked = " ".join(self.heard.rpartition(" open) ")[2].split())
            fact = next(fact for question, fact in self.questions.items() if asked.startswith(question))
            usual = "never" if fact.kind is Kind.EVENT else next(iter(fact.options), "")
            # The wish is for shallower acne scars, so there are some.
            usual = {"birth-date": "1990-02-03", "scar": "2014\nacne"}.get(fact.id, usual)
            answer = self.chosen.get(fact.id, usual)
            self.lines = answer.split("\n")
        return f"{self.lines.pop(0)}\n"


def answers_to_all(out: Path, monkeypatch: pytest.MonkeyPatch, **chosen: str) -> dict[str, Any]:
    """The file after a whole interview."""
    person = Person({name.replace("_", "-"): answer for name, answer in chosen.items()})
    monkeypatch.setattr(inputs, "load_protocol", load)
    monkeypatch.setattr(sys, "stdin", person)
    monkeypatch.setattr(sys, "stderr", person)
    assert run(["new", "--on", TODAY, "--out", str(out)]) == 0
    return tomllib.loads(out.read_text(encoding="utf-8"))


def test_a_whole_interview_ends_in_a_case_that_can_be_signed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tables = answers_to_all(tmp_path / "case.toml", monkeypatch)
    consultation = consult(read_case(tables, PROTOCOL, ON), PROTOCOL, ON)
    assert consultation.verdict < Verdict.ASK
    assert tables["patient"] == {"born": date(1990, 2, 3), "sex": "female", "phototype": "I"}
    assert tables["concern"] == [
        {"goal": "shallower-acne-scars", "severity": "moderate", "zones": ["cheek", "forehead"]}
    ]


def test_what_decides_most_is_asked_first(cli: Cli, tmp_path: Path) -> None:
    result, tables = asked(cli, tmp_path / "case.toml", *WISH)
    first = consult(read_case(tables, PROTOCOL, ON), PROTOCOL, ON).questions[0]
    fact = PROTOCOL.facts[PROTOCOL.facts[first.fact].derived_from or first.fact]
    assert f"open) {fact.question}" in result.err
    assert first.could_become is Verdict.EXCLUDE


def test_a_question_mark_says_why_and_asks_again(cli: Cli, tmp_path: Path) -> None:
    result, tables = asked(cli, tmp_path / "case.toml", *WISH, "?", "1990-02-03")
    assert PROTOCOL.facts["birth-date"].asked_because in " ".join(result.err.split())
    assert tables["patient"]["born"] == date(1990, 2, 3)


def test_never_is_no_day_of_birth_and_is_not_offered(cli: Cli, tmp_path: Path) -> None:
    result, tables = asked(cli, tmp_path / "case.toml", *WISH, "never", "1", "1990-02-03", "q")
    born = result.err.partition(PROTOCOL.facts["birth-date"].question)[2].partition(" open) ")[0]
    assert "1  never" not in born
    assert "a day (1990-02-03)" in born
    assert tables["patient"] == {"born": date(1990, 2, 3)}


def test_a_count_is_asked_for_in_whole_numbers(cli: Cli, tmp_path: Path) -> None:
    wish = [*WISH[:-2], "session", "", "1990-02-03"]
    talk = cli("new", "--on", TODAY, "--out", tmp_path / "case.toml", stdin="\n".join([*wish, *["?", ""] * 90]))
    assert "a whole number from 0 to 20 sessions >" in talk.err
    assert "a number from 0.3 to 6 mm >" not in talk.err.replace("a whole number", "")


def test_enter_leaves_a_question_open_and_goes_on(cli: Cli, tmp_path: Path) -> None:
    result, tables = asked(cli, tmp_path / "case.toml", *WISH, "", "no", "q")
    assert "facts" in tables
    assert len(tables["facts"]) == 1
    assert "born" not in tables.get("patient", {})
    assert "Verdict so far: ask" in result.err


def test_an_impossible_answer_is_refused_on_the_spot_and_asked_again(cli: Cli, tmp_path: Path) -> None:
    result, tables = asked(cli, tmp_path / "case.toml", *WISH, "2026-12-24", "1990", "1990-02-03", "perhaps", "no")
    said = " ".join(result.err.split())
    assert "2026-12-24 lies after the day of the consultation" in said
    assert "expected the whole date of birth" in said
    assert "Please answer with a number from 1 to 2" in said
    assert tables["patient"] == {"born": date(1990, 2, 3)}
    assert len(tables["facts"]) == 1


def test_what_fires_is_told_at_once(cli: Cli, tmp_path: Path) -> None:
    result, _ = asked(cli, tmp_path / "case.toml", *WISH, "2012-02-03")
    assert f"-> exclude: {PROTOCOL.rules['under-18'].title}" in result.err


def test_zones_are_answered_one_by_one_where_one_wants_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tables = answers_to_all(
        tmp_path / "case.toml",
        monkeypatch,
        melasma="z\nyes\nyes\nno",
        filler="z\nnever\n2026-10-01\n",
        hair_removal="z\n2026-11-20\nwax\n2026-11\nwax\nnever",
    )
    assert tables["facts"]["melasma"] == [
        {"status": "yes", "where": ["cheek-left", "cheek-right"]},
        {"status": "no", "where": ["forehead"]},
    ]
    assert tables["facts"]["filler"] == [
        {"status": "never", "where": ["cheek-left"]},
        {"on": date(2026, 10, 1), "where": ["cheek-right"]},
    ]
    case = read_case(tables, PROTOCOL, ON)
    assert {answer.where for answer in case.answers["melasma"]} == {
        frozenset({"cheek-left", "cheek-right"}),
        frozenset({"forehead"}),
    }


def test_a_dated_answer_asks_for_its_day_and_a_product_for_its_prescription(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tables = answers_to_all(
        tmp_path / "case.toml",
        monkeypatch,
        isotretinoin="stopped\n2019-03-14",
        topical_retinoid="now\nyes",
        exfoliating_acid="stopped\n",
        chemotherapy_past="2019",
    )
    assert tables["facts"]["isotretinoin"] == {"status": "stopped", "on": date(2019, 3, 14)}
    assert tables["facts"]["topical-retinoid"] == {"status": "now", "prescribed": True}
    assert tables["facts"]["exfoliating-acid"] == "stopped"
    assert tables["facts"]["chemotherapy-past"] == "2019"


def test_an_answer_whose_day_is_not_known_is_asked_once_and_stays_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tables = answers_to_all(tmp_path / "case.toml", monkeypatch, isotretinoin="stopped\n")
    assert tables["facts"]["isotretinoin"] == "stopped"
    consultation = consult(read_case(tables, PROTOCOL, ON), PROTOCOL, ON)
    assert [question.fact for question in consultation.questions] == ["isotretinoin"]


def test_several_goals_a_visit_and_numbing_cream_are_kept(cli: Cli, tmp_path: Path) -> None:
    lines = ["1", "", "cheek", "smoother-texture", "1", "chin,forehead", "", "", "2", "over", "q"]
    _, tables = asked(cli, tmp_path / "case.toml", *lines)
    assert [concern["goal"] for concern in tables["concern"]] == ["shallower-acne-scars", "smoother-texture"]
    assert tables["concern"][1]["zones"] == ["chin", "forehead"]
    assert tables["plan"] == {"visit": "session", "anaesthetic": "over-the-counter"}
    assert "severity" not in tables["concern"][0]


def test_an_unknown_zone_is_refused_with_the_nearest_one(cli: Cli, tmp_path: Path) -> None:
    result, tables = asked(cli, tmp_path / "case.toml", "1", "1", "chek", "", "?", "cheek-left")
    assert "did you mean `cheek`?" in result.err
    assert "At least one zone is needed" in result.err
    assert tables["concern"][0]["zones"] == ["cheek-left"]


def test_without_a_goal_there_is_nothing_to_save(cli: Cli, tmp_path: Path) -> None:
    for lines in ((), ("q",), ("", "q"), ("1", "1", "q")):
        result, tables = asked(cli, tmp_path / "case.toml", *lines)
        assert (result.code, tables) == (0, {})
        assert "nothing to save" in result.err


def test_a_file_that_is_there_is_replaced_only_after_a_yes(cli: Cli, tmp_path: Path) -> None:
    out, beside = tmp_path / "case.toml", tmp_path / "case-2.toml"
    out.write_text("older = 1\n")
    asked(cli, out, *WISH, "q", "no", "")
    assert out.read_text() == "older = 1\n"
    assert "concern" in tomllib.loads(beside.read_text())
    beside.unlink()
    asked(cli, out, *WISH)
    assert out.read_text() == "older = 1\n"
    assert beside.exists()
    asked(cli, out, *WISH, "q", "no", str(tmp_path / "other.toml"))
    assert (tmp_path / "other.toml").exists()
    asked(cli, out, *WISH, "q", "y")
    assert "concern" in tomllib.loads(out.read_text())


def test_what_cannot_be_written_is_not_lost(cli: Cli, tmp_path: Path) -> None:
    result = cli("new", "--on", TODAY, "--out", tmp_path / "none" / "case.toml", stdin="\n".join(WISH))
    assert result.code == 1
    assert tomllib.loads(result.out)["concern"][0]["goal"] == "shallower-acne-scars"


def test_bytes_in_another_encoding_are_a_slip_like_any_other(cli: Cli, tmp_path: Path) -> None:
    out = tmp_path / "case.toml"
    stdin = b"1\n1\nStirn\xe9\ncheek\n\n\n\n\n\xff\n"
    assert cli("new", "--on", TODAY, "--out", out, stdin=stdin).code == 0
    assert tomllib.loads(out.read_text())["concern"][0]["zones"] == ["cheek"]


def test_a_pipe_asks_on_standard_error_and_writes_to_standard_output(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", MAIN, "new", "--on", TODAY, "--out", "-"],
        input="\n".join([*WISH, "1990-02-03", "q"]).encode(),
        capture_output=True,
        cwd=tmp_path,
        check=False,
    )
    assert done.returncode == 0
    assert b"What should change?" in done.stderr
    tables = tomllib.loads(done.stdout.decode())
    assert read_case(tables, PROTOCOL, ON).born == date(1990, 2, 3)
    assert not list(tmp_path.iterdir())


def test_a_real_terminal_saves_under_the_usual_name(tmp_path: Path) -> None:
    pty = pytest.importorskip("pty", reason="this system has no pseudo-terminals")
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(tmp_path)
        os.execv(sys.executable, [sys.executable, "-c", MAIN, "new", "--on", TODAY])  # noqa: S606
    for line in [*WISH, "1990-02-03", "q", ""]:
        os.write(terminal, f"{line}\n".encode())
    said = b""
    while True:
        try:
            part = os.read(terminal, 65536)
        except OSError:
            break
        if not part:
            break
        said += part
    _, status = os.waitpid(pid, 0)
    os.close(terminal)
    assert os.waitstatus_to_exitcode(status) == 0
    assert b"Wrote case.toml" in said
    tables = tomllib.loads((tmp_path / "case.toml").read_text())
    assert tables["patient"] == {"born": date(1990, 2, 3)}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2", "stopped"),
        ("never", "never"),
        ("NOW", "now"),
        ("st", "stopped"),
        ("I took it and stopped", "stopped"),
        ("", ""),
        ("0", None),
        ("4", None),
        ("n", None),
        ("maybe", None),
    ],
)
def test_an_option_is_meant_by_number_name_or_beginning(text: str, found: str | None) -> None:
    labels = PROTOCOL.facts["isotretinoin"].labels
    assert labels
    assert matching(text, labels) == found


PLAIN = st.booleans() | st.integers(-(10**9), 10**9) | st.floats(allow_nan=False) | st.dates() | st.text()
VALUES = st.recursive(
    PLAIN,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from("abc"), st.dictionaries(st.text(), VALUES, min_size=1), max_size=3))
def test_whatever_is_written_is_read_back_the_same(tables: Mapping[str, Any]) -> None:
    assert tomllib.loads(as_toml(tables, "a head\nof two lines")) == tables
