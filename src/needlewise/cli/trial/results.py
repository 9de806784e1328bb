"""The summary as files: JSON, and tables as Parquet."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from needlewise.cli.exits import CannotWriteError
from needlewise.cli.trial import summary_json
from needlewise.cli.trial.chunk_files import write_whole
from needlewise.cli.trial.parquet import Columns, reason_of, write_columns
from needlewise.errors import Problem
from needlewise.healing.trials.summary import LEVELS, Figures, Summary

SUMMARY, COURSE, AS_JSON = "summary.parquet", "course.parquet", "summary.json"


def write(summary: Summary, folder: Path) -> None:
    """All of it into the folder of the trial, each file whole or not at all."""
    text = summary_json.as_json(summary)
    try:
        write_whole(folder / SUMMARY, lambda part: write_columns(_summary(summary), part))
        if summary.course:
            write_whole(folder / COURSE, lambda part: write_columns(_course(summary), part))
        write_whole(folder / AS_JSON, lambda part: part.write_text(text, encoding="utf-8"))
    except (OSError, duckdb.Error) as fault:
        hint = "make room, then call the same command again: nothing is computed twice"
        raise CannotWriteError(Problem(str(folder), reason_of(fault), "room for the summary", hint)) from None


def _summary(summary: Summary) -> Columns:
    rows = [
        {"kind": "arm", "arm": one.arm.id, "against": "", "endpoint": name, **_figures(figures), **_shares(None)}
        for one in summary.arms
        for name, figures in one.figures.items()
    ]
    rows += [
        {
            "kind": "difference",
            "arm": one.arm,
            "against": one.against,
            "endpoint": one.endpoint,
            **_figures(one.difference),
            **_shares((one.more, one.less, one.better)),
        }
        for one in summary.pairs
    ]
    return _as_columns(rows)


def _course(summary: Summary) -> Columns:
    return _as_columns(
        {
            "arm": one.arm,
            "observable": one.observable,
            "day": one.day,
            "people": one.count,
            **_quantiles(one.quantiles),
            "error": one.error,
        }
        for one in summary.course
    )


def _figures(of: Figures) -> dict[str, Any]:
    said = {"people": of.count, "mean": of.mean, "sd": of.sd, **_quantiles(of.quantiles)}
    return {**said, "error": of.error, "below": of.below, "above": of.above}


def _quantiles(values: Iterable[float]) -> dict[str, float]:
    return {f"q{level * 100:02.0f}": value for level, value in zip(LEVELS, values, strict=True)}


def _shares(found: tuple[int, int, float | None] | None) -> dict[str, float]:
    """Numbers that only a difference has; NaN becomes null."""
    more, less, better = found or (np.nan, np.nan, None)
    return {"more": float(more), "less": float(less), "better": np.nan if better is None else better}


def _as_columns(rows: Iterable[dict[str, Any]]) -> Columns:
    kept = list(rows)
    return {name: np.array([row[name] for row in kept]) for name in kept[0]}
