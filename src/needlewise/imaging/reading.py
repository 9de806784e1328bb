"""Bytes that somebody sent, into a `Picture` or a `PictureError` that says why not and what to do.

What a file is, its bytes decide, never its name. Size, kind and wholeness are judged before anything is decoded, and a
decoder is given the pixels alone: profile, facts and all else have been taken out of the file by then.
"""

import struct
import zlib
from collections.abc import Callable
from io import BytesIO
from typing import Any, Literal

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from pillow_heif import open_heif

from needlewise.errors import PictureError, Problem
from needlewise.imaging.facts_reading import Told, told
from needlewise.imaging.header_heic import MOVING, STILL, heic_header
from needlewise.imaging.header_jpeg import jpeg_header
from needlewise.imaging.header_png import SIGNATURE, checked_pixels, png_header
from needlewise.imaging.header_webp import webp_header
from needlewise.imaging.headers import ORIGINAL, WHOLE, Header, RefusalError, a_film, beyond_memory, cut_short, damaged
from needlewise.imaging.icc import ADOBE_GAMMA, ADOBE_RGB, NOT_SAID, in_srgb, profile_of, profile_of_coding
from needlewise.imaging.picture import Colours, Facts, Picture, Pixels

# Chosen so that what the largest cameras in clinics write can be read, and the worst file within them costs seconds
# and less than a gigabyte.
MOST_BYTES = 100_000_000
MOST_PIXELS = 65_000_000
LONGEST_SIDE_PX = 20_000
SHORTEST_SIDE_PX = 64
STRIP_ROWS = 256
JPEG_QUALITY = 92
# What a JPEG decoder fills in where pixels are missing.
FILLED_IN = 128
PADDING = 4096
# What libheif says both of a picture that memory does not hold and of one whose coded pixels are no picture.
NO_PIXELS = "did not give a decompressed image"
# Named one by one, so that no other reader of Pillow ever sees a stranger's file.
DECODERS: dict[str, Callable[[BytesIO], ImageFile]] = {
    "JPEG": JpegImageFile,
    "PNG": PngImageFile,
}
READ = "JPEG, PNG, WebP or HEIC"
FAULTS = (OSError, SyntaxError, ValueError, EOFError, RuntimeError, LookupError, ArithmeticError, struct.error, zlib.error, cv2.error)  # fmt: skip

# Other kinds of file by how they begin: what it is, and what to do.
_EXPORT = "Export the picture as JPEG or PNG, in full size."
_OTHERS: tuple[tuple[bytes, str, str], ...] = (
    (b"II*\x00", "a TIFF or a camera's raw file", _EXPORT),
    (b"MM\x00*", "a TIFF or a camera's raw file", _EXPORT),
    (b"II+\x00", "a TIFF", _EXPORT),
    (b"MM\x00+", "a TIFF", _EXPORT),
    (b"GIF8", "a GIF, which holds few colours", ORIGINAL),
    (b"BM", "a BMP", _EXPORT),
    (b"8BPS", "a Photoshop file", _EXPORT),
    (b"\x00\x00\x00\x0cjP  ", "a JPEG 2000", _EXPORT),
    (b"\xff\x0a", "a JPEG XL", _EXPORT),
    (b"\x00\x00\x00\x0cJXL ", "a JPEG XL", _EXPORT),
    (b"%PDF", "a PDF", "Take the picture itself, not a document with it."),
    (b"PK", "a ZIP archive or an office document", "Unpack it, and take the picture itself."),
    (b"\x1f\x8b", "a packed file", "Unpack it, and take the picture itself."),
    (b"\x1aE\xdf\xa3", "a film", "Take or export a single still picture."),
    (b"<", "a web page or a drawing (HTML, SVG)", "Take the picture itself, not a page with it."),
)


def read_picture(data: bytes, called: str = "the picture") -> Picture:
    """The picture that a file holds: upright, in sRGB, without anything else. `called` is how messages name it.

    Raises `PictureError` with every reason why it is not read.
    """
    try:
        header = _header(data)
        _within_limits(header, called)
        facts = told(header.exif)
        pixels, colours = _decoded(header, facts)
    except RefusalError as refused:
        raise PictureError(Problem(called, refused.found, refused.expected, refused.hint)) from None
    except MemoryError:
        raise PictureError(
            Problem(
                called, "too large to be unpacked in the memory there is for it", "", "Export it smaller, or as JPEG."
            )
        ) from None
    return Picture(_upright(pixels, header.turned or facts.orientation), _facts(header, facts, colours, pixels))


def written(picture: Picture, kind: Literal["png", "jpeg", "webp"] = "png") -> bytes:
    """The picture as a file, for showing: pixels alone, no facts. JPEG and WebP lose a little; never measure them again."""
    out = BytesIO()
    image = Image.fromarray(picture.pixels)
    match kind:
        case "png":
            image.save(out, "PNG", compress_level=3)
        case "jpeg":
            image.save(out, "JPEG", quality=JPEG_QUALITY, subsampling="4:4:4")
        case "webp":
            image.save(out, "WEBP", quality=JPEG_QUALITY)
        case _:
            raise PictureError(Problem("kind", f"{kind!r}", "png, jpeg or webp", "Choose one of these."))
    return out.getvalue()


def _header(data: bytes) -> Header:
    if not data:
        raise RefusalError("the file is empty", READ, "Copy it from the camera or phone again.")
    if len(data) > MOST_BYTES:
        raise RefusalError(
            f"{len(data) / 1e6:.0f} million bytes",
            f"at most {MOST_BYTES / 1e6:.0f} million",
            "Export it as JPEG, in full size.",
        )
    return _reader(data)(data)


def _reader(data: bytes) -> Callable[[bytes], Header]:
    """Who reads a file that begins so."""
    if data.startswith(b"\xff\xd8\xff"):
        return jpeg_header
    if data.startswith(SIGNATURE):
        return png_header
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return webp_header
    if data[4:8] == b"ftyp":
        return _reader_of_boxes(data)
    for beginning, what, hint in _OTHERS:
        if (
            data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(beginning)
            if beginning == b"<"
            else data.startswith(beginning)
        ):
            raise RefusalError(what, READ, hint)
    if any(mark.startswith(data[:8]) for mark in (b"\xff\xd8\xff", SIGNATURE)):
        raise cut_short("within its first bytes")
    raise RefusalError("not a picture of a kind that is read", READ, ORIGINAL)


def _reader_of_boxes(data: bytes) -> Callable[[bytes], Header]:
    size = int.from_bytes(data[:4], "big")
    if not 16 <= size <= 1024:
        raise damaged("its first section")
    brands = {data[at : at + 4] for at in (8, *range(16, size, 4))}
    if data[8:12] in MOVING or (brands & MOVING and not brands & STILL):
        raise a_film("a HEIC that moves")
    if brands & {b"avif", b"avis"}:
        raise RefusalError("an AVIF", READ, _EXPORT)
    if brands & STILL:
        return heic_header
    if data[8:12] == b"crx ":
        raise RefusalError("a camera's raw file", READ, _EXPORT)
    raise a_film("a film")


def _within_limits(header: Header, called: str) -> None:
    width, height = header.width, header.height
    size = f"{width} by {height} pixels"
    problems = []
    if width * height > MOST_PIXELS:
        most = f"at most {MOST_PIXELS / 1e6:.0f} million pixels"
        problems.append(Problem(called, f"{size}, {width * height / 1e6:.0f} million", most, "Export it smaller."))
    if max(width, height) > LONGEST_SIDE_PX:
        most = f"sides of at most {LONGEST_SIDE_PX} pixels"
        problems.append(Problem(called, size, most, "Cut out the part that is to be measured."))
    if min(width, height) < SHORTEST_SIDE_PX:
        least = f"sides of at least {SHORTEST_SIDE_PX} pixels"
        problems.append(Problem(called, size, least, "Use the picture itself, not its small preview."))
    if problems:
        raise PictureError(problems)


def _decoded(header: Header, facts: Told) -> tuple[Pixels, Colours]:
    """Pixels as they lie in the file, in sRGB."""
    profile = _profile(header, facts)
    try:
        if header.kind == "HEIC":
            image = _from_heic(header)
        elif header.kind == "WebP" or header.bits == 16:
            image = _from_opencv(header)
        else:
            image = _from_stream(header)
    except FAULTS as fault:
        if beyond_memory(fault):
            raise MemoryError from fault
        if header.kind == "HEIC" and NO_PIXELS in str(fault):
            found = "no pixels came out of it: the file is damaged, or too large for what unpacks HEIC"
            raise RefusalError(found, WHOLE, "Export it as JPEG, in full size.") from fault
        raise damaged("its pixels cannot be unpacked to their end") from fault
    image = _opaque(image)
    colours = (
        Colours.STATED
        if header.stated or facts.says_srgb or (header.coding or (NOT_SAID,))[0] != NOT_SAID
        else Colours.ASSUMED
    )
    if profile is not None:
        image, colours = in_srgb(image, profile)
    return _array(image), colours


def _profile(header: Header, facts: Told) -> bytes | None:
    """The profile to apply, b"" where there is one that cannot be read, None where there is none."""
    if header.coding is not None and (told_so := profile_of_coding(header.coding)) is not None:
        return header.profile or told_so
    if header.profile is None and facts.says_adobe:
        return profile_of(ADOBE_RGB, ADOBE_GAMMA)
    return header.profile


def _from_stream(header: Header) -> Image.Image:
    image = _opened(header, header.stream)
    if header.kind == "JPEG" and _filled_in(image):
        # Perhaps just grey. If pixels are missing, what follows the last one is taken for them, and the picture changes.
        longer = _opened(header, header.stream[:-2] + bytes(PADDING) + header.stream[-2:])
        if image.tobytes() != longer.tobytes():
            raise cut_short("inside the pixels")
    return image


def _opened(header: Header, stream: bytes) -> Image.Image:
    image = DECODERS[header.kind](BytesIO(stream))
    if image.size != (header.width, header.height):
        raise damaged("it says two sizes")
    image.load()
    return image


def _filled_in(image: Image.Image) -> bool:
    return image.getpixel((image.width - 1, image.height - 1)) in (FILLED_IN, (FILLED_IN,) * 3)


def _from_heic(header: Header) -> Image.Image:
    file = open_heif(header.stream, convert_hdr_to_8bit=True)
    image = file.to_pillow()
    if image.size != (header.width, header.height):
        raise damaged("it says two sizes")
    return image


def _from_opencv(header: Header) -> Image.Image:
    """By OpenCV: deep PNG, of which Pillow keeps the upper half of each number alone, and WebP, for which it needs thrice
    the memory. What OpenCV would not notice has been checked before.
    """
    if header.kind == "PNG":
        checked_pixels(header)
    found: NDArray[Any] | None = cv2.imdecode(np.frombuffer(header.stream, dtype=np.uint8), cv2.IMREAD_UNCHANGED)
    wanted = np.uint16 if header.bits == 16 else np.uint8
    if found is None or found.dtype != wanted or found.shape[:2] != (header.height, header.width):
        raise damaged("its pixels cannot be unpacked to their end")
    shallow = found if wanted is np.uint8 else _rounded(found)
    if shallow.ndim == 2:
        return Image.fromarray(shallow)
    turned = cv2.COLOR_BGRA2RGBA if shallow.shape[2:] == (4,) else cv2.COLOR_BGR2RGB
    return Image.fromarray(cv2.cvtColor(shallow, turned, dst=shallow))


def _rounded(deep: NDArray[np.uint16]) -> Pixels:
    """16 bits into the nearest of 8: cutting the lower half off would darken every colour by half a level."""
    shallow = np.empty(deep.shape, dtype=np.uint8)
    for top in range(0, len(deep), STRIP_ROWS):
        rows = deep[top : top + STRIP_ROWS].astype(np.uint32)
        shallow[top : top + STRIP_ROWS] = rows * 255 + 32895 >> 16  # v * 255 / 65535 to the nearest, for every v
    return shallow


def _opaque(image: Image.Image) -> Image.Image:
    """Mode L or RGB. A picture that is see-through somewhere has been cut out, and is not measured."""
    if image.has_transparency_data:
        image = image.convert("RGBA") if image.mode not in ("LA", "RGBA") else image
        low, _ = image.getchannel("A").getextrema()
        if low != 255:
            raise RefusalError(
                "parts of the picture are see-through: it has been cut out", "a whole photograph", ORIGINAL
            )
    if image.mode in ("L", "LA"):
        return image.convert("L")
    return image.convert("RGB") if image.mode != "RGB" else image


def _array(image: Image.Image) -> Pixels:
    """(height, width, 3), made in strips so that no second picture is in memory beside it."""
    pixels = np.empty((image.height, image.width, 3), dtype=np.uint8)
    for top in range(0, image.height, STRIP_ROWS):
        strip = np.asarray(image.crop((0, top, image.width, min(top + STRIP_ROWS, image.height))))
        pixels[top : top + STRIP_ROWS] = strip[..., None] if strip.ndim == 2 else strip
    return pixels


def _upright(pixels: Pixels, orientation: int) -> Pixels:
    """By Exif: 1 upright, 2 mirrored, 3 upside down, 4 both, 5 to 8 lying on a side."""
    flipped: NDArray[np.uint8] = pixels.swapaxes(0, 1) if orientation >= 5 else pixels
    if orientation in (2, 3, 6, 7):
        flipped = flipped[:, ::-1]
    if orientation in (3, 4, 7, 8):
        flipped = flipped[::-1]
    return np.ascontiguousarray(flipped)


def _facts(header: Header, facts: Told, colours: Colours, pixels: Pixels) -> Facts:
    return Facts(
        exposure_s=facts.exposure_s,
        iso=facts.iso,
        focal_mm=facts.focal_mm,
        aperture=facts.aperture,
        taken_at=facts.taken_at,
        colours=colours,
        grey=header.grey or _without_colour(pixels),
        bits=header.bits,
    )


def _without_colour(pixels: Pixels) -> bool:
    for top in range(0, len(pixels), STRIP_ROWS):
        strip = pixels[top : top + STRIP_ROWS]
        if (strip[..., 0] != strip[..., 1]).any() or (strip[..., 1] != strip[..., 2]).any():
            return False
    return True
