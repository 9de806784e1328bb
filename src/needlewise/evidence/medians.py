"""Mean and SD of one group from its median with quartiles or with the lowest and the highest value.

With n people, Q the n-th place of the normal distribution and Phi^-1 its quantile:

- mean from quartiles, Luo et al. 2018, formula 11: w (q1 + q3) / 2 + (1 - w) median, w = 0.7 + 0.39 / n;
- SD from quartiles, Wan et al. 2014, formula 16: (q3 - q1) / (2 Phi^-1((0.75 n - 0.125) / (n + 0.25)));
- mean from the range, Luo et al. 2018, formula 7: w (lowest + highest) / 2 + (1 - w) median, w = 4 / (4 + n^0.75);
- SD from the range, Wan et al. 2014, formula 9: (highest - lowest) / (2 Phi^-1((n - 0.375) / (n + 0.25))).

All four suppose that the values of people are normally distributed. Where median and middle of the quartiles lie far
apart they are not, and the median is better told as it is.
"""

from statistics import NormalDist

from needlewise.errors import EvidenceError, Problem
from needlewise.evidence.effects import Summary, finite, people, require

FROM_QUARTILES = "mean and SD worked out from median and quartiles, as if normally distributed (Luo 2018, Wan 2014)"
FROM_RANGE = "mean and SD worked out from median and range, as if normally distributed (Luo 2018, Wan 2014)"
# Below this many people the quartiles are single persons, and the formulas were not examined.
FEWEST = 5


def from_quartiles(median: float, q1: float, q3: float, n: int) -> Summary:
    """Mean and SD from the median and the quartiles of n people, in the unit of the median.

    Raises `EvidenceError` for figures out of order, figures that are not finite and fewer than 5 people.
    """
    _require_order(("q1", q1), ("median", median), ("q3", q3), n)
    weight = 0.7 + 0.39 / n
    mean = weight * (q1 + q3) / 2 + (1 - weight) * median
    sd = (q3 - q1) / (2 * NormalDist().inv_cdf((0.75 * n - 0.125) / (n + 0.25)))
    return Summary(mean, sd, n, (FROM_QUARTILES,))


def from_range(median: float, lowest: float, highest: float, n: int) -> Summary:
    """Mean and SD from the median, the lowest and the highest value of n people, in the unit of the median.

    Raises `EvidenceError` for figures out of order, figures that are not finite and fewer than 5 people.
    """
    _require_order(("min", lowest), ("median", median), ("max", highest), n)
    weight = 4 / (4 + n**0.75)
    mean = weight * (lowest + highest) / 2 + (1 - weight) * median
    sd = (highest - lowest) / (2 * NormalDist().inv_cdf((n - 0.375) / (n + 0.25)))
    return Summary(mean, sd, n, (FROM_RANGE,))


def _require_order(low: tuple[str, float], middle: tuple[str, float], high: tuple[str, float], n: int) -> None:
    require(
        *(problem for name, value in (low, middle, high) for problem in finite(name, value)), *people("n", n, FEWEST)
    )
    if not low[1] <= middle[1] <= high[1] or low[1] == high[1]:
        found = f"{low[0]} {low[1]:g}, median {middle[1]:g}, {high[0]} {high[1]:g}"
        raise EvidenceError(Problem("median", found, f"{low[0]} below {high[0]}, and the median between them"))
