"""Small files of every kind that is read, and the parts to build odd ones from."""

import io
import struct
import zlib

import numpy as np
import pillow_heif
from PIL import Image

WIDTH, HEIGHT = 120, 80
PNG = b"\x89PNG\r\n\x1a\n"


def drawing() -> Image.Image:
    """Even fields of colour, so that a lossy file still holds them."""
    pixels = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    pixels[:40, :60], pixels[:40, 60:], pixels[40:, :60], pixels[40:, 60:] = (
        (200, 60, 50), (60, 190, 70), (50, 70, 200), (190, 180, 60),
    )  # fmt: skip
    return Image.fromarray(pixels)


def noisy(side: int = 200) -> Image.Image:
    return Image.fromarray(np.random.default_rng(1).integers(0, 255, (side, side, 3), np.uint8))


def file_of(kind: str, image: Image.Image | None = None, **more: object) -> bytes:
    out = io.BytesIO()
    image = image or drawing()
    if kind == "HEIC":
        heif = pillow_heif.from_pillow(image)
        heif.save(out, quality=95, **more)
    else:
        lossless = {"WEBP": {"lossless": True}, "JPEG": {"quality": 95, "subsampling": 0}}.get(kind, {})
        image.save(out, kind, **(lossless | more))
    return out.getvalue()


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(width: int, height: int, rows: bytes, *between: bytes, depth: int = 8, colour: int = 2) -> bytes:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))
    return PNG + head + b"".join(between) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def deep_png(values: "np.ndarray[tuple[int, ...], np.dtype[np.uint16]]", *between: bytes) -> bytes:
    """16 bits a channel, from (height, width, 3)."""
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in values)
    return png(values.shape[1], values.shape[0], zlib.compress(rows), *between, depth=16)


def box(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", 8 + len(body)) + name + body


def scans(jpeg: bytes) -> list[int]:
    """Where each scan begins, with the table of codes before it."""
    found, at = [], jpeg.find(b"\xff\xda")
    while at >= 0:
        table = jpeg.rfind(b"\xff\xc4", 0, at)
        found.append(table if table > (found[-1] + 8 if found else 0) else at)
        at = jpeg.find(b"\xff\xda", at + 2)
    return found
