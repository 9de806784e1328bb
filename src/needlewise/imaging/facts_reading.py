"""The few facts that are taken from the Exif block of a file, each by its number. Nothing else of it is looked at.

The block is a small TIFF file. Only the directory of the picture, that of the exposure and the mark of interoperability are
walked; that of the position is not even known here by number.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from math import isfinite
from typing import Literal

Order = Literal["little", "big"]
ORDERS: dict[bytes, Order] = {b"II*\x00": "little", b"MM\x00*": "big"}

ORIENTATION, EXPOSURE_DIRECTORY = 0x0112, 0x8769
EXPOSURE_TIME, APERTURE, ISO, TAKEN_AT, FOCAL_LENGTH = 0x829A, 0x829D, 0x8827, 0x9003, 0x920A
COLOUR_SPACE, INTEROPERABILITY, INTEROPERABILITY_NAME = 0xA001, 0xA005, 0x0001
# Bytes of one value of each type that is read: text, short, long, ratio, signed ratio.
SIZES = {2: 1, 3: 2, 4: 4, 5: 8, 10: 8}
MOST_ENTRIES = 512
SRGB, ADOBE_NAME = 1, "R03"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the block tells; None where it does not, or tells nonsense."""

    orientation: int = 1
    exposure_s: float | None = None
    iso: int | None = None
    focal_mm: float | None = None
    aperture: float | None = None
    taken_at: datetime | None = None
    says_srgb: bool = False
    says_adobe: bool = False


def told(block: bytes | None) -> Told:
    """Never fails: a block that cannot be read tells nothing."""
    order = ORDERS.get((block or b"")[:4])
    if block is None or order is None:
        return Told()
    at = _number(block, 4, 4, order)
    picture = _directory(block, at, order)
    exposure = _directory(block, _whole(picture.get(EXPOSURE_DIRECTORY)) or 0, order)
    interoperability = _directory(block, _whole(exposure.get(INTEROPERABILITY)) or 0, order)
    turned = _whole(picture.get(ORIENTATION))
    return Told(
        orientation=turned if turned is not None and 1 <= turned <= 8 else 1,
        exposure_s=_positive(exposure.get(EXPOSURE_TIME), 3600.0),
        iso=_whole(exposure.get(ISO)) or None,
        focal_mm=_positive(exposure.get(FOCAL_LENGTH), 10_000.0),
        aperture=_positive(exposure.get(APERTURE), 1000.0),
        taken_at=_moment(exposure.get(TAKEN_AT)),
        says_srgb=_whole(exposure.get(COLOUR_SPACE)) == SRGB,
        says_adobe=interoperability.get(INTEROPERABILITY_NAME) == ADOBE_NAME,
    )


def _number(block: bytes, at: int, size: int, order: Order) -> int:
    return int.from_bytes(block[at : at + size], order)


def _directory(block: bytes, at: int, order: Order) -> dict[int, str | int | float]:
    """The entries at a place that are of a type that is read."""
    found: dict[int, str | int | float] = {}
    if not 8 <= at <= len(block) - 2:
        return found
    for index in range(min(_number(block, at, 2, order), MOST_ENTRIES)):
        entry = at + 2 + 12 * index
        if entry + 12 > len(block):
            break
        tag, kind, count = (_number(block, entry + o, s, order) for o, s in ((0, 2), (2, 2), (4, 4)))
        size = SIZES.get(kind, 0) * count
        if not 0 < size <= 64:
            continue
        place = entry + 8 if size <= 4 else _number(block, entry + 8, 4, order)
        if place + size <= len(block):
            found[tag] = _READ[kind](block[place : place + size], order)
    return found


def _ratio(raw: bytes, order: Order) -> float:
    above, below = _number(raw, 0, 4, order), _number(raw, 4, 4, order)
    return above / below if below else 0.0


_READ: dict[int, Callable[[bytes, Order], str | int | float]] = {
    2: lambda raw, _: raw.split(b"\x00")[0].decode("ascii", "replace").strip(),
    3: lambda raw, order: _number(raw, 0, 2, order),
    4: lambda raw, order: _number(raw, 0, 4, order),
    5: _ratio,
    10: _ratio,
}


def _whole(value: str | float | None) -> int | None:
    return value if isinstance(value, int) else None


def _positive(value: str | float | None, most: float) -> float | None:
    return value if isinstance(value, float) and isfinite(value) and 0.0 < value <= most else None


def _moment(value: str | float | None) -> datetime | None:
    try:
        return datetime.strptime(value, "%Y:%m:%d %H:%M:%S") if isinstance(value, str) else None  # noqa: DTZ007 - a camera knows no zone
    except ValueError:
        return None
