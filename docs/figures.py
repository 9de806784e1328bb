"""Draw the figures of docs/explanation/healing.md from the shipped sample: ./dev exec python docs/figures.py

Not drawn by docs/generate.py: solving takes some seconds, and the last digit of a curve depends on the machine.
"""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import vl_convert

from needlewise.healing import lanes
from needlewise.healing.population import people
from needlewise.healing.posterior import from_posterior
from needlewise.healing.task import Floats, Task, seen
from needlewise.knowledge import Biology, load_biology, load_protocol

IMAGES = Path(__file__).parent / "images"
PEOPLE, SEED, AS_OF = 2000, 7, date(2026, 11, 28)
INK, PAPER, LINE, RULE = "#22261f", "#fbf8f1", "#1f6f64", "#d9d3c4"
Row = dict[str, Any]


def course(biology: Biology, session_days: tuple[float, ...], days: Floats) -> dict[str, Floats]:
    """Quantiles of every observable: (3, days), 5 %, median and 95 % of people."""
    rng = np.random.default_rng(SEED)
    parameters = people(from_posterior(biology), biology, PEOPLE, rng).parameters
    usual = biology.settings["one-session"]
    shape = (PEOPLE, len(session_days))
    task = Task(
        parameters, np.array(session_days), np.full(shape, usual.open_area), np.full(shape, usual.injured), days
    )
    shown = seen(lanes.solve(task).states, parameters)
    return {name: np.nanquantile(values, (0.05, 0.5, 0.95), axis=0) for name, values in shown.items()}


def rows(bands: dict[str, Floats], days: Floats, titles: dict[str, str]) -> Iterator[Row]:
    for name, title in titles.items():
        for number, day in enumerate(days):
            low, middle, high = (round(float(value), 4) for value in bands[name][:, number])
            yield {"panel": title, "day": float(day), "low": low, "middle": middle, "high": high}


def panels(data: list[Row], titles: dict[str, str], sessions: tuple[float, ...], columns: int = 3) -> Row:
    """Small pictures of the same days, each with its own scale."""
    last = max(row["day"] for row in data)
    ticks = list(range(0, 57, 14)) if last < 100 else [0, 90, 180, 270, 365]
    scale = {"domain": [0, last], "nice": False}
    day = {"field": "day", "type": "quantitative", "title": "day", "axis": {"values": ticks}, "scale": scale}
    layers: list[Row] = [
        {
            "mark": {"type": "area", "color": LINE, "opacity": 0.22},
            "encoding": {
                "x": day,
                "y": {"field": "low", "type": "quantitative", "title": None, "scale": {"zero": False}},
                "y2": {"field": "high"},
            },
        },
        {
            "mark": {"type": "line", "color": LINE, "strokeWidth": 2},
            "encoding": {"x": day, "y": {"field": "middle", "type": "quantitative"}},
        },
        {
            "data": {"values": [{"session": value} for value in sessions]},
            "mark": {"type": "rule", "color": INK, "opacity": 0.35, "strokeDash": [2, 3]},
            "encoding": {"x": {"field": "session", "type": "quantitative"}},
        },
    ]
    return {
        "columns": columns,
        "bounds": "flush",
        "spacing": {"row": 76, "column": 56},
        "concat": [
            {
                "title": {"text": title, "anchor": "start"},
                "width": 210,
                "height": 120,
                "data": {"values": [row for row in data if row["panel"] == title]},
                "layer": layers,
            }
            for title in titles.values()
        ],
    }


def fit_rows(biology: Biology) -> Iterator[Row]:
    for fit in biology.posterior.form if biology.posterior else ():
        for name in ("wound-neutrophils", "wound-macrophages", "wound-myofibroblasts", "wound-collagen"):
            figure = biology.figures[name]
            told = zip(figure.days, figure.values, figure.sd, fit.said[name], strict=True)
            for day, value, sd, (low, middle, high) in told:
                yield {
                    "panel": name.removeprefix("wound-").capitalize() + " of a wound",
                    "form": fit.id,
                    "day": day,
                    "read": value,
                    "from": value - sd,
                    "to": value + sd,
                    "low": low,
                    "middle": middle,
                    "high": high,
                }


def fit(data: list[Row]) -> Row:
    """What was read, with its error, and what the three forms say."""
    day = {"field": "day", "type": "quantitative", "title": "day"}
    share = {"type": "quantitative", "title": None}
    layers = [
        {
            "mark": {"type": "line", "strokeWidth": 2},
            "encoding": {
                "x": day,
                "y": {"field": "middle", **share},
                "color": {"field": "form", "type": "nominal", "title": "form"},
                "strokeDash": {"field": "form", "type": "nominal", "title": "form"},
            },
        },
        {
            "mark": {"type": "rule", "color": INK, "opacity": 0.5},
            "encoding": {"x": day, "y": {"field": "from", **share}, "y2": {"field": "to"}},
        },
        {
            "mark": {"type": "point", "color": INK, "filled": True},
            "encoding": {"x": day, "y": {"field": "read", **share}},
        },
    ]
    titles = list(dict.fromkeys(row["panel"] for row in data))
    return {
        "columns": 2,
        "bounds": "flush",
        "spacing": {"row": 76, "column": 56},
        "concat": [
            {
                "title": {"text": title, "anchor": "start"},
                "width": 300,
                "height": 150,
                "data": {"values": [row for row in data if row["panel"] == title]},
                "layer": layers,
            }
            for title in titles
        ],
    }


def draw(spec: Row, name: str) -> None:
    look = {
        "background": PAPER,
        "font": "Source Sans Pro, Helvetica, Arial, sans-serif",
        "view": {"stroke": None},
        "axis": {"gridColor": RULE, "domainColor": RULE, "tickColor": RULE, "labelColor": INK, "titleColor": INK},
        "title": {"color": INK, "fontWeight": 600},
        "range": {"category": [LINE, "#b4552d", "#4a4e8a"]},
        "padding": 16,
    }
    whole = {"$schema": "https://vega.github.io/schema/vega-lite/v5.json", "config": look, **spec}
    svg = vl_convert.vegalite_to_svg(json.dumps(whole), vl_version="5.20")
    (IMAGES / f"{name}.svg").write_text(svg, encoding="utf-8")
    print(f"wrote docs/images/{name}.svg")


def main() -> None:
    biology = load_biology(load_protocol(AS_OF))
    days = np.unique(np.concatenate([np.linspace(0, 4, 33), np.linspace(4, 56, 105)]))
    once = {
        "barrier": "Open barrier",
        "redness": "Redness",
        "inflammation": "Inflammatory cells",
        "growth-factor": "Growth factor",
        "fibroblasts": "Fibroblasts",
        "myofibroblasts": "Myofibroblasts",
        "type-iii": "Type III collagen",
        "type-i": "Type I collagen",
        "epidermis": "Thickness of the epidermis",
    }
    draw(panels(list(rows(course(biology, (0,), days), days, once)), once, (0,)), "healing-one-session")
    sessions = (0.0, 28.0, 56.0, 84.0)
    after = np.concatenate([start + np.linspace(0, 12, 25) for start in sessions])
    weeks = np.unique(np.concatenate([np.arange(0, 366, 5.0), after]))
    year = {
        "collagen": "Collagen",
        "stiffness": "Stiffness",
        "type-iii-share": "Type III share",
        "inflammation": "Inflammatory cells",
        "epidermis": "Thickness of the epidermis",
        "elastin": "Elastin (a guess)",
    }
    draw(panels(list(rows(course(biology, sessions, weeks), weeks, year)), year, sessions), "healing-four-sessions")
    draw(fit(list(fit_rows(biology))), "healing-fit")


if __name__ == "__main__":
    main()
