"""How well colour is read off simulated photographs, by regime and tone: the table of colour.md.

./dev exec python validation/imaging/colour.py [FIRST SEED] [SKINS] [VISITS]

Every skin is photographed at several visits without having changed. `SD` is how far the visits of a skin lie apart, `off`
how far they lie from the truth on the mean. Bars are held against the rig in every tone: ITA SD <= 0.6, a* SD <= 0.3.
"""

import sys
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from functools import cache
from itertools import product
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from needlewise.imaging.card import find_chart, read_patch
from needlewise.imaging.colour import NO_CALIBRATION, Calibration, by_chart, by_grey
from needlewise.imaging.criteria import Rules, rules_of
from needlewise.imaging.patches import spots_of
from needlewise.imaging.tones import Mask, tones_of, zone_tone
from needlewise.knowledge import load_imaging, load_protocol
from simulated_skin import card as printed
from simulated_skin.capture import REGIMES, Picture, conditions, photograph
from simulated_skin.drawing import Amounts, drawn, tones

Floats = NDArray[np.float64]
ON = date(2026, 11, 28)
BARS = {"ITA": 0.6, "a*": 0.3}
TONES, HALF_MM = tones(6), 20.0
TOLD = ("ITA", "L*", "a*", "melanin", "blood")


@cache
def rules() -> Rules:
    return rules_of(load_imaging(load_protocol(ON)))


def measured(job: tuple[str, float, int, int]) -> tuple[tuple[str, float], int, dict[str, Floats], tuple[float, ...]]:
    """One picture: for each mode of calibration how far each number is off, and residual, error of ITA, spots and truth."""
    regime, melanin, seed, visit = job
    picture = photograph(drawn(seed, Amounts(melanin=melanin)), conditions(REGIMES[regime], seed, visit=visit))
    mask = zone(picture)
    scene, chart = picture.scene, find_chart(picture.pixels)
    true = np.array([scene.ita_deg, scene.lab[0], scene.lab[1], scene.melanin, scene.blood])
    by = {"none": NO_CALIBRATION, "grey": by_grey(grey(picture)), "chart": chart and by_chart(chart)}
    off = {mode: read(picture, mask, found) - true for mode, found in by.items()}
    calibration = by["chart"] or NO_CALIBRATION
    tone = zone_tone(picture.pixels, mask, calibration)
    planes = tones_of(picture.pixels, calibration, veil=tone.veil if tone else 0.0)
    spots = spots_of(planes, mask, 12.0, rules().spots)
    inside = [s for s in scene.spots if max(map(abs, s.at)) < HALF_MM]
    true_share = sum(s.area_mm2 for s in inside) / (2 * HALF_MM) ** 2
    error = tone.ita_deg.error if tone else np.nan
    more = (calibration.residual_de or np.nan, error, spots.share.value, true_share, spots.count.value, len(inside))
    return (regime, melanin), seed, off, more


def zone(picture: Picture) -> Mask:
    """The same square of skin in every picture, by the simulator's own map."""
    corners = picture.placement.to_picture(HALF_MM * np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)], dtype=np.float64))
    mask = np.zeros(picture.pixels.shape[:2], dtype=np.uint8)
    cv2.fillConvexPoly(mask, np.round(corners).astype(np.int32), 1)
    return mask > 0


def grey(picture: Picture):  # type: ignore[no-untyped-def]
    left, top, right, bottom = printed.GREY_BOX
    inset = 0.8
    box = [(left + inset, top + 8), (right - inset, top + 8), (right - inset, bottom - 8), (left + inset, bottom - 8)]
    return read_patch(picture.pixels, picture.on_card(box))


def read(picture: Picture, mask: Mask, calibration: Calibration | None) -> Floats:
    tone = None if calibration is None else zone_tone(picture.pixels, mask, calibration)
    if tone is None:
        return np.full(5, np.nan)
    told = (tone.ita_deg, tone.lightness, tone.redness, tone.melanin, tone.blood)
    return np.array([one.value for one in told])


def rows(
    first: int, skins: int, visits: int
) -> Iterator[tuple[str, float, dict[str, Floats], dict[str, Floats], Floats]]:
    """For each regime and tone: by mode the spread between visits and the mean miss of each number, and the rest."""
    jobs = list(product(REGIMES, TONES, range(first, first + skins), range(visits)))
    found = defaultdict(list)
    with ProcessPoolExecutor() as pool:
        for key, seed, off, more in pool.map(measured, jobs, chunksize=4):
            found[key].append((seed, off, more))
    for (regime, melanin), each in found.items():
        seeds = np.array([seed for seed, _, _ in each])
        spread, miss = {}, {}
        for mode in each[0][1]:
            table = np.array([off[mode] for _, off, _ in each])
            within = [np.nanvar(table[seeds == seed], axis=0, ddof=1) for seed in sorted(set(seeds.tolist()))]
            spread[mode], miss[mode] = np.sqrt(np.mean(within, axis=0)), np.nanmean(table, axis=0)
        yield regime, melanin, spread, miss, np.nanmean([more for _, _, more in each], axis=0)


def main(first: int = 1, skins: int = 3, visits: int = 4) -> int:
    kept = True
    print(f"seeds {first} to {first + skins - 1}, {visits} visits each, chart unless a column says otherwise")
    heads = ("regime", "melanin", *(f"{name} SD" for name in TOLD), *(f"{name} off" for name in TOLD))
    print(f"| {' | '.join((*heads, 'ITA SD grey', 'ITA SD none', 'dE', 'spots', 'truth', 'n', 'truth'))} |")
    print(f"|{'---|' * (len(heads) + 7)}")
    for regime, melanin, spread, miss, more in rows(first, skins, visits):
        numbers = [*spread["chart"], *miss["chart"], spread["grey"][0], spread["none"][0], more[0]]
        spots = [f"{100 * more[2]:.1f} %", f"{100 * more[3]:.1f} %", f"{more[4]:.1f}", f"{more[5]:.1f}"]
        print(f"| {' | '.join([regime, f'{melanin:.2f}', *(f'{one:.2f}' for one in numbers), *spots])} |", flush=True)
        told = dict(zip(TOLD, spread["chart"], strict=True))
        kept &= regime != "rig" or all(told[name] <= bar for name, bar in BARS.items())
    print(
        "bars of the rig:", ", ".join(f"{name} SD <= {bar}" for name, bar in BARS.items()), "held" if kept else "MISSED"
    )
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
