"""How far measures differ between two visits at which nothing changed: the floors, and how often they raise a false alarm.

./dev exec python validation/imaging/unchanged.py [--seeds FIRST:LAST] [--regime rig|room|hand] [--shots 3] [--kind KIND] [--write]

Seeds below 100000 are for fitting floors, and 60 more; bars.py takes others. `--write` writes knowledge/imaging/floors.toml
anew: with three shots how far visits differ beyond them (`sd`), with one how far single pictures differ (`shot_sd`), which is
reckoned from `sd` and so comes second. What was not measured stays as it is there.
"""

from argparse import ArgumentParser
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from math import sqrt
from pathlib import Path

import numpy as np
import pairs as made
from pairs import KINDS, ON, ROOT, TONES, Job, Pair, Seen, detectable, imaging
from scipy.special import chdtri

from needlewise.imaging.looking import READERS
from needlewise.knowledge import Floor, Origin

# Of the seeds that are not for fitting some were taken for it after they had been counted: bars.py leaves them alone.
FITTING = {*range(100_000), *range(100_060, 100_120)}
EVERY = 2  # stretch marks, scars and hairs change little from seed to seed: every so many seeds are enough
FLOORS = ROOT / "src/needlewise/knowledge/imaging/floors.toml"
ALARMS = 0.05  # of unchanged pairs
FEWEST = {"skin": 20, "scars": 10, "striae": 10, "marked": 10, "hairs": 10}  # pairs, for a floor to be told at all
KIND_OF = {measure: name for name, kind in KINDS.items() for measure in kind.measures}
HEAD = """\
# By how much a measure differs between two visits at which nothing changed: one standard deviation (sd) of the change, and
# one of a single picture about its visit (shot_sd), counted where the pictures are too few to show it.
"""
ROW = """
[[floor]]
measure = "{measure}"
regime = "{regime}"
sd = {sd!r}
shot_sd = {shot_sd!r}

[floor.mark]
origin = "{origin}"
why = "{why}"
"""
# A mark tells first where `sd` comes from, and then where `shot_sd` does; what is reckoned here begins with this word.
OF_ONE, RECKONED = " One picture: ", "Computed"
NO_LOWER = " As high as of the steadier way."
SHOW = 3  # so many shots a visit show how far one differs from the next
DIGITS = 2
SURE = 0.8  # that the true standard deviation is no higher than a floor
DRAWN = 6  # as many pairs of all tones are counted in with those of each

Row = tuple[int, Seen]  # by tone


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


def alarms(found: Sequence[Row], known: Floor) -> float:
    return float(np.mean([abs(row.change) > detectable(row, known) for _, row in found])) if found else float("nan")


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


def shot_floor(found: Sequence[Row], sd: float) -> float:
    """One standard deviation of a single picture, from pairs of single pictures: what is in them beyond `sd`, halved, as two
    pictures differ.

    The own error of a ratio is not added to it by the room, which takes the larger; so nothing is taken off for it here.
    """
    whole = floor([(tone, row._replace(spread=0.0)) for tone, row in found])
    return sqrt(max(0.0, whole**2 - sd**2) / 2)


def _excess(found: Sequence[Row]) -> float:
    return float(np.mean([row.change**2 - row.spread**2 for _, row in found]))


def _just_enough(row: Seen) -> float:
    """The least floor with which a change is no alarm."""
    return sqrt(max(0.0, row.change**2 - (made.quantile(row.free) * row.spread) ** 2)) / made.quantile(0)


def table(pairs: Sequence[Pair], regimes: Sequence[str], shots: int) -> Iterator[str]:
    """By measure and regime. `would be` and `now` are of `shot_sd` where a visit has one picture, else of `sd`; false alarms
    are counted as the room counts them, with both.
    """
    known, name = imaging(), "shot_sd" if shots == 1 else "sd"
    tones = " | ".join(f"{melanin:.2f}" for melanin in TONES)
    yield f"| measure | regime | pairs | SD | beyond shots | {name} would be | {name} now | false alarms | SD by melanin {tones} | false alarms {tones} |"
    yield "|---|---|" + "---:|" * (6 + 2 * len(TONES))
    for measure in known.measures:
        for regime in regimes:
            found = rows(pairs, measure, regime)
            if not found:
                continue
            now = known.floors[measure, regime]
            would = _shot_rounded(shot_floor(found, now.sd)) if shots == 1 else _rounded_up(floor(found))
            by_tone = [of_tone(found, tone) for tone in range(len(TONES))]
            spreads = " | ".join(f"{about_nought(one):.3g}" for one in by_tone)
            wrong = " | ".join(f"{100 * alarms(one, now):.0f} %" for one in by_tone)
            yield (
                f"| {measure} | {regime} | {len(found)} | {about_nought(found):.3g} | {beyond(found):.3g} | {would:g} | {getattr(now, name):g} "
                f"| {100 * alarms(found, now):.1f} % | {spreads} | {wrong} |"
            )


def about_nought(found: Sequence[Row]) -> float:
    """One standard deviation about nought, which is the truth."""
    return float(np.sqrt(np.mean([row.change**2 for _, row in found]))) if found else float("nan")


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


def write(pairs: Sequence[Pair], regimes: Sequence[str], of: str, shots: int, path: Path = FLOORS) -> None:
    """Write the floors: `shot_sd` where a visit has one picture, else `sd`; the other figure of a row stays, and so does a
    row of which there are too few pairs. A less steady way never has a lower one.
    """
    text, least = [HEAD], dict[str, Floor]()
    for (measure, regime), now in imaging().floors.items():
        found = rows(pairs, measure, regime) if regime in regimes else []
        row = now
        if len(found) >= FEWEST[KIND_OF[measure]]:
            why = f"{RECKONED} on {ON:%Y-%m-%d} from {len(found)} unchanged pairs of simulated visits"
            words = why, f"seeds {of}: "
            row = _of_one(now, found, words) if shots == 1 else _of_visits(now, found, words)
        row = _no_lower(row, least.get(measure, row))
        least[measure] = row
        parts = _told(row)
        origin = Origin.COMPUTED if all(one.startswith(RECKONED) for one in parts) else Origin.CHOSEN
        text.append(
            ROW.format(
                measure=measure, regime=regime, sd=row.sd, shot_sd=row.shot_sd, origin=origin.value, why=row.mark.why
            )
        )
    path.write_text("".join(text), encoding="utf-8")


def _told(row: Floor) -> tuple[str, str]:
    """Where each of the two figures comes from."""
    of_visits, _, of_one = row.mark.why.partition(OF_ONE)
    return of_visits, of_one


def _telling(row: Floor, sd: tuple[float, str], shot_sd: tuple[float, str]) -> Floor:
    return replace(row, sd=sd[0], shot_sd=shot_sd[0], mark=replace(row.mark, why=f"{sd[1]}{OF_ONE}{shot_sd[1]}"))


def _of_visits(now: Floor, found: Sequence[Row], words: tuple[str, str]) -> Floor:
    """With a new `sd`; one that was chosen to be higher stays."""
    (told, of_one), sd = _told(now), _rounded_up(floor(found))
    if not told.startswith(RECKONED) and now.sd >= sd:
        return now
    why = f"{words[0]}, {words[1]}what shots do not show, in the tone that spreads most, with a certainty of four in five."
    return _telling(now, (sd, why), (now.shot_sd, of_one))


def _of_one(now: Floor, found: Sequence[Row], words: tuple[str, str]) -> Floor:
    """With a new `shot_sd`."""
    why = f"{words[0]} of one picture, {words[1]}what they differ by beyond `sd`, in the same way."
    return _telling(now, (now.sd, _told(now)[0]), (_shot_rounded(shot_floor(found, now.sd)), why))


def _no_lower(row: Floor, steadier: Floor) -> Floor:
    """No figure lower than that of the steadier way."""
    least = (steadier.sd, steadier.shot_sd)
    found = [
        (low, why.removesuffix(NO_LOWER) + NO_LOWER) if value < low else (value, why)
        for value, low, why in zip((row.sd, row.shot_sd), least, _told(row), strict=True)
    ]
    return _telling(row, *found) if found != list(zip((row.sd, row.shot_sd), _told(row), strict=True)) else row


def _shot_rounded(value: float) -> float:
    """Rounded up; of single pictures that differ no more than the floor explains, nothing is counted."""
    return _rounded_up(value) if value > 0 else 0.0


def _rounded_up(value: float) -> float:
    """To two digits that count, never to nothing."""
    value = max(value, 1e-3)
    step = 10.0 ** (np.floor(np.log10(value)) - (DIGITS - 1))
    return float(f"{np.ceil(value / step - 1e-9) * step:.6g}")


def main() -> None:
    ask = ArgumentParser(description=__doc__)
    ask.add_argument("--seeds", action="append", metavar="FIRST:LAST", help="may be repeated; 0:59 if left out")
    ask.add_argument("--regime", choices=made.REGIMES)
    ask.add_argument("--shots", type=int, default=3)
    ask.add_argument("--kind", choices=KINDS, action="append", help="only this; may be repeated")
    ask.add_argument("--write", action="store_true")
    given = ask.parse_args()
    rows_of, regimes = (
        [made.seeds(one) for one in given.seeds or ["0:59"]],
        (given.regime,) if given.regime else made.REGIMES,
    )
    seeds = [seed for one in rows_of for seed in one]
    if given.write and not FITTING.issuperset(seeds):
        ask.error("floors are fitted on seeds below 100000, and 100060 to 100119")
    if given.write and given.shots not in (1, *range(SHOW, 100)):
        ask.error(
            f"floors are written from {SHOW} shots and more, or from 1: of two, what one differs by is hardly shown"
        )
    found = made.pairs(jobs(seeds, regimes, given.shots, made.kinds(given.kind)))
    print(*table(found, regimes, given.shots), "", *kept_out(found, regimes), sep="\n")
    if given.write:
        write(found, regimes, ", ".join(f"{one[0]} to {one[-1]}" for one in rows_of), given.shots)
        print(f"\nwritten: {FLOORS}")


if __name__ == "__main__":
    main()
