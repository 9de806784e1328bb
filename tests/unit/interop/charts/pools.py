"""Pools with invented studies, one of each kind of difficulty."""

import math
from collections.abc import Sequence

from needlewise.evidence.effects import Effect, EffectKind
from needlewise.evidence.pooling import Pool, pool


def effect(number: int, value: float, kind: EffectKind, variance: float = 0.04, label: str = "") -> Effect:
    return Effect(f"invented-{number}", label or f"Invented {2000 + number}", kind, value, variance, 20 + number)


def pool_of(kind: EffectKind, values: Sequence[float], variance: float = 0.04) -> Pool:
    return pool([effect(number, value, kind, variance * (1 + number / 20)) for number, value in enumerate(values)])


ONE = pool_of(EffectKind.MEAN_CHANGE, [-1.5])
CHANGES = pool_of(EffectKind.MEAN_CHANGE, [-1.5, -0.9, -2.2, -1.1])
SHARES = pool_of(EffectKind.PROPORTION, [1.2, 2.0, 0.4, 1.6, 1.5])
RATIOS = pool_of(EffectKind.LOG_ODDS_RATIO, [0.4, 0.9, -0.2, 0.7])
# The wide one reaches from below a millionth to above a million.
WIDE = pool([*(one.effect for one in RATIOS.effects), effect(9, 0.5, EffectKind.LOG_ODDS_RATIO, 64.0, "Wide 2020")])
LONG = pool(
    [
        effect(
            number,
            0.1 * number,
            EffectKind.RISK_DIFFERENCE,
            0.01,
            f'Study {number} of {"many words " * 8}<b>& "more"</b>',
        )
        for number in range(3)
    ]
)
FORTY = pool_of(EffectKind.STANDARDISED_DIFFERENCE, [-0.6 + 0.3 * math.sin(number) for number in range(40)])
EXTREME = [
    pool_of(EffectKind.LOG_ODDS_RATIO, [900.0, -900.0, 0.0]),
    pool_of(EffectKind.LOG_RATE, [5.0], 1e-40),
    pool_of(EffectKind.LOG_RISK_RATIO, [0.01, 0.02], 1e-6),
    pool_of(EffectKind.PROPORTION, [-900.0]),
    pool_of(EffectKind.MEAN_CHANGE, [1e12, -1e12, 0.0]),
    pool_of(EffectKind.MEAN_DIFFERENCE, [1e9], 1e-30),
    pool_of(EffectKind.LOG_RATE_RATIO, [-8.0, -9.0, -11.0], 4.0),
]
ALL = [ONE, CHANGES, SHARES, RATIOS, WIDE, LONG, FORTY, *EXTREME]
