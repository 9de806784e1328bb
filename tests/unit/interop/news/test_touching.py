"""Whether news touches a consultation."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from needlewise.consultation import Consultation
from needlewise.interop.news.gathering import gather
from needlewise.interop.news.items import NewsKind
from needlewise.interop.news.touching import held_by, touched
from needlewise.knowledge import Protocol
from tests.unit.interop.chair import sitting
from tests.unit.interop.news.pieces import base_with, item


@pytest.fixture(scope="module")
def planned(protocol: Protocol, today: date) -> Consultation:
    """Acne scars in someone who smokes."""
    return sitting(protocol, today, {"smoking": "yes"}).consultation


def test_a_consultation_holds_its_rules_its_indications_and_every_source_it_cites(planned: Consultation) -> None:
    held = held_by(planned)
    assert "smoking" in held.rules
    assert held.indications == ("atrophic-acne-scars",)
    assert planned.plan is not None
    in_a_trace = {c.id for v in planned.plan.visits for z in v.zones for s in z.trace for c in s.mark.sources}
    assert in_a_trace
    assert in_a_trace <= set(held.sources)
    assert {c.id for reason in planned.reasons for c in reason.mark.sources} <= set(held.sources)


@pytest.mark.parametrize(
    ("touches", "is_touched"),
    [
        ({"rules": ("smoking",)}, True),
        ({"rules": ("vitiligo",)}, False),
        ({"indications": ("atrophic-acne-scars", "neck-lines")}, True),
        ({"indications": ("neck-lines",)}, False),
        ({"everything": True}, True),
        ({}, False),
        # The same word in another list is another thing.
        ({"indications": ("smoking",)}, False),
    ],
)
def test_news_touches_what_names_the_same(touches: dict[str, object], is_touched: bool, planned: Consultation) -> None:
    assert touched(item(NewsKind.CLINICAL, **touches), planned) is is_touched


def test_a_cited_source_is_enough(planned: Consultation) -> None:
    assert touched(item(sources=held_by(planned).sources[-1:]), planned)
    assert not touched(item(sources=("nobody2026",)), planned)


def test_a_plan_made_after_the_news_knew_it(planned: Consultation, today: date) -> None:
    news = item(NewsKind.CLINICAL, everything=True)
    for days, is_touched in ((-1, False), (0, True), (1, True)):
        assert touched(replace(news, on=today + timedelta(days)), planned) is is_touched


def test_a_plan_made_before_a_change_came_into_force_is_touched_though_the_news_was_out(
    planned: Consultation, today: date
) -> None:
    news = item(NewsKind.CLINICAL, on=today - timedelta(30), everything=True)
    assert not touched(news, planned)
    assert touched(replace(news, from_day=today + timedelta(30)), planned)


def test_a_retraction_touches_plans_for_the_same_trouble_and_no_other(
    planned: Consultation, protocol: Protocol
) -> None:
    ours = gather([], base_with(protocol, retracted="alam2014"))[0]
    assert ours.kind is NewsKind.RETRACTION
    assert touched(ours, planned)
    other = gather([], base_with(protocol, retracted="skinpen_neck"))[0]
    assert not touched(replace(other, touches=replace(other.touches, sources=())), planned)
