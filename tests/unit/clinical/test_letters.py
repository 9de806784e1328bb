"""Which letter speaks for a rule at a place, whether it counts, and what is said of one that does not."""

from collections.abc import Mapping
from datetime import date, timedelta
from itertools import permutations
from typing import Any

import pytest

from needlewise.clinical.reasons import Reason
from needlewise.consultation import Consultation, consult, read_case
from needlewise.errors import CaseError
from needlewise.knowledge import Protocol, Verdict
from tests.conftest import TODAY
from tests.unit.knowledge.overlays import QUIET

LAST_DOSE = date(2026, 8, 1)
ISOTRETINOIN = {"isotretinoin": {"status": "stopped", "last": LAST_DOSE}}
ECZEMA = {"eczema-psoriasis-dermatitis": "chronic-moderate-severe"}
LETTER = {"role": "dermatologist", "by": "Dr Example", "on": date(2026, 11, 1), "condition_met": True}


def letter(rule: str = "isotretinoin-recent", **said: Any) -> dict[str, Any]:
    return {**LETTER, "rules": [rule], **said}


def consulted(
    protocol: Protocol, facts: Mapping[str, Any], *letters: dict[str, Any], on: date = TODAY, **changed: Any
) -> Consultation:
    data = {**QUIET, "clearance": list(letters), **changed}
    data["facts"] = {**data["facts"], **facts}
    return consult(read_case(data, protocol, on), protocol, on)


def reasons(result: Consultation, rule: str = "isotretinoin-recent") -> list[Reason]:
    return [reason for reason in result.reasons if reason.rule == rule]


def only(result: Consultation, rule: str = "isotretinoin-recent") -> Reason:
    (found,) = reasons(result, rule)
    return found


def verdicts(result: Consultation) -> dict[str, Verdict]:
    return {zone.place: zone.verdict for zone in result.zones}


# Which letter speaks


def test_the_newest_letter_alone_speaks_whatever_the_order_in_the_file(protocol: Protocol) -> None:
    """Last dose on 1 August; 150 days later is 29 December."""
    letters = [
        letter(on=date(2026, 9, 1), wait_days=30),
        letter(on=date(2026, 11, 10), wait_days=150),
        letter(on=date(2026, 10, 1), wait_days=60),
    ]
    results = [consulted(protocol, ISOTRETINOIN, *order) for order in permutations(letters)]
    assert all(result == results[0] for result in results)
    reason = only(results[0])
    assert (reason.verdict, reason.earliest_on) == (Verdict.DEFER, date(2026, 12, 29))
    told = " ".join(reason.changes)
    assert "Changed by Dr Example, 2026-11-10." in told
    for day in ("2026-09-01", "2026-10-01"):
        assert f"The letter of {day} (Dr Example) does not count: superseded by the letter of 2026-11-10." in told


@pytest.mark.parametrize(
    "newer",
    [{"condition_met": False}, {"valid_until": date(2026, 11, 23)}],
    ids=["its condition not met", "run out"],
)
def test_a_newer_letter_that_does_not_count_leaves_none_that_does(newer: dict[str, Any], protocol: Protocol) -> None:
    older = letter(on=date(2026, 10, 1), wait_days=60)
    assert only(consulted(protocol, ISOTRETINOIN, older)).verdict is Verdict.CAUTION
    for letters in permutations([older, letter(on=date(2026, 11, 1), wait_days=60, **newer)]):
        assert only(consulted(protocol, ISOTRETINOIN, *letters)).verdict is Verdict.DEFER


def test_of_two_letters_of_one_day_the_longer_wait_counts(protocol: Protocol) -> None:
    for letters in permutations([letter(wait_days=45), letter(wait_days=140)]):
        reason = only(consulted(protocol, ISOTRETINOIN, *letters))
        assert reason.earliest_on == LAST_DOSE + timedelta(days=140)


def test_of_two_letters_of_one_day_one_that_does_not_count_is_the_more_cautious(protocol: Protocol) -> None:
    for letters in permutations([letter("heart-condition"), letter("heart-condition", condition_met=False)]):
        heart = [{**one, "role": "cardiologist"} for one in letters]
        assert only(consulted(protocol, {"heart-condition": "yes"}, *heart), "heart-condition").verdict is Verdict.REFER


def test_a_newer_letter_of_another_role_supersedes_nothing(protocol: Protocol) -> None:
    other = letter(on=date(2026, 11, 20), role="doctor", condition_met=False)
    reason = only(consulted(protocol, ISOTRETINOIN, letter(wait_days=60), other))
    assert reason.verdict is Verdict.CAUTION
    who = protocol.roles
    asked = f"from {who['doctor'].who}, where the rule asks for {who['dermatologist'].who}."
    assert f"The letter of 2026-11-20 (Dr Example) does not count: {asked}" in reason.changes


# Older than what it speaks of


@pytest.mark.parametrize(
    ("on", "counts"), [(LAST_DOSE - timedelta(days=1), False), (LAST_DOSE, True), (LAST_DOSE + timedelta(days=1), True)]
)
def test_a_letter_older_than_the_last_dose_does_not_count(on: date, counts: bool, protocol: Protocol) -> None:
    reason = only(consulted(protocol, ISOTRETINOIN, letter(on=on, wait_days=60)))
    assert (reason.verdict is Verdict.CAUTION) is counts
    assert any(f"older than the event of {LAST_DOSE}" in change for change in reason.changes) is not counts


def test_only_what_the_rule_fires_for_makes_a_letter_old(protocol: Protocol) -> None:
    """An acne scar is no young scar, so a letter about the operation may be older than it."""
    scars = [{"what": "surgery", "on": date(2026, 8, 1)}, {"what": "acne", "on": date(2026, 11, 1)}]
    surgeon = letter("scar-under-180-days", role="surgeon", on=date(2026, 9, 1), wait_days=49)
    wish = {"concern": [{"indication": "surgical-traumatic-scars", "severity": "any", "zones": ["cheek"]}]}
    wish["concern"][0]["severity"] = next(iter(protocol.indications["surgical-traumatic-scars"].sessions))
    before = only(consulted(protocol, {"scar": scars}, surgeon, **wish), "scar-under-180-days")
    assert before.verdict is Verdict.CAUTION
    scars[1]["what"] = "surgery"
    after = only(consulted(protocol, {"scar": scars}, surgeon, **wish), "scar-under-180-days")
    assert after.verdict is Verdict.DEFER
    assert any("older than the event of 2026-11-01" in change for change in after.changes)


def test_a_letter_of_a_month_is_as_old_as_that_month(protocol: Protocol) -> None:
    dose = {"isotretinoin": {"status": "stopped", "last": date(2026, 8, 2)}}
    assert only(consulted(protocol, dose, letter(on="2026-08", wait_days=60))).verdict is Verdict.DEFER
    assert only(consulted(protocol, ISOTRETINOIN, letter(on="2026-08", wait_days=60))).verdict is Verdict.CAUTION


# How long it holds


def test_the_last_day_of_the_letter_stands_beside_the_verdict_it_changed(protocol: Protocol) -> None:
    holds = only(consulted(protocol, ISOTRETINOIN, letter(wait_days=60, valid_until=TODAY)))
    assert (holds.verdict, holds.clearance_until) == (Verdict.CAUTION, TODAY)
    assert f"Changed by Dr Example, 2026-11-01; it holds until {TODAY}." in holds.changes
    assert only(consulted(protocol, ISOTRETINOIN, letter(wait_days=60))).clearance_until is None
    waits = only(consulted(protocol, ISOTRETINOIN, letter(wait_days=130, valid_until=date(2027, 1, 31))))
    assert (waits.verdict, waits.clearance_until) == (Verdict.DEFER, date(2027, 1, 31))


def test_a_letter_that_has_run_out_says_when(protocol: Protocol) -> None:
    reason = only(consulted(protocol, ISOTRETINOIN, letter(wait_days=60, valid_until=date(2026, 11, 23))))
    assert (reason.verdict, reason.clearance, reason.clearance_until) == (Verdict.DEFER, "", None)
    assert "The letter of 2026-11-01 (Dr Example) does not count: expired on 2026-11-23." in reason.changes


@pytest.mark.parametrize(("until", "holds"), [("2026-12", date(2026, 12, 1)), ("2027", date(2027, 1, 1))])
def test_a_letter_that_holds_until_a_month_or_year_holds_until_its_first_day(
    until: str, holds: date, protocol: Protocol
) -> None:
    assert only(consulted(protocol, ISOTRETINOIN, letter(wait_days=60, valid_until=until))).clearance_until == holds


def test_a_letter_that_holds_until_the_running_month_has_run_out(protocol: Protocol) -> None:
    reason = only(consulted(protocol, ISOTRETINOIN, letter(wait_days=60, valid_until="2026-11")))
    assert reason.verdict is Verdict.DEFER


def test_an_end_that_may_lie_before_the_letter_is_asked_for_as_a_whole_day(protocol: Protocol) -> None:
    with pytest.raises(CaseError) as caught:
        consulted(protocol, ISOTRETINOIN, letter(on=date(2026, 11, 10), valid_until="2026-11"))
    (problem,) = caught.value.problems
    assert problem.where == "clearance[0].valid_until"
    assert "`2026-11` is read as 2026-11-01" in problem.found
    assert "whole day" in problem.hint


# The wait it asks for


@pytest.mark.parametrize(("asked", "counts"), [(10, 30), (150, 150), (180, 180), (181, 181), (400, 400), (None, 60)])
def test_the_wait_that_the_letter_asks_for_counts_and_no_less_than_the_least(
    asked: int | None, counts: int, protocol: Protocol
) -> None:
    said = {} if asked is None else {"wait_days": asked}
    dose = {"isotretinoin": {"status": "stopped", "last": TODAY - timedelta(days=20)}}
    reason = only(consulted(protocol, dose, letter(on=TODAY, **said)))
    assert (reason.verdict, reason.earliest_on) == (Verdict.DEFER, TODAY + timedelta(days=counts - 20))


def test_a_longer_wait_is_held_past_the_wait_of_the_rule(protocol: Protocol) -> None:
    """The rule alone falls silent after 180 days; the letter asks for 400."""
    longer = letter(on=LAST_DOSE, wait_days=400)
    for days, verdict in ((179, Verdict.DEFER), (180, Verdict.DEFER), (399, Verdict.DEFER)):
        on = LAST_DOSE + timedelta(days=days)
        reason = only(consulted(protocol, ISOTRETINOIN, longer, on=on))
        assert (reason.verdict, reason.earliest_on) == (verdict, LAST_DOSE + timedelta(days=400))
    assert not reasons(consulted(protocol, ISOTRETINOIN, longer, on=LAST_DOSE + timedelta(days=400)))
    assert not reasons(consulted(protocol, ISOTRETINOIN, on=LAST_DOSE + timedelta(days=180)))


def test_a_letter_that_does_not_count_holds_no_longer_wait_either(protocol: Protocol) -> None:
    later = LAST_DOSE + timedelta(days=200)
    ended = letter(on=LAST_DOSE, wait_days=400, valid_until=later - timedelta(days=1))
    assert not reasons(consulted(protocol, ISOTRETINOIN, ended, on=later))


# The places it speaks of


def test_a_letter_for_some_places_clears_those_alone(protocol: Protocol) -> None:
    some = letter("eczema-psoriasis-chronic", zones=["cheek-left", "scalp"])
    result = consulted(protocol, ECZEMA, some)
    assert verdicts(result)["cheek-left"] is Verdict.CAUTION
    assert verdicts(result)["cheek-right"] is verdicts(result)["forehead"] is Verdict.EXCLUDE
    excluded = next(r for r in reasons(result, "eczema-psoriasis-chronic") if "forehead" in r.places)
    assert set(excluded.places) == {"cheek-right", "forehead"}
    told = "The letter of 2026-11-01 (Dr Example) does not count: it does not speak of this place."
    assert told in excluded.changes


def test_at_each_place_the_newest_letter_that_speaks_of_it_counts(protocol: Protocol) -> None:
    rule = "eczema-psoriasis-chronic"
    everywhere = letter(rule, on=date(2026, 10, 1), valid_until=date(2027, 6, 30))
    cheek = letter(rule, on=date(2026, 11, 1), zones=["cheek"], condition_met=False)
    for letters in permutations([everywhere, cheek]):
        result = consulted(protocol, ECZEMA, *letters)
        assert verdicts(result)["cheek-left"] is verdicts(result)["cheek-right"] is Verdict.EXCLUDE
        assert verdicts(result)["forehead"] is Verdict.CAUTION


def test_two_letters_that_end_on_different_days_stay_apart(protocol: Protocol) -> None:
    rule = "eczema-psoriasis-chronic"
    ends = {"cheek": date(2027, 1, 31), "forehead": date(2027, 3, 31), "scalp": date(2027, 3, 31)}
    letters = [letter(rule, zones=[zone], valid_until=end) for zone, end in ends.items()]
    found = reasons(consulted(protocol, ECZEMA, *letters), rule)
    assert {frozenset(reason.places): reason.clearance_until for reason in found} == {
        frozenset({"cheek-left", "cheek-right"}): ends["cheek"],
        frozenset({"forehead", "scalp"}): ends["forehead"],
    }


@pytest.mark.parametrize(("zones", "verdict"), [(["cheek"], Verdict.REFER), (["cheek", "forehead"], Verdict.ADJUST)])
def test_for_a_rule_about_a_region_a_letter_must_name_every_place_wished_for_there(
    zones: list[str], verdict: Verdict, protocol: Protocol
) -> None:
    prescriber = letter("cold-sore-history", role="prescriber", zones=zones)
    reason = only(consulted(protocol, {"cold-sore-history": "yes"}, prescriber), "cold-sore-history")
    assert reason.verdict is verdict
    unheard = any("does not speak of every place wished for here" in change for change in reason.changes)
    assert unheard is (verdict is Verdict.REFER)


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ({"zones": []}, "an empty list"),
        ({"zones": "cheek"}, "`cheek`"),
        ({"zones": ["chek"]}, "unknown zone `chek`"),
        ({"zones": [7]}, "7 is no zone"),
        ({"zones": ["forehead", "chin"]}, "no concern wishes for `chin`"),
        ({"rules": ["isotretinoin-recent"], "zones": ["cheek"]}, "`isotretinoin-recent` speaks of the whole person"),
    ],
)
def test_zones_that_cannot_be_meant_are_refused(said: dict[str, Any], found: str, protocol: Protocol) -> None:
    with pytest.raises(CaseError) as caught:
        consulted(protocol, ECZEMA, letter("eczema-psoriasis-chronic") | said)
    (problem,) = caught.value.problems
    assert problem.where == "clearance[0].zones"
    assert found in problem.found


# What is said of a letter that nothing asks for


def test_a_condition_that_is_not_met_is_named(protocol: Protocol) -> None:
    reason = only(
        consulted(protocol, ECZEMA, letter("eczema-psoriasis-chronic", condition_met=False)), "eczema-psoriasis-chronic"
    )
    told = "The letter of 2026-11-01 (Dr Example) does not count: condition not met: In writing."
    assert told in reason.changes


@pytest.mark.parametrize(
    ("rule", "words"),
    [("isotretinoin-recent", "which says nothing in this case"), ("sunburn", "which no letter changes")],
)
def test_a_letter_that_nothing_asks_for_is_told_once(rule: str, words: str, protocol: Protocol) -> None:
    result = consulted(protocol, {}, letter(rule), letter(rule))
    (told,) = [warning for warning in result.warnings if rule in warning]
    assert told.startswith("The letter of 2026-11-01 (Dr Example) names the rule")
    assert words in told


def test_a_letter_for_a_rule_that_speaks_or_asks_is_not_called_unused(protocol: Protocol) -> None:
    for dose in (ISOTRETINOIN, {"isotretinoin": "stopped"}):
        result = consulted(protocol, dose, letter(wait_days=60))
        assert not [warning for warning in result.warnings if "letter" in warning]


def test_a_wait_that_no_rule_lets_a_letter_set_is_left_to_the_practitioner_aloud(protocol: Protocol) -> None:
    result = consulted(protocol, ECZEMA, letter("eczema-psoriasis-chronic", wait_days=90))
    assert any("names a wait of 90 days" in warning for warning in result.warnings)


def test_no_letter_changes_an_exclusion_that_has_none(protocol: Protocol) -> None:
    for role in protocol.roles:
        result = consulted(protocol, {"keloid-history": "yes"}, letter("keloid-history", role=role))
        assert result.verdict is Verdict.EXCLUDE
        assert any("which no letter changes" in warning for warning in result.warnings)
