"""The expected course as SVG. Apart from the other drawings, because it brings in the model of healing."""

from needlewise.healing.course import Course
from needlewise.interop.charts.drawing import Palette, drawn
from needlewise.interop.charts.healing import two_weeks, year


def year_svg(
    course: Course, palette: Palette, label: str = "", form: str | None = None, beside: Course | None = None
) -> str:
    """Collagen over a year, coloured like a forest plot. `label` names the place; `beside` shares its scale."""
    return drawn(year(course, label, form, beside), palette, "course")


def two_weeks_svg(course: Course, palette: Palette, label: str = "", form: str | None = None) -> str:
    """Redness and open barrier over the first two weeks."""
    return drawn(two_weeks(course, label, form), palette, "course")
