"""The ribbon: a year as one band, with visits, healing and pauses of products on it.

The caller gives days and names; this module only knows where on the band they fall.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from needlewise.interop.days import month_name

DAYS = 365
WIDTH = 640.0
LEFT, RIGHT = 58.0, 8.0
MONTH_Y, TOP_Y, VISIT_Y, HEALING_Y, PAUSE_Y = 12.0, 18.0, 40.0, 68.0, 94.0
PAUSE_STEP = 15.0
FOOT = 6.0
# About how wide a letter of a lane's name is, to see on which side of its bars the name finds room.
LETTER_PX, NAME_GAP_PX = 5.6, 6.0


@dataclass(frozen=True, slots=True)
class Moment:
    """A visit: its kind is its shape. `until` draws it as a span."""

    kind: str
    on: date
    label: str
    until: date | None = None
    if_needed: bool = False


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of days, up to and without `until`. `strength`, 0 to 2, is how strongly it is drawn."""

    name: str
    on: date
    until: date
    strength: int = 0


@dataclass(frozen=True, slots=True)
class Mark:
    kind: str
    x: float
    label: str
    end_x: float | None
    if_needed: bool


@dataclass(frozen=True, slots=True)
class Bar:
    x: float
    width: float
    strength: int


@dataclass(frozen=True, slots=True)
class Lane:
    """The pauses of one product, with its name where there is room for it."""

    name: str
    y: float
    bars: tuple[Bar, ...]
    name_x: float
    name_before: bool


@dataclass(frozen=True, slots=True)
class Month:
    x: float
    label: str
    is_year: bool


@dataclass(frozen=True, slots=True)
class Ribbon:
    """Everything a template needs to draw the band."""

    height: float
    months: tuple[Month, ...]
    marks: tuple[Mark, ...]
    healing: tuple[Bar, ...]
    lanes: tuple[Lane, ...]
    width: float = WIDTH
    left: float = LEFT
    right_x: float = WIDTH - RIGHT
    month_y: float = MONTH_Y
    top_y: float = TOP_Y
    visit_y: float = VISIT_Y
    healing_y: float = HEALING_Y
    pause_y: float = PAUSE_Y

    @property
    def kinds(self) -> frozenset[str]:
        return frozenset(mark.kind for mark in self.marks)

    @property
    def has_optional(self) -> bool:
        return any(mark.if_needed and mark.label for mark in self.marks)

    @property
    def foot_y(self) -> float:
        return self.height - FOOT / 2


def ribbon(today: date, moments: Iterable[Moment], healing: Iterable[Span], pauses: Iterable[Span]) -> Ribbon:
    """Draw a year from today. What lies beyond it is cut off at the edge."""
    end = today + timedelta(days=DAYS)
    by_name: dict[str, list[Bar]] = {}
    for span in pauses:
        if span.on < end:
            by_name.setdefault(span.name, []).append(_bar(span, today))
    lanes = tuple(
        _lane(name, PAUSE_Y + number * PAUSE_STEP, bars) for number, (name, bars) in enumerate(by_name.items())
    )
    return Ribbon(
        PAUSE_Y + len(lanes) * PAUSE_STEP + FOOT,
        tuple(_months(today)),
        # Sessions last, so that no tick is drawn across their number.
        tuple(_mark(moment, today) for moment in sorted(moments, key=lambda m: bool(m.label)) if moment.on < end),
        tuple(_bar(span, today) for span in healing if span.on < end),
        lanes,
    )


def _lane(name: str, y: float, bars: list[Bar]) -> Lane:
    first, last = bars[0].x, max(bar.x + bar.width for bar in bars)
    fits_after = last + NAME_GAP_PX + len(name) * LETTER_PX <= WIDTH - RIGHT
    name_x = last + NAME_GAP_PX if fits_after else first - NAME_GAP_PX
    return Lane(name, y, tuple(bars), round(name_x, 1), not fits_after)


def _x(day: date, today: date) -> float:
    share = min(max((day - today).days, 0), DAYS) / DAYS
    return round(LEFT + share * (WIDTH - LEFT - RIGHT), 1)


def _mark(moment: Moment, today: date) -> Mark:
    end_x = _x(moment.until, today) if moment.until else None
    return Mark(moment.kind, _x(moment.on, today), moment.label, end_x, moment.if_needed)


def _bar(span: Span, today: date) -> Bar:
    x = _x(span.on, today)
    return Bar(x, round(max(_x(span.until, today) - x, 1.5), 1), span.strength)


def _months(today: date) -> Iterator[Month]:
    """The first of each month of the year ahead; January carries the year."""
    year, month = today.year, today.month
    for _ in range(12):
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
        first = date(year, month, 1)
        yield Month(_x(first, today), str(year) if month == 1 else month_name(first), month == 1)
