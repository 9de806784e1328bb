"""What photographs show, as a page of text."""

from collections.abc import Mapping

from needlewise.cli.page import Page
from needlewise.imaging.comparing import Comparison
from needlewise.interop.measured import NO_FINDING, SIMULATED, pictures_told, refusals, units_told, zone_rows
from needlewise.knowledge import Imaging


def measured_text(found: Comparison, imaging: Imaging, labels: Mapping[str, str]) -> str:
    """Every zone with its verdicts; what was not used, and why; how the pictures were taken."""
    page = Page()
    page.title("What the photographs show")
    page.text(NO_FINDING)
    for zone in zone_rows(found, imaging, labels):
        page.section(zone.label)
        page.table([(row.name, row.verdict.value, row.told) for row in zone.rows])
        for row in zone.rows:
            for note in row.notes:
                page.item(f"{row.name}: {note}", 2)
    if told := refusals(found, labels):
        page.section("Not used")
        for text in told:
            page.item(text)
    page.section("The pictures")
    for text in pictures_told(found, imaging):
        page.item(text)
    if told := units_told(found, imaging):
        page.section("What the numbers mean")
        for text in told:
            page.item(text)
    page.text(f"Bands hold 95 of 100. {SIMULATED}")
    return str(page)
