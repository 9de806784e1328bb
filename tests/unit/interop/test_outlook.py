"""How skin is expected to heal, in words, as a document and as pictures."""

import json
from collections.abc import Callable
from dataclasses import replace
from math import ceil
from xml.etree import ElementTree

import pytest

from needlewise.consultation import PEOPLE as EVERYBODY
from needlewise.consultation import consult, foresee, what_if
from needlewise.errors import HealingError
from needlewise.healing.course import LEVELS, Over, compare
from needlewise.healing.model import OBSERVABLES
from needlewise.healing.regimen import Outside
from needlewise.interop import outlook as words
from needlewise.interop.charts.course_drawing import two_weeks_svg, year_svg
from needlewise.interop.charts.drawing import Palette
from needlewise.interop.charts.healing import two_weeks, year
from needlewise.interop.course_document import course_document
from needlewise.interop.expectations import MODEL_NO_PROMISE
from needlewise.interop.handouts import patient_pdf
from needlewise.interop.outlook import compared, outlooks, table
from needlewise.knowledge import load_learning
from tests.unit.interop.chair import pages_of, plain
from tests.unit.interop.courses import ON, WITHOUT_DOSE, biology, foreseen, held, told
from tests.unit.knowledge.reading_grade import HARDEST, grade, hard_words


def patient_texts() -> list[str]:
    one = told()[0]
    return [
        MODEL_NO_PROMISE,
        words.MODEL.format(people="2000"),
        words.NO_ALARM,
        words.NOT_LOOKS,
        one.recovery_means,
        one.tissue_means,
        words.PROPOSED,
        words.READ_SMALL,
        words.READ_YEAR,
        *(row.plain for row in (*one.recovery, *one.tissue)),
        *one.sure_plain,
    ]


def test_what_a_patient_reads_is_easy_enough_as_a_whole_and_sentence_by_sentence() -> None:
    known = hard_words(load_learning(biology().protocol))
    assert grade(" ".join(patient_texts()), known) <= HARDEST
    # A single sentence may be a little harder than the page.
    assert {text: grade(text, known) for text in patient_texts() if grade(text, known) > HARDEST + 2} == {}


def test_words_and_numbers_say_the_same() -> None:
    one = told()[0]
    assert one.course is not None
    for row, said in zip(one.course.read_offs, one.tissue, strict=True):
        change = round(100 * (row.values[LEVELS.index(0.5)] - 1))
        assert f"{change:+d}".replace("-", "−") in said.text
        assert f"about {abs(change)} % {'more' if change > 0 else 'less'}" in said.plain
    redness = next(row for row in one.course.over if row.threshold == "redness-over")
    assert redness.half is not None
    assert f"by day {ceil(redness.half)} for half of the people" in one.recovery[0].text


def test_a_patient_is_told_whole_days_and_never_too_few() -> None:
    (found,) = foreseen()
    assert found.course is not None
    over = (Over("redness-over", 1, 2.1, 6.9), Over("redness-over", 2, 0.2, None))
    barrier = (Over("barrier-closed", 1, 1.0, 3.0),)
    course = replace(found.course, over=(*over, *barrier))
    said = [row.plain for row in words.recovery_of(course, biology())]
    assert said[0] == (
        "For half of the people, the redness has faded within 1 day after a visit. For 9 of 10, it takes longer than we looked."
    )
    assert said[1].endswith("within 1 day after a visit. For 9 of 10, within 3 days.")


def test_what_is_not_known_is_named_and_nothing_is_guessed() -> None:
    for one in told(WITHOUT_DOSE):
        assert one.course is None
        assert one.missing
        assert one.notes == (words.FRESH, "Not counted: 1 more session, held only if needed.")
        assert (one.recovery, one.tissue, one.sure) == ((), (), ())


def test_the_consultation_is_the_same_with_and_without_what_is_foreseen() -> None:
    case, consultation = held()
    before = consult(case, biology().protocol, ON)
    foresee(case, consultation, biology(), 100)
    assert consultation == before == consult(case, biology().protocol, ON)


def test_nothing_is_foreseen_where_nothing_is_planned() -> None:
    case, consultation = held(WITHOUT_DOSE.parent / "pregnancy.toml")
    assert foresee(case, consultation, biology()) == ()
    with pytest.raises(HealingError, match="none, because nothing is planned"):
        what_if(case, consultation, biology(), "cheek-left", foreseen()[0].treated.as_planned)


def test_another_schedule_is_compared_on_the_same_people_and_told_with_its_share() -> None:
    case, consultation = held()
    here = foreseen()[0].treated
    wanted = replace(here.as_planned, sessions=here.leeway.sessions[1])
    found = what_if(case, consultation, biology(), here.places[0], wanted)
    assert found is not None
    assert found.first.people == found.second.people == EVERYBODY
    rows = dict(compared(found, biology()))
    assert "of 100 people" in rows["Collagen, 12 months after the first session"]
    same = compare(found.first.regimen, found.first.regimen, biology(), 100)
    assert all(told.startswith("No difference") for _, told in compared(same, biology()))


def test_a_place_that_is_not_planned_is_refused_with_those_that_are() -> None:
    with pytest.raises(HealingError, match="one of: glabella"):
        what_if(*held(), biology(), "nose", foreseen()[0].treated.as_planned)


def test_the_document_holds_every_observable_and_can_be_read_back() -> None:
    document = json.loads(json.dumps(course_document(told(), biology())))
    (course,) = document["courses"]
    assert set(course["bands"]) == set(OBSERVABLES)
    assert len(course["bands"]["collagen"]) == len(LEVELS)
    assert len(course["bands"]["collagen"][0]) == len(course["days"])
    assert document["promise"] == MODEL_NO_PROMISE
    assert "bands" not in course_document(told(WITHOUT_DOSE), biology())["courses"][0]
    alone = course_document(told(), biology(), "unbraked")["courses"][0]
    assert alone["bands"] != course["bands"]


def test_the_pictures_hold_the_numbers_of_the_course_and_every_session() -> None:
    course = told()[0].course
    assert course is not None
    spec = year(course)
    lines = [layer for layer in spec["layer"] if layer["mark"].get("type") == "line"]
    values = [row["value"] for row in lines[0]["data"]["values"]]
    middle = 100 * (course.average.of("collagen")[LEVELS.index(0.5)] - 1)
    assert values == pytest.approx(middle.tolist(), abs=1e-3)
    texts = [
        row["text"] for layer in spec["layer"] if layer["mark"]["type"] == "text" for row in layer["data"]["values"]
    ]
    assert {"1", "2", "3", "4"} <= set(texts)
    assert all(panel["layer"] for panel in two_weeks(course)["hconcat"])


def test_two_courses_side_by_side_are_drawn_to_one_scale() -> None:
    case, consultation = held()
    here = foreseen()[0].treated
    found = what_if(case, consultation, biology(), here.places[0], replace(here.as_planned, sessions=6))
    assert found is not None
    scales = [
        layer["encoding"]["y"]["scale"]["domain"]
        for one, other in ((found.first, found.second), (found.second, found.first))
        for layer in year(one, beside=other)["layer"]
        if layer["mark"]["type"] == "line"
    ]
    assert scales[0] == scales[1]
    assert scales[0] != next(
        layer["encoding"]["y"]["scale"]["domain"]
        for layer in year(found.first)["layer"]
        if layer["mark"]["type"] == "line"
    )


@pytest.mark.parametrize("draw", [year_svg, two_weeks_svg])
def test_a_picture_is_named_as_a_sentence_and_coloured_by_the_page_or_by_itself(draw: Callable[..., str]) -> None:
    course = told()[0].course
    web, paper = (draw(course, palette, "Nose") for palette in (Palette.WEB, Palette.PRINT))
    root = ElementTree.fromstring(web)  # noqa: S314 - written a moment ago
    assert "Nose" in root.attrib["aria-label"]
    assert root.attrib["aria-label"].endswith("A model, not a promise.")
    assert root.attrib["class"] == "course"
    assert "var(--accent)" in web
    assert "#" not in web
    assert "style=" not in web
    assert "var(" not in paper


def test_the_table_says_what_the_picture_shows() -> None:
    course = told()[0].course
    assert course is not None
    rows = {day: rest for day, *rest in table(course, biology())}
    assert rows["182"][2] == told()[0].tissue[1].text.split(";")[0]


def test_the_handout_has_the_model_on_a_page_behind_the_plan_and_calls_it_a_proposal() -> None:
    case, consultation = held()
    plan = pages_of(patient_pdf(consultation, case, biology().protocol))
    more = pages_of(patient_pdf(consultation, case, biology().protocol, (), told()))
    assert len(more) == len(plan) + 1
    last = plain(more[-1])
    assert "How your skin is expected to heal" in last
    assert MODEL_NO_PROMISE in last
    assert "Our proposal" in last
    for row in (*told()[0].recovery, *told()[0].tissue):
        assert plain(row.plain) in last


def test_a_handout_without_a_known_dose_has_no_such_page() -> None:
    case, consultation = held(WITHOUT_DOSE)
    protocol = biology().protocol
    assert patient_pdf(consultation, case, protocol, (), told(WITHOUT_DOSE)) == patient_pdf(
        consultation, case, protocol
    )


def test_outside_the_data_every_reader_is_told() -> None:
    (found,) = foreseen()
    assert found.course is not None
    bound = biology().bounds["sessions"]
    course = replace(found.course, outside=(Outside(bound, 12.0),))
    (said,) = outlooks([replace(found, course=course)], biology())
    assert said.outside == (
        "Outside what was studied: sessions in one course: 12, and what was studied has at most 8.",
    )
