"""What a clinic's own list may not say: every loosening is refused with both values and its line, and nothing is taken."""

import pytest
from syrupy.assertion import SnapshotAssertion

from needlewise.errors import OverlayError
from needlewise.knowledge import load_protocol
from tests.unit.knowledge.overlays import PLAIN, refused, text_of
from tests.unit.knowledge.test_overlay import ADDED
from tests.unit.knowledge.trees import TODAY

LOOSENINGS = {
    "a milder verdict": 'rule = "smoking"\nverdict = "adjust"',
    "the same verdict": 'rule = "smoking"\nverdict = "caution"',
    "an exclusion lifted": 'rule = "vitiligo"\nverdict = "proceed"',
    "a shorter wait": 'rule = "filler-recent"\nwait_days = 14',
    "a wait that shortens the longest of several": 'rule = "sunburn"\nwait_days = 21',
    "a higher maximum of rejuvenation": 'zone = "cheek"\nrejuvenation_max_mm = 1.25',
    "a higher maximum of scars": 'zone = "cheek"\nscar_max_mm = 2.0',
    "a higher ceiling": 'zone = "cheek"\nceiling_mm = 1.75',
    "more passes": 'zone = "cheek"\npasses_max = 5',
    "a higher limit": 'limit = "H1"\ndepth_mm = 2.0',
    "a higher limit for authorised devices": 'limit = "H4"\nauthorised_depth_mm = 3.0',
    "a shorter interval": 'sessions = "acne-scar-mild"\ninterval_min_days = 21',
    "a shorter preparation": 'preparation = "vitamin_c"\ndays_before = 3',
    "a shorter aftercare": 'aftercare = "A07"\nhours_until = 24',
}
IMPOSSIBLE = {
    "not a number": 'zone = "cheek"\nscar_max_mm = nan',
    "infinite": 'zone = "cheek"\nscar_max_mm = inf',
    "no pass at all": 'zone = "cheek"\npasses_max = 0',
    "a wait past every calendar": 'rule = "filler-recent"\nwait_days = 4000000',
    "an interval past every calendar": 'sessions = "acne-scar-mild"\ninterval_min_days = 4000000',
    "a deferral that nothing ends": 'rule = "smoking"\nverdict = "defer"',
    "ask as a verdict": 'rule = "smoking"\nverdict = "ask"',
    "a wait for a rule that has none": 'rule = "smoking"\nwait_days = 14',
    "a depth for a limit that has none": 'limit = "H7"\ndepth_mm = 1.0',
    "a maximum of a zone that is never treated": 'zone = "eyelid"\nscar_max_mm = 0.1',
}
# Words that could tell someone to stop a prescribed medicine: no machine can judge whether they do.
REWORDED = {
    "the words of a medicine that is never stopped": 'preparation = "aspirin_rx"\ntext = "Stop your blood thinner for a week."',
    "gentle words of a medicine that is never stopped": 'preparation = "antiplatelet_rx"\ntext = "Keep taking it."',
    "the words of what a prescriber decides": 'preparation = "antiviral"\ntext = "Take no tablets."',
    "words that pause a product whoever prescribed it": 'preparation = "hydroquinone"\ntext = "Stop hydroquinone."',
    "words of aftercare that pause a product whoever prescribed it": 'aftercare = "A10"\ntext = "No vitamin C."',
    "the reason of a rule on a prescribed medicine": 'rule = "anticoagulant"\nbecause = "Leave out your blood thinner."',
    "the reason of a rule on a prescribed painkiller": 'rule = "prescribed-painkiller"\nbecause = "Stop it."',
    "a reason that pauses a product whoever prescribed it": 'rule = "topical-retinoid"\nbecause = "Stop your cream."',
}
MISNAMED = {
    "an unknown rule": 'rule = "smokin"\nverdict = "refer"',
    "an unknown zone": 'zone = "cheek-left"\nscar_max_mm = 1.0',
    "an unknown limit": 'limit = "H16"\ndepth_mm = 1.0',
    "an unknown sessions row": 'sessions = "acne"\ninterval_min_days = 60',
    "an unknown preparation": 'preparation = "vitamin-c"\ndays_before = 30',
    "an unknown aftercare": 'aftercare = "A7"\nhours_until = 400',
    "an unknown device": 'remove_device = "skinpen"',
    "an unknown adjunct": 'remove_adjunct = "plasma"',
    "two targets": 'rule = "smoking"\nzone = "cheek"\nverdict = "refer"',
    "no target": 'verdict = "refer"',
    "no value": 'rule = "smoking"',
    "a value that belongs to another target": 'rule = "smoking"\nscar_max_mm = 1.0',
    "a value for a removal": 'remove_device = "dr_pen"\npasses_max = 1',
    "the words of a limit": 'limit = "H1"\ntext = "Other words."',
    "the words of a zone": 'zone = "cheek"\ntext = "Other words."',
    "a key that is none": 'rule = "smoking"\nverdikt = "refer"',
    "a verdict that is none": 'rule = "smoking"\nverdict = "never"',
    "a start depth": 'zone = "cheek"\nstart_mm = 0.25',
    "a fraction of a day": 'rule = "filler-recent"\nwait_days = 30.5',
}


@pytest.mark.parametrize("name", LOOSENINGS)
def test_a_loosening_is_refused_with_both_values_and_its_line(name: str, snapshot: SnapshotAssertion) -> None:
    (told,) = found = refused(text_of('zone = "chin"\npasses_max = 2', LOOSENINGS[name]))
    assert found == snapshot
    assert told.startswith("overlay:9: ")
    assert "would loosen" in told


@pytest.mark.parametrize("name", REWORDED)
def test_words_that_could_stop_a_prescribed_medicine_are_refused_with_their_line(
    name: str, snapshot: SnapshotAssertion
) -> None:
    found = refused(text_of(REWORDED[name]))
    assert found == snapshot
    assert [problem.split(": ")[0] for problem in found] == ["overlay:5"]


def test_words_that_say_which_product_they_mean_are_taken() -> None:
    worded = (
        'preparation = "hydroquinone"\ntext = "Leave out the cream that you bought yourself."',
        'aftercare = "A10"\ntext = "No vitamin C that you bought yourself."',
        'rule = "topical-retinoid"\nbecause = "The one that you bought yourself pauses."',
    )
    assert refused(text_of(*worded)) == []


@pytest.mark.parametrize("name", [*IMPOSSIBLE, *MISNAMED])
def test_what_makes_no_sense_is_refused_with_its_line(name: str, snapshot: SnapshotAssertion) -> None:
    found = refused(text_of(IMPOSSIBLE.get(name, "") or MISNAMED[name]))
    assert found == snapshot
    assert len(found) == 1
    assert found[0].startswith("overlay:")
    assert 3 <= int(found[0].split(":")[1]) <= 6


WHOLE = {
    "not TOML": b"title = Example clinic\n",
    "not UTF-8": b'title = "Praxis M\xfcller"\n',
    "empty": b"",
    "no title": b'[[tighten]]\nrule = "smoking"\nverdict = "refer"\n',
    "a table that is none": b'title = "x"\n\n[[loosen]]\nrule = "smoking"\n',
    "nested too deeply": b"title = " + b"[" * 20_000,
}


@pytest.mark.parametrize("name", WHOLE)
def test_a_list_that_is_wrong_as_a_whole_is_refused(name: str, snapshot: SnapshotAssertion) -> None:
    assert refused(WHOLE[name]) == snapshot


ADDED_WRONG = {
    "the id of a rule that exists": ('id = "own-caution-vitamin-c"', 'id = "smoking"'),
    "an id that is none": ('id = "own-caution-vitamin-c"', 'id = "Own caution"'),
    "no example": (ADDED[ADDED.index("[[add.example]]") :], "[add.nothing]\n"),
    "an empty list of examples": ('[add.rule]\n', 'example = []\n\n[add.rule]\n'),
    "retired at once": ('verdict = "caution"', 'verdict = "caution"\nretired = true'),
    "an unknown fact": ('fact = "vitamin-c-product"', 'fact = "vitamin-c"'),
    "an unknown answer": ('one_of = ["now"]', 'one_of = ["daily"]'),
    "an unknown source": ('"granuloma_mtx"', '"granuloma"'),
    "no source and no why": ('sources = [{ id = "granuloma_mtx", place = "case" }]\nwhy = "The clinic\'s own habit."\n', ""),
    "a deferral without a wait": ('verdict = "caution"', 'verdict = "defer"'),
    "a clearance that changes nothing": (
        "[add.rule.mark]",
        '[add.rule.clearance]\nrole = "doctor"\nto = "refer"\n\n[add.rule.mark]',
    ),
    "an unknown modifier": ('verdict = "caution"', 'verdict = "caution"\nmodifier = "vitamin"'),
    "a modifier that acts everywhere already": (
        'verdict = "caution"',
        'verdict = "caution"\nmodifier = "age-over-60-or-thin-skin"',
    ),
    "ask as its verdict": ('verdict = "caution"', 'verdict = "ask"'),
}  # fmt: skip


@pytest.mark.parametrize("name", ADDED_WRONG)
def test_an_added_rule_is_held_to_all_that_our_own_are_held_to(name: str, snapshot: SnapshotAssertion) -> None:
    old, new = ADDED_WRONG[name]
    text = ADDED.replace("[[add.example]]", "[[add.exampel]]") if name == "an empty list of examples" else ADDED
    if name == "an empty list of examples":
        text = text[: text.index("[[add.exampel]]")]
    assert old in text
    found = refused(text.replace(old, new, 1).encode())
    assert found == snapshot
    assert found


def test_the_same_id_cannot_be_added_twice() -> None:
    twice = ADDED + ADDED.split("\n", 3)[3]
    (told,) = refused(twice.encode())
    assert "a rule `own-caution-vitamin-c` exists" in told
    assert told.startswith(f"overlay:{twice.splitlines().index('[[add]]', 5) + 2}:")


def test_a_second_entry_is_held_to_what_the_first_left() -> None:
    (told,) = refused(text_of('zone = "cheek"\nscar_max_mm = 1.0', 'zone = "cheek"\nscar_max_mm = 1.25'))
    assert "scar_max_mm from 1 to 1.25 would loosen" in told


def test_of_two_values_in_one_entry_the_looser_is_refused_and_with_it_the_list() -> None:
    (told,) = refused(text_of('zone = "cheek"\nscar_max_mm = 1.0\npasses_max = 9'))
    assert "passes_max from 4 to 9 would loosen" in told


def test_all_that_is_refused_is_told_at_once_in_order() -> None:
    found = refused(text_of(*LOOSENINGS.values()))
    lines = [int(problem.split(":")[1]) for problem in found]
    assert len(found) == len(LOOSENINGS)
    assert lines == sorted(lines) == [5 + 4 * n for n in range(len(LOOSENINGS))]


def test_a_refused_list_has_an_error_of_its_own_and_leaves_everything_as_it_was() -> None:
    with pytest.raises(OverlayError) as caught:
        load_protocol(TODAY, None, text_of(LOOSENINGS["more passes"]))
    assert caught.value.exit_code == 5
    assert load_protocol(TODAY) == PLAIN
