"""Everything the page shows, gathered once per request."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from zlib import crc32

from needlewise.clinical.questions import DEVICES, SEVERITY
from needlewise.interop.days import plain_day
from needlewise.interop.expectations import MODEL_NO_PROMISE, NO_PROMISE
from needlewise.knowledge import Protocol, Verdict
from needlewise.web.design.marks import mark_view
from needlewise.web.design.zonemap import View, ZoneShape, view_of, views
from needlewise.web.pages.consultation.asking import AskedFact, Topic, topics
from needlewise.web.pages.consultation.considering import Outcome
from needlewise.web.pages.consultation.deciding import decisions
from needlewise.web.pages.consultation.examples import worked_examples
from needlewise.web.pages.consultation.foretelling import concern_pictures, expected_of
from needlewise.web.pages.consultation.form_places import element_of
from needlewise.web.pages.consultation.presenting import (
    OpenQuestion,
    place_states,
    place_views,
    question_views,
    reason_views,
    verdict_view,
    warning_texts,
)
from needlewise.web.pages.consultation.presenting_care import (
    aftercare_rows,
    call_rows,
    product_rows,
    ribbon_list,
    ribbon_of,
)
from needlewise.web.pages.consultation.presenting_plan import (
    concern_views,
    depth_plates,
    follow_up_views,
    left_out_views,
    session_views,
    unsupported_views,
)
from needlewise.web.pages.consultation.sheet import Sheet
from needlewise.web.pages.consultation.wishes import (
    ConcernForm,
    adjunct_choices,
    anaesthetic_choices,
    concern_forms,
    device_forms,
    visit_choices,
    weekday_choices,
)
from needlewise.web.pages.consultation.wording import readable

Context = dict[str, Any]


@dataclass(frozen=True, slots=True)
class PlaceState:
    """One place on the map: its tone, its words, and the concerns it is wished for."""

    place: str
    label: str
    tone: str
    words: str
    concerns: str
    wished: bool
    in_hand: bool


def page_context(sheet: Sheet, outcome: Outcome, protocol: Protocol, on: date) -> Context:
    """The whole page."""
    tones = place_states(outcome.consultation, protocol)
    concerns = concern_forms(sheet, protocol, tones)
    asked = topics(sheet, outcome, protocol, on)
    states = place_state_list(concerns, tones, protocol)
    questions = question_views(outcome.consultation, fields_of_case(concerns), protocol)
    return {
        "on": on,
        "today": plain_day(on),
        "plan_id": sheet.text("plan_id"),
        "protocol": protocol,
        "outcome": outcome,
        "examples": worked_examples().values(),
        "concerns": concerns,
        "several": len(concerns) > 1,
        "wishes_shape": shape_of(f"{concern.number}{concern.wish}" for concern in concerns),
        "places_shape": shape_of(f"{concern.number}{concern.in_hand}" for concern in concerns),
        "topics": asked,
        "notable": [one for topic in asked for one in topic.asked if one.notable and one.safe],
        "next": next_question(asked, questions),
        "questions": questions,
        "empty_map": not any(state.wished for state in states),
        "states": states,
        "map": map_views(states),
        "legend": legend_of(states, protocol),
        "view_id": view_shown(sheet.text("view"), states),
        "problems": problem_list(sheet, outcome, on),
        "start_on": sheet.text("start_on"),
        "devices": device_forms(sheet, protocol),
        "weekdays": weekday_choices(sheet),
        "visits": visit_choices(sheet),
        "anaesthetics": anaesthetic_choices(sheet),
        "adjuncts": adjunct_choices(sheet, protocol),
        **result_context(sheet, outcome, protocol),
    }


def result_context(sheet: Sheet, outcome: Outcome, protocol: Protocol) -> Context:
    """The verdict and the plan."""
    consultation = outcome.consultation
    if consultation is None:
        return {"consultation": None}
    found: Context = {
        "consultation": consultation,
        "edition": str(consultation.edition),
        "reviewed": consultation.edition.reviewed,
        "verdict": verdict_view(consultation, protocol),
        "places": place_views(consultation, protocol),
        "reasons": reason_views(consultation, protocol),
        "decisions": decisions(consultation, sheet, protocol),
        "warnings": warning_texts(consultation, protocol),
        "numbing": consultation.numbing,
        "numbing_mark": mark_view(consultation.numbing.mark, protocol) if consultation.numbing else None,
    }
    if (plan := consultation.plan) is not None:
        found |= {
            "plan": plan,
            "sessions": session_views(plan, protocol, consultation.on),
            "follow_up": follow_up_views(plan, protocol, consultation.on),
            "plates": depth_plates(plan, outcome, protocol),
            "left_out": left_out_views(plan, protocol, consultation.on),
            "courses": concern_views(plan, protocol),
            "unsupported": unsupported_views(plan, protocol),
            "ribbon": ribbon_of(consultation),
            "ribbon_list": ribbon_list(consultation),
            "products": product_rows(consultation, protocol),
            "aftercare": aftercare_rows(consultation, protocol),
            "calls": call_rows(consultation, protocol),
            "foretold": concern_pictures(expected_of(outcome.case, consultation)) if outcome.case else [],
            "no_promise": NO_PROMISE,
            "model_no_promise": MODEL_NO_PROMISE,
        }
    return found


def shape_of(parts: Iterable[str]) -> str:
    return f"{crc32('|'.join(parts).encode()):x}"


def fields_of_case(concerns: list[ConcernForm]) -> dict[str, str]:
    """Where the page takes what belongs to the case and not to a question: how marked it is, and which devices."""
    unsaid = [one for one in concerns if one.chosen and one.severities and not any(o.chosen for o in one.severities)]
    return {DEVICES: "devices", SEVERITY: f"severity-{unsaid[0].number if unsaid else 0}"}


def next_question(asked: list[Topic], questions: list[OpenQuestion]) -> Context | None:
    """The open question that decides most, with the fields that answer it or, if it has none here, the way to them."""
    if not questions:
        return None
    first = questions[0]
    by_id: dict[str, AskedFact] = {one.id: one for topic in asked for one in topic.asked}
    found = {"question": first, "open": len(questions), "asked": by_id.get(first.fact), "shape": first.field}
    if (one := by_id.get(first.fact)) is not None:
        status = next((option.value for option in one.rows[0].options if option.chosen), "")
        found |= {"row": one.rows[0], "shape": f"{one.id}:{status}"}
    return found


def place_state_list(
    concerns: list[ConcernForm], tones: Mapping[str, tuple[str, str]], protocol: Protocol
) -> list[PlaceState]:
    """Every place of the protocol, so that the map can be told what each of them shows."""
    wished: dict[str, list[ConcernForm]] = {}
    for concern in concerns:
        for region in concern.regions:
            for zone in region.zones:
                for option in zone.places:
                    if option.chosen:
                        wished.setdefault(option.value, []).append(concern)
    several = len(concerns) > 1
    found = []
    for place in protocol.places.values():
        mine = wished.get(place.id, [])
        tone, words = tones.get(place.id, ("wished", "wished") if mine else ("", ""))
        numbers = " ".join(str(concern.number + 1) for concern in mine) if several else ""
        in_hand_now = any(concern.in_hand for concern in mine)
        found.append(PlaceState(place.id, place.label, tone, words, numbers, bool(mine), in_hand_now))
    return found


def view_shown(asked: str, states: list[PlaceState]) -> str:
    """The view asked for, else the one that shows the first wished place, else the first there is."""
    ids = [view.id for view in views()]
    wished = (view_of(state.place) for state in states if state.wished)
    return next((view for view in (asked, *wished, *ids) if view in ids), "")


def legend_of(states: list[PlaceState], protocol: Protocol) -> list[tuple[str, str]]:
    """The tones that stand on the map now, in the order of the ladder, with their words."""
    words = {
        **{verdict.word: protocol.words(verdict).short for verdict in Verdict},
        "left-out": "left out",
        "wished": "wished for",
    }
    shown = {state.tone for state in states if state.wished}
    return [(tone, text) for tone, text in words.items() if tone in shown]


def map_views(states: list[PlaceState]) -> list[tuple[View, list[tuple[ZoneShape, PlaceState]], int]]:
    """Each view with the state of its zones, and how many of them are wished for."""
    by_place = {state.place: state for state in states}
    found = []
    for view in views():
        zones = [(zone, by_place[zone.place]) for zone in view.zones if zone.place in by_place]
        found.append((view, zones, sum(state.wished for _, state in zones)))
    return found


def problem_list(sheet: Sheet, outcome: Outcome, on: date) -> list[Context]:
    """What could not be read, with the field it belongs to."""
    return [
        {
            "field": element_of(problem, outcome.tables, sheet),
            "found": readable(problem.found, on),
            "expected": readable(problem.expected, on),
            "hint": problem.hint if "`needlewise" not in problem.hint else "",
        }
        for problem in outcome.problems
    ]
