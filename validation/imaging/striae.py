"""How many stretch marks are found on simulated photographs, and how many where there are none: the table of striae.md.

./dev exec python validation/imaging/striae.py [--seeds FIRST:LAST] [--regime rig|room|hand]

One picture of each skin with five stripes, and one of the same skin without any; wrinkles, spots and flushes on both. A
stripe counts where it differs by 1 L* or more and 10 mm of it lie in the zone. It is found where a found line lies within
half its width of its own on the middle; what lies on no stripe is false.
"""

from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from itertools import product

import cv2
import numpy as np
import pairs as made
from numpy.typing import NDArray

from needlewise.imaging.card import find_chart
from needlewise.imaging.colour import NO_CALIBRATION, by_chart
from needlewise.imaging.criteria import StripeRule, rules_of
from needlewise.imaging.striae import Stripe, stripes_of
from needlewise.imaging.tones import Mask, Tones, tones_of, zone_tone
from simulated_skin import capture, drawing

Floats = NDArray[np.float64]
KIND = made.KINDS["striae"]
LEAST_LIGHTNESS, LEAST_MM = 1.0, 10.0


@dataclass(frozen=True)
class Job:
    regime: str
    tone: int
    seed: int
    count: int


@dataclass(frozen=True, eq=False)
class Skin:
    """What is looked at in one picture: `lines` of true stripes in pixels, their widths in mm and contrasts in L*."""

    tones: Tones
    mask: Mask
    lines: tuple[Floats, ...]
    widths: tuple[float, ...]
    contrasts: tuple[float, ...]


def skin(job: Job) -> Skin:
    amounts = replace(KIND.amounts, melanin=made.TONES[job.tone], striae=job.count)
    scene = drawing.drawn(job.seed, amounts)
    taken = capture.conditions(capture.REGIMES[job.regime], job.seed)
    picture = capture.photograph(scene, taken, px_per_mm=KIND.px_per_mm)
    half = amounts.width_mm / 2 - made.INSET_MM
    corners = picture.placement.to_picture(half * np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)], dtype=np.float64))
    mask = np.zeros(picture.pixels.shape[:2], dtype=np.uint8)
    cv2.fillConvexPoly(mask, np.round(corners).astype(np.int32), 1)
    chart = find_chart(picture.pixels)
    calibration = by_chart(chart) if chart else NO_CALIBRATION
    tone = zone_tone(picture.pixels, mask > 0, calibration)
    seen = tones_of(picture.pixels, calibration, veil=tone.veil if tone else 0.0)
    lines, widths, contrasts = [], [], []
    for one in scene.striae:
        at = np.array(one.line)
        run = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(at, axis=0).T))])
        steps = np.arange(0.0, run[-1], 0.25)
        dense = np.stack([np.interp(steps, run, at[:, k]) for k in (0, 1)], axis=1)
        dense = dense[(np.abs(dense) < half - 2).all(axis=1)]
        if len(dense) * 0.25 >= LEAST_MM and abs(scene.stria_contrast(one)) >= LEAST_LIGHTNESS:
            lines.append(picture.placement.to_picture(dense))
            widths.append(one.width_mm)
            contrasts.append(scene.stria_contrast(one))
    return Skin(seen, mask > 0, tuple(lines), tuple(widths), tuple(contrasts))


def judged(seen: Skin, found: Iterable[Stripe]) -> tuple[int, int, int]:
    """True stripes, of them found, and how many found ones are false."""
    hits: set[int] = set()
    false = 0
    for stripe in found:
        on = [
            number
            for number, (line, width) in enumerate(zip(seen.lines, seen.widths, strict=True))
            if np.median([np.hypot(*(line - point).T).min() for point in stripe.line]) < width / 2 * KIND.px_per_mm
        ]
        hits.update(on)
        false += not on
    return len(seen.lines), len(hits), false


def looked_at(job: Job, rule: StripeRule | None = None) -> tuple[Job, tuple[int, int, int]]:
    seen = skin(job)
    return job, judged(
        seen, stripes_of(seen.tones, seen.mask, KIND.px_per_mm, rule or rules_of(made.imaging()).stripes)
    )


def table(found: dict[Job, tuple[int, int, int]], regimes: Iterable[str]) -> Iterator[str]:
    yield "| regime | melanin | stripes | found | false beside them | pictures without | of them with false ones | false ones |"
    yield "|---|---|---:|---:|---:|---:|---:|---:|"
    for regime, tone in product(regimes, range(len(made.TONES))):
        here = [(job, told) for job, told in found.items() if (job.regime, job.tone) == (regime, tone)]
        true, hits, beside = (sum(told[k] for job, told in here if job.count) for k in range(3))
        none = [told[2] for job, told in here if not job.count]
        yield (
            f"| {regime} | {made.TONES[tone]:.2f} | {true} | {hits} | {beside} "
            f"| {len(none)} | {sum(one > 0 for one in none)} | {sum(none)} |"
        )


def main() -> None:
    ask = ArgumentParser(description=__doc__)
    ask.add_argument("--seeds", default="400:405")
    ask.add_argument("--regime", choices=made.REGIMES)
    given = ask.parse_args()
    regimes = (given.regime,) if given.regime else made.REGIMES
    jobs = [Job(*one) for one in product(regimes, range(len(made.TONES)), made.seeds(given.seeds), (5, 0))]
    with ProcessPoolExecutor(made.PROCESSES, initializer=made._modest) as pool:
        print(*table(dict(pool.map(looked_at, jobs)), regimes), sep="\n")


if __name__ == "__main__":
    main()
