"""Reading an SVG path far enough to know where inside it a label may stand."""

import re
from collections.abc import Iterator
from itertools import pairwise

Point = tuple[float, float]
_TOKEN = re.compile(r"[MmLlHhVvCcSsQqTtAaZz]|-?(?:\d+\.\d*|\.\d+|\d+)(?:[eE][-+]?\d+)?")
# How many numbers each command takes, and where among them its end point stands.
_TAKES = {"m": 2, "l": 2, "h": 1, "v": 1, "c": 6, "s": 4, "q": 4, "t": 2, "a": 7, "z": 0}


def label_point(path: str) -> Point:
    """A point inside the shape: the middle of the widest stretch on the upright line through its centre."""
    rings = list(_rings(path))
    corners = [point for ring in rings for point in ring]
    x = sum(point[0] for point in corners) / len(corners)
    # A line through a corner would be counted twice; a hair beside it is not.
    x += 0.017
    crossings = sorted(y for ring in rings for y in _crossings(ring, x))
    stretches = list(zip(crossings[::2], crossings[1::2], strict=False))
    if not stretches:
        return x, sum(point[1] for point in corners) / len(corners)
    top, bottom = max(stretches, key=lambda stretch: stretch[1] - stretch[0])
    return round(x, 1), round((top + bottom) / 2, 1)


def _crossings(ring: list[Point], x: float) -> Iterator[float]:
    for (x1, y1), (x2, y2) in pairwise([*ring, ring[0]]):
        if (x1 <= x) != (x2 <= x):
            yield y1 + (x - x1) * (y2 - y1) / (x2 - x1)


def _rings(path: str) -> Iterator[list[Point]]:
    """The closed rings of a path as polygons through its end points."""
    ring: list[Point] = []
    at, start = (0.0, 0.0), (0.0, 0.0)
    for command, numbers in _commands(path):
        if command in "Mm":
            if len(ring) > 1:
                yield ring
            at = start = _moved(command, numbers, at)
            ring = [at]
        elif command in "Zz":
            if len(ring) > 1:
                yield ring
            at, ring = start, [start]
        else:
            at = _moved(command, numbers, at)
            ring.append(at)
    if len(ring) > 1:
        yield ring


def _commands(path: str) -> Iterator[tuple[str, list[float]]]:
    command, numbers = "", list[float]()
    for part in _TOKEN.findall(path):
        if part.isalpha():
            command, numbers = part, []
            if part in "Zz":
                yield part, []
            continue
        numbers.append(float(part))
        if len(numbers) == _TAKES[command.lower()]:
            yield command, numbers
            # Further pairs after a move are lines.
            command, numbers = {"M": "L", "m": "l"}.get(command, command), []


def _moved(command: str, numbers: list[float], at: Point) -> Point:
    x, y = at
    relative = command.islower()
    if command in "Hh":
        return (x + numbers[0] if relative else numbers[0]), y
    if command in "Vv":
        return x, (y + numbers[0] if relative else numbers[0])
    end_x, end_y = numbers[-2:]
    return (x + end_x, y + end_y) if relative else (end_x, end_y)
