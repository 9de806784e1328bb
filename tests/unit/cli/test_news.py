"""needlewise news."""

import json

from tests.unit.cli.conftest import Cli


def test_news_is_told_newest_first_with_whom_it_reaches(cli: Cli) -> None:
    result = cli("news")
    assert result.code == 0
    assert "PROTOCOL: The first protocol" in result.out
    assert "reaches  everyone." in result.out
    assert result.out.index("24 November 2026") < result.out.index("22 November 2026")


def test_news_can_be_narrowed_to_a_kind_and_to_days(cli: Cli) -> None:
    evidence = cli("news", "--kind", "evidence").out
    assert "111 studies added" in evidence
    assert "The first protocol" not in evidence
    assert "111 studies added" in cli("news", "--since", "2026-11-22", "--kind", "evidence").out
    assert cli("news", "--since", "2026-11-23", "--kind", "evidence").out.startswith("No news")


def test_news_as_json_says_what_each_piece_touches(cli: Cli) -> None:
    rows = json.loads(cli("news", "--format", "json").out)
    assert [row["on"] for row in rows] == sorted((row["on"] for row in rows), reverse=True)
    (protocol,) = [row for row in rows if row["kind"] == "clinical"][-1:]
    assert protocol["touches"]["everything"]
    studies = next(row for row in rows if row["kind"] == "evidence")
    assert "alam2014" in studies["touches"]["studies"]


def test_a_kind_that_there_is_none_of_and_a_day_that_is_none_are_refused(cli: Cli) -> None:
    for arguments, wanted in ((("--kind", "rumour"), "rumour"), (("--since", "yesterday"), "write it as 2026-11-24")):
        result = cli("news", *arguments)
        assert result.code == 2
        assert wanted in result.err
