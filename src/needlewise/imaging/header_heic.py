"""HEIC files: whether they are whole and hold one still picture, and what libheif says of it before it decodes anything.

The boxes of the file are walked by ISO/IEC 14496-12; what is inside them is left to libheif, which holds limits of its own.
What follows the boxes of the picture (a film, another file) is left behind.
"""

from pillow_heif import HeifFile, open_heif

from needlewise.imaging.headers import Header, RefusalError, a_film, beyond_memory, cut_short, damaged

STILL = frozenset({b"heic", b"heix", b"heim", b"heis", b"mif1", b"mif2", b"miaf"})
MOVING = frozenset({b"hevc", b"hevx", b"hevm", b"hevs", b"msf1"})
BOXES = frozenset({b"ftyp", b"meta", b"mdat", b"free", b"skip", b"uuid", b"wide", b"idat"})
MOST_BOXES = 1000
# Tiles, profile and small pictures of a phone take some ten thousand bytes.
MOST_META_BYTES = 4 << 20
FAULTS = (ValueError, EOFError, SyntaxError, RuntimeError, OSError, LookupError)


def heic_header(data: bytes) -> Header:
    """Raises `RefusalError`."""
    stream = data[: _end(data)]
    try:
        file = open_heif(stream, convert_hdr_to_8bit=True)
        return _header(file, stream)
    except FAULTS as fault:
        if beyond_memory(fault):
            raise MemoryError from fault
        raise damaged("its description of the picture") from fault


def _end(data: bytes) -> int:
    """Where the boxes of the picture end."""
    at, seen = 0, set()
    for _ in range(MOST_BOXES):
        size, name = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        if name not in BOXES:
            break
        start = at + 8
        if size == 1:
            size, start = int.from_bytes(data[at + 8 : at + 16], "big"), at + 16
        after = len(data) if size == 0 else at + size
        if after < start:
            raise damaged("a section without a length")
        if after > len(data):
            raise cut_short("inside a section")
        if name == b"meta" and after - at > MOST_META_BYTES:
            raise damaged("its description of the picture is far too long")
        seen.add(name)
        at = after
    if b"meta" not in seen:
        raise a_film("a HEIC that moves") if data[at + 4 : at + 8] == b"moov" else cut_short("before the pixels")
    return at


def _header(file: HeifFile, stream: bytes) -> Header:
    if len(file) != 1:
        raise RefusalError(
            f"a HEIC with {len(file)} pictures", "a file with one picture", "Export the one that is to be measured."
        )
    info = file.info
    nclx, profile = info.get("nclx_profile"), info.get("icc_profile")
    coding = (int(nclx["color_primaries"]), int(nclx["transfer_characteristics"])) if nclx else None
    return Header(
        kind="HEIC",
        width=file.size[0],
        height=file.size[1],
        bits=int(info["bit_depth"]),
        grey=info.get("chroma") == 0 or file.mode in ("L", "LA"),
        see_through=file.has_alpha,
        turned=1,  # libheif turns the picture by the file's own boxes; what Exif says besides does not count
        stream=stream,
        profile=profile,
        coding=coding,
        exif=(info.get("exif") or b"").removeprefix(b"Exif\x00\x00") or None,
    )
