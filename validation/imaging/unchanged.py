"""How far measures differ between two visits at which nothing changed: the floors, and how often they raise a false alarm.

./dev exec python validation/imaging/unchanged.py [--seeds FIRST:LAST] [--regime rig|room|hand] [--shots 3] [--kind KIND] [--write]

Seeds below 100000 are for fitting floors; bars.py takes others. `--write` writes knowledge/imaging/floors.toml anew; what was
not measured stays as it is there.
"""

from argparse import ArgumentParser
from collections.abc import Iterable, Iterator, Sequence
from math import sqrt
from pathlib import Path

import numpy as np
import pairs as made
from pairs import KINDS, ON, ROOT, TONES, Job, Pair, detectable, imaging
from scipy.special import chdtri

from needlewise.imaging.looking import READERS

FITTING = range(100_000)
EVERY = 2  # stretch marks, scars and hairs change little from seed to seed: every so many seeds are enough
FLOORS = ROOT / "src/needlewise/knowledge/imaging/floors.toml"
ALARMS = 0.05  # of unchanged pairs
FEWEST = {"skin": 20, "scars": 10, "striae": 10, "marked": 10, "hairs": 10}  # pairs, for a floor to be told at all
KIND_OF = {measure: name for name, kind in KINDS.items() for measure in kind.measures}
ROW = """
[[floor]]
measure = "{measure}"
regime = "{regime}"
sd = {sd!r}

[floor.mark]
origin = "computed"
why = "{why}"
"""
DIGITS = 2
SURE = 0.8  # that the true standard deviation is no higher than a floor
DRAWN = 6  # as many pairs of all tones are counted in with those of each

Row = tuple[int, tuple[float, float, int]]  # tone; change, its standard deviation by the shots, degrees of freedom


def jobs(
    seeds: Iterable[int], regimes: Sequence[str], shots: int, kinds: Sequence[str] = tuple(KINDS)
) -> Iterator[Job]:
    for seed in seeds:
        for regime in regimes:
            # Where no measure of a kind is read, as relief by hand, none is drawn.
            here = [
                name
                for name in kinds
                if any(one in READERS and regime in imaging().measures[one].regimes for one in KINDS[name].measures)
            ]
            if "skin" in here:
                yield Job("skin", regime, seed, shots=shots)
            if seed % EVERY == 0:
                if "scars" in here:
                    yield Job("scars", regime, seed, shots=shots)
                for name in ("striae", "hairs"):
                    if name in here:
                        yield Job(name, regime, seed // EVERY, shots=shots)
            elif "marked" in here:
                yield Job("marked", regime, seed, shots=shots)


def rows(pairs: Iterable[Pair], measure: str, regime: str) -> list[Row]:
    """Unchanged pairs that were taken as `regime` says and are believed to have been."""
    return [
        (one.job.tone, one.changes[measure])
        for one in pairs
        if one.job.depth == 1 and one.job.regime == one.believed == regime and measure in one.changes
    ]


def beyond(found: Sequence[Row]) -> float:
    """One standard deviation of changes, beyond what their shots explain."""
    return sqrt(max(0.0, _excess(found)))


def alarms(found: Sequence[Row], floor_sd: float) -> float:
    return float(np.mean([abs(row[0]) > detectable(row, floor_sd) for _, row in found])) if found else float("nan")


def of_tone(found: Sequence[Row], tone: int) -> list[Row]:
    return [row for row in found if row[0] == tone]


def floor(found: Sequence[Row]) -> float:
    """What holds in every tone: the standard deviation beyond the shots in the tone that spreads most, or more, where
    otherwise more than one pair in twenty were an alarm.

    Few pairs of a tone may spread far by chance, so each tone is drawn towards all of them; and few pairs in all may spread
    too little by chance, so the floor is what the standard deviation is below with a certainty of four in five.
    """
    of_all = beyond(found) ** 2
    by_tone = [of_tone(found, tone) for tone in range(len(TONES))]
    spread = [(len(one) * _excess(one) + DRAWN * of_all) / (len(one) + DRAWN) for one in by_tone if one]
    needed = [_just_enough(row) for _, row in found]
    chance = sqrt(len(found) / float(chdtri(len(found), SURE)))
    return max(chance * sqrt(max(0.0, *spread)), float(np.quantile(needed, 1 - ALARMS, method="higher")))


def _excess(found: Sequence[Row]) -> float:
    return float(np.mean([change**2 - spread**2 for _, (change, spread, _) in found]))


def _just_enough(row: tuple[float, float, int]) -> float:
    """The least floor with which a change is no alarm."""
    change, spread, free = row
    return sqrt(max(0.0, change**2 - (made.quantile(free) * spread) ** 2)) / made.quantile(0)


def table(pairs: Sequence[Pair], regimes: Sequence[str]) -> Iterator[str]:
    known = imaging()
    tones = " | ".join(f"{melanin:.2f}" for melanin in TONES)
    yield f"| measure | regime | pairs | SD | beyond shots | would be | floor now | false alarms | SD by melanin {tones} | false alarms {tones} |"
    yield "|---|---|" + "---:|" * (6 + 2 * len(TONES))
    for measure in known.measures:
        for regime in regimes:
            found = rows(pairs, measure, regime)
            if not found:
                continue
            now = known.floors[measure, regime].sd
            by_tone = [of_tone(found, tone) for tone in range(len(TONES))]
            spreads = " | ".join(f"{about_nought(one):.3g}" for one in by_tone)
            wrong = " | ".join(f"{100 * alarms(one, now):.0f} %" for one in by_tone)
            yield (
                f"| {measure} | {regime} | {len(found)} | {about_nought(found):.3g} | {beyond(found):.3g} | {_rounded_up(floor(found)):g} | {now:g} "
                f"| {100 * alarms(found, now):.1f} % | {spreads} | {wrong} |"
            )


def about_nought(found: Sequence[Row]) -> float:
    """One standard deviation about nought, which is the truth."""
    return float(np.sqrt(np.mean([change**2 for _, (change, _, _) in found]))) if found else float("nan")


def kept_out(pairs: Sequence[Pair], regimes: Sequence[str]) -> Iterator[str]:
    """How many pairs could not be had, by regime and surface."""
    yield "| regime | surface | pairs | believed less steady | no picture of a visit | of them by tone, the lightest first |"
    yield "|---|---|---:|---:|---:|---|"
    for regime in regimes:
        for surface in made.SURFACES:
            here = [one for one in pairs if one.job.regime == regime and one.job.surface is surface]
            here = [one for one in here if one.job.kind == "skin" and one.job.depth == 1]
            if here:
                lost = [one for one in here if "ita" not in one.changes]
                tones = " ".join(str(sum(one.job.tone == tone for one in lost)) for tone in range(len(TONES)))
                worse = sum(one.believed != regime for one in here)
                yield f"| {regime} | {surface.name} | {len(here)} | {worse} | {len(lost)} | {tones} |"


def write(pairs: Sequence[Pair], regimes: Sequence[str], seeds: range, path: Path = FLOORS) -> None:
    """Write the floors; a measure of which there are too few pairs keeps its row. A less steady way never has a lower one."""
    text = ["# By how much a measure differs between two visits at which nothing changed: one standard deviation.\n"]
    least: dict[str, float] = {}
    for (measure, regime), now in imaging().floors.items():
        found = rows(pairs, measure, regime) if regime in regimes else []
        sd, why = now.sd, now.mark.why
        if len(found) >= FEWEST[KIND_OF[measure]]:
            sd = max(_rounded_up(floor(found)), least.get(measure, 0.0))
            why = (
                f"Computed on {ON:%Y-%m-%d} from {len(found)} unchanged pairs of simulated visits, seeds {seeds[0]} to "
                f"{seeds[-1]}: what shots do not show, in the tone that spreads most, with a certainty of four in five."
            )
        least[measure] = sd
        text.append(ROW.format(measure=measure, regime=regime, sd=sd, why=why))
    path.write_text("".join(text), encoding="utf-8")


def _rounded_up(value: float) -> float:
    """To two digits that count, never to nothing."""
    value = max(value, 1e-3)
    step = 10.0 ** (np.floor(np.log10(value)) - (DIGITS - 1))
    return float(f"{np.ceil(value / step - 1e-9) * step:.6g}")


def main() -> None:
    ask = ArgumentParser(description=__doc__)
    ask.add_argument("--seeds", default="0:59")
    ask.add_argument("--regime", choices=made.REGIMES)
    ask.add_argument("--shots", type=int, default=3)
    ask.add_argument("--kind", choices=KINDS, action="append", help="only this; may be repeated")
    ask.add_argument("--write", action="store_true")
    given = ask.parse_args()
    seeds, regimes = made.seeds(given.seeds), (given.regime,) if given.regime else made.REGIMES
    found = made.pairs(jobs(seeds, regimes, given.shots, made.kinds(given.kind)))
    print(*table(found, regimes), "", *kept_out(found, regimes), sep="\n")
    if given.write:
        if seeds[-1] not in FITTING:
            ask.error("floors are fitted on seeds below 100000")
        write(found, regimes, seeds)
        print(f"\nwritten: {FLOORS}")


if __name__ == "__main__":
    main()
