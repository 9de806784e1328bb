"""What `needlewise validate` shows: each reported value beside its prediction, what was not predicted, and the marks."""

from dataclasses import asdict
from itertools import groupby
from typing import Any

from needlewise.cli.page import Page, printable
from needlewise.healing.model import OBSERVABLES
from needlewise.healing.series.keys import Form
from needlewise.healing.series.marks import Mark
from needlewise.healing.series.reading import Series
from needlewise.healing.series.validating import Compared, Validation

LABEL = "Research, not medical advice. Nothing here was fitted to these series."
_VERDICTS = {True: "met", False: "missed", None: "cannot be told"}
_DIRECTIONS = {1: "a rise", -1: "a fall", 0: "no change"}
_AGAINST = {
    Form.CHANGE: "change",
    Form.RATIO: "against untreated skin",
    Form.OF_PEAK: "share of its peak",
    Form.OF_FIRST: "share of the first rise",
    Form.OF_DAY: "share of a day",
    Form.SHARE: "",
}
# Times below so many days are told in hours.
HOURS_UNTIL = 3.5


def verdict_of(marks: tuple[Mark, ...]) -> str:
    """In one line, over all marks."""
    if any(one.met is False for one in marks):
        return "The pass marks are missed."
    return "The pass marks are met." if all(one.met for one in marks) else "Met as far as it can be told."


def validation_page(found: Validation) -> Page:
    """Everything as text."""
    page = Page()
    inside, count = found.coverage
    page.title("Published series against the healing model", f"{found.draws:,} draws, seed {found.seed}")
    page.text(LABEL)
    compared = {name: list(rows) for name, rows in groupby(found.compared, key=lambda one: one.entry)}
    for series in found.series:
        if series.id in compared:
            _write_series(page, series, compared[series.id])
    if found.not_predicted:
        page.section("Not predicted, and counted neither way")
        for one in found.not_predicted:
            page.item(f"{one.entry}: {one.key}: {one.why}", 2)
    page.section("Pass marks")
    page.text(verdict_of(found.marks))
    for mark in found.marks:
        page.item(f"{mark.id}: {_VERDICTS[mark.met]}. Asked: {mark.asked}. Found: {mark.found}.", 2)
    page.text(f"Inside their bands: {inside} of {count}." if count else "No value could be compared.")
    if found.failed:
        page.text(f"{found.failed:,} courses could not be computed and are left out.")
    return page


def as_mapping(found: Validation) -> dict[str, Any]:
    """Everything for another program. Values are shares, or ratios to untreated skin."""
    inside, count = found.coverage
    return {
        "label": LABEL,
        "draws": found.draws,
        "seed": found.seed,
        "failed_draws": found.failed,
        "series": [
            {
                "id": one.id,
                "people": one.people,
                "whole_wound": one.done.whole_wound,
                "session_days": list(one.done.session_days),
                "assumed": list(one.done.assumed),
            }
            for one in found.series
        ],
        "compared": [
            {
                "entry": one.entry,
                **asdict(one.reported),
                "median": one.median,
                "low": one.low,
                "high": one.high,
                "direction_right_in": one.agrees,
                "inside": one.inside,
            }
            for one in found.compared
        ],
        "not_predicted": [asdict(one) for one in found.not_predicted],
        "coverage": {"inside": inside, "of": count},
        "marks": [asdict(one) for one in found.marks],
        "verdict": verdict_of(found.marks),
    }


def _write_series(page: Page, series: Series, rows: list[Compared]) -> None:
    page.section(printable(series.id))
    page.pairs(
        [
            ("done", _done(series)),
            ("people", f"{series.people}" if series.people else "not said"),
            ("assumed", "; ".join(series.done.assumed)),
        ],
        indent=2,
    )
    for name, same in groupby(rows, key=_compared_as):
        page.text(name, 2)
        page.table([("when", "reported", "predicted, 90 %", "inside", "direction"), *map(_row, same)], 4)


def _done(series: Series) -> str:
    if series.done.whole_wound:
        return "a whole wound"
    days = ", ".join(f"{day:g}" for day in series.done.session_days)
    return f"session on day {days}" if len(series.done.session_days) == 1 else f"sessions on days {days}"


def _compared_as(one: Compared) -> str:
    """What is compared: the observable, what it is held against, and the key it was reported under."""
    reported = one.reported
    against = _AGAINST[reported.form]
    if reported.of_day is not None:
        against = f"share of {_when(reported.of_day)}"
    name = OBSERVABLES[reported.observable].split(",")[0]
    return f"{name}{f', {against}' if against else ''} ({reported.key.partition('[')[0]})"


def _row(one: Compared) -> tuple[str, ...]:
    reported = one.reported
    value = _DIRECTIONS[reported.change] if reported.value is None else _told(reported.value, reported.form)
    band = "-"
    if one.median is not None and one.low is not None and one.high is not None:
        median, low, high = (_told(each, reported.form) for each in (one.median, one.low, one.high))
        band = f"{median} ({low} to {high})"
    agrees = "-" if one.agrees is None else f"right in {one.agrees:.0%} of draws"
    if one.agrees is not None and not reported.significant:
        agrees += ", reported as not significant"
    return _when(reported.day), value, band, {True: "yes", False: "no", None: "-"}[one.inside], agrees


def _when(day: float) -> str:
    return f"{24 * day:.3g} h" if day < HOURS_UNTIL else f"day {day:g}"


def _told(value: float, form: Form) -> str:
    return f"{100 * (value - 1):+.0f} %" if form is Form.CHANGE else f"{value:.2f}"
