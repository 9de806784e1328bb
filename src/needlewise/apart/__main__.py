"""The process that reads pictures for `Readers`: bytes in, pixels out, and nothing else it may do for long or at large."""

import json
import os
import sys
from typing import BinaryIO

from needlewise.apart import HEAD, LENGTH, SECONDS, facts_told
from needlewise.errors import PictureError
from needlewise.imaging.reading import MOST_BYTES, read_picture

# Of addresses; what the libraries take by themselves is some 400 MB of it, the largest picture another 800.
MOST_MEMORY_BYTES = 2_500_000_000
SPARE_SECONDS = 5


def main() -> None:
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    # Whatever a library prints must not be taken for an answer.
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    asked = sys.stdin.buffer
    _bound()
    while len(head := asked.read(LENGTH.size)) == LENGTH.size:
        (length,) = LENGTH.unpack(head)
        data = asked.read(min(length, MOST_BYTES + 1))
        _bound_time()
        _answer(data, answers)


def _answer(data: bytes, answers: BinaryIO) -> None:
    try:
        picture = read_picture(data)
    except PictureError as error:
        told = [{"found": one.found, "expected": one.expected, "hint": one.hint} for one in error.problems]
        _write(answers, json.dumps({"problems": told}).encode())
        return
    facts = facts_told(picture.taken)
    _write(answers, json.dumps({"height": picture.height_px, "width": picture.width_px, "facts": facts}).encode())
    _all(answers, picture.pixels.data.cast("B"))


def _write(answers: BinaryIO, told: bytes) -> None:
    _all(answers, HEAD.pack(len(told)) + told)


def _all(answers: BinaryIO, told: "bytes | memoryview") -> None:
    left = memoryview(told)
    while left:
        left = left[answers.write(left) or 0 :]


def _bound() -> None:
    """So much memory, no file written, and no picture of anybody left behind in a dump of a crash."""
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415 - not everywhere

    for name, most in (("RLIMIT_AS", MOST_MEMORY_BYTES), ("RLIMIT_CORE", 0), ("RLIMIT_FSIZE", 0)):
        limit = getattr(resource, name, None)
        if limit is not None:
            _, hard = resource.getrlimit(limit)
            few = most if hard == resource.RLIM_INFINITY else min(most, hard)
            try:
                resource.setrlimit(limit, (few, hard))
            except (ValueError, OSError):  # macOS has the names and not all of the limits
                continue


def _bound_time() -> None:
    """So much of a processor for the next picture: it ends even if nobody is there any more to end it."""
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415

    used = resource.getrusage(resource.RUSAGE_SELF)
    most = int(used.ru_utime + used.ru_stime + SECONDS + SPARE_SECONDS)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


if __name__ == "__main__":
    main()
