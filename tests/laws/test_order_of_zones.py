"""The order in which zones are wished for decides nothing: every place keeps its verdict, its days and its questions."""

from datetime import date, timedelta
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from needlewise.consultation import Consultation, consult, read_case
from needlewise.errors import CaseError
from needlewise.knowledge import Kind, Scope, load_protocol
from needlewise.verification import consultations
from tests.laws.test_encoding import one_answer

TODAY = date(2026, 11, 24)
PROTOCOL = load_protocol(TODAY)
QUIET = consultations.quiet_case(PROTOCOL, TODAY)
ZONES = ("cheek-left", "chin", "forehead", "scalp", "perioral", "temple-right", "shin")
BY_PLACE = sorted(f.id for f in PROTOCOL.facts.values() if f.scope is not Scope.PERSON and f.kind is not Kind.CLEARANCE)
FOLLOWING = {"recovery-normal", "sessions-done", "change-since-start", "new-complication", "open-adverse-event"}


def told(result: Consultation) -> dict[str, Any]:
    """What is said of each place, in no order of places."""
    return {
        "visit": (result.verdict, result.eligible_on),
        "zones": {zone.place: (zone.verdict, zone.eligible_on, zone.ready_on) for zone in result.zones},
        "reasons": {(r.rule, r.verdict, place, r.facts) for r in result.reasons for place in r.places or ("",)},
        "questions": {q.fact: (q.could_become, frozenset(q.places), q.text) for q in result.questions},
    }


def consulted(data: dict[str, Any], zones: list[str]) -> dict[str, Any] | None:
    concern = {"indication": "atrophic-acne-scars", "severity": "moderate", "zones": zones}
    try:
        case = read_case({**data, "concern": [concern]}, PROTOCOL, TODAY)
    except CaseError:
        return None
    return told(consult(case, PROTOCOL, TODAY))


@st.composite
def cases(draw: st.DrawFn) -> tuple[dict[str, Any], list[str]]:
    """A quiet case of some visit, some of its questions answered at some places only."""
    zones = draw(st.lists(st.sampled_from(ZONES), min_size=2, max_size=5, unique=True))
    facts = dict(QUIET["facts"])
    names = st.lists(st.sampled_from(BY_PLACE), max_size=5, unique=True)
    for name in {*draw(names), *(["previous-needling"] if draw(st.booleans()) else [])}:
        fact, entries = PROTOCOL.facts[name], []
        for zone in zones:
            if draw(st.booleans()):
                answer = draw(one_answer(fact))
                key = "value" if fact.kind is Kind.MEASURE else "status"
                entries.append({**(answer if isinstance(answer, dict) else {key: answer}), "where": [zone]})
        facts.pop(name, None)
        if entries:
            facts[name] = entries
    visit = draw(st.sampled_from(["first", "session", "maintenance", "reassessment"]))
    return {"facts": facts, "clinic": QUIET["clinic"], "plan": {"visit": visit}}, zones


@settings(
    max_examples=150,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(case=cases(), seed=st.randoms())
def test_zones_in_any_order_give_the_same_verdicts(case: tuple[dict[str, Any], list[str]], seed: Any) -> None:
    data, zones = case
    other = list(zones)
    seed.shuffle(other)
    assert consulted(data, zones) == consulted(data, other) == consulted(data, zones[::-1])


def test_a_question_that_applies_at_one_place_only_is_asked_there_in_either_order() -> None:
    """Whether it is asked how the skin recovered hangs on an earlier needling, which is answered place by place."""
    needled = {"on": TODAY - timedelta(days=60), "where": ["cheek"]}
    facts = {name: value for name, value in QUIET["facts"].items() if name not in FOLLOWING}
    facts["previous-needling"] = [needled, {"status": "never", "where": ["forehead"]}]
    data = {"facts": facts, "clinic": QUIET["clinic"], "plan": {"visit": "session"}}
    one, other = consulted(data, ["cheek", "forehead"]), consulted(data, ["forehead", "cheek"])
    assert one is not None
    assert one == other
    cheeks = frozenset({"cheek-left", "cheek-right"})
    assert {name: asked[1] for name, asked in one["questions"].items() if name in FOLLOWING} == dict.fromkeys(
        FOLLOWING, cheeks
    )
    assert one["zones"]["forehead"][0] < one["zones"]["cheek-left"][0]
