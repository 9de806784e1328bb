"""What comes in as a file: read whole and bare, or refused with what to do."""

import subprocess
import sys
import zlib
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image
from PIL.TiffImagePlugin import IFDRational

from needlewise.errors import PictureError
from needlewise.imaging.icc import ADOBE_GAMMA, ADOBE_RGB, profile_of
from needlewise.imaging.picture import Colours
from needlewise.imaging.reading import MOST_BYTES, MOST_PIXELS, read_picture, written
from tests.unit.imaging.picture_files import HEIGHT, WIDTH, chunk, drawing, file_of, noisy, png

GPS = {1: "N", 2: (52.0, 31.0, 12.0), 3: "E", 4: (13.0, 24.0, 36.0)}
PLACE = b"Hauptstrasse"
# What `getrusage` tells of a child begins at the peak of its parent; this does not.
PEAK = "def peak(): return int(open('/proc/self/status').read().split('VmHWM:')[1].split()[0])\n"


def told_of_place() -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112], exif[0x010E], exif[0x013B] = 1, "Anna Muster", "Praxis " + PLACE.decode()
    exif[0x8825] = GPS
    exif[0x8769] = {0x829A: IFDRational(1, 100), 0x8827: 200, 0xA431: "SERIAL-4711"}
    return exif


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIC"])
def test_every_kind_gives_the_same_picture(kind: str) -> None:
    found = read_picture(file_of(kind)).pixels
    assert found.shape == (HEIGHT, WIDTH, 3)
    apart = np.abs(found.astype(int) - np.asarray(drawing()).astype(int))
    assert np.median(apart) <= 3
    assert np.array_equal(read_picture(written(read_picture(file_of("PNG")))).pixels, np.asarray(drawing()))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIC"])
def test_position_names_and_serials_are_dropped_and_what_helps_is_kept(kind: str) -> None:
    data = file_of(kind, exif=told_of_place().tobytes())
    assert PLACE in data
    found = read_picture(data)
    assert found.taken.exposure_s == pytest.approx(0.01)
    assert found.taken.iso == 200
    kept = repr(found.taken).encode() + b"".join(written(found, one) for one in ("png", "jpeg", "webp"))
    for secret in (PLACE, b"Anna", b"4711", b"GPS", b"Exif"):
        assert secret not in kept


@pytest.mark.parametrize("turn", range(1, 9))
def test_a_picture_stands_upright_however_the_camera_was_held(turn: int) -> None:
    ways: dict[int, Callable[[Image.Image], Image.Image]] = {
        1: lambda one: one,
        2: lambda one: one.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
        3: lambda one: one.transpose(Image.Transpose.ROTATE_180),
        4: lambda one: one.transpose(Image.Transpose.FLIP_TOP_BOTTOM),
        5: lambda one: one.transpose(Image.Transpose.TRANSPOSE),
        6: lambda one: one.transpose(Image.Transpose.ROTATE_90),
        7: lambda one: one.transpose(Image.Transpose.TRANSVERSE),
        8: lambda one: one.transpose(Image.Transpose.ROTATE_270),
    }
    exif = Image.Exif()
    exif[0x0112] = turn
    found = read_picture(file_of("PNG", ways[turn](drawing()), exif=exif.tobytes()))
    assert np.array_equal(found.pixels, np.asarray(drawing()))


def test_colours_of_another_space_come_out_as_srgb() -> None:
    profile = profile_of(ADOBE_RGB, ADOBE_GAMMA)
    same = Image.new("RGB", (100, 100), (200, 100, 100))
    plain, wide = read_picture(file_of("PNG", same)), read_picture(file_of("PNG", same, icc_profile=profile))
    assert plain.taken.colours is Colours.ASSUMED
    assert wide.taken.colours is Colours.CONVERTED
    assert wide.pixels[50, 50, 0] > plain.pixels[50, 50, 0] + 8
    broken = read_picture(file_of("PNG", same, icc_profile=b"no profile at all"))
    assert broken.taken.colours is Colours.UNREADABLE


def test_sixteen_bits_are_rounded_and_grey_is_known_as_grey() -> None:
    rows = b"".join(b"\0" + np.full((100, 3), 0x80FF, ">u2").tobytes() for _ in range(100))
    found = read_picture(png(100, 100, zlib.compress(rows), depth=16))
    assert found.taken.bits == 16
    assert set(np.unique(found.pixels)) == {round(0x80FF * 255 / 65535)}
    assert found.taken.grey
    assert not read_picture(file_of("PNG")).taken.grey


def bomb(width: int, height: int) -> bytes:
    return png(width, height, zlib.compress(bytes(10_000)))


GALLERY: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b"", "empty"),
    "text": (lambda: b"Dear doctor, here is my picture.", "not a picture"),
    "a page": (lambda: b"<!doctype html><html></html>", "web page"),
    "a document": (lambda: b"%PDF-1.7 ...", "PDF"),
    "an archive": (lambda: b"PK\x03\x04" + bytes(100), "ZIP"),
    "a page before a picture": (lambda: b"<html>" + file_of("JPEG"), "web page"),
    "junk before a picture": (lambda: b"xx" + file_of("JPEG"), "not a picture"),
    "GIF": (lambda: file_of("GIF"), "GIF"),
    "TIFF": (lambda: file_of("TIFF"), "TIFF"),
    "BMP": (lambda: file_of("BMP"), "BMP"),
    "a moving PNG": (lambda: file_of("PNG", save_all=True, append_images=[Image.new("RGB", (WIDTH, HEIGHT))]), "moves"),
    "a moving WebP": (
        lambda: file_of("WEBP", save_all=True, append_images=[Image.new("RGB", (WIDTH, HEIGHT))]),
        "moves",
    ),
    "more pixels than any camera": (lambda: bomb(60_000, 60_000), "million pixels"),
    "a side without end": (lambda: bomb(2_000_000, 10), "sides of at most"),
    "a preview": (lambda: file_of("JPEG", drawing().resize((40, 30))), "preview"),
    "sides of zero": (lambda: bomb(0, 0), ""),
    "pixels that end too soon": (lambda: png(200, 200, zlib.compress(bytes(3000))), ""),
    "a JPEG cut in the middle": (lambda: file_of("JPEG", noisy())[:9000], "ends early"),
    "a PNG cut in the middle": (lambda: file_of("PNG", noisy())[:9000], ""),
    "a WebP cut in the middle": (lambda: file_of("WEBP", noisy())[:9000], ""),
    "a HEIC cut in the middle": (lambda: file_of("HEIC", noisy())[:4000], ""),
    "a cut-out picture": (lambda: file_of("PNG", Image.new("RGBA", (100, 100), (9, 9, 9, 0))), "see-through"),
    "too many bytes": (lambda: b"\xff\xd8\xff" + bytes(MOST_BYTES), "million bytes"),
}


@pytest.mark.parametrize("name", GALLERY)
def test_what_is_no_whole_photograph_is_refused_with_a_reason(name: str) -> None:
    make, word = GALLERY[name]
    with pytest.raises(PictureError) as caught:
        read_picture(make(), "before 1")
    assert word in str(caught.value)
    assert all(problem.where == "before 1" for problem in caught.value.problems)
    assert all(problem.hint for problem in caught.value.problems), "say what to do"


def test_what_hangs_behind_a_picture_is_left_behind() -> None:
    clean = read_picture(file_of("JPEG"))
    found = read_picture(file_of("JPEG") + b"PK\x03\x04 and a whole archive <script>")
    assert np.array_equal(found.pixels, clean.pixels)
    assert b"script" not in written(found, "jpeg")


def test_ink_on_paper_is_turned_into_light_or_refused() -> None:
    with pytest.raises(PictureError, match="CMYK"):
        read_picture(file_of("JPEG", drawing().convert("CMYK")))


def test_a_chunk_that_swells_does_not_fill_the_memory() -> None:
    swelling = zlib.compress(bytes(400_000_000), 9)
    for name, data in (
        (b"iCCP", b"x\0\0" + swelling),
        (b"zTXt", b"x\0\0" + swelling),
        (b"iTXt", b"x\0\1\0\0\0" + swelling),
    ):
        file = png(100, 100, zlib.compress((b"\0" + bytes(300)) * 100), chunk(name, data))
        script = (
            "import sys; from needlewise.imaging.reading import read_picture;"
            "from needlewise.errors import PictureError\n"
            f"{PEAK}before = peak()\n"
            "try: read_picture(sys.stdin.buffer.read())\n"
            "except PictureError: pass\n"
            "print(peak() - before)"
        )
        done = subprocess.run([sys.executable, "-c", script], input=file, capture_output=True, check=True)
        assert int(done.stdout) < 150_000, name


def test_the_largest_picture_that_is_read_stays_below_a_gigabyte() -> None:
    side = int(MOST_PIXELS**0.5)
    script = (
        f"{PEAK}import io, sys\nfrom PIL import Image\nImage.MAX_IMAGE_PIXELS = None\n"
        "from needlewise.imaging.reading import read_picture\n"
        f"out = io.BytesIO(); Image.new('RGB', ({side}, {side}), (200, 150, 120)).save(out, 'JPEG')\n"
        "data = out.getvalue(); del out\n"
        "found = read_picture(data)\n"
        "print(found.width_px, peak())"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, text=True)
    width, kilobytes = map(int, done.stdout.split())
    assert width == side
    assert kilobytes < 1_000_000
