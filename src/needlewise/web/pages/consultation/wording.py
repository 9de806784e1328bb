"""Words for days, marks and verdicts. What they mean for treatment is decided and said elsewhere."""

import re
from datetime import date

from needlewise.interop.days import away, plain_day

_ISO_DAY = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")
# Names of tables in a case file mean nothing on a screen.
_TABLE_NAME = re.compile(r"\[\[(\w+)\]\]")
_ADOPTION = re.compile(r"The clinic can adopt them\.")


def day_in_words(day: date, on: date) -> str:
    return f"{plain_day(day)}, {away(day, on)}"


def readable(text: str, on: date) -> str:
    """A text of the core with its days written out, each with its distance; what it says of case files becomes what
    one does on the page."""

    def written(match: re.Match[str]) -> str:
        try:
            day = date.fromisoformat(match.group(0))
        except ValueError:
            return match.group(0)
        return f"{plain_day(day)} ({away(day, on)})"

    here = _ADOPTION.sub("Adopt them above, under “Figures taken from a neighbour”.", text)
    return _TABLE_NAME.sub(r"\1", _ISO_DAY.sub(written, here))


def millimetres(value: float) -> str:
    """Two decimals always, so that depths line up and compare."""
    return f"{value:.2f}"


# Figures of a device that its record may leave open: label and unit.
FIGURES = {
    "needle_count": ("Needles in the cartridge", ""),
    "needle_diameter_mm": ("Needle diameter", "mm"),
    "strokes_per_second": ("Strokes", "per second"),
    "glide_mm_per_second": ("Glide of the hand", "mm/s"),
    "swept_width_mm": ("Width of the cartridge", "mm"),
}
