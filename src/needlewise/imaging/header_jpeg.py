"""JPEG files, marker by marker: size, scans, profile and facts, and the file again without all else.

Read by ITU-T T.81. What stands after the end marker (a second picture, a film, another file) is left behind.
"""

import re
from dataclasses import dataclass, field

from needlewise.imaging.headers import AGAIN, ORIGINAL, Header, RefusalError, cut_short, damaged

BEGIN, END = b"\xff\xd8", b"\xff\xd9"
# Baseline, extended and progressive, all with Huffman coding, are what cameras and phones write.
FRAMES = (0xC0, 0xC1, 0xC2)
OTHER_FRAMES = (0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF)
PROGRESSIVE = 0xC2
# A picture written in the usual ten scans, or by thrifty writers in up to fifteen. Each scan costs a walk over the picture.
MOST_SCANS = 32
MOST_MARKERS = 4096
MOST_PROFILE_PARTS = 255
JFIF = b"\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
ADOBE, EXIF, ICC = b"Adobe", b"Exif\x00\x00", b"ICC_PROFILE\x00"
# Within coded pixels FF is followed by 0; restarts may come between.
_NEXT_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")


@dataclass(slots=True)
class _Found:
    """What the markers have said so far."""

    kept: list[bytes | memoryview] = field(default_factory=lambda: [BEGIN])
    frame: int = 0
    height: int = 0
    width: int = 0
    components: tuple[int, ...] = ()
    scans: int = 0
    # For each component how many of its low bits are still missing, coefficient by coefficient; None: nothing came yet.
    missing: dict[int, list[int | None]] = field(default_factory=dict)
    profile: dict[int, bytes] = field(default_factory=dict)
    profile_parts: int = 0
    exif: bytes | None = None


def jpeg_header(data: bytes) -> Header:
    """Raises `RefusalError`."""
    found, at = _Found(), 2
    for _ in range(MOST_MARKERS):
        marker, body, at = _marker(data, at)
        if marker == END[1]:
            return _header(found)
        if marker == 0xDA:
            at = _scan(found, data, body, at)
        else:
            _noted(found, marker, body)
    raise damaged("it has thousands of sections")


def _marker(data: bytes, at: int) -> tuple[int, bytes, int]:
    """Number and body of the marker at a place, and where the next thing begins."""
    if at < len(data) and data[at] != 0xFF:
        raise damaged("no section begins where one should")
    while at < len(data) and data[at] == 0xFF:
        at += 1
    if at >= len(data):
        raise cut_short("before the end of the picture")
    marker = data[at]
    if marker == END[1]:
        return marker, b"", at + 1
    if marker < 0xC0 or 0xD0 <= marker <= 0xD8:
        raise damaged("a section of a kind that cannot stand here")
    length = int.from_bytes(data[at + 1 : at + 3], "big")
    if at + 1 + max(length, 2) > len(data):
        raise cut_short("inside a section")
    if length < 2:
        raise damaged("a section without a length")
    return marker, data[at + 3 : at + 1 + length], at + 1 + length


def _noted(found: _Found, marker: int, body: bytes) -> None:
    if marker in FRAMES:
        _frame(found, marker, body)
    elif marker in OTHER_FRAMES:
        raise RefusalError("a JPEG of a rare kind (lossless, arithmetic or in layers)", "a usual JPEG", ORIGINAL)
    elif marker in (0xC4, 0xDB, 0xDD):
        found.kept.append(_section(marker, body))
    elif marker == 0xE0 and body.startswith(b"JFIF\x00"):
        found.kept.append(JFIF)
    elif marker == 0xEE and body.startswith(ADOBE):
        found.kept.append(_section(marker, body[:12]))
    elif marker == 0xE1 and body.startswith(EXIF) and found.exif is None:
        found.exif = body[len(EXIF) :]
    elif marker == 0xE2 and body.startswith(ICC) and len(body) > len(ICC) + 2:
        found.profile.setdefault(body[len(ICC)], body[len(ICC) + 2 :])
        found.profile_parts = body[len(ICC) + 1]


def _section(marker: int, body: bytes) -> bytes:
    return bytes((0xFF, marker)) + (len(body) + 2).to_bytes(2, "big") + body


def _frame(found: _Found, marker: int, body: bytes) -> None:
    if found.frame:
        raise damaged("it has two beginnings")
    if len(body) < 6 or len(body) != 6 + 3 * body[5]:
        raise damaged("its description of the picture")
    bits, found.height, found.width = body[0], int.from_bytes(body[1:3], "big"), int.from_bytes(body[3:5], "big")
    found.frame, found.components = marker, tuple(body[6::3])
    if bits != 8:
        raise RefusalError(f"a JPEG of {bits} bits", "8 bits", ORIGINAL)
    if len(found.components) == 4:
        raise RefusalError(
            "a picture in printing inks (CMYK), whose colours were changed for paper", "red, green and blue", ORIGINAL
        )
    if len(found.components) not in (1, 3) or len(set(found.components)) != len(found.components):
        raise RefusalError(f"a JPEG of {len(found.components)} channels", "one or three", ORIGINAL)
    found.missing = {component: [None] * 64 for component in found.components}
    found.kept.append(_section(marker, body))


def _scan(found: _Found, data: bytes, body: bytes, at: int) -> int:
    """Takes in one scan, and says where the marker after it stands."""
    if not found.frame:
        raise damaged("pixels come before their description")
    found.scans += 1
    if found.scans > MOST_SCANS:
        raise RefusalError(
            f"a JPEG in more than {MOST_SCANS} scans, which would take very long to read", "at most so many", ORIGINAL
        )
    count = body[0] if body else 0
    if not 1 <= count <= len(found.components) or len(body) != 4 + 2 * count:
        raise damaged("the beginning of a scan")
    first, last, steps = body[-3:]
    whole = found.frame != PROGRESSIVE
    if not whole and not first <= last <= 63:
        raise damaged("the beginning of a scan")
    for component in body[1 : 1 + 2 * count : 2]:
        if component not in found.missing:
            raise damaged("a scan of a channel that is not there")
        places = slice(0, 64) if whole else slice(first, last + 1)
        filled = len(range(64)[places])
        found.missing[component][places] = [0 if whole else steps & 15] * filled
    match = _NEXT_MARKER.search(data, at)
    if match is None:
        raise cut_short("inside the pixels")
    found.kept += (_section(0xDA, body), memoryview(data)[at : match.start()])
    return match.start()


def _header(found: _Found) -> Header:
    if not found.frame or not found.scans:
        raise cut_short("before the pixels")
    if not found.height:
        raise RefusalError("a JPEG that does not say how high it is", "a height in its header", ORIGINAL)
    if any(low != 0 for places in found.missing.values() for low in places):
        raise RefusalError("some of the scans of the picture are missing", "every scan", AGAIN)
    return Header(
        kind="JPEG",
        width=found.width,
        height=found.height,
        grey=len(found.components) == 1,
        stream=b"".join((*found.kept, END)),
        profile=_profile(found),
        exif=found.exif,
    )


def _profile(found: _Found) -> bytes | None:
    if not found.profile:
        return None
    if sorted(found.profile) != list(range(1, found.profile_parts + 1)):
        return b""
    return b"".join(found.profile[part] for part in sorted(found.profile))
