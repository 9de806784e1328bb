"""One chunk as two files: the people with their endpoints as Parquet, and the counts of the course with a seal.

The seal is written last and names the digest of the Parquet file: a chunk without a seal that fits is no chunk. Both
are written under another name first, and renamed when they are whole and on the disk.
"""

import contextlib
import hashlib
import io
import json
import os
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from needlewise.cli.trial.parquet import read_columns, write_columns
from needlewise.healing.trials.trial import Chunk, Course, Trial

PART = ".part"
SEAL, COUNTS, ENDS = "seal", "counts", "ends"
NOT_WHOLE = (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error, duckdb.Error)


def people_file(number: int) -> str:
    return f"people-{number:05}.parquet"


def course_file(number: int) -> str:
    return f"course-{number:05}.npz"


def write_chunk(chunk: Chunk, trial: Trial, forms: tuple[str, ...], folder: Path) -> None:
    """Both files of a chunk. Raises `OSError` or `duckdb.Error`, and leaves nothing half-written behind."""
    people = folder / people_file(chunk.number)
    write_whole(people, lambda part: write_columns(_columns(chunk, trial, forms), part))
    seal = {"people": digest_of(people), "unstable": chunk.unstable, "made_by": chunk.made_by}
    arrays: dict[str, Any] = {SEAL: np.frombuffer(json.dumps(seal).encode(), np.uint8)}
    for place, course in enumerate(chunk.course):
        arrays |= {f"{COUNTS}{place}": course.counts, f"{ENDS}{place}": course.ends}
    made = io.BytesIO()
    np.savez_compressed(made, **arrays)
    write_whole(folder / course_file(chunk.number), lambda part: part.write_bytes(made.getvalue()))


def fault_of(number: int, folder: Path) -> str | None:
    """What is wrong with a chunk that is there; None where it is whole. Raises `FileNotFoundError` where it is not."""
    course = folder / course_file(number)
    if not course.exists():
        raise FileNotFoundError(course)
    try:
        seal = _sealed(course)
    except NOT_WHOLE:
        return f"{course}: is not whole"
    people = folder / people_file(number)
    if not people.exists():
        return f"{people}: is missing"
    return None if digest_of(people) == seal[0]["people"] else f"{people}: is not as it was written"


def read_chunk(number: int, trial: Trial, forms: tuple[str, ...], folder: Path) -> Chunk:
    """A whole chunk again, bit for bit."""
    seal, course = _sealed(folder / course_file(number))
    columns = read_columns(folder / people_file(number))
    arms, endpoints = [arm.id for arm in trial.arms], [one.id for one in trial.endpoints]
    values = np.stack([_stacked(columns, [f"{arm}.{name}" for name in endpoints]) for arm in arms], axis=1)
    return Chunk(
        number=number,
        unstable=seal["unstable"],
        form=np.array([forms.index(name) for name in columns["form"]], np.int64),
        ages=columns["age_years"].astype(np.float64),
        open_area=_stacked(columns, [f"{arm}.open_area" for arm in arms]),
        injured=_stacked(columns, [f"{arm}.share_injured" for arm in arms]),
        values=values,
        failed=np.stack([columns[f"{arm}.has_failed"].astype(np.bool_) for arm in arms], axis=1),
        course=course,
        made_by=seal["made_by"],
    )


def write_whole(path: Path, write: Callable[[Path], object]) -> None:
    """Write a file under another name in its folder, and rename it when it is whole and on the disk."""
    part = path.with_name(f".{path.name}.{os.getpid()}{PART}")
    try:
        write(part)
        _to_disk(part)
        part.replace(path)
        if os.name != "nt":  # Windows opens no folders, and keeps names by itself
            _to_disk(path.parent)
    except BaseException:
        with contextlib.suppress(OSError):
            part.unlink()
        raise


def digest_of(path: Path) -> str:
    """Names the content of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sealed(path: Path) -> tuple[dict[str, Any], tuple[Course, ...]]:
    """The seal and the counts; reading checks the sums that the format keeps."""
    # From memory: numpy leaves a file open that it cannot make sense of.
    with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as made:
        seal = json.loads(made[SEAL].tobytes())
        places = range((len(made.files) - 1) // 2)
        return seal, tuple(Course(made[f"{COUNTS}{place}"], made[f"{ENDS}{place}"]) for place in places)


def _columns(chunk: Chunk, trial: Trial, forms: tuple[str, ...]) -> dict[str, NDArray[Any]]:
    first = chunk.number * trial.chunk
    columns: dict[str, NDArray[Any]] = {
        "person": np.arange(first, first + len(chunk.form)),
        "form": np.array(forms)[chunk.form],
        "age_years": chunk.ages,
    }
    for place, arm in enumerate(trial.arms):
        columns[f"{arm.id}.open_area"] = chunk.open_area[:, place]
        columns[f"{arm.id}.share_injured"] = chunk.injured[:, place]
        columns[f"{arm.id}.has_failed"] = chunk.failed[:, place]
        for column, endpoint in enumerate(trial.endpoints):
            columns[f"{arm.id}.{endpoint.id}"] = chunk.values[:, place, column]
    return columns


def _stacked(columns: Any, names: list[str]) -> NDArray[np.float64]:
    return np.stack([np.asarray(columns[name], np.float64) for name in names], axis=1)


def _to_disk(path: Path) -> None:
    """Wait until a file or the names in a folder are on the disk."""
    handle = os.open(path, os.O_RDONLY if os.name != "nt" else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
