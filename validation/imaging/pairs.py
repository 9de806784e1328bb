"""Pairs of visits of simulated skin, compared as anybody's are, and what came out, kept in a file so that a run can go on.

A seed says all of a pair: every 30 seeds hold each tone, on each surface, with and without a change of expression, once.
"""

import hashlib
import json
import os
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass, replace
from datetime import date
from functools import cache
from math import hypot, sqrt
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numba
import numpy as np
from scipy.special import stdtrit

from needlewise.imaging.aligning import align
from needlewise.imaging.beside import Beside, find_beside
from needlewise.imaging.comparing import Comparison, How, compare
from needlewise.imaging.drawn import DrawnStripe
from needlewise.imaging.looking import READERS, Look, gauge_of
from needlewise.imaging.spread import FREE_SHOW, PAIRS_SHOW
from needlewise.imaging.zones import Zone
from needlewise.knowledge import Floor, Imaging, load_imaging, load_protocol
from simulated_skin import capture, card, drawing, shape, truth

ROOT = Path(__file__).resolve().parents[2]
REGIMES = tuple(capture.REGIMES)
TONES = drawing.tones(5)
SURFACES = (shape.PLANE, shape.CHEEK, shape.FOREHEAD)
MOVED_MM = 1.0
ON = date(2026, 11, 29)
INSET_MM = 4.0
MARKED_EVERY = 6  # points of the line of a stripe, which are 0.8 mm apart
NEGLIGIBLE = 1e-9  # a floor, where only what the shots show is wanted
PROCESSES, NICE = 2, 5
KEPT = Path(tempfile.gettempdir()) / "needlewise-pairs"


@dataclass(frozen=True)
class Kind:
    """A sort of scene, and what is measured on it."""

    amounts: drawing.Amounts
    px_per_mm: float
    measures: tuple[str, ...]
    region: str
    marked: bool = False  # stretch marks are marked by hand, where they truly are


# What a visit may have less of, by the measure that is to find it.
LESS_OF = {
    "line-depth": "wrinkle_depth",
    "roughness": "relief",
    "pits": "pit_depth",
    "hair-density": "hairs_kept",
}
KINDS = {
    "skin": Kind(
        drawing.Amounts(width_mm=40, height_mm=40),
        12.0,
        ("line-depth", "line-density", "roughness", "melanin", "redness", "ita", "a-star", "spot-area"),
        "face",
    ),
    "scars": Kind(drawing.Amounts(width_mm=40, height_mm=40, pits_per_cm2=2.0), 12.0, ("pits",), "face"),
    "striae": Kind(drawing.Amounts(width_mm=40, height_mm=40, striae=5), 8.0, ("stria-contrast",), "trunk"),
    "marked": Kind(
        drawing.Amounts(width_mm=40, height_mm=40, striae=5), 8.0, ("stria-contrast",), "trunk", marked=True
    ),
    "hairs": Kind(replace(drawing.SCALP, width_mm=16, height_mm=16), 42.0, ("hair-density",), "scalp"),
}


@dataclass(frozen=True)
class Job:
    """Two visits: the later one with lines as deep as `depth` says, and everything else as it was; or with so much left of
    what another measure is of.
    """

    kind: str
    regime: str
    seed: int
    depth: float = 1.0
    shots: int = 3
    of: str = "line-depth"

    @property
    def tone(self) -> int:
        return self.seed % len(TONES)

    @property
    def surface(self) -> shape.Surface:
        return SURFACES[self.seed // len(TONES) % len(SURFACES)]

    @property
    def moved_mm(self) -> float:
        return MOVED_MM * (self.seed // (len(TONES) * len(SURFACES)) % 2)


class Seen(NamedTuple):
    """A change, and what the pictures alone say of it: its standard deviation by the shots, on so many degrees of freedom;
    and so many standard deviations of one picture (`shot_sd` of a floor) stand for that where the pictures are too few.
    """

    change: float
    spread: float
    free: int
    of_one: float = 0.0


@dataclass(frozen=True)
class Pair:
    """What came out. `changes` holds by measure what was seen, without any floor; a measure that could not be had is missing, and `why` says why. `true_px` is the middle error of the map; None: refused."""

    job: Job
    believed: str
    changes: dict[str, Seen]
    why: dict[str, str]
    refused: tuple[str, ...]
    true_px: float | None
    stated_px: float | None
    gauge: float

    def alarm(self, measure: str, imaging: Imaging) -> bool | None:
        """Whether the room would call this a change. None: it says nothing."""
        found = self.changes.get(measure)
        if found is None:
            return None
        return abs(found.change) > detectable(found, imaging.floors[measure, self.believed])


def detectable(found: Seen, floor: Floor) -> float:
    """As in `needlewise.imaging.spread`; tests/unit/imaging/test_fitted_floors.py holds it to that."""
    of_one = found.of_one * floor.shot_sd
    by_shots = quantile(0) * of_one if of_one >= found.spread else quantile(found.free) * found.spread
    return hypot(quantile(0) * floor.sd, by_shots)


@cache
def quantile(free: int) -> float:
    return float(stdtrit(free or 1e9, 0.975))


@cache
def imaging() -> Imaging:
    return load_imaging(load_protocol(ON))


@cache
def without_floors() -> Imaging:
    known = imaging()
    floors = {key: replace(one, sd=NEGLIGIBLE, shot_sd=0.0) for key, one in known.floors.items()}
    return replace(known, floors=floors)


def visit(job: Job, number: int) -> list[tuple[capture.Picture, Beside]]:
    """The shots of a visit, with what is known to lie beside the skin."""
    kind = KINDS[job.kind]
    amounts = replace(kind.amounts, melanin=TONES[job.tone])
    scene = truth.changed(
        drawing.drawn(job.seed, amounts), truth.Change(**{LESS_OF[job.of]: job.depth if number else 1.0})
    )
    moved = job.moved_mm if number else 0.0
    expression = (
        shape.drawn_expression(job.seed, moved, amounts.width_mm, amounts.height_mm) if moved else shape.NEUTRAL
    )
    found = []
    for shot in range(job.shots):
        taken = capture.conditions(capture.REGIMES[job.regime], job.seed, number, shot)
        picture = capture.photograph(scene, taken, surface=job.surface, expression=expression, px_per_mm=kind.px_per_mm)
        grooves = tuple(picture.on_card([one.start, one.end]) for one in card.GROOVES)
        found.append((picture, replace(find_beside(picture.pixels, kind.px_per_mm), grooves=grooves)))
    return found


def compared(jobs: Sequence[Job]) -> list[Pair]:
    """Pairs that share their first visit; each later one is a visit of its own."""
    before = visit(jobs[0], 0)
    return [_pair(job, before, visit(job, 1 + round(100 * (1 - job.depth)))) for job in jobs]


def _pair(job: Job, before: list[tuple[capture.Picture, Beside]], after: list[tuple[capture.Picture, Beside]]) -> Pair:
    kind = KINDS[job.kind]
    low, high = INSET_MM * kind.px_per_mm, (kind.amounts.width_mm - INSET_MM) * kind.px_per_mm
    zone = Zone("here", np.array([(low, low), (high, low), (high, high), (low, high)]))
    if kind.marked:
        zone = replace(zone, stripes=_marked(before[0][0]))
    wanted = kind.measures if job.depth == 1 else (job.of,)
    measures = tuple(one for one in wanted if one in READERS)
    found = compare(
        [picture.pixels for picture, _ in before],
        [picture.pixels for picture, _ in after],
        [zone],
        without_floors(),
        How(job.regime, kind.px_per_mm, measures=measures),
        [beside for _, beside in (*before, *after)],
    )
    true_px, stated_px = _misplaced(before[0], after[0], zone) if job.depth == 1 else (None, None)
    return Pair(
        job=job,
        believed=found.regime,
        changes=_changes(found),
        why={one.measure: one.why[0] for one in found.changes if one.change is None and one.why},
        refused=tuple(f"{one.called}: {one.problem.found}" for one in found.refused),
        true_px=true_px,
        stated_px=stated_px,
        gauge=gauge_of(found.zones[0], Look(found.zones[0]).heading).ratio,
    )


def _marked(first: capture.Picture) -> tuple[DrawnStripe, ...]:
    """The stretch marks of a picture as a hand marks them: by a point every five millimetres, so far as the zone reaches."""
    half = first.scene.width_mm / 2 - INSET_MM
    lines = [np.array([at for at in one.line if max(map(abs, at)) < half]) for one in first.scene.striae]
    return tuple(
        DrawnStripe(first.placement.to_picture(line[::MARKED_EVERY])) for line in lines if len(line) > MARKED_EVERY
    )


def _changes(found: Comparison) -> dict[str, Seen]:
    counts = [len(found.zones[0].of(visit)) for visit in ("before", "after")]
    told = {}
    for one in found.changes:
        if one.change is None or one.detectable is None:
            continue
        if one.measure == "line-depth":
            free, of_one = 0, sqrt(2 / min(counts)) if min(counts) < PAIRS_SHOW else 0.0
        else:
            free = max(sum(counts) - 2, 0)
            of_one = sqrt(sum(1 / count for count in counts)) if free < FREE_SHOW else 0.0
        told[one.measure] = Seen(one.change, one.detectable / quantile(free), free, of_one)
    return told


def _misplaced(
    before: tuple[capture.Picture, Beside], after: tuple[capture.Picture, Beside], zone: Zone
) -> tuple[float | None, float | None]:
    """By how much places of the zone are laid beside where they belong: the middle of them, and what is stated of it."""
    laid = align(before[0].pixels, after[0].pixels, (zone,), (before[1].apart, after[1].apart)).zones[zone.name]
    if not laid.trusted:
        return None, None
    low, high = zone.polygon.min(axis=0) + 5, zone.polygon.max(axis=0) - 5
    places = np.stack(np.meshgrid(np.linspace(low[0], high[0], 15), np.linspace(low[1], high[1], 15)), axis=-1)
    places = places.reshape(-1, 2)
    there = capture.same_place(before[0], after[0], places)
    return float(np.median(np.hypot(*(laid.to_baseline(there) - places).T))), laid.error_px


def pairs(jobs: Iterable[Job], kept: Path = KEPT) -> list[Pair]:
    """All pairs; those that an earlier run of the same code kept are taken from there."""
    kept.mkdir(parents=True, exist_ok=True)
    file = kept / f"{made_by()}.jsonl"
    have = {one.job: one for one in _read(file)}
    wanted = list(dict.fromkeys(jobs))
    together: dict[tuple[object, ...], list[Job]] = {}
    for job in wanted:
        if job not in have:
            together.setdefault((job.kind, job.regime, job.seed, job.shots), []).append(job)
    print(
        f"{len(wanted)} pairs, {sum(map(len, together.values()))} of them to be made; kept in {file}", file=sys.stderr
    )
    with ProcessPoolExecutor(PROCESSES, initializer=_modest) as pool, file.open("a", encoding="utf-8") as out:
        for done in as_completed([pool.submit(compared, group) for group in together.values()]):
            for pair in done.result():
                have[pair.job] = pair
                out.write(json.dumps(asdict(pair)) + "\n")
            out.flush()
    return [have[job] for job in wanted]


def _modest() -> None:
    os.nice(NICE)
    cv2.setNumThreads(1)
    numba.set_num_threads(1)


def _read(file: Path) -> Iterator[Pair]:
    if file.exists():
        for line in file.read_text(encoding="utf-8").splitlines():
            row: dict[str, Any] = json.loads(line)
            changes = {name: Seen(*seen) for name, seen in row["changes"].items()}
            yield Pair(**{**row, "job": Job(**row["job"]), "changes": changes, "refused": tuple(row["refused"])})


@cache
def made_by() -> str:
    """What the results depend on: the measuring and the skin, but no floors and no reading of arguments."""
    digest = hashlib.sha256()
    for folder in ("src/needlewise/imaging", "simulated_skin"):
        for file in sorted((ROOT / folder).glob("*.py")):
            digest.update(file.read_bytes())
    for name in ("gates.toml", "regimes.toml", "measures.toml", "criteria.toml"):
        digest.update((ROOT / "src/needlewise/knowledge/imaging" / name).read_bytes())
    digest.update(Path(__file__).read_bytes())
    return digest.hexdigest()[:12]


def kinds(given: list[str] | None) -> tuple[str, ...]:
    """What is drawn: what was named, or all."""
    return tuple(given or KINDS)


def seeds(text: str) -> range:
    """FIRST:LAST, both of them included. Seeds of 900000 and more are kept for checks from outside."""
    first, last = (int(part) for part in text.split(":"))
    if not 0 <= first <= last < 900_000:
        raise ValueError(f"seeds {text}: 0 to 899999, the first no greater than the last")
    return range(first, last + 1)
