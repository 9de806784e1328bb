"""What the patient's handout says of how the skin is expected to heal: words, two pictures, and how sure one can be."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from needlewise.interop.expectations import MODEL_NO_PROMISE

if TYPE_CHECKING:
    from needlewise.interop.outlook import Outlook


def healing_data(found: Sequence["Outlook"]) -> dict[str, Any] | None:
    """The data of templates/healing.typ; None where no course is known, so that there is no such section."""
    known = [one for one in found if one.course is not None]
    if not known:
        return None
    from needlewise.interop import outlook  # noqa: PLC0415 - brings in numpy

    people = max(one.course.people for one in known if one.course)
    return {
        "no-promise": MODEL_NO_PROMISE,
        "model": outlook.MODEL.format(people=f"{people:,}"),
        "no-alarm": outlook.NO_ALARM,
        "not-looks": outlook.NOT_LOOKS,
        "recovery-means": known[0].recovery_means,
        "tissue-means": known[0].tissue_means,
        "read-small": outlook.READ_SMALL,
        "read-year": outlook.DOTTED,
        "proposed": outlook.PROPOSED,
        "places": [_place(one) for one in known],
    }


def _place(one: "Outlook") -> dict[str, Any]:
    from needlewise.interop.charts.course_drawing import two_weeks_svg, year_svg  # noqa: PLC0415 - the renderer is heavy
    from needlewise.interop.charts.drawing import Palette  # noqa: PLC0415
    from needlewise.interop.charts.healing import two_weeks_told, year_told  # noqa: PLC0415

    assert one.course is not None  # noqa: S101 - only those with a course come here
    return {
        "label": one.label,
        "recovery": [told.plain for told in one.recovery],
        "tissue": [told.plain for told in one.tissue],
        "sure": list(one.sure_plain),
        "outside": bool(one.outside),
        "weeks": {"svg": two_weeks_svg(one.course, Palette.PRINT), "alt": two_weeks_told(one.course, one.label)},
        "year": {"svg": year_svg(one.course, Palette.PRINT), "alt": year_told(one.course, one.label)},
    }
