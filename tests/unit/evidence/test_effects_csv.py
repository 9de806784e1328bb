"""The table behind a published forest plot: what is taken, and what is refused with its line and column."""

import math

import pytest

from needlewise.errors import EvidenceError
from needlewise.evidence.effects import About, EffectKind, Responders, Summary
from needlewise.evidence.effects_csv import KINDS, read_effects
from needlewise.evidence.means import hedges_g, mean_difference
from needlewise.evidence.medians import FROM_QUARTILES, from_quartiles
from needlewise.evidence.proportions import ADDED_TO_CELLS, log_risk_ratio, proportion


def refused(text: str, kind: str = "") -> list[str]:
    with pytest.raises(EvidenceError) as caught:
        read_effects(text, "plot.csv", kind)
    return [f"{problem.where}: {problem.found}" for problem in caught.value.problems]


def test_the_three_ways_of_saying_how_sure_an_effect_is_agree() -> None:
    z = 1.959963984540054
    files = (
        "study,effect,variance\nA,0.5,0.04\n",
        "study,effect,se\nA,0.5,0.2\n",
        f"study,effect,low,high\nA,0.5,{0.5 - 0.2 * z},{0.5 + 0.2 * z}\n",
        f"study,effect,low,high,level\nA,0.5,{0.5 - 0.2 * 1.6448536269514722},{0.5 + 0.2 * 1.6448536269514722},90\n",
    )
    for text in files:
        (effect,) = read_effects(text, kind="mean-difference").effects
        assert (effect.value, effect.variance) == pytest.approx((0.5, 0.04))
        assert effect.n == 0


def test_a_printed_ratio_is_taken_as_its_logarithm() -> None:
    (effect,) = read_effects("study,effect,low,high\nA,0.5,0.25,1\n", kind="odds-ratio").effects
    assert effect.kind is EffectKind.LOG_ODDS_RATIO
    assert effect.value == pytest.approx(math.log(0.5))
    assert effect.se == pytest.approx(math.log(4) / (2 * 1.959963984540054))


def test_ratios_that_pass_for_logarithms_are_noticed() -> None:
    (told,) = refused("study,effect,low,high\nA,0.5,0.25,1\n", "log-odds-ratio")
    assert told.startswith("plot.csv:2, column `effect`: 0.5 (0.25 to 1) lies in its interval as a ratio does")
    assert read_effects("study,effect,low,high\nA,0.5,0.2,0.8\n", kind="log-odds-ratio").effects


def test_counts_and_means_of_two_groups_give_what_the_formulas_give() -> None:
    me, a, b = About("A", "Aster 2001"), Responders(4, 123), Responders(11, 139)
    text = "Study;Label;events_a;total_a;events_b;total_b\nA;Aster 2001;4;123;11;139\n"
    assert read_effects(text, kind="log-risk-ratio").effects == (log_risk_ratio(me, a, b),)
    text = "study,label,mean_a,sd_a,n_a,mean_b,sd_b,n_b\nA,Aster 2001,2.1,0.5,40,2.4,0.6,38\n"
    groups = Summary(2.1, 0.5, 40), Summary(2.4, 0.6, 38)
    assert read_effects(text).effects == (mean_difference(me, *groups),)
    assert read_effects(text, kind="standardised-difference").effects == (hedges_g(me, *groups),)


def test_one_group_gives_a_share_or_a_change() -> None:
    assert read_effects("study,events,total\nA,34,36\n").effects == (proportion(About("A", "A"), Responders(34, 36)),)
    (change,) = read_effects("study,mean,sd,n\nA,-1.5,0.8,16\n").effects
    assert (change.kind, change.value, change.variance) == (EffectKind.MEAN_CHANGE, -1.5, pytest.approx(0.04))


def test_medians_with_quartiles_stand_in_for_means_and_say_so() -> None:
    (change,) = read_effects("study,median,q1,q3,n\nA,-1,-2,-0.5,30\n").effects
    made = from_quartiles(-1, -2, -0.5, 30)
    assert (change.value, change.variance) == pytest.approx((made.mean, made.sd**2 / 30))
    assert change.assumed == (FROM_QUARTILES,)
    mixed = "study,mean_a,sd_a,n_a,median_b,min_b,max_b,n_b\nA,1,0.5,20,1.5,0,4,20\n"
    assert len(read_effects(mixed).effects[0].assumed) == 1


def test_an_empty_cell_of_counts_is_mended_as_everywhere_and_two_are_refused() -> None:
    text = "study,events_a,total_a,events_b,total_b\nA,0,10,4,10\n"
    assert read_effects(text).effects[0].assumed == (ADDED_TO_CELLS,)
    (told,) = refused(text.replace("4,10", "0,10"))
    assert told.startswith("plot.csv:2")
    assert "not estimable" in told


def test_minus_signs_marks_of_order_and_quoted_commas_are_read() -> None:
    text = '\ufeffSTUDY, effect ,se\r\n\r\n"Aster, 2001",\u22120.5,0.2\r\n'
    (effect,) = read_effects(text).effects
    assert (effect.study, effect.value) == ("Aster, 2001", -0.5)


def test_columns_that_are_left_alone_and_a_kind_that_was_taken_are_told() -> None:
    found = read_effects("study,effect,se,latitude,n\nA,0.5,0.2,44,30\n")
    assert found.notes == (
        "columns that make no effect: latitude; --by and --on split a pool by them",
        "no kind was named, so the effects are taken to be of kind mean-difference",
    )
    assert found.effects[0].n == 30
    assert not read_effects("study,effect,se\nA,0.5,0.2\n", kind="log-rate").notes


def test_a_column_may_name_the_kind_of_each_row() -> None:
    (effect,) = read_effects("study,kind,effect,se\nA,log-odds-ratio,0.5,0.2\n").effects
    assert effect.kind is EffectKind.LOG_ODDS_RATIO
    (told,) = refused("study,kind,effect,se\nA,log-odds-ratio,0.5,0.2\n", "log-risk-ratio")
    assert "`log-risk-ratio` was asked for" in told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "plot.csv: an empty file"),
        (" \n\n", "plot.csv: an empty file"),
        ("study,effect,se\n", "plot.csv: column names and no study"),
        ("effect,se\n1,1\n", "plot.csv:1: no column `study`"),
        ("study,effect\nA,1\n", "plot.csv:1: columns study, effect"),
        ("study,effect,se,se\nA,1,1,1\n", "plot.csv:1: column `se` stands 2 times"),
        ("study,effect,se\nA,0,5,0.2\n", "plot.csv:2: 4 cells below 3 columns"),
        ("study,effect,se\nA,1\n", "plot.csv:2: 2 cells below 3 columns"),
        ('study,effect,se\n"A"b,1,1\n', "plot.csv:2: no row of CSV"),
        ("study,effect,se\nA,about 1,0.2\n", "plot.csv:2, column `effect`: `about 1`"),
        ("study;effect;se\nA;0,5;0.2\n", "plot.csv:2, column `effect`: `0,5`"),
        ("study,effect,se\nA,nan,0.2\n", "plot.csv:2, column `effect`: `nan`"),
        ("study,effect,se\nA,1e999,0.2\n", "plot.csv:2, column `effect`: `1e999`"),
        ("study,effect,se\nA,1_0,0.2\n", "plot.csv:2, column `effect`: `1_0`"),
        ("study,effect,se\nA,,0.2\n", "plot.csv:2, column `effect`: nothing stands here"),
        ("study,effect,se\n,1,0.2\n", "plot.csv:2, column `study`: nothing stands here"),
        ("study,effect,variance\nA,1,-0.2\n", "plot.csv:2, column `variance`: `-0.2`"),
        ("study,effect,se\nA,1,0\n", "plot.csv:2, column `se`: `0`"),
        ("study,effect,se\nA,1,1e-300\n", "plot.csv:2, column `se`: `1e-300`"),
        ("study,effect,se,n\nA,1,1,2.5\n", "plot.csv:2, column `n`: `2.5`"),
        ("study,effect,low,high\nA,1,2,0\n", "plot.csv:2, column `low`: an interval from 2 to 0"),
        ("study,effect,low,high\nA,3,0,2\n", "plot.csv:2, column `effect`: 3 outside 0 to 2"),
        ("study,effect,low,high,level\nA,1,0,2,0.95\n", "plot.csv:2, column `level`: `0.95`"),
        ("study,kind,effect,se\nA,ratio,1,1\n", "plot.csv:2, column `kind`: kind `ratio`"),
        ("study,events,total\nA,5,4\n", "plot.csv:2, column `events`: 5 of 4"),
        ("study,mean,sd,n\nA,5,-4,10\n", "plot.csv:2, column `sd`: -4"),
        ("study,mean,sd,n\nA,5,0,10\n", "plot.csv:2: an SD of 0"),
        ("study,mean,sd,n\nA,5,4,1\n", "plot.csv:2, column `n`: `1`"),
        ("study,median,q1,q3,n\nA,5,6,7,10\n", "plot.csv:2: median: q1 6, median 5, q3 7"),
        ("study,effect,se\nA,1,1\nB,1,1\na,1,1\n", "plot.csv:4, column `study`: `a` stands in line 2 too"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(text: str, told: str) -> None:
    (found,) = refused(text)
    assert found.startswith(told)


def test_every_fault_of_a_file_is_told_at_once() -> None:
    text = "study,effect,se\nA,0,5,0.2\nB,x,-1\nC,1,0.1\nC,1,0.1\n"
    assert [one.partition(": ")[0] for one in refused(text)] == [
        "plot.csv:2",
        "plot.csv:3, column `effect`",
        "plot.csv:3, column `se`",
        "plot.csv:5, column `study`",
    ]


def test_a_line_is_counted_as_an_editor_counts_it() -> None:
    (told,) = refused('study,label,effect,se\nA,"two\nlines",1,1\n\nB,b,x,1\n')
    assert told.startswith("plot.csv:5, column `effect`")


def test_a_ratio_with_a_standard_error_is_refused_with_what_to_do() -> None:
    with pytest.raises(EvidenceError, match="that of its logarithm"):
        read_effects("study,effect,se\nA,0.5,0.2\n", kind="odds-ratio")
    assert len(KINDS) == len(set(KINDS)) == 12
