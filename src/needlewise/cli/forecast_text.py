"""What the trials say of a plan, below a consultation in text."""

from collections.abc import Iterable

from needlewise.cli.page import Page
from needlewise.interop.expectations import NO_PROMISE, Expectation, Gain, not_compared


def forecast_text(found: Iterable[Expectation], *, for_patient: bool) -> str:
    """A section for each concern; nothing where nothing is planned."""
    page = Page()
    for one in found:
        page.section(f"{'What others gained' if for_patient else 'What the trials say'}: {one.label}")
        page.text(NO_PROMISE, 2)
        if one.note:
            page.text(f"Not known: {one.note}.", 2)
        shown = one.for_patient if for_patient else one.gains
        for gain in shown:
            _write_gain(page, gain)
        if compared := not_compared(shown):
            page.text(compared, 2)
        for label, why in one.unknown:
            page.item(f"{label}: not known; {why}.", 2)
        if one.harms:
            page.section("Unwanted effects that studies counted")
            for text in one.harms:
                page.item(text, 2)
    # A line of its own between the consultation and what stands beside it.
    return f"\n{page}" if str(page).strip() else ""


def _write_gain(page: Page, gain: Gain) -> None:
    page.item(f"{gain.told} {gain.range}", 2)
    for text in (gain.compared, gain.behind, gain.unlike, f"How sure one can be: {gain.certainty.grade.words}."):
        if text:
            page.text(text, 4)
