"""The summary as JSON. A quantile beyond the bins, and whatever nobody has, is null."""

import json
from math import isfinite
from typing import Any

from needlewise.healing.trials.summary import LEVELS, ArmResult, Figures, Flag, Pair, Summary

NOTE = "What a model expects of virtual people, for research. It promises nothing to anybody and decides nothing."


def as_json(summary: Summary) -> str:
    """The whole summary but for the course over time, which is a table of its own."""
    trial = summary.trial
    found = {
        "title": trial.title,
        "note": NOTE,
        "trial": trial.digest,
        "seed": trial.seed,
        "people": summary.people,
        "drawn": summary.drawn,
        "unstable": summary.unstable,
        "failed": summary.failed,
        "levels": LEVELS,
        "arms": [_arm(one) for one in summary.arms],
        "differences": [_pair(one) for one in summary.pairs],
        "beyond_the_data": [_flag(one) for one in summary.flags],
    }
    return json.dumps(found, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _arm(one: ArmResult) -> dict[str, Any]:
    return {
        "id": one.arm.id,
        "name": one.arm.name,
        "session_days": one.arm.session_days,
        "failed": one.failed,
        "open_area": _number(one.open_area),
        "injured": _number(one.injured),
        "endpoints": {name: _figures(figures) for name, figures in one.figures.items()},
    }


def _pair(one: Pair) -> dict[str, Any]:
    shares = {"more": one.more, "less": one.less, "better": one.better}
    return {"arm": one.arm, "against": one.against, "endpoint": one.endpoint, **_figures(one.difference), **shares}


def _flag(one: Flag) -> dict[str, str]:
    return {"arm": one.arm, "bound": one.bound.id, "name": one.bound.name, "found": one.found}


def _figures(of: Figures) -> dict[str, Any]:
    return {
        "people": of.count,
        "mean": _number(of.mean),
        "sd": _number(of.sd),
        "quantiles": [_number(value) for value in of.quantiles],
        "quantile_error": of.error,
        "below_the_bins": of.below,
        "above_the_bins": of.above,
    }


def _number(value: float) -> float | None:
    return value if isfinite(value) else None
