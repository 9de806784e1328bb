"""The law of overlays: whatever a clinic's accepted list says, no consultation under it is less cautious.

Plans are compared where both treat the same concerns at the same places: where a list leaves nothing of one concern at
a place, another may have the place to itself, and a caution about a place that is left out need not be acknowledged.
Where the depth on the scalp falls to what needs less rest, the rest is shorter.
"""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, assume, event, given, settings
from hypothesis import strategies as st

from needlewise.clinical.planning import Plan
from needlewise.clinical.schedule import INTERVAL_LIMIT
from needlewise.clinical.visits import Visit
from needlewise.consultation import Consultation, consult, read_case
from needlewise.errors import CaseError
from needlewise.knowledge import Kind, Protocol, Verdict
from needlewise.knowledge._load import under
from needlewise.verification import consultations
from tests.laws.test_consultations import PROTOCOL, TODAY, cases

QUICK = settings(
    max_examples=150,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
NEW_VERDICTS = {Verdict.CAUTION, Verdict.REFER, Verdict.DEFER, Verdict.EXCLUDE}
WITH_WAITS = sorted(name for name, rule in PROTOCOL.rules.items() if any(way.wait_days for way in rule.any))
WITH_DEPTH = sorted(name for name, zone in PROTOCOL.zones.items() if zone.depth)
FRACTIONS = st.sampled_from([0.2, 0.5, 0.7, 0.9])
REMOVALS = [*(f'remove_device = "{name}"' for name in sorted(PROTOCOL.devices)), 'remove_adjunct = "prp"']
HANGING = ("", "antithrombotic", "melasma", "phototype-5-6", "sensitive-skin")


@st.composite
def entries(draw: st.DrawFn, case: dict[str, Any], fired: list[str]) -> str:
    """One tightening, as the lines below its [[tighten]]; more often than not of a row that the case meets."""

    def one_of(met: Iterable[str], table: Iterable[str]) -> str:
        known = sorted(table)
        near = [name for name in dict.fromkeys(met) if name in known]
        return str(draw(st.sampled_from(near if near and draw(st.integers(0, 3)) else known)))

    zones = [name for concern in case["concern"] for name in concern["zones"]]
    kind = draw(st.sampled_from(["verdict", "wait", "zone", "zone", "limit", "sessions", "care", "remove"]))
    if kind == "verdict":
        rule = PROTOCOL.rules[one_of(fired, PROTOCOL.rules)]
        higher = sorted(v for v in NEW_VERDICTS if v > rule.verdict and (v is not Verdict.DEFER or rule.wait))
        assume(higher)
        return f'rule = "{rule.id}"\nverdict = "{draw(st.sampled_from(higher)).word}"'
    if kind == "wait":
        name = one_of(fired, WITH_WAITS)
        days = max(way.wait_days or 0 for way in PROTOCOL.rules[name].any)
        return f'rule = "{name}"\nwait_days = {days + draw(st.integers(1, 60))}'
    if kind == "zone":
        name = one_of(zones, WITH_DEPTH)
        value = draw(st.sampled_from(["rejuvenation_max_mm", "scar_max_mm", "ceiling_mm", "passes_max"]))
        old = getattr(PROTOCOL.zones[name].depth, value)
        new = max(1, old - 1) if value == "passes_max" else round(old * draw(FRACTIONS), 2)
        assume(new < old)
        return f'zone = "{name}"\n{value} = {new}'
    if kind == "limit":
        name = one_of((), (n for n, limit in PROTOCOL.limits.items() if limit.depth_mm))
        return f'limit = "{name}"\ndepth_mm = {round((PROTOCOL.limits[name].depth_mm or 0) * draw(FRACTIONS), 2)}'
    if kind == "sessions":
        rows = (PROTOCOL.indications[one["indication"]].sessions.get(one["severity"], "") for one in case["concern"])
        row = PROTOCOL.sessions[one_of(rows, PROTOCOL.sessions)]
        return f'sessions = "{row.id}"\ninterval_min_days = {row.interval_min_days + draw(st.integers(1, 30))}'
    if kind == "remove":
        return draw(st.sampled_from(REMOVALS))
    table, value = draw(st.sampled_from([("preparation", "days_before"), ("aftercare", "hours_until")]))
    row = draw(st.sampled_from(list(getattr(PROTOCOL, table).values())))
    return f'{table} = "{row.id}"\n{value} = {getattr(row, value) + draw(st.integers(1, 20))}'


@st.composite
def added_rules(draw: st.DrawFn) -> str:
    """A rule of the clinic's own: one cell, any verdict, perhaps a modifier and a wait."""
    choices = [fact for fact in PROTOCOL.facts.values() if fact.options and fact.kind is not Kind.CLEARANCE]
    fact = draw(st.sampled_from(choices))
    verdict = draw(st.sampled_from(["adjust", "caution", "refer", "defer", "exclude"]))
    modifier = draw(st.sampled_from(HANGING))
    wait = verdict == "defer" or (verdict == "adjust" and draw(st.booleans()))
    kind = "defer" if verdict == "defer" else "preparation"
    return "\n".join(
        [
            '[[add]]\nid = "our-own"\ntitle = "Our own"\n\n[add.rule]\nfrom_day = 2026-01-01',
            f'scope = "{fact.scope.value}"\nverdict = "{verdict}"\nbecause = "Our own habit, of what you bought yourself."',
            f'modifier = "{modifier}"' if modifier else "",
            f'any = [{{ all = [{{ fact = "{fact.id}", one_of = ["{draw(st.sampled_from(fact.options))}"] }}]'
            + (f", wait_days = {draw(st.integers(1, 90))} }}]" if wait else " }]"),
            f'wait = {{ kind = "{kind}" }}' if wait else "",
            f'prescribed = {{ verdict = "{verdict}", because = "Ask who prescribed it." }}' if wait else "",
            'mark = { origin = "chosen", why = "Our own habit." }\n',
            '[[add.example]]\nname = "not asked"\ngiven = {}\nthen = "ask"\n',
        ]
    )


@st.composite
def cases_and_overlays(draw: st.DrawFn) -> tuple[dict[str, Any], str]:
    case = draw(cases())
    before = consulted(case, PROTOCOL)
    assume(before is not None)
    fired = [reason.rule for reason in before.reasons] if before is not None else []
    rows = entries(case, fired)
    # Of one row the second value might be no tighter than the first.
    tighten = draw(st.lists(rows, min_size=1, max_size=6, unique_by=lambda entry: entry.split("\n")[0]))
    added = [draw(added_rules())] if draw(st.booleans()) else []
    return case, "\n\n".join(['title = "Example clinic"', *(f"[[tighten]]\n{entry}" for entry in tighten), *added])


def less_cautious(before: Consultation, after: Consultation) -> Iterator[str]:
    """Every way in which a consultation is less cautious than the one before."""
    if after.verdict < before.verdict:
        yield f"the visit: {after.verdict.word} instead of {before.verdict.word}"
    both_deferred = before.verdict is after.verdict is Verdict.DEFER
    if both_deferred and after.eligible_on and (before.eligible_on is None or after.eligible_on < before.eligible_on):
        yield f"the visit: eligible on {after.eligible_on} instead of {before.eligible_on}"
    for old, new in zip(before.zones, after.zones, strict=True):
        if new.verdict < old.verdict:
            yield f"{old.place}: {new.verdict.word} instead of {old.verdict.word}"
        days = [max(filter(None, (zone.eligible_on, zone.ready_on)), default=None) for zone in (old, new)]
        # On no day at all is later than on any.
        undated = new.verdict is Verdict.EXCLUDE or (new.verdict is Verdict.DEFER and new.eligible_on is None)
        if days[0] is not None and not undated and (days[1] is None or days[1] < days[0]):
            yield f"{old.place}: ready on {days[1]} instead of {days[0]}"
    if after.plan is not None:
        if before.plan is None:
            yield "a plan where there was none"
        else:
            yield from _bolder(before.plan, after.plan)


def _bolder(before: Plan, after: Plan) -> Iterator[str]:
    alike = _treated(before) == _treated(after)
    if alike and after.signable and not before.signable:
        yield "signable"
    for old, new in zip(before.sessions, after.sessions, strict=False) if alike else ():
        yield from _deeper(old, new)
        if new.on < old.on and not _scalp_rests_less(before, after):
            yield f"session {new.number} on {new.on} instead of {old.on}"
    if alike and not _scalp_rests_less(before, after):
        for (a, b), (c, d) in zip(pairwise(before.sessions), pairwise(after.sessions), strict=True):
            if d.on - c.on < b.on - a.on and not _moved_to_a_weekday(a, b, c, d):
                yield f"{(d.on - c.on).days} days between sessions instead of {(b.on - a.on).days}"


def _treated(plan: Plan) -> list[tuple[str, tuple[str, ...]]]:
    return [(zone.place, zone.concerns) for visit in plan.sessions for zone in visit.zones]


def _deeper(old: Visit, new: Visit) -> Iterator[str]:
    for was, now in zip(old.zones, new.zones, strict=True):
        for name in ("depth_mm", "ceiling_mm", "limit_mm", "passes", "passes_min"):
            if getattr(now, name) > getattr(was, name):
                yield f"{now.place}: {name} {getattr(now, name)} instead of {getattr(was, name)}"


def _scalp_rests_less(before: Plan, after: Plan) -> bool:
    """The one span that a smaller depth shortens, as the limit itself says."""
    limit = PROTOCOL.limits[INTERVAL_LIMIT]
    shallow = limit.shallow_depth_mm or 0.0
    pairs = zip(before.sessions, after.sessions, strict=False)
    return any(
        PROTOCOL.places[was.place].zone.region == limit.shallow_region and now.depth_mm <= shallow < was.depth_mm
        for old, new in pairs
        for was, now in zip(old.zones, new.zones, strict=True)
    )


def _moved_to_a_weekday(a: Visit, b: Visit, c: Visit, d: Visit) -> bool:
    """Both spans are the least that is allowed, moved on to a weekday of the clinic: from other days, by other days."""
    return (b.on - a.on) - (d.on - c.on) < timedelta(days=7) and d.on >= b.on


def consulted(data: dict[str, Any], protocol: Protocol) -> Consultation | None:
    try:
        return consult(read_case(data, protocol, TODAY), protocol, TODAY)
    except CaseError:
        return None


@QUICK
@given(both=cases_and_overlays())
def test_no_accepted_overlay_makes_any_consultation_less_cautious(both: tuple[dict[str, Any], str]) -> None:
    data, overlay = both
    before, after = consulted(data, PROTOCOL), consulted(data, under(PROTOCOL, overlay.encode()))
    assert before is not None
    if after is None:
        removed = [name for name in data["clinic"]["devices"] if f'remove_device = "{name}"' in overlay]
        assert removed, "only a device that the clinic removed makes a case unreadable"
        return
    event("the plan differs" if after.plan != before.plan else "the same plan")
    assert list(less_cautious(before, after)) == []


@QUICK
@given(both=cases_and_overlays())
def test_the_invariants_of_a_consultation_hold_under_every_overlay(both: tuple[dict[str, Any], str]) -> None:
    data, overlay = both
    protocol = under(PROTOCOL, overlay.encode())
    try:
        case = read_case(data, protocol, TODAY)
    except CaseError:
        return
    assert list(consultations.faults(consult(case, protocol, TODAY), case, protocol)) == []


CHEEK = [{"indication": "atrophic-acne-scars", "severity": "moderate", "zones": ["cheek"]}]
FELT: dict[str, tuple[dict[str, Any], str, str]] = {
    "verdict": ({"smoking": "yes"}, 'rule = "smoking"\nverdict = "refer"', "the visit: caution instead of refer"),
    "wait": (
        {"filler": {"on": TODAY - timedelta(days=5)}},
        'rule = "filler-recent"\nwait_days = 56',
        "cheek-left: ready on 2026-12-17 instead of 2027-01-14",
    ),
    "zone": ({}, 'zone = "cheek"\nscar_max_mm = 1.0', "cheek-left: ceiling_mm 1.25 instead of 1.0"),
    "passes": ({}, 'zone = "cheek"\npasses_max = 3', "cheek-left: passes 4 instead of 3"),
    "limit": ({}, 'limit = "H1"\ndepth_mm = 1.0', "cheek-left: limit_mm 1.25 instead of 1.0"),
    "interval": (
        {},
        'sessions = "acne-scar-moderate"\ninterval_min_days = 50',
        "28 days between sessions instead of 50",
    ),
    "preparation": (
        {"vitamin-c-product": "now"},
        'preparation = "vitamin_c"\ndays_before = 21',
        "session 1 on 2026-12-01 instead of 2026-12-15",
    ),
}


@pytest.mark.parametrize("kind", FELT)
def test_each_kind_of_loosening_would_be_noticed(kind: str) -> None:
    """What a list tightens, taken back, is less cautious: so the law above is not blind to it."""
    facts, entry, told = FELT[kind]
    data = {**consultations.quiet_case(PROTOCOL, TODAY), "concern": CHEEK}
    data["facts"] |= facts
    strict = under(PROTOCOL, f'title = "Example clinic"\n[[tighten]]\n{entry}\n'.encode())
    before, after = consulted(data, PROTOCOL), consulted(data, strict)
    assert before is not None
    assert after is not None
    assert list(less_cautious(before, after)) == []
    assert told in list(less_cautious(after, before))
