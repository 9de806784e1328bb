"""Reading and checking what measuring photographs reckons with: every fault is reported at once, with its file and line."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from math import isfinite
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from needlewise.errors import KnowledgeError, Problem
from needlewise.knowledge import _check
from needlewise.knowledge._imaging import Criterion, FaceZone, Floor, Gate, Imaging, Measure, Regime
from needlewise.knowledge._marks import fill_marks
from needlewise.knowledge._protocol import Protocol
from needlewise.knowledge._toml import Document, read
from needlewise.knowledge._written import Written, by_place, names_of

HERE = Path(__file__).parent
FOLDER = "imaging"
ROWS: dict[str, tuple[str, type]] = {
    "regimes.toml": ("regime", Regime),
    "measures.toml": ("measure", Measure),
    "gates.toml": ("gate", Gate),
    "floors.toml": ("floor", Floor),
    "face_zones.toml": ("face_zone", FaceZone),
    "criteria.toml": ("criterion", Criterion),
}
# Gates that the room asks for by name.
NEEDED = (
    *("clipped", "unevenness", "edge-rise", "blur-ratio", "tilt", "chart-residual", "shots", "alignment"),
    *("presence", "face-turn", "face-roll", "coloured", "packing", "bare-skin"),
    *("smoothed", "covered", "wet", "whiter"),
)
# Criteria that the room asks for by name, and how many numbers each has; 0: any number of them.
CRITERIA = {
    "line-blurs": 0,
    "line-begin": 2,
    "line-contrast": 1,
    "line-gap": 1,
    "line-length": 1,
    "line-slender": 1,
    "line-width": 2,
    "line-even": 1,
    "groove-share": 2,
    "depth-power": 2,
    "spot-diameter": 2,
    "spot-surround": 1,
    "spot-height": 1,
    "spot-times-spread": 1,
    "spot-edge": 2,
    "spot-longest": 1,
    "spot-colour": 1,
    "red-diameter": 2,
    "red-surround": 1,
    "red-height": 1,
    "red-times-spread": 1,
    "red-longest": 1,
    "stripe-widths": 0,
    "stripe-contrast": 2,
    "stripe-times-quarter": 1,
    "stripe-errors": 1,
    "stripe-length": 1,
    "stripe-slender": 1,
    "stripe-edge": 1,
}
BETTER = ("", "less", "more")
MESH_POINTS = 468
DRAWN_SIDE = "right"
NUMBERS = ("tilt_degrees", "light_share", "white_share", "px_per_mm", "least", "most", "sd", "shot_sd")


def load_imaging(protocol: Protocol, folder: Path | None = None) -> Imaging:
    """All that measuring photographs reckons with, checked.

    Parameters: `protocol`, whose sources the rows name; `folder`, another knowledge folder than the package's own.
    Raises `KnowledgeError` with every fault found: a number that cannot be, a row that stands twice or is missing, a
    measure or a regime that nothing has.
    """
    home, problems, digest = folder or HERE, list[Problem](), hashlib.sha256()
    documents: dict[str, Document] = {}
    for path in sorted((home / FOLDER).rglob("*.toml")):
        name = path.relative_to(home / FOLDER).as_posix()
        found = read(path, f"{FOLDER}/{name}")
        if isinstance(found, Problem):
            problems.append(found)
        elif name not in ROWS:
            problems.append(Problem(found.name, "a file that nothing reads", f"one of: {', '.join(ROWS)}"))
        else:
            problems.extend(fill_marks(found, protocol.sources, protocol.levels, names_of(protocol)))
            documents[name] = found
            digest.update(f"{name}\0{len(found.raw)}\0".encode() + found.raw)
    tables = {name: tuple(_rows(name, documents, problems)) for name in ROWS}
    regimes, measures, gates, face_zones, criteria = (
        {row.id: row for row in tables[name]}
        for name in ("regimes.toml", "measures.toml", "gates.toml", "face_zones.toml", "criteria.toml")
    )
    problems.extend(_between(regimes, measures, gates, documents, tables))
    problems.extend(_on_the_face(face_zones, documents, protocol))
    problems.extend(_criteria(criteria, documents))
    if problems:
        raise KnowledgeError(sorted(problems, key=by_place))
    floors = {(row.measure, row.regime): row for row in tables["floors.toml"]}
    return Imaging(digest.hexdigest()[:16], regimes, measures, gates, floors, face_zones, criteria)


def _rows(name: str, documents: Mapping[str, Document], problems: list[Problem]) -> Iterator[Any]:
    key, kind = ROWS[name]
    document = documents.get(name)
    if document is None:
        if not any(one.where.startswith(f"{FOLDER}/{name}") for one in problems):
            problems.append(Problem(f"{FOLDER}/{name}", "no such file", "a table that every measuring needs"))
        return
    for unknown in sorted(document.data.keys() - {key}):
        problems.append(Written(document, (unknown,)).problem(f"unknown key `{unknown}`", f"only [[{key}]] rows"))
    adapter: TypeAdapter[tuple[Any, ...]] = TypeAdapter(tuple[kind, ...])  # type: ignore[valid-type]
    try:
        rows = adapter.validate_json(json.dumps(document.data.get(key, []), default=str))
    except ValidationError as fault:
        problems.extend(_check.as_problem(document, error, (key,)) for error in fault.errors())
        return
    problems.extend(_check.repeated_ids(document, key, rows))
    for number, row in enumerate(rows):
        problems.extend(_of_row(row, Written(document, (key, number))))
    yield from rows


def _of_row(row: Any, at: Written) -> Iterator[Problem]:
    for key in NUMBERS:
        value = getattr(row, key, None)
        if value is not None and not (isfinite(value) and value >= 0):
            yield at.under(key).problem(f"`{key}` is {value:g}", "a finite number, 0 or more")
    if isinstance(row, Measure) and row.better not in BETTER:
        yield at.under("better").problem(f"better `{row.better}`", "less, more, or nothing")
    if isinstance(row, Gate) and row.least is None and row.most is None:
        yield at.problem("a gate without a number", "`least` or `most`")
    if isinstance(row, Floor) and row.sd == 0:
        yield at.under("sd").problem("an error of nothing", "above 0")
    if isinstance(row, FaceZone):
        off = [number for number in row.points if not 0 <= number < MESH_POINTS]
        if off or len(set(row.points)) < max(3, len(row.points)):
            expected = f"3 or more different numbers from 0 to {MESH_POINTS - 1}"
            yield at.under("points").problem(f"points {list(row.points)}", expected)


def _between(
    regimes: Mapping[str, Regime],
    measures: Mapping[str, Measure],
    gates: Mapping[str, Gate],
    documents: Mapping[str, Document],
    tables: Mapping[str, tuple[Any, ...]],
) -> Iterator[Problem]:
    """What one row names in another file, and what is missing."""
    if gates and (lacking := [name for name in NEEDED if name not in gates]):
        yield Written(documents["gates.toml"]).problem(f"no gate {', '.join(lacking)}", "one of each")
    for number, measure in enumerate(measures.values()):
        at = Written(documents["measures.toml"], ("measure", number, "regimes"))
        yield from (at.unknown("regime", name, regimes) for name in measure.regimes if regimes and name not in regimes)
    for number, floor in enumerate(tables["floors.toml"]):
        at = Written(documents["floors.toml"], ("floor", number))
        for kind, name, known in (("measure", floor.measure, measures), ("regime", floor.regime, regimes)):
            if known and name not in known:
                yield at.under(kind).unknown(kind, name, known)
    have = {(row.measure, row.regime) for row in tables["floors.toml"]}
    for number, measure in enumerate(measures.values() if have else ()):
        at = Written(documents["measures.toml"], ("measure", number, "regimes"))
        yield from (
            at.problem(f"no floor for `{name}`", "a row of floors.toml for each regime in which it is measured")
            for name in measure.regimes
            if (measure.id, name) not in have
        )


def _criteria(criteria: Mapping[str, Criterion], documents: Mapping[str, Document]) -> Iterator[Problem]:
    """Every criterion that is asked for, with as many numbers as it has, and none that nothing asks for."""
    document = documents.get("criteria.toml")
    if document is None:
        return
    if lacking := [name for name in CRITERIA if name not in criteria]:
        yield Written(document).problem(f"no criterion {', '.join(lacking)}", "one of each")
    for number, row in enumerate(criteria.values()):
        at = Written(document, ("criterion", number))
        if row.id not in CRITERIA:
            yield at.under("id").unknown("criterion", row.id, CRITERIA)
            continue
        wanted = CRITERIA[row.id]
        if not row.values or (wanted and len(row.values) != wanted):
            yield at.under("values").problem(f"{len(row.values)} numbers", f"{wanted or '1 or more'}")
        if wrong := [value for value in row.values if not (isfinite(value) and value > 0)]:
            yield at.under("values").problem(f"values {wrong}", "finite numbers above 0")


def _on_the_face(
    face_zones: Mapping[str, FaceZone], documents: Mapping[str, Document], protocol: Protocol
) -> Iterator[Problem]:
    """Outlines on the mesh against the zones, which say what is drawn of them."""
    document = documents.get("face_zones.toml")
    if document is None:
        return
    for number, row in enumerate(face_zones.values()):
        at = Written(document, ("face_zone", number))
        zone = protocol.zones.get(row.id)
        if zone is None:
            yield at.under("id").unknown("zone", row.id, protocol.zones)
            continue
        wanted = DRAWN_SIDE if zone.left_right else ""
        if row.side != wanted:
            expected = f'side = "{wanted}"' if wanted else "no `side`: the zone has none"
            yield at.problem(f"side `{row.side}`", expected)
        places = {place.id for place in protocol.places.values() if place.zone.id == row.id}
        if set(zone.mesh_polygons) != places:
            told = f"zones/{row.id}.toml: mesh_polygons = {list(zone.mesh_polygons)}"
            yield at.problem(told, f"{sorted(places)}", "name there what is drawn here")
    undrawn = [zone.id for zone in protocol.zones.values() if zone.mesh_polygons and zone.id not in face_zones]
    if face_zones and undrawn:
        yield Written(document).problem(f"no outline of {', '.join(undrawn)}", "a row for each zone with mesh_polygons")
