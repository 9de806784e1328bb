"""What a clinic may write into its own list, and that each kind of tightening is felt in a consultation."""

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest

from needlewise.clinical.examples import failing_examples
from needlewise.clinical.timeline import Entry
from needlewise.consultation import Consultation
from needlewise.errors import CaseError
from needlewise.knowledge import Protocol, Verdict, load_protocol
from needlewise.verification.consultations import all_clearances
from tests.unit.knowledge.overlays import PLAIN, QUIET, concern, consulted, text_of, under
from tests.unit.knowledge.trees import TODAY

SCARS = concern("atrophic-acne-scars", "cheek")


def days_ago(days: int, **more: Any) -> dict[str, Any]:
    return {"on": TODAY - timedelta(days=days), **more}


def first_session(result: Consultation) -> date:
    assert result.plan is not None
    return result.plan.sessions[0].on


def zone_of(result: Consultation, place: str) -> Any:
    """The deepest that is planned at a place."""
    assert result.plan is not None
    return max((z for v in result.plan.sessions for z in v.zones if z.place == place), key=lambda z: z.depth_mm)


def reason_of(result: Consultation, rule: str) -> Any:
    return next(reason for reason in result.reasons if reason.rule == rule)


def test_a_title_alone_changes_nothing_but_the_edition() -> None:
    titled = load_protocol(TODAY, None, text_of())
    before, after = consulted(PLAIN), consulted(titled)
    assert (after.verdict, after.plan, after.timeline) == (before.verdict, before.plan, before.timeline)
    assert titled.rules == PLAIN.rules
    assert titled.edition.digest == PLAIN.edition.digest
    assert titled.edition.overlay


def test_the_edition_names_the_overlay_and_each_has_a_name_of_its_own() -> None:
    first, second = (under(f'rule = "smoking"\nverdict = "{verdict}"').edition for verdict in ("refer", "exclude"))
    assert str(first).startswith(f"{PLAIN.edition}+")
    assert first.overlay != second.overlay
    assert first == load_protocol(TODAY, None, text_of('rule = "smoking"\nverdict = "refer"')).edition
    assert PLAIN.edition.overlay == ""
    assert str(PLAIN.edition).count("+") == 0


def test_a_raised_verdict_is_that_of_the_visit() -> None:
    smokes = {"smoking": "yes"}
    assert consulted(PLAIN, smokes).verdict is Verdict.CAUTION
    raised = consulted(under('rule = "smoking"\nverdict = "refer"'), smokes)
    assert raised.verdict is Verdict.REFER
    assert reason_of(raised, "smoking").verdict is Verdict.REFER
    assert raised.plan is not None
    assert not raised.plan.signable
    excluded = consulted(under('rule = "smoking"\nverdict = "exclude"'), smokes)
    assert (excluded.verdict, excluded.plan) == (Verdict.EXCLUDE, None)


def test_a_preparation_raised_to_a_deferral_defers() -> None:
    facts = {"self-tanner": days_ago(1)}
    before = consulted(PLAIN, facts, concern=SCARS)
    after = consulted(under('rule = "self-tan"\nverdict = "defer"'), facts, concern=SCARS)
    assert before.verdict <= Verdict.ADJUST
    assert after.verdict is Verdict.DEFER
    assert after.eligible_on == first_session(before) == TODAY + timedelta(days=6)


def test_a_longer_wait_holds_to_its_last_day_and_ends_on_it() -> None:
    longer = under('rule = "filler-recent"\nwait_days = 56')
    for ago, expected in ((30, Verdict.DEFER), (55, Verdict.DEFER), (56, None)):
        filler = {"filler": days_ago(ago)}
        assert consulted(PLAIN, filler, concern=SCARS).verdict < Verdict.DEFER
        result = consulted(longer, filler, concern=SCARS)
        assert (result.verdict is Verdict.DEFER) is (expected is Verdict.DEFER)
        if expected is Verdict.DEFER:
            assert result.eligible_on == TODAY + timedelta(days=56 - ago)
            assert first_session(result) >= result.eligible_on
    ((cell,),) = [way.all for way in longer.rules["filler-recent"].any]
    assert cell.days_since_below == 56


def test_a_longer_wait_lengthens_every_way_into_the_rule() -> None:
    longer = under('rule = "sunburn"\nwait_days = 40').rules["sunburn"]
    assert [way.wait_days for way in longer.any] == [40, 40]
    assert {cell.days_since_below for way in longer.any for cell in way.all} <= {None, 40}


def test_a_letter_shortens_a_longer_wait_no_further_than_before() -> None:
    """The clinic's longer wait is still that of the rule; the letter's range is the protocol's."""
    longer = under('rule = "isotretinoin-recent"\nwait_days = 365')
    took = {"isotretinoin": {"status": "stopped", **days_ago(20)}}
    letters = all_clearances(PLAIN, TODAY)
    before, after = (consulted(p, took, clearance=letters, concern=SCARS) for p in (PLAIN, longer))
    assert after.verdict >= before.verdict
    assert after.eligible_on is not None
    assert before.eligible_on is not None
    assert after.eligible_on >= before.eligible_on


@pytest.mark.parametrize(
    ("entry", "goal"),
    [
        ('zone = "cheek"\nscar_max_mm = 1.0', "atrophic-acne-scars"),
        ('zone = "cheek"\nceiling_mm = 1.0', "atrophic-acne-scars"),
        ('zone = "cheek"\nrejuvenation_max_mm = 0.75', "fine-lines-face"),
        ('limit = "H1"\ndepth_mm = 1.0', "atrophic-acne-scars"),
    ],
)
def test_a_lower_maximum_is_the_new_ceiling(entry: str, goal: str) -> None:
    wish = concern(goal, "cheek", severity=next(iter(PLAIN.indications[goal].sessions)))
    before, after = (zone_of(consulted(p, concern=wish), "cheek-left") for p in (PLAIN, under(entry)))
    new = float(entry.rsplit(" ", 1)[1])
    assert before.ceiling_mm > new
    assert after.ceiling_mm == after.depth_mm == new
    if entry.startswith("limit"):
        assert after.limit_mm == new < before.limit_mm


def test_an_override_above_a_lowered_limit_is_refused() -> None:
    override = [{"zone": "cheek", "depth_mm": 1.25, "reason": "thick skin, by hand"}]
    result = consulted(under('limit = "H1"\ndepth_mm = 1.0'), concern=SCARS, override=override)
    assert zone_of(result, "cheek-left").depth_mm <= 1.0
    assert any("1.25 mm was refused" in warning for warning in result.warnings)


def test_a_lowered_limit_of_a_region_holds_in_zones_with_a_limit_of_their_own() -> None:
    eyes = concern("fine-lines-face", "crows-feet", severity="mild")
    severities = PLAIN.indications["fine-lines-face"].sessions
    eyes[0]["severity"] = next(iter(severities))
    before, after = (consulted(p, concern=eyes) for p in (PLAIN, under('limit = "H1"\ndepth_mm = 0.25')))
    assert zone_of(before, "crows-feet-left").limit_mm == 0.5
    assert zone_of(after, "crows-feet-left").limit_mm == 0.25


def test_a_lowered_limit_for_authorised_devices_is_felt_where_they_are_used() -> None:
    belly = concern("surgical-traumatic-scars", "abdomen", severity="any")
    answers: dict[str, Any] = {"scar-kind": "hypertrophic", "scar": days_ago(900, what="injury"), "melasma": "no"}
    clinic = {"devices": ["skinstylus_sterilock"]}
    lower = under('limit = "H4"\nauthorised_depth_mm = 2.0')
    before, after = (consulted(p, answers, concern=belly, clinic=clinic) for p in (PLAIN, lower))
    assert zone_of(before, "abdomen").limit_mm == 2.25
    assert zone_of(after, "abdomen").limit_mm == 2.0


def test_fewer_passes_are_planned_and_the_least_never_passes_the_most() -> None:
    fewer = under('zone = "cheek"\npasses_max = 1')
    zone = zone_of(consulted(fewer, concern=SCARS), "cheek-left")
    assert (zone.passes_min, zone.passes) == (1, 1)
    assert zone_of(consulted(PLAIN, concern=SCARS), "cheek-left").passes == 4


def test_a_maximum_that_leaves_nothing_becomes_a_stated_refusal() -> None:
    result = consulted(
        under('zone = "cheek"\nscar_max_mm = 0.2'), concern=concern("atrophic-acne-scars", "cheek", "chin")
    )
    assert result.plan is not None
    (told,) = result.plan.concerns
    assert "cheek-left" not in told.places
    refusal = next(out for out in told.left_out if out.place == "cheek-left")
    assert "0.25 mm" in refusal.why
    assert "table maximum" in refusal.why
    assert {zone.place for visit in result.plan.sessions for zone in visit.zones} == {"chin"}


def test_a_longer_interval_spaces_the_sessions() -> None:
    row = PLAIN.indications["atrophic-acne-scars"].sessions["moderate"]
    result = consulted(under(f'sessions = "{row}"\ninterval_min_days = 50'), concern=SCARS)
    assert result.plan is not None
    days = [visit.on for visit in result.plan.sessions]
    assert len(days) > 1
    assert all((after - before).days >= 50 for before, after in pairwise(days))
    assert result.plan.concerns[0].interval_max_days >= 50


def test_a_longer_preparation_moves_the_first_visit_and_the_pause() -> None:
    uses = {"vitamin-c-product": "now"}
    before, after = (
        consulted(p, uses, concern=SCARS) for p in (PLAIN, under('preparation = "vitamin_c"\ndays_before = 21'))
    )
    assert first_session(before) == TODAY + timedelta(days=7)
    assert first_session(after) == TODAY + timedelta(days=21)
    pause = next(e for e in after.timeline if e.kind is Entry.PAUSE and e.row == "preparation:vitamin_c")
    assert pause.from_on <= first_session(after) - timedelta(days=21)


@pytest.mark.parametrize(
    ("row", "days", "uses"),
    [
        ("retinoid", 12, {"topical-retinoid": "now"}),
        ("nsaid", 10, {"anti-inflammatory-painkiller": "now-not-prescribed"}),
        ("fishoil", 14, {"fish-oil-or-vitamin-e": "now"}),
        ("nsaid", 10, {"anti-inflammatory-painkiller": {"status": "stopped", "on": TODAY}}),
    ],
)
def test_a_longer_preparation_counts_also_where_a_rule_reads_the_product(
    row: str, days: int, uses: dict[str, Any]
) -> None:
    before, after = (
        consulted(p, uses, concern=SCARS) for p in (PLAIN, under(f'preparation = "{row}"\ndays_before = {days}'))
    )
    assert f"preparation:{row}" not in {reason.rule for reason in before.reasons}
    assert first_session(after) == TODAY + timedelta(days=days)
    assert reason_of(after, f"preparation:{row}").earliest_on == TODAY + timedelta(days=days)


def test_a_longer_preparation_moves_no_date_of_what_was_prescribed() -> None:
    uses = {"topical-retinoid": {"status": "now", "prescribed": True}}
    longer = under('preparation = "retinoid"\ndays_before = 30', 'rule = "topical-retinoid"\nwait_days = 40')
    before, after = consulted(PLAIN, uses, concern=SCARS), consulted(longer, uses, concern=SCARS)
    assert first_session(after) == first_session(before)
    assert [reason.earliest_on for reason in after.reasons if "retinoid" in reason.rule] == [None]


def test_a_raised_verdict_holds_for_what_was_prescribed_too() -> None:
    uses = {"topical-retinoid": {"status": "now", "prescribed": True}}
    raised = consulted(under('rule = "topical-retinoid"\nverdict = "refer"'), uses, concern=SCARS)
    assert reason_of(raised, "topical-retinoid").verdict is Verdict.REFER


def test_a_longer_aftercare_reaches_further_and_restarts_later() -> None:
    uses = {"vitamin-c-product": "now"}
    longer = under('aftercare = "A10"\nhours_until = 240')
    ends, restarts = [], []
    for protocol in (PLAIN, longer):
        timeline = consulted(protocol, uses, concern=SCARS).timeline
        ends.append(next(e.hours_until for e in timeline if e.row == "aftercare:A10"))
        restarts.append(next(e.from_on for e in timeline if e.kind is Entry.RESTART and "vitamin_c" in e.row))
    assert ends == [168, 240]
    assert restarts[1] - restarts[0] == timedelta(days=3)


def test_a_device_that_was_removed_can_neither_be_used_nor_cover_a_use() -> None:
    without = under('remove_device = "skinpen_precision"')
    assert "skinpen_precision" not in without.devices
    with pytest.raises(CaseError, match="skinpen_precision"):
        consulted(without)
    uses = [use.device for row in without.indications.values() for use in row.labelled]
    assert "skinpen_precision" not in uses
    assert len(uses) < sum(len(row.labelled) for row in PLAIN.indications.values())
    other = consulted(without, clinic={"devices": ["exceed"]}, concern=SCARS)
    assert zone_of(other, "cheek-left").device == "exceed"


def test_an_adjunct_that_was_removed_is_offered_to_nobody() -> None:
    without = under('remove_adjunct = "prp"')
    before, after = (consulted(p, concern=SCARS).plan for p in (PLAIN, without))
    assert before is not None
    assert after is not None
    assert "prp" in before.concerns[0].adjuncts
    assert "prp" not in after.concerns[0].adjuncts
    with pytest.raises(CaseError, match="prp"):
        consulted(without, plan={"adjuncts": ["prp"]})


def test_a_wording_is_the_clinics_own_and_changes_nothing_else() -> None:
    worded = under(
        'rule = "smoking"\nbecause = "Here we talk about smoking first."',
        'preparation = "vitamin_c"\ntext = "Leave the serum that you bought yourself."',
        'aftercare = "A07"\ntext = "No gym."',
    )
    answers = {"smoking": "yes", "vitamin-c-product": "now"}
    before, after = consulted(PLAIN, answers), consulted(worded, answers)
    assert reason_of(after, "smoking").because == "Here we talk about smoking first."
    texts = {entry.text for entry in after.timeline}
    assert {"Leave the serum that you bought yourself.", "No gym."} <= texts
    assert after.verdict is before.verdict
    assert after.plan == before.plan


ADDED = """
title = "Example clinic"

[[add]]
id = "own-caution-vitamin-c"
title = "Vitamin C serum"

[add.rule]
from_day = 2026-01-01
scope = "person"
verdict = "caution"
because = "We talk about your serum first."

[[add.rule.any]]
all = [{ fact = "vitamin-c-product", one_of = ["now"] }]

[add.rule.mark]
origin = "chosen"
sources = [{ id = "granuloma_mtx", place = "case" }]
why = "The clinic's own habit."

[[add.example]]
name = "in use"
given = { vitamin-c-product = "now" }
then = "caution"

[[add.example]]
name = "not in use"
given = { vitamin-c-product = "never" }
then = "silent"
"""


def added(old: str = "", new: str = "", on: date = TODAY) -> Protocol:
    return load_protocol(on, None, ADDED.replace(old, new).encode())


def test_an_added_rule_fires_with_its_own_words_and_mark() -> None:
    protocol = added()
    result = consulted(protocol, {"vitamin-c-product": "now"})
    reason = reason_of(result, "own-caution-vitamin-c")
    assert reason.because == "We talk about your serum first."
    assert reason.title == "Vitamin C serum"
    assert reason.mark.basis is PLAIN.sources["granuloma_mtx"].basis
    assert result.plan is not None
    assert "own-caution-vitamin-c" in result.plan.to_acknowledge
    assert consulted(protocol, {"vitamin-c-product": "never"}).verdict < Verdict.CAUTION


def test_the_examples_of_an_added_rule_run() -> None:
    assert list(failing_examples(added(), TODAY)) == []
    wrong = added('then = "caution"', 'then = "refer"')
    assert [p.found for p in failing_examples(wrong, TODAY)] == ["the rule says `caution`"]


def test_a_product_that_an_added_rule_reads_is_paused_as_before() -> None:
    """The rule comes on top: it does not take the place of the preparation."""
    uses = {"vitamin-c-product": "now"}
    before, after = consulted(PLAIN, uses, concern=SCARS), consulted(added(), uses, concern=SCARS)
    assert first_session(after) == first_session(before) == TODAY + timedelta(days=7)
    assert {r.rule for r in before.reasons} < {r.rule for r in after.reasons}


def test_an_added_rule_takes_no_word_from_what_was_prescribed() -> None:
    result = consulted(added(), {"vitamin-c-product": {"status": "now", "prescribed": True}}, concern=SCARS)
    row = PLAIN.preparation["vitamin_c"]
    assert reason_of(result, "preparation:vitamin_c").because == row.prescribed_text


def test_an_added_rule_asks_about_what_is_not_known() -> None:
    facts = {name: value for name, value in QUIET["facts"].items() if name != "vitamin-c-product"}
    result = consulted(added(), answered=facts)
    assert reason_of(result, "own-caution-vitamin-c").verdict is Verdict.ASK


def test_an_added_rule_counts_from_its_own_day_on() -> None:
    later = ADDED.replace("2026-01-01", "2027-01-01").encode()
    assert "own-caution-vitamin-c" not in load_protocol(date(2026, 12, 31), None, later).rules
    assert "own-caution-vitamin-c" in load_protocol(date(2027, 1, 1), None, later).rules


def test_several_entries_for_one_row_add_up() -> None:
    both = under('zone = "cheek"\nscar_max_mm = 1.25', 'zone = "cheek"\nscar_max_mm = 1.0\npasses_max = 2')
    row = both.zones["cheek"].depth
    assert row is not None
    assert (row.scar_max_mm, row.passes_max) == (1.0, 2)


def test_an_overlay_leaves_the_protocol_it_was_laid_on_as_it_was() -> None:
    before = load_protocol(TODAY)
    under('rule = "smoking"\nverdict = "exclude"', 'zone = "cheek"\nscar_max_mm = 0.5')
    assert load_protocol(TODAY) == before
