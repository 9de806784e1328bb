"""The summary as a page of text."""

from collections.abc import Iterable
from math import ceil, inf, isnan, log10
from pathlib import Path

from needlewise.cli.page import Page
from needlewise.cli.trial.summary_json import NOTE
from needlewise.cli.wording import plural
from needlewise.healing.model import OBSERVABLES
from needlewise.healing.trials.summary import LEVELS, Figures, Pair, Summary
from needlewise.healing.trials.trial import LESS, Endpoint
from needlewise.interop.outlook import MINUS, UNSTABLE

_MOST_DECIMALS = 6
_HEAD = ("mean", "sd", *(f"{level:.0%}" for level in LEVELS))


def as_text(summary: Summary, folder: Path) -> str:
    """Counts, every endpoint with its differences, what lies beyond the data, and where the tables are."""
    page = Page()
    page.title(summary.trial.title)
    page.text(NOTE)
    page.blank()
    page.pairs(_counts(summary))
    for endpoint in summary.trial.endpoints:
        _write_endpoint(page, endpoint, summary)
    page.section("Beyond the data")
    if not summary.flags:
        page.text("Nothing: doses, spacing and number of sessions lie within what the figures reach.")
    for flag in summary.flags:
        page.item(f"{flag.arm}: {flag.bound.name}: {flag.found}. {flag.bound.mark.why}")
    page.section("Where it is")
    course = "course.parquet (quantiles for every week), " if summary.course else ""
    people = "people-*.parquet (one row for each person, all arms)"
    page.text(f"{folder}: summary.parquet, {course}{people}, summary.json, manifest.json.")
    return str(page)


def _counts(summary: Summary) -> Iterable[tuple[str, str]]:
    trial = summary.trial
    followed = f"{summary.people:,} virtual people, each treated in all of {plural(len(trial.arms), 'arm')}"
    yield "people", f"{followed}; seed {trial.seed}, chunks of {trial.chunk:,}"
    yield "left out", f"{summary.unstable:,} of {summary.drawn:,} drawn, because {UNSTABLE}"
    yield "failed", f"{summary.failed:,} whose course could not be computed in every arm"


def _write_endpoint(page: Page, endpoint: Endpoint, summary: Summary) -> None:
    page.section(f"{endpoint.id}: {OBSERVABLES[endpoint.observable]}, {_when(endpoint)}")
    rows = [("arm", *_HEAD)]
    rows += [(one.arm.id, *_cells(one.figures[endpoint.id])) for one in summary.arms]
    pairs = [one for one in summary.pairs if one.endpoint == endpoint.id]
    rows += [(f"{one.arm} less {one.against}", *_cells(one.difference)) for one in pairs]
    _write_numbers(page, rows)
    error = summary.arms[0].figures[endpoint.id].error
    page.text(f"Quantiles to within {error:g}.", 2)
    for pair in pairs:
        page.item(_shares(pair, endpoint), 2)


def _write_numbers(page: Page, rows: list[tuple[str, ...]]) -> None:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for first, *rest in rows:
        cells = "  ".join(f"{cell:>{width}}" for cell, width in zip(rest, widths[1:], strict=True))
        page.line(f"  {first:<{widths[0]}}  {cells}")


def _shares(pair: Pair, endpoint: Endpoint) -> str:
    count = pair.difference.count
    if not count:
        return f"{pair.arm}: nobody to compare"
    more, less = pair.more / count, pair.less / count
    told = f"{pair.arm}: more of it than {pair.against} in {_share(more)} of people, less in {_share(less)}"
    if pair.better is None:
        return told
    return f"{told}; {'less' if endpoint.better == LESS else 'more'} is wished for, so {_share(pair.better)} fare better, by any amount"


def _when(endpoint: Endpoint) -> str:
    if endpoint.between_days is None:
        return f"on day {endpoint.day}"
    first, last = endpoint.between_days
    return f"{endpoint.at} of days {first} to {last}"


def _cells(of: Figures) -> tuple[str, ...]:
    decimals = _decimals(of.error)
    return tuple(_number(value, decimals) for value in (of.mean, of.sd, *of.quantiles))


def _decimals(error: float) -> int:
    """As many as the error of the quantiles allows: 3 for half a thousandth."""
    return min(max(ceil(-log10(2 * error) - 1e-9), 0), _MOST_DECIMALS) if 0 < error < inf else _MOST_DECIMALS


def _share(of: float) -> str:
    """A whole percentage; what is nearly none or nearly all is said so."""
    if 0 < of < 0.01:
        return "under 1%"
    return "over 99%" if 0.99 < of < 1 else f"{of:.0%}"


def _number(value: float, decimals: int) -> str:
    if isnan(value):
        return "-"
    if abs(value) == inf:
        return "above" if value > 0 else "below"
    if abs(value) < 1e-6:
        return "0"
    told = f"{value:.{decimals}f}"
    return told.replace("-", "" if float(told) == 0 else MINUS)
