"""WebP files, chunk by chunk: size, profile and facts, and the file again without all else. Read by RFC 9649."""

from struct import pack, unpack

from needlewise.imaging.headers import Header, a_film, cut_short, damaged

MOST_CHUNKS = 1000
ANIMATED, ALPHA = 0x02, 0x10
MOST_PROFILE_BYTES = 4 << 20


def webp_header(data: bytes) -> Header:
    """Raises `RefusalError`."""
    end = 8 + int.from_bytes(data[4:8], "little")
    if end > len(data):
        raise cut_short("before the end of the picture")
    parts = _parts(data, end)
    canvas = parts.get(b"VP8X")
    if b"ANIM" in parts or b"ANMF" in parts or (canvas and canvas[0] & ANIMATED):
        raise a_film("a WebP that moves")
    name = b"VP8L" if b"VP8L" in parts else b"VP8 "
    if name not in parts:
        raise cut_short("before the pixels")
    width, height, see_through = _size(name, parts[name])
    if canvas is not None and (len(canvas) != 10 or (width, height) != _canvas(canvas)):
        raise damaged("it says two sizes")
    alpha = parts.get(b"ALPH") if name == b"VP8 " else None
    return Header(
        kind="WebP",
        width=width,
        height=height,
        see_through=see_through or alpha is not None,
        stream=_stream(name, parts[name], alpha, (width, height)),
        profile=_profile(parts),
        exif=parts.get(b"EXIF", b"")[: 1 << 16].removeprefix(b"Exif\x00\x00") or None,
    )


def _parts(data: bytes, end: int) -> dict[bytes, bytes]:
    """Every kind of chunk, the first of each."""
    parts: dict[bytes, bytes] = {}
    at = 12
    for _ in range(MOST_CHUNKS):
        if at + 8 > end:
            return parts
        name, length = unpack("<4sI", data[at : at + 8])
        if at + 8 + length > end:
            raise cut_short("inside a section")
        parts.setdefault(name, data[at + 8 : at + 8 + length])
        at += 8 + length + length % 2
    raise damaged("it has thousands of sections")


def _canvas(body: bytes) -> tuple[int, int]:
    return 1 + int.from_bytes(body[4:7], "little"), 1 + int.from_bytes(body[7:10], "little")


def _size(name: bytes, body: bytes) -> tuple[int, int, bool]:
    """Width, height, and whether the pixels carry transparency themselves."""
    if name == b"VP8 " and len(body) >= 10 and body[3:6] == b"\x9d\x01\x2a":
        width, height = unpack("<HH", body[6:10])
        return width & 0x3FFF, height & 0x3FFF, False
    if name == b"VP8L" and len(body) >= 5 and body[0] == 0x2F:
        packed = int.from_bytes(body[1:5], "little")
        return 1 + (packed & 0x3FFF), 1 + (packed >> 14 & 0x3FFF), bool(packed >> 28 & 1)
    raise damaged("the beginning of its pixels")


def _profile(parts: dict[bytes, bytes]) -> bytes | None:
    profile = parts.get(b"ICCP")
    return b"" if profile is not None and len(profile) > MOST_PROFILE_BYTES else profile


def _stream(name: bytes, body: bytes, alpha: bytes | None, size: tuple[int, int]) -> bytes:
    chunks = _chunk(name, body)
    if alpha is not None:
        sides = b"".join((side - 1).to_bytes(3, "little") for side in size)
        chunks = _chunk(b"VP8X", bytes((ALPHA, 0, 0, 0)) + sides) + _chunk(b"ALPH", alpha) + chunks
    return b"RIFF" + pack("<I", 4 + len(chunks)) + b"WEBP" + chunks


def _chunk(name: bytes, body: bytes) -> bytes:
    return name + pack("<I", len(body)) + body + b"\x00" * (len(body) % 2)
