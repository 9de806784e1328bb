"""The pass marks, set before any series was looked at, and whether they are met."""

from collections.abc import Sequence
from dataclasses import dataclass

# Of the draws, that have the direction of a significant change right; of the reported means, that lie inside; and what
# a band of 90 % may hold at most, or it is too wide to say anything.
RIGHT, INSIDE, TOO_WIDE = 0.90, 0.80, 0.97
# So many values must be there before one outside would not already bring the share below `TOO_WIDE`.
ENOUGH = 34


@dataclass(frozen=True, slots=True)
class Mark:
    """A pass mark: what is asked, what was found, and whether that is met; None where it cannot be told."""

    id: str
    asked: str
    found: str
    met: bool | None


def marks_of(agreeing: Sequence[float], inside: Sequence[bool], ranking: float) -> tuple[Mark, ...]:
    """All four.

    Parameters: `agreeing`, for each significant change the share of draws with its direction; `inside`, for each value
    whether it lies in its band; `ranking`, the share of draws in which four sessions leave more than one.
    """
    right = sum(one >= RIGHT for one in agreeing)
    share = sum(inside) / len(inside) if inside else 0.0
    found = f"{sum(inside)} of {len(inside)}" if inside else "no value to compare"
    too_wide = None if len(inside) < ENOUGH and share > TOO_WIDE else INSIDE <= share <= TOO_WIDE
    few = f"; fewer than {ENOUGH} values cannot tell whether bands are too wide" if inside and too_wide is None else ""
    return (
        Mark(
            "direction",
            f"the direction of every significant change right in at least {RIGHT:.0%} of the draws",
            f"{right} of {len(agreeing)} changes" if agreeing else "no change to compare",
            right == len(agreeing) if agreeing else None,
        ),
        Mark(
            "inside",
            f"at least {INSIDE:.0%} of the reported means inside their 90 % band",
            found,
            share >= INSIDE if inside else None,
        ),
        Mark(
            "coverage",
            f"90 % bands that hold {INSIDE:.0%} to {TOO_WIDE:.0%} of the values",
            f"{found}{few}",
            too_wide if inside else None,
        ),
        Mark(
            "ranking",
            f"four sessions leave more collagen than one in at least {RIGHT:.0%} of the draws",
            f"{ranking:.0%}",
            ranking >= RIGHT,
        ),
    )
