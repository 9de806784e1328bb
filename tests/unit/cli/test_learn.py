"""needlewise learn: the articles, one of them, and the tips of a plan."""

from pathlib import Path

import pytest

from needlewise.cli.entry import run

EXAMPLES = Path(__file__).parents[3] / "examples"
ON = ["--on", "2026-11-24"]


def test_all_articles_are_listed_with_their_summaries(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["learn", *ON]) == 0
    told = capsys.readouterr().out
    assert "what-it-is" in told
    assert "who-must-wait" in told


def test_an_article_is_printed_with_its_sources(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["learn", "risks", *ON]) == 0
    told = capsys.readouterr().out
    assert "Fever of 38.0 °C or more" in told
    assert "Where this comes from" in told


def test_an_unknown_article_names_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["learn", "risk", *ON]) == 2
    assert "did you mean `risks`?" in capsys.readouterr().err


def test_the_tips_of_a_plan_are_dated(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["learn", "--tips", str(EXAMPLES / "acne-scars-type-iii.toml"), *ON]) == 0
    assert "Monday 30 November 2026 (in 6 days)" in capsys.readouterr().out


def test_a_case_that_may_not_be_signed_has_tips_for_waiting(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["learn", "--tips", str(EXAMPLES / "open-questions.toml"), *ON]) == 0
    assert "tips for waiting" in capsys.readouterr().out


def test_after_an_exclusion_there_is_no_tip(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["learn", "--tips", str(EXAMPLES / "pregnancy.toml"), *ON]) == 0
    assert "There is no tip on any day" in capsys.readouterr().out


def test_an_article_and_a_case_at_once_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["learn", "risks", "--tips", "case.toml"]) == 2
    assert "at once" in capsys.readouterr().err
