"""Laws of whole consultations, on random cases: invariants, order independence, purity, monotone caution."""

from datetime import date
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from needlewise.consultation import consult, read_case
from needlewise.errors import CaseError
from needlewise.interop.document import as_document
from needlewise.knowledge import Verdict, load_protocol
from needlewise.verification import consultations
from tests.laws.test_encoding import one_answer

TODAY = date(2026, 11, 24)
PROTOCOL = load_protocol(TODAY)
QUIET = consultations.quiet_case(PROTOCOL, TODAY)
ASKED = sorted(QUIET["facts"])
QUICK = settings(
    max_examples=60,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@st.composite
def cases(draw: st.DrawFn) -> dict[str, Any]:
    """A complete case in which some answers differ, some are missing, and the wishes vary."""
    changed = draw(st.lists(st.sampled_from([name for name in ASKED if name != "birth-date"]), max_size=6, unique=True))
    missing = draw(st.lists(st.sampled_from(ASKED), max_size=2, unique=True))
    facts = {name: value for name, value in QUIET["facts"].items() if name not in missing}
    facts |= {name: draw(one_answer(PROTOCOL.facts[name])) for name in changed}
    known = sorted(PROTOCOL.indications)
    indications = sorted(draw(st.lists(st.sampled_from(known), min_size=1, max_size=3, unique=True)))
    zones = st.lists(st.sampled_from(sorted(PROTOCOL.zones)), min_size=1, max_size=3, unique=True)
    concerns = []
    for indication in indications:
        severities = sorted(PROTOCOL.indications[indication].sessions) or ["any"]
        concerns.append({"indication": indication, "severity": draw(st.sampled_from(severities)), "zones": draw(zones)})
        # Nearly always what the wish supposes: a case that denies it is refused, and shows nothing here.
        for need in PROTOCOL.indications[indication].needs[:1] if draw(st.integers(0, 9)) else ():
            facts[need.fact] = consultations.supposed_answer(need, PROTOCOL.facts[need.fact], TODAY)
    case: dict[str, Any] = {
        "concern": concerns,
        "facts": facts,
        "clinic": {
            "devices": draw(st.lists(st.sampled_from(sorted(PROTOCOL.devices)), max_size=2, unique=True)),
            "weekdays": draw(st.lists(st.sampled_from(["monday", "thursday", "saturday"]), max_size=2, unique=True)),
            "adopted": ["nasolabial-fold", "shin"],
        },
    }
    if draw(st.booleans()):
        depth = draw(st.sampled_from([0.3, 0.75, 1.25, 1.5, 2.5, 4.0]))
        case["override"] = [{"zone": concerns[0]["zones"][0], "depth_mm": depth, "reason": "thick skin, by hand"}]
    if draw(st.booleans()):
        case["clearance"] = consultations.all_clearances(PROTOCOL, TODAY)
    return case


def consulted(data: dict[str, Any]) -> Any:
    try:
        case = read_case(data, PROTOCOL, TODAY)
    except CaseError:
        return None
    return case, consult(case, PROTOCOL, TODAY)


@QUICK
@given(data=cases())
def test_every_invariant_of_a_consultation_holds(data: dict[str, Any]) -> None:
    if (made := consulted(data)) is not None:
        case, result = made
        assert list(consultations.faults(result, case, PROTOCOL)) == []


@QUICK
@given(data=cases(), seed=st.randoms())
def test_the_order_in_which_things_are_written_changes_no_verdict(data: dict[str, Any], seed: Any) -> None:
    names = list(data["facts"])
    seed.shuffle(names)
    shuffled = {**data, "facts": {name: data["facts"][name] for name in names}}
    first, second = consulted(data), consulted(shuffled)
    if first is not None and second is not None:
        assert as_document(first[1], PROTOCOL) == as_document(second[1], PROTOCOL)


@QUICK
@given(data=cases())
def test_the_same_case_gives_the_same_consultation(data: dict[str, Any]) -> None:
    first, second = consulted(data), consulted(data)
    if first is not None and second is not None:
        assert first[1] == second[1]


@QUICK
@given(data=cases(), name=st.sampled_from(ASKED))
def test_forgetting_an_answer_never_makes_a_plan_signable(data: dict[str, Any], name: str) -> None:
    rest = {key: value for key, value in data["facts"].items() if key != name}
    made = consulted({**data, "facts": rest})
    if made is not None:
        _, result = made
        still_asked = [question for question in result.questions if question.fact == name]
        if still_asked:
            open_places = {place for question in still_asked for place in question.places}
            planned = {zone.place for visit in (result.plan.visits if result.plan else ()) for zone in visit.zones}
            assert result.verdict >= Verdict.ASK or open_places
            if result.verdict < Verdict.ASK:
                assert not planned & open_places
            else:
                assert result.plan is None or not result.plan.signable


@QUICK
@given(data=cases())
def test_every_wished_place_of_every_concern_is_planned_or_left_out_with_a_reason(data: dict[str, Any]) -> None:
    made = consulted(data)
    if made is not None and made[1].plan is not None:
        case, result = made
        for concern in case.concerns:
            told = next(c for c in result.plan.concerns if c.concern == concern.id)
            left_out = {out.place for out in told.left_out}
            assert set(concern.places) == set(told.places) | left_out
            assert all(out.why for out in told.left_out)
