"""PNG files, chunk by chunk: size, depth, profile and facts, and the file again without all else.

Read by the W3C's Portable Network Graphics, third edition. Every check sum is held; what follows the end chunk is left behind.
"""

import zlib
from dataclasses import dataclass, field
from struct import unpack

from needlewise.imaging.headers import ORIGINAL, Header, RefusalError, a_film, cut_short, damaged

SIGNATURE = b"\x89PNG\r\n\x1a\n"
GREY, COLOUR, PALETTE, GREY_ALPHA, COLOUR_ALPHA = 0, 2, 3, 4, 6
CHANNELS = {GREY: 1, COLOUR: 3, GREY_ALPHA: 2, COLOUR_ALPHA: 4}
KEPT = (b"IHDR", b"IDAT", b"tRNS", b"IEND")
MOST_CHUNKS = 100_000
MOST_PROFILE_BYTES = 4 << 20
MOST_EXIF_BYTES = 1 << 16
# Gamma 1/2.2 and the places of the sRGB primaries and white, in hundred thousandths, as writers put them down.
SRGB_GAMMA = 45455
SRGB_PLACES = (31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000)
NEAR = 1000
PIECE = 1 << 20


@dataclass(slots=True)
class _Found:
    kept: list[bytes | memoryview] = field(default_factory=lambda: [SIGNATURE])
    size: tuple[int, int] = (0, 0)
    bits: int = 0
    colour: int = 0
    pixels: bool = False
    see_through: bool = False
    profile: bytes | None = None
    coding: tuple[int, int] | None = None
    stated: bool = False
    gamma: bytes = b""
    places: bytes = b""
    exif: bytes | None = None


def png_header(data: bytes) -> Header:
    """Raises `RefusalError`."""
    found, at, whole = _Found(), len(SIGNATURE), memoryview(data)
    for number in range(MOST_CHUNKS):
        name, body, after = _chunk(whole, at)
        if (number == 0) != (name == b"IHDR"):
            raise damaged("it does not begin with its header")
        if name in KEPT:
            found.kept.append(whole[at:after])
        if name == b"IEND":
            return _header(found)
        _noted(found, name, body)
        at = after
    raise damaged("it has thousands of sections")


def _chunk(data: memoryview, at: int) -> tuple[bytes, memoryview, int]:
    """Name and body of the chunk at a place, and where the next begins."""
    if at + 12 > len(data):
        raise cut_short("before the end of the picture")
    length, name = unpack(">I4s", data[at : at + 8])
    if not name.isalpha():
        raise damaged("a section without a name")
    after = at + 12 + length
    if after > len(data):
        raise cut_short("inside a section")
    body = data[at + 8 : after - 4]
    if zlib.crc32(body, zlib.crc32(name)) != int.from_bytes(data[after - 4 : after], "big"):
        raise damaged("a check sum does not fit")
    return name, body, after


def _noted(found: _Found, name: bytes, body: memoryview) -> None:
    if name == b"IHDR":
        _begun(found, bytes(body))
    elif name == b"IDAT":
        found.pixels = True
    elif name == b"tRNS":
        found.see_through = True
    elif name in (b"acTL", b"fcTL", b"fdAT"):
        raise a_film("a PNG that moves")
    elif name == b"iCCP" and found.profile is None:
        found.profile = _unpacked(bytes(body[: 2 * MOST_PROFILE_BYTES]))
    elif name == b"cICP" and len(body) == 4:
        found.coding = (body[0], body[1])
    elif name == b"sRGB":
        found.stated = True
    elif name == b"gAMA":
        found.gamma = bytes(body)
    elif name == b"cHRM":
        found.places = bytes(body)
    elif name == b"eXIf" and len(body) <= MOST_EXIF_BYTES:
        found.exif = bytes(body)


def _begun(found: _Found, body: bytes) -> None:
    if len(body) != 13:
        raise damaged("its header")
    width, height, found.bits, found.colour, packing, filters, woven = unpack(">IIBBBBB", body)
    if found.colour == PALETTE or found.bits < 8:
        raise RefusalError(
            "a PNG of few colours, each rounded to the nearest of a short list",
            "8 or 16 bits for each channel",
            ORIGINAL,
        )
    if found.colour not in CHANNELS or found.bits not in (8, 16) or packing or filters or woven > 1:
        raise damaged("its header")
    found.size, found.see_through = (width, height), found.colour in (GREY_ALPHA, COLOUR_ALPHA)


def _unpacked(body: bytes) -> bytes:
    """The profile of an iCCP chunk; nothing where it is damaged or unpacks to more than any profile has."""
    name, _, rest = body.partition(b"\x00")
    if len(name) > 79 or rest[:1] != b"\x00":
        return b""
    unpacking = zlib.decompressobj()
    try:
        profile = unpacking.decompress(rest[1:], MOST_PROFILE_BYTES)
    except zlib.error:
        return b""
    return profile if unpacking.eof else b""


def _header(found: _Found) -> Header:
    if not found.pixels:
        raise cut_short("before the pixels")
    if found.see_through and found.bits == 16:
        raise RefusalError(
            "a PNG of 16 bits with see-through parts",
            "a whole photograph",
            "Export it without transparency. " + ORIGINAL,
        )
    profile = found.profile
    if profile is None and found.coding is None and not found.stated and not _is_srgb(found):
        profile = b""
    return Header(
        kind="PNG",
        width=found.size[0],
        height=found.size[1],
        bits=found.bits,
        grey=found.colour in (GREY, GREY_ALPHA),
        see_through=found.see_through,
        stream=b"".join(found.kept),
        profile=profile,
        coding=found.coding,
        exif=found.exif,
        stated=found.stated,
    )


def _is_srgb(found: _Found) -> bool:
    """Whether gamma and primaries, where they are told in numbers, are those of sRGB."""
    gamma = int.from_bytes(found.gamma, "big") if found.gamma else SRGB_GAMMA
    places = unpack(">8I", found.places) if len(found.places) == 32 else SRGB_PLACES
    pairs = zip((gamma, *places), (SRGB_GAMMA, *SRGB_PLACES), strict=True)
    return all(abs(one - other) <= NEAR for one, other in pairs)


# Where the passes of a woven PNG begin, and their steps: across, down.
_PASSES = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))


def _unpacked_bytes(width: int, height: int, sort: bytes) -> int:
    """What the pixels unpack to: rows, each with a byte for its filter. `sort` is the end of the header chunk."""
    pixel = CHANNELS[sort[1]] * sort[0] // 8
    passes = _PASSES if sort[4] else ((0, 0, 1, 1),)
    total = 0
    for left, top, across, down in passes:
        columns, rows = -(-max(width - left, 0) // across), -(-max(height - top, 0) // down)
        total += rows * (1 + columns * pixel) if columns else 0
    return total


def checked_pixels(header: Header) -> None:
    """Raises `RefusalError` unless the packed pixels unpack to exactly what the size asks for.

    For decoders that leave missing rows black and say nothing.
    """
    packed, at, got, stream = zlib.decompressobj(), len(SIGNATURE), 0, memoryview(header.stream)
    wanted = _unpacked_bytes(header.width, header.height, header.stream[24:29])
    try:
        while not packed.eof and got <= wanted:
            name, body, at = _chunk(stream, at)
            if name == b"IEND":
                break
            waiting = bytes(body) if name == b"IDAT" else b""
            while waiting and not packed.eof and got <= wanted:
                got += len(packed.decompress(waiting, PIECE))
                waiting = packed.unconsumed_tail
    except zlib.error:
        raise damaged("its packed pixels") from None
    if got < wanted:
        raise cut_short("inside the pixels")
    if got > wanted:
        raise damaged("it holds more pixels than it says")
