"""Changes, studies and dated rules as news."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest

from needlewise.errors import NeedlewiseError
from needlewise.interop.news.digest import digest
from needlewise.interop.news.gathering import gather
from needlewise.interop.news.items import NewsItem, NewsKind, newest_first, of_kind
from needlewise.knowledge import EvidenceBase, Protocol
from tests.unit.interop.news.pieces import PUBLISHED, base_with, change, item


def only(items: tuple[NewsItem, ...], ending: str) -> NewsItem:
    (found,) = [one for one in items if one.id.endswith(ending)]
    return found


def rule_from(protocol: Protocol, name: str, day: date) -> EvidenceBase:
    rules = {**protocol.rules, name: replace(protocol.rules[name], from_day=day)}
    return base_with(replace(protocol, rules=rules))


def test_a_change_keeps_its_id_when_its_text_and_day_are_mended(protocol: Protocol) -> None:
    base = base_with(protocol)
    first = gather([change()], base)
    later = gather([change("Altogether different: now.", on=PUBLISHED + timedelta(1))], base)
    wanted = "tag:needlewise,2026:news/clinical/cheeks"
    assert only(first, "/cheeks").id == only(later, "/cheeks").id == wanted
    assert only(first, "/cheeks").title != only(later, "/cheeks").title


@pytest.mark.parametrize(
    ("text", "title", "summary"),
    [
        ("Planning: one range. And more.", "Planning", "One range. And more."),
        ("Cheeks go less deep. So: be it.", "Cheeks go less deep", "So: be it."),
        ("Cheeks go less deep.", "Cheeks go less deep", ""),
        (f"{'Very ' * 20}long: rest. End.", f"{'Very ' * 20}long: rest", "End."),
    ],
)
def test_a_text_is_parted_into_title_and_summary(text: str, title: str, summary: str, protocol: Protocol) -> None:
    found = only(gather([change(text)], base_with(protocol)), "/cheeks")
    assert (found.title, found.summary) == (title, summary)


def test_what_only_contributors_notice_is_no_news(protocol: Protocol) -> None:
    items = gather([change(kind="internal")], base_with(protocol))
    assert not [one for one in items if "cheeks" in one.id]


def test_a_clinical_change_that_does_not_say_what_it_touches_touches_everything(protocol: Protocol) -> None:
    base = base_with(protocol)
    assert only(gather([change()], base), "/cheeks").touches.everything
    named = only(gather([change(touches=("rules/under-18",))], base), "/cheeks").touches
    assert (named.everything, named.rules) == (False, ("under-18",))
    assert not only(gather([change(kind="feature")], base), "/cheeks").touches.everything


def test_studies_of_one_day_are_one_piece_of_news(protocol: Protocol) -> None:
    base = base_with(protocol, added={"alam2014": PUBLISHED, "skinpen_neck": PUBLISHED, "ablon2018": date(2026, 12, 5)})
    items = of_kind(gather([], base), NewsKind.EVIDENCE)
    assert [one.on for one in items] == [date(2026, 12, 5), PUBLISHED, date(2026, 11, 22)]
    alone, two, rest = items
    assert alone.title.startswith("Study added: ")
    assert alone.touches.studies == ("ablon2018",)
    assert two.title == "2 studies added"
    assert two.touches.studies == ("alam2014", "skinpen_neck")
    assert {"atrophic-acne-scars", "neck-lines"} <= set(two.touches.indications)
    assert len(rest.touches.studies) == len(base.studies) - 3


def test_a_retraction_stands_beside_the_news_of_the_study_and_before_all_else_of_its_day(protocol: Protocol) -> None:
    items = gather([change()], base_with(protocol, retracted="alam2014"))
    first = items[0]
    assert first.kind is NewsKind.RETRACTION
    assert first.id.endswith("evidence/retracted/alam2014")
    assert "Why: The figures of one side were copied." in first.summary
    assert first.touches.studies == ("alam2014",)
    assert first.touches.sources
    assert "alam2014" in only(items, "added/2026-11-22").touches.studies


def test_whoever_asks_for_evidence_is_told_of_retractions(protocol: Protocol) -> None:
    items = gather([change()], base_with(protocol, retracted="alam2014"))
    assert {one.kind for one in of_kind(items, NewsKind.EVIDENCE)} == {NewsKind.EVIDENCE, NewsKind.RETRACTION}
    assert {one.kind for one in of_kind(items, NewsKind.RETRACTION)} == {NewsKind.RETRACTION}
    assert of_kind(items, None) == items


def test_rules_of_the_first_edition_are_no_news(protocol: Protocol) -> None:
    assert not [one for one in gather([], base_with(protocol)) if "rules-from" in one.id]


def test_a_rule_in_force_from_a_later_day_is_news_unless_a_change_tells_of_it(protocol: Protocol) -> None:
    base = rule_from(protocol, "under-18", PUBLISHED)
    found = only(gather([], base), f"rules-from/{PUBLISHED.isoformat()}")
    assert (found.kind, found.on, found.touches.rules) == (NewsKind.CLINICAL, PUBLISHED, ("under-18",))
    told = gather([change(touches=("rules/under-18",))], base)
    assert [one.id for one in told if "/clinical/" in one.id] == ["tag:needlewise,2026:news/clinical/cheeks"]
    of_another_day = change(touches=("rules/under-18",), from_day=date(2027, 5, 1))
    assert only(gather([of_another_day], base), f"rules-from/{PUBLISHED.isoformat()}")


def test_no_two_pieces_share_an_id_or_a_place_on_the_page(protocol: Protocol) -> None:
    items = gather([change(), change(kind="fix")], base_with(protocol, retracted="alam2014"))
    assert len({one.id for one in items}) == len({one.slug for one in items}) == len(items)


def test_news_is_told_newest_first() -> None:
    days = [date(2026, 12, 1), date(2027, 1, 1), date(2026, 11, 30)]
    assert [one.on for one in newest_first(item(on=day) for day in days)] == sorted(days, reverse=True)


def test_a_digest_tells_the_days_from_the_first_and_without_the_last() -> None:
    week = [item(on=PUBLISHED + timedelta(day), name=f"day-{day}") for day in range(4)]
    told = digest(week, PUBLISHED + timedelta(1), PUBLISHED + timedelta(3))
    assert told is not None
    assert "Needlewise: 2 pieces of news" in told
    assert [name for name in ("day-0", "day-1", "day-2", "day-3") if name in told] == ["day-1", "day-2"]
    assert told.index("day-2") < told.index("day-1")
    assert max(map(len, told.split("\n"))) <= 72


def test_digests_that_follow_on_one_another_tell_each_piece_once() -> None:
    items = [item(on=PUBLISHED + timedelta(day), name=f"day-{day}-") for day in range(6)]
    cuts = [PUBLISHED + timedelta(day) for day in (0, 2, 3, 6)]
    told = "".join(digest(items, since, until) or "" for since, until in pairwise(cuts))
    assert [told.count(f"day-{day}-") for day in range(6)] == [1] * 6


def test_a_digest_of_quiet_days_is_none_and_one_that_ends_before_it_begins_is_refused() -> None:
    assert digest([item()], date(2027, 1, 1), date(2027, 2, 1)) is None
    with pytest.raises(NeedlewiseError, match="change the two days round"):
        digest([item()], date(2027, 2, 1), date(2027, 1, 1))


def test_a_digest_shouts_a_retraction_and_says_whom_a_change_reaches(protocol: Protocol) -> None:
    told = digest(gather([change()], base_with(protocol, retracted="alam2014")), PUBLISHED, date(2027, 1, 1))
    assert told is not None
    assert "RETRACTED: " in told
    assert "Reaches: everyone." in told
    assert "In force from 1 December 2026" in told
