"""needlewise consult --forecast."""

from pathlib import Path

from tests.unit.cli.conftest import Cli

EXAMPLE = Path(__file__).parents[3] / "examples" / "acne-scars-type-iii.toml"
CASE = ("consult", str(EXAMPLE), "--on", "2026-11-24")


def test_the_forecast_stands_below_the_plan_for_both_readers(cli: Cli) -> None:
    for reader, heading in (("patient", "What others gained"), ("practitioner", "What the trials say")):
        plain, more = cli(*CASE, "--for", reader), cli(*CASE, "--for", reader, "--forecast")
        assert more.out.startswith(plain.out.rstrip("\n"))
        assert heading in more.out[len(plain.out) - 1 :]
        assert "What happened to others is no promise." in more.out


def test_a_document_and_a_calendar_hold_no_forecast(cli: Cli) -> None:
    result = cli(*CASE, "--format", "json", "--forecast")
    assert result.code == 2
    assert "stands beside the decision and is no part of it" in result.err
