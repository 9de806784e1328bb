"""What photographs show, as one page of HTML that needs nothing else: words, numbers, and the pictures inside it.

The page holds pictures of a person. It goes where such pictures may go, and its title names nobody.
"""

import base64
from collections.abc import Iterator, Mapping
from html import escape

import cv2

from needlewise.imaging.comparing import Comparison
from needlewise.imaging.showing import Pixels, shown
from needlewise.imaging.spread import Verdict
from needlewise.interop.map_legend import Legend, map_legend
from needlewise.interop.measured import (
    NO_FINDING,
    SIMULATED,
    Row,
    ZoneRows,
    capital,
    pictures_told,
    refusals,
    zone_rows,
)
from needlewise.knowledge import Imaging

JPEG_QUALITY = 88
TITLE = "What the photographs show"
_SHAPES = {Verdict.BETTER: "▲", Verdict.WORSE: "▼", Verdict.CHANGED: "◆", Verdict.NO_CHANGE: "=", Verdict.CANNOT: "–"}
_STYLE = """
:root { color-scheme: light dark; --ground: #fdfcf8; --ink: #1d2321; --soft: #5d6663; --hair: #d9d5c8; --accent: #14635a; }
@media (prefers-color-scheme: dark) { :root { --ground: #181a19; --ink: #eceae4; --soft: #a5aca8; --hair: #3a3f3c; --accent: #6fc7b7; } }
body { margin: 0 auto; max-width: 62rem; padding: 2rem 1.2rem 4rem; background: var(--ground); color: var(--ink);
  font: 1rem/1.5 "Source Sans 3", "Source Sans Pro", system-ui, sans-serif; }
h1, h2 { font-family: "Source Serif 4", "Source Serif Pro", Georgia, serif; line-height: 1.2; }
h1 { font-size: 1.9rem; margin: 0 0 .4rem; } h2 { font-size: 1.35rem; color: var(--accent); margin: 2.4rem 0 .6rem; }
.soft { color: var(--soft); } .small { font-size: .85rem; } tbody th { max-width: 22rem; }
.note { border-left: 4px solid var(--accent); padding-left: .8rem; max-width: 44rem; }
table { border-collapse: collapse; width: 100%; margin: .8rem 0 1.4rem; }
th, td { text-align: left; padding: .45rem .9rem .45rem 0; border-bottom: 1px solid var(--hair); vertical-align: top; font-weight: 400; }
thead th { color: var(--soft); font-size: .85rem; } td { font-variant-numeric: tabular-nums; }
.verdict { white-space: nowrap; font-weight: 600; } .is-none { color: var(--soft); font-weight: 400; }
.pictures { display: grid; grid-template-columns: repeat(auto-fit, minmax(17rem, 1fr)); gap: 1rem; }
figure { margin: 0; } figure img { display: block; width: 100%; height: auto; border-radius: 4px; }
figcaption { font-size: .85rem; color: var(--soft); margin-top: .3rem; }
.scale { max-width: 22rem; margin: .4rem 0 .3rem; color: var(--ink); } .scale-strip { display: block; width: 100%; height: auto; }
.scale-ends { display: flex; justify-content: space-between; font-variant-numeric: tabular-nums; } .scale-ends > :nth-child(2) { text-align: center; }
@media (max-width: 36rem) { table, thead, tbody, tr, th, td { display: block; } thead { display: none; }
  td, tbody th { border: 0; padding: .1rem 0; } tbody tr { border-bottom: 1px solid var(--hair); padding: .5rem 0; } }
@media print { body { max-width: none; padding: 0; } figure { break-inside: avoid; } }
"""


def measured_page(found: Comparison, imaging: Imaging, labels: Mapping[str, str]) -> str:
    """The whole page. `labels`: names of zones by id."""
    parts = [
        "<!doctype html>",
        '<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="robots" content="noindex"><meta name="referrer" content="no-referrer">',
        f"<title>{TITLE}</title><style>{_STYLE}</style></head><body><main>",
        f'<h1>{TITLE}</h1><p class="note">{escape(NO_FINDING)}</p>',
        *(part for rows in zone_rows(found, imaging, labels) for part in _zone(rows, found, imaging)),
        *_refused(refusals(found, labels)),
        "<h2>The pictures</h2><ul>",
        *(f"<li>{escape(text)}</li>" for text in pictures_told(found, imaging)),
        f'</ul><p class="soft">Bands hold 95 of 100. {escape(SIMULATED)}</p></main></body></html>',
    ]
    return "\n".join(parts)


def _zone(rows: ZoneRows, found: Comparison, imaging: Imaging) -> Iterator[str]:
    yield f"<section><h2>{escape(rows.label)}</h2><table><thead><tr>"
    yield '<th scope="col">Measure</th><th scope="col">Verdict</th><th scope="col">Change</th></tr></thead><tbody>'
    yield from map(_row, rows.rows)
    yield "</tbody></table>"
    pictures = next((shown(one) for one in found.zones if one.zone.name == rows.zone), None)
    if pictures is not None:
        yield '<div class="pictures">'
        yield _figure(pictures.before, f"{rows.label}, before", "Before, its colours put right.")
        yield _figure(pictures.after, f"{rows.label}, after", "After, laid onto the first picture.")
        # A map of what could not be measured would say what no number may.
        had = {row.measure for row in rows.rows if row.verdict is not Verdict.CANNOT}
        for name in (name for name in pictures.maps if name in had):
            measure, change = imaging.measures[name], found.of(name, rows.zone)
            described = f"{rows.label}, map of {measure.name}: {change.verdict.value}"
            yield _figure(pictures.maps[name], described, "".join(_legend(map_legend(measure, change))))
        yield "</div>"
    yield "</section>"


def _row(row: Row) -> str:
    quiet = " is-none" if row.verdict in (Verdict.NO_CHANGE, Verdict.CANNOT) else ""
    notes = "".join(f'<br><span class="soft">{escape(note)}</span>' for note in row.notes)
    verdict = (
        f'<td class="verdict{quiet}"><span aria-hidden="true">{_SHAPES[row.verdict]}</span> {row.verdict.value}</td>'
    )
    plain = escape(f"{capital(row.plain)}. {row.unit_plain}".strip())
    return f'<tr><th scope="row">{escape(row.name)}<br><span class="soft small">{plain}</span></th>{verdict}<td>{escape(row.told)}{notes}</td></tr>'


def _refused(told: tuple[str, ...]) -> Iterator[str]:
    if told:
        yield "<h2>Not used</h2><ul>"
        yield from (f"<li>{escape(text)}</li>" for text in told)
        yield "</ul>"


def _figure(picture: Pixels, described: str, caption: str) -> str:
    return (
        f'<figure><img alt="{escape(described)}" src="{data_uri(picture)}"><figcaption>{caption}</figcaption></figure>'
    )


def data_uri(picture: Pixels) -> str:
    """A picture inside an address, as JPEG without any metadata."""
    _, data = cv2.imencode(".jpg", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    return f"data:image/jpeg;base64,{base64.b64encode(data.tobytes()).decode('ascii')}"


def _legend(legend: Legend) -> Iterator[str]:
    yield f'{escape(legend.title)}.<div class="scale">{legend.strip}<div class="scale-ends" aria-hidden="true">'
    yield from (f"<span>{escape(end)}</span>" for end in legend.ends)
    yield f"</div></div>{escape(legend.told)} For looking, not for counting."
