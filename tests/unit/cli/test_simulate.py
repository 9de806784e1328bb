"""needlewise simulate."""

import json
from pathlib import Path

import pytest

from tests.unit.cli.conftest import Cli, Result
from validation.healing.simulators import roadrunner

EXAMPLES = Path(__file__).parents[3] / "examples"
ON = ("--on", "2026-11-24", "--people", "200")


def simulate(cli: Cli, name: str, *more: str) -> Result:
    return cli("simulate", str(EXAMPLES / f"{name}.toml"), *ON, *more)


def test_the_text_has_bands_words_forms_and_how_sure_one_may_be(cli: Cli) -> None:
    result = simulate(cli, "numbing-cream")
    assert result.code == 0
    for part in (
        "A model, not a promise.",
        "Between the eyebrows: 4 sessions",
        "Barrier closed",
        "12 months",
        "Nothing brakes the next influx",
        "On a guess alone rest: transforming growth factor, elastin",
        "200 virtual people followed",
        "for an age of 40.",
        "Not counted: 2 more sessions",
    ):
        assert part in " ".join(result.out.split()), part


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("acne-scars-type-iii", "Outside what was studied: injured share of the layer in one session"),
        ("fine-lines-over-60-not-measured", "Crow's feet, at the outer corner of the eye, both sides: 4 sessions"),
        ("hair-loss-every-two-weeks", "Scalp: 6 sessions, 14 days apart"),
        ("melasma-type-v-test-patch", "Forehead: 3 sessions"),
        ("neck-lines-on-clinic-days", "Front and sides of the neck: 4 sessions"),
        ("stretch-marks-adopted-zone", "Hip and flank, both sides: 4 sessions"),
    ],
)
def test_examples_with_the_figures_of_their_device_are_simulated_as_they_are(name: str, said: str, cli: Cli) -> None:
    told = " ".join(simulate(cli, name).out.split())
    assert said in told
    assert "Barrier closed" in told
    assert "Not simulated" not in told


def test_one_seed_gives_one_text_and_another_seed_another(cli: Cli) -> None:
    one, same, other = (simulate(cli, "numbing-cream", "--seed", seed).out for seed in ("1", "1", "2"))
    assert one == same
    assert one != other


def test_one_form_by_itself_is_not_the_average(cli: Cli) -> None:
    result = simulate(cli, "numbing-cream", "--form", "unbraked")
    assert "by the form `unbraked` alone" in result.out
    refused = simulate(cli, "numbing-cream", "--form", "twelve")
    assert refused.code == 2
    assert "one of: braked, unbraked, kept-share" in refused.err


def test_json_and_svg_can_be_read_back(cli: Cli, tmp_path: Path) -> None:
    document = json.loads(simulate(cli, "numbing-cream", "--format", "json").out)
    assert document["courses"][0]["people"] == 200
    assert document["verdict"] == "proceed"
    out = tmp_path / "year.svg"
    assert simulate(cli, "numbing-cream", "--format", "svg", "--out", str(out)).code == 0
    assert out.read_text(encoding="utf-8").startswith("<svg ")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("pregnancy", "Nothing is simulated: the verdict is exclude, so there is no plan."),
        ("third-session", "Not simulated: the record of `skinpen_precision` leaves figures open"),
    ],
)
def test_where_nothing_is_simulated_it_is_said_why(name: str, said: str, cli: Cli) -> None:
    result = simulate(cli, name)
    assert result.code == 0
    assert said in " ".join(result.out.split())
    assert said.partition(":")[0] in json.loads(simulate(cli, name, "--format", "json").out)["why_nothing"]
    drawn = simulate(cli, name, "--format", "svg")
    assert drawn.code == 2
    assert said.partition(":")[0] in drawn.err


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--people", "3"), "100 to 100000"),
        (("--seed", "-1"), "--seed"),
        (("--place", "nose"), "one of: glabella"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_what_can(options: tuple[str, ...], said: str, cli: Cli) -> None:
    result = simulate(cli, "numbing-cream", *options)
    assert result.code != 0
    assert said in result.err


def test_the_patients_pdf_holds_it_where_it_is_asked_for(cli: Cli, tmp_path: Path) -> None:
    case = ("consult", str(EXAMPLES / "numbing-cream.toml"), "--on", "2026-11-24")
    plain, more = tmp_path / "plain.pdf", tmp_path / "more.pdf"
    assert cli(*case, "--format", "pdf", "--out", str(plain)).code == 0
    assert cli(*case, "--format", "pdf", "--healing", "--out", str(more)).code == 0
    assert len(more.read_bytes()) > len(plain.read_bytes())
    refused = cli(*case, "--healing")
    assert refused.code == 2
    assert "`needlewise simulate` has it" in refused.err


def test_the_course_of_the_plan_goes_to_other_simulators_with_its_sessions(cli: Cli) -> None:
    result = simulate(cli, "numbing-cream", "--format", "sbml", "--form", "braked")
    assert result.code == 0
    days = [20.0, 40.0, 100.0, 300.0]
    collagen = roadrunner(result.out, days, ["collagen"])[:, 0]
    assert collagen[0] < collagen[1] < collagen[2]
    assert 1 < collagen[3] < collagen[2]
    # Four sessions: one stands in the initial values, three are events.
    assert result.out.count("<event ") == 3


def test_without_a_plan_there_is_no_document_for_other_simulators(cli: Cli) -> None:
    result = simulate(cli, "pregnancy", "--format", "sbml")
    assert result.code == 2
    assert result.out == ""
    assert "--format sbml" in result.err
