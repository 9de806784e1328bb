"""Leave one study out, forecast it from the others, and see how often it lies where it was forecast.

./dev exec python validation/forecast/backtest.py
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from needlewise.evidence.forecast import Expected, forecast
from needlewise.evidence.groups import Sort
from needlewise.evidence.likeness import Asked
from needlewise.knowledge import EvidenceBase, load_evidence, load_protocol

ON = date(2026, 11, 24)
LEVELS = (0.5, 0.8, 0.95)


@dataclass(frozen=True)
class Left:
    """A study that was left out: its own figure, and what the others foretold of a group of its size."""

    study: str
    measure: str
    is_share: bool
    people: int
    found: float
    value: float
    low: float
    high: float

    @property
    def is_held(self) -> bool:
        return self.low <= self.found <= self.high


def left_out(base: EvidenceBase, level: float) -> Iterator[Left]:
    """Every figure that the others foretell. A person of unknown phototype, with the sessions and additions of the arm
    itself, is asked for."""
    there = replace(base.reckoning, thresholds={**base.reckoning.thresholds, "level": level})
    whole = replace(base, reckoning=there)
    for name, study in base.studies.items():
        rest = replace(whole, studies={key: one for key, one in base.studies.items() if key != name})
        for arm in study.arm:
            if not arm.needling or arm.radiofrequency:
                continue
            asked = Asked((study.group,), arm.sessions, tuple(set(base.active_agents(arm)) - {"other"}))
            others = {one.measure: one for one in forecast(asked, rest).expected}
            for mine in forecast(asked, whole).expected:
                for behind in mine.behind:
                    if behind.study.id == name and behind.arm.id == arm.id and mine.measure in others:
                        yield from _compared(others[mine.measure], behind.value, behind.people, name)


def _compared(others: Expected, value: float, people: int, study: str) -> Iterator[Left]:
    found = others.prediction
    if found is not None:
        is_share = others.measure.sort is Sort.RESPONSE
        yield Left(study, others.measure.of, is_share, people, value, found.value, found.group.low, found.group.high)


def main() -> None:
    base = load_evidence(load_protocol(ON))
    rows = list(left_out(base, 0.8))
    print(f"{'study left out':<22} {'measure':<20} {'people':>6} {'found':>7} {'foretold':>8}   interval of 80 %")
    for one in rows:
        mark = "" if one.is_held else "   outside"
        print(
            f"{one.study:<22} {one.measure:<20} {one.people:>6} {one.found:>7.2f} {one.value:>8.2f}"
            f"   {one.low:.2f} to {one.high:.2f}{mark}"
        )
    print()
    for level in LEVELS:
        at = list(left_out(base, level))
        shares, changes = [one for one in at if one.is_share], [one for one in at if not one.is_share]
        told = ", ".join(
            f"{sum(one.is_held for one in part)} of {len(part)} {name}"
            for name, part in (("shares", shares), ("changes", changes))
        )
        print(f"intervals meant to hold {100 * level:.0f} % hold {told}")
    errors = [one.found - one.value for one in rows if one.is_share]
    print(
        f"shares: mean error {sum(errors) / len(errors):+.2f}, mean size of error {sum(map(abs, errors)) / len(errors):.2f}"
    )


if __name__ == "__main__":
    main()
