"""A course as a document: everything that the model expects of a plan, as plain tables that JSON can hold."""

from collections.abc import Iterable
from typing import Any

from needlewise.healing.course import LEVELS, Bands, Course
from needlewise.healing.model import OBSERVABLES
from needlewise.interop.expectations import MODEL_NO_PROMISE
from needlewise.interop.outlook import Outlook
from needlewise.knowledge import Biology

DIGITS = 5


def course_document(found: Iterable[Outlook], biology: Biology, form: str | None = None) -> dict[str, Any]:
    """`courses`: one for all places that get the same; without `bands` where the dose is not known.

    `form`: the bands of one form of the model instead of the average over all.
    """
    return {
        "kind": "expected course",
        "promise": MODEL_NO_PROMISE,
        "knowledge": biology.digest,
        "edition": str(biology.protocol.edition),
        "form": form or "average",
        "levels": list(LEVELS),
        "courses": [_course(one, biology, form) for one in found],
    }


def _course(one: Outlook, biology: Biology, form: str | None) -> dict[str, Any]:
    here = one.treated
    told: dict[str, Any] = {
        "places": list(here.places),
        "concerns": list(here.concerns),
        "device": here.device,
        "missing": list(here.missing),
        "sessions": [
            {
                "date": session.on.isoformat(),
                "day": day,
                "depth_mm": session.depth_mm,
                "passes": session.passes,
                "holes_per_cm2": session.holes_per_cm2,
            }
            for session, day in zip(here.sessions, here.days, strict=True)
        ],
        "notes": list(one.notes),
    }
    return told if one.course is None else told | _numbers(one.course, biology, form)


def _numbers(course: Course, biology: Biology, form: str | None) -> dict[str, Any]:
    return {
        "people": course.people,
        "unstable": course.unstable,
        "failed": course.failed,
        "seed": course.seed,
        "age_years": course.regimen.age_years,
        "outside": [
            {"id": row.bound.id, "found": round(row.found, DIGITS), "words": row.words} for row in course.outside
        ],
        "over": [
            {"id": row.threshold, "session": row.session, "half": _day(row.half), "nine_of_ten": _day(row.nine_of_ten)}
            for row in course.over
        ],
        "collagen": [
            {"id": row.read_off, "day": row.day, "values": [round(value, DIGITS) for value in row.values]}
            for row in course.read_offs
        ],
        "sureness": {
            name: {"certainty": sure.certainty, "why": list(sure.why), "prior_alone": sure.prior_alone}
            for name, sure in course.sureness.items()
        },
        "days": [round(float(day), DIGITS) for day in course.days],
        "bands": _bands(course.bands(form)),
        "words": {name: biology.observables[name].practitioner for name in OBSERVABLES},
    }


def _bands(bands: Bands) -> dict[str, list[list[float]]]:
    return {name: bands.of(name).round(DIGITS).tolist() for name in OBSERVABLES}


def _day(value: float | None) -> float | None:
    return None if value is None else round(value, 2)
