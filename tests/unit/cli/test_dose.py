"""needlewise dose."""

import json

import pytest

from tests.unit.cli.conftest import Cli

ASKED = ("dose", "--zone", "forehead", "--sex", "female", "--depth", "1")
TYPED = (
    "--needles",
    "12",
    "--strokes",
    "100",
    "--swept-width",
    "10",
    "--glide",
    "20",
    "--passes",
    "2",
    "--needle-width",
    "0.25",
)


def test_a_dose_is_told_with_bands_with_what_it_rests_on_and_with_a_caution(cli: Cli) -> None:
    result = cli(*ASKED, *TYPED, "--for-holes", "1500")
    assert (result.code, result.err) == (0, "")
    words = " ".join(result.out.split())
    assert "1,200 per cm²" in words
    assert "nine of ten: 0.30 to 1.00 mm" in words
    assert "Halo of crushed tissue round a channel: 0.05 mm. our proposal, no source" in words
    assert "meng2022_t2" in words
    assert "It is no advice and no promise" in words
    assert "in 2 passes: glide at 16 mm per second" in words
    assert "at 20 mm per second: 3 passes" in words


def test_a_dose_as_json_holds_the_same_figures(cli: Cli) -> None:
    found = json.loads(cli(*ASKED, *TYPED, "--format", "json").out)
    assert found["holes_per_cm2"] == {"low": 1200, "median": 1200, "high": 1200}
    assert 0 < found["injured"]["low"] < found["injured"]["median"] < found["injured"]["high"] < 1
    assert found["layer"]["id"] == "forehead-female"
    assert found["reach"] in ("inside", "partly", "beyond")
    assert [one["id"] for one in found["figures"]] == ["holes", "open-area", "true-depth", "injured"]


def test_what_a_record_lacks_is_named_by_the_option_that_fills_it(cli: Cli) -> None:
    result = cli(*ASKED, "--device", "exceed", "--passes", "2")
    assert result.code == 0
    assert "To fill in: --swept-width, --glide, --needle-width" in result.out
    found = json.loads(cli(*ASKED, "--device", "exceed", "--passes", "2", "--format", "json").out)
    assert found["missing"] == ["swept_width_mm", "glide_mm_per_second", "needle_diameter_mm"]
    assert (found["holes_per_cm2"], found["injured"]) == (None, None)


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("--zone", "forhead", "--depth", "1"), 2, "did you mean `forehead`?"),
        (("--zone", "cheek", "--depth", "1", "--device", "exeed"), 2, "did you mean `exceed`?"),
        (("--zone", "cheek"), 2, "--depth"),
        (("--zone", "cheek", "--depth", "deep"), 2, "deep"),
        (("--zone", "cheek", "--depth", "nan"), 6, "--depth: depth nan mm"),
        (("--zone", "eyelid", "--depth", "0.5"), 6, "We never needle inside the bony rim"),
        (("--zone", "cheek", "--depth", "1", "--device", "radiofrequency_needling"), 6, "heats the skin"),
        (("--zone", "cheek", "--depth", "1", "--passes", "1.5"), 6, "--passes: passes 1.5"),
        (("--zone", "cheek", "--depth", "1", "--device", "exceed", "--design", "pen"), 2, "not allowed with"),
    ],
)
def test_what_cannot_be_is_refused_with_its_option(cli: Cli, arguments: tuple[str, ...], code: int, told: str) -> None:
    result = cli("dose", *arguments)
    assert result.code == code
    assert result.out == ""
    assert told in result.err
