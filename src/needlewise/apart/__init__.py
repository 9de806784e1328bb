"""Strangers' pictures, read in processes of their own: bounded in time and memory, and nothing but pixels comes back.

A decoder is a large program in C. While it works nothing can interrupt it, and a file made with bad intent may keep it busy,
fill the memory or bring it down. Here it does so alone: a process that takes too long is ended, and the file refused.
"""

import json
import os
import struct
import subprocess
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from queue import SimpleQueue
from threading import Event, Lock, Timer
from time import monotonic
from types import TracebackType
from typing import Any, Self

import numpy as np

from needlewise.errors import PictureError, Problem
from needlewise.imaging.picture import Colours, Facts, Picture
from needlewise.imaging.reading import MOST_PIXELS

# The largest file that is read takes about five seconds of a processor of 2026.
SECONDS = 20.0
SECONDS_TOGETHER = 90.0
WORKERS = 2
MILLION = 1_000_000
MOST_PIXELS_TOGETHER = 400 * MILLION
# What an answer may do that is none.
BROKEN = (OSError, EOFError, ValueError, LookupError, TypeError, AttributeError, RecursionError, ArithmeticError)
LENGTH, HEAD = struct.Struct(">Q"), struct.Struct(">I")
MOST_HEAD_BYTES = 1_000_000
CHANNELS = 3
SMALLER = "Export it again as JPEG, in full size, or use another shot of the visit."
BROKE_OFF = "what unpacks pictures broke off at it"
FEWER = "Use fewer pictures, or smaller ones."

# What messages call a picture (before 1), and where its bytes come from; it is asked once, when its turn has come.
Source = tuple[str, Callable[[], bytes]]


class Readers:
    """Up to two processes that read pictures, started when they are needed and used again. Close them, or use `with`."""

    def __init__(self, seconds: float = SECONDS, together: float = SECONDS_TOGETHER) -> None:
        self._seconds, self._together = seconds, together
        self._idle: SimpleQueue[_Reader] = SimpleQueue()
        self._all = [_Reader() for _ in range(WORKERS)]
        for one in self._all:
            self._idle.put(one)

    def warm(self, count: int = WORKERS) -> None:
        """Start so many now, so that they get ready while others do other things."""
        for one in self._all[:count]:
            one.start()

    def read(self, sources: Sequence[Source], most_pixels: int = MOST_PIXELS_TOGETHER) -> tuple[Picture, ...]:
        """All pictures in their order. Raises `PictureError` with every reason why one is not read."""
        room, until = _Room(most_pixels), monotonic() + self._together

        def one(source: Source) -> Picture | PictureError | None:
            called, bytes_of = source
            reader = self._idle.get()
            try:
                return None if room.is_full else reader.read(called, bytes_of(), (self._seconds, until), room)
            except PictureError as error:
                return error
            finally:
                self._idle.put(reader)

        with ThreadPoolExecutor(WORKERS) as threads:
            found = list(threads.map(one, sources))
        problems = [problem for one in found if isinstance(one, PictureError) for problem in one.problems]
        if room.is_full:
            expected = f"at most {most_pixels // MILLION} million for all pictures together"
            problems.append(Problem("the pictures", "too many pixels", expected, FEWER))
        if problems:
            raise PictureError(problems)
        return tuple(one for one in found if isinstance(one, Picture))

    def close(self) -> None:
        for one in self._all:
            one.end()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


class _Room:
    """How many pixels may still come, of all pictures together."""

    def __init__(self, pixels: int) -> None:
        self._left, self._lock, self.is_full = pixels, Lock(), False

    def takes(self, pixels: int) -> bool:
        with self._lock:
            self._left -= pixels
            self.is_full = self.is_full or self._left < 0
            return not self.is_full


class _Reader:
    """One process. What it says is checked as any stranger's word: a file may have taken it over."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> "subprocess.Popen[bytes]":
        if self._process is not None and self._process.poll() is None:
            return self._process
        self.end()
        # One thread each: more would not read faster, and each would take memory of the little that there is.
        alone = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
        found_in = os.pathsep.join(filter(None, sys.path))
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "needlewise.apart"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            env={**os.environ, **alone, "MALLOC_ARENA_MAX": "2", "PYTHONPATH": found_in},
        )
        return self._process

    def end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()
        process.wait()

    def read(self, called: str, data: bytes, seconds: tuple[float, float], room: _Room) -> Picture | None:
        """`seconds`: for this one, and by the clock until when all must be read. None where there is no room for it."""
        each, left = seconds[0], seconds[1] - monotonic()
        if left <= 0:
            raise PictureError(Problem(called, "not read: those before it took too long", "", FEWER))
        process, late = self.start(), Event()

        def ended() -> None:
            late.set()
            process.kill()

        clock = Timer(min(each, left), ended)
        clock.daemon = True
        clock.start()
        try:
            return _asked(process, called, data, room)
        except _FullError:
            self.end()
            return None
        except BROKEN:
            self.end()
            found = f"reading it takes longer than {min(each, left):.2g} seconds" if late.is_set() else BROKE_OFF
            raise PictureError(Problem(called, found, "", SMALLER)) from None
        finally:
            clock.cancel()


class _FullError(Exception):
    """With this one there would be too many pixels."""


def _asked(process: subprocess.Popen[bytes], called: str, data: bytes, room: _Room) -> Picture:
    if process.stdin is None or process.stdout is None:
        raise EOFError
    for part in (LENGTH.pack(len(data)), data):
        left = memoryview(part)
        while left:
            left = left[process.stdin.write(left) or 0 :]
    (length,) = HEAD.unpack(_filled(process.stdout, bytearray(HEAD.size)))
    if length > MOST_HEAD_BYTES:
        raise ValueError(length)
    told = json.loads(bytes(_filled(process.stdout, bytearray(length))))
    if problems := told.get("problems"):
        raise PictureError(
            Problem(called, *(str(one[key]) for key in ("found", "expected", "hint"))) for one in problems
        )
    height, width = int(told["height"]), int(told["width"])
    if min(height, width) < 1 or height * width > MOST_PIXELS:
        raise ValueError(told)
    if not room.takes(height * width):
        raise _FullError
    pixels = np.empty((height, width, CHANNELS), dtype=np.uint8)
    _filled(process.stdout, pixels.data.cast("B"))
    return Picture(pixels, facts_from(told["facts"]))


def _filled(pipe: Any, into: "bytearray | memoryview") -> "bytearray | memoryview":
    """All of `into` from a pipe. Raises EOFError where it ends before."""
    left = memoryview(into)
    while left:
        count = pipe.readinto(left)
        if not count:
            raise EOFError
        left = left[count:]
    return into


def facts_told(facts: Facts) -> dict[str, Any]:
    """The few facts of a picture as JSON can hold them."""
    return {
        "exposure_s": facts.exposure_s,
        "iso": facts.iso,
        "focal_mm": facts.focal_mm,
        "aperture": facts.aperture,
        "taken_at": None if facts.taken_at is None else facts.taken_at.isoformat(),
        "colours": facts.colours.value,
        "grey": facts.grey,
        "bits": facts.bits,
    }


def facts_from(told: dict[str, Any]) -> Facts:
    """Undoes `facts_told`."""

    def number(name: str) -> float | None:
        return None if told[name] is None else float(told[name])

    return Facts(
        exposure_s=number("exposure_s"),
        iso=None if told["iso"] is None else int(told["iso"]),
        focal_mm=number("focal_mm"),
        aperture=number("aperture"),
        taken_at=None if told["taken_at"] is None else datetime.fromisoformat(told["taken_at"]),
        colours=Colours(told["colours"]),
        grey=bool(told["grey"]),
        bits=int(told["bits"]),
    )
