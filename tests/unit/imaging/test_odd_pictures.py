"""Files that look whole and are not, that hold more than a picture, or that tell colours in other ways."""

import io
import subprocess
import sys
import zlib
from pathlib import Path

import colour
import numpy as np
import pillow_heif
import pytest
from PIL import Image

from needlewise.errors import PictureError
from needlewise.imaging.facts_reading import told
from needlewise.imaging.header_jpeg import MOST_SCANS, jpeg_header
from needlewise.imaging.header_png import png_header
from needlewise.imaging.header_webp import webp_header
from needlewise.imaging.icc import ADOBE_GAMMA, ADOBE_RGB, DISPLAY_P3, profile_of
from needlewise.imaging.picture import Colours
from needlewise.imaging.reading import read_picture
from tests.unit.imaging.picture_files import box, chunk, deep_png, drawing, file_of, noisy, png, scans

END = b"\xff\xd9"
SECRET = b"Hauptstrasse 5"


def refused(data: bytes) -> str:
    with pytest.raises(PictureError) as caught:
        read_picture(data)
    return str(caught.value)


# Whole or not


@pytest.mark.parametrize("share", [0.4, 0.7, 0.98])
@pytest.mark.parametrize("more", [{}, {"subsampling": 2}, {"restart_marker_rows": 1}])
def test_an_end_mark_put_behind_half_a_picture_does_not_make_it_whole(share: float, more: dict[str, int]) -> None:
    whole = file_of("JPEG", noisy(203), **more)
    assert "ends early" in refused(whole[: int(len(whole) * share)] + END)


def test_a_picture_that_is_just_grey_is_read() -> None:
    grey = Image.new("RGB", (100, 100), (128, 128, 128))
    found = read_picture(file_of("JPEG", grey))
    assert set(np.unique(found.pixels)) == {128}
    assert found.taken.grey


def test_a_picture_whose_finer_scans_are_missing_is_refused() -> None:
    whole = file_of("JPEG", noisy(), progressive=True, quality=70)
    assert read_picture(whole).width_px == 200
    for last in scans(whole)[2:]:
        assert "scans" in refused(whole[:last] + END)


def test_a_picture_of_hundreds_of_scans_is_refused_before_it_is_unpacked() -> None:
    whole = file_of("JPEG", progressive=True)
    again = whole[scans(whole)[-1] : -2]
    few = whole[:-2] + again * (MOST_SCANS - len(scans(whole))) + END
    assert read_picture(few).width_px == 120
    assert f"more than {MOST_SCANS} scans" in refused(whole[:-2] + again * 500 + END)


@pytest.mark.parametrize("rows", [0, 1, 99])
def test_a_deep_picture_with_rows_missing_is_not_filled_with_black(rows: int) -> None:
    packed = zlib.compress((b"\0" + bytes(600)) * rows)
    assert "ends early" in refused(png(100, 100, packed, depth=16))


def test_a_deep_picture_with_more_rows_than_it_says_is_refused() -> None:
    packed = zlib.compress((b"\0" + bytes(600)) * 5000)
    assert "more pixels than it says" in refused(png(100, 100, packed, depth=16))


def test_a_wrong_check_sum_is_damage() -> None:
    whole = bytearray(file_of("PNG"))
    whole[whole.find(b"IDAT") + 20] ^= 1
    assert "check sum" in refused(bytes(whole))


@pytest.mark.parametrize("marker", [0xC3, 0xC9, 0xCA])
def test_rare_kinds_of_jpeg_are_told_as_such(marker: int) -> None:
    whole = file_of("JPEG")
    assert "rare kind" in refused(whole.replace(b"\xff\xc0", bytes((0xFF, marker)), 1))


def test_a_jpeg_that_does_not_say_how_high_it_is_is_refused() -> None:
    whole = bytearray(file_of("JPEG"))
    at = whole.find(b"\xff\xc0")
    whole[at + 5 : at + 7] = b"\0\0"
    assert "how high" in refused(bytes(whole))


# One picture, and nothing but it


def test_only_what_pixels_need_is_given_to_a_decoder() -> None:
    exif = Image.Exif()
    exif[0x013B], exif[0x8825] = SECRET.decode(), {2: (52.0, 31.0, 12.0)}
    profile = profile_of(DISPLAY_P3)
    more = {"exif": exif.tobytes(), "icc_profile": profile, "xmp": b"<x>" + SECRET + b"</x>"}
    jpeg = file_of("JPEG", comment=SECRET, **more)
    web = file_of("WEBP", **more)
    text = chunk(b"tEXt", b"Author\0" + SECRET) + chunk(b"eXIf", exif.tobytes().removeprefix(b"Exif\0\0"))
    packed = zlib.compress((b"\0" + bytes(300)) * 100)
    for data, header_of in ((jpeg, jpeg_header), (web, webp_header), (png(100, 100, packed, text), png_header)):
        assert SECRET in data
        assert SECRET not in header_of(data + SECRET).stream
        assert profile not in header_of(data).stream


@pytest.mark.parametrize("turn", [1, 3, 6, 8])
def test_a_phone_s_heic_is_turned_once(turn: int) -> None:
    ways = {3: Image.Transpose.ROTATE_180, 6: Image.Transpose.ROTATE_90, 8: Image.Transpose.ROTATE_270}
    lying = drawing().transpose(ways[turn]) if turn in ways else drawing()
    exif = Image.Exif()
    exif[0x0112] = turn
    file, out = pillow_heif.from_bytes("RGB", lying.size, lying.tobytes()), io.BytesIO()
    file.save(out, quality=95, exif=exif.tobytes())
    assert (b"irot" in out.getvalue()) == (turn != 1)
    found = read_picture(out.getvalue())
    apart = np.abs(found.pixels.astype(int) - np.asarray(drawing()).astype(int))
    assert np.median(apart) <= 3


def test_one_picture_of_several_in_a_file_is_not_picked_for_the_reader() -> None:
    file, out = pillow_heif.from_pillow(drawing()), io.BytesIO()
    file.add_from_pillow(noisy())
    file.save(out)
    assert "2 pictures" in refused(out.getvalue())


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (box(b"ftyp", b"qt  \0\0\0\0qt  ") + box(b"mdat", bytes(50)), "film"),
        (box(b"ftyp", b"mp42\0\0\0\0isom") + box(b"mdat", bytes(50)), "film"),
        (box(b"ftyp", b"hevc\0\0\0\0msf1") + box(b"moov", bytes(50)), "film"),
        (box(b"ftyp", b"heic\0\0\0\0mif1") + box(b"moov", bytes(50)), "film"),
        (box(b"ftyp", b"avif\0\0\0\0mif1") + box(b"meta", bytes(50)), "AVIF"),
        (box(b"ftyp", b"crx \0\0\0\0isom") + box(b"moov", bytes(50)), "raw"),
        (box(b"ftyp", b"heic\0\0\0\0mif1") + box(b"meta", bytes(5_000_000)), "too long"),
        (box(b"ftyp", b"heic\0\0\0\0mif1") + box(b"meta", bytes(50)), "damaged"),
    ],
)
def test_other_files_built_of_boxes_are_told_apart(data: bytes, word: str) -> None:
    assert word in refused(data)


def test_few_colours_are_no_measurement() -> None:
    assert "few colours" in refused(file_of("PNG", drawing().quantize(16)))
    assert "few colours" in refused(file_of("PNG", drawing().convert("1")))


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "HEIC"])
def test_a_picture_may_have_an_alpha_channel_but_nothing_see_through(kind: str) -> None:
    solid = drawing().convert("RGBA")
    assert np.median(np.abs(read_picture(file_of(kind, solid)).pixels.astype(int) - np.asarray(drawing()))) <= 3
    solid.putpixel((70, 50), (0, 0, 0, 0))
    solid.paste((0, 0, 0, 0), (0, 0, 40, 40))
    assert "see-through" in refused(file_of(kind, solid))


# Colours


def test_display_p3_becomes_srgb_as_published() -> None:
    skins = np.array([[224, 180, 150], [120, 85, 60], [60, 40, 30], [200, 120, 110], [128, 128, 128]], np.uint8)
    image = Image.fromarray(skins.repeat(20, axis=0)[:, None].repeat(80, axis=1))
    found = read_picture(file_of("PNG", image, icc_profile=profile_of(DISPLAY_P3)))
    wanted = colour.RGB_to_RGB(skins / 255.0, "Display P3", "sRGB", apply_cctf_decoding=True, apply_cctf_encoding=True)
    assert found.taken.colours is Colours.CONVERTED
    assert np.abs(found.pixels[::20, 0] - wanted * 255).max() <= 1.0


def test_a_profile_that_says_srgb_leaves_every_level_as_it_is() -> None:
    srgb = ((0.64, 0.33), (0.30, 0.60), (0.15, 0.06))
    found = read_picture(file_of("PNG", noisy(), icc_profile=profile_of(srgb)))
    assert found.taken.colours is Colours.STATED
    assert np.array_equal(found.pixels, np.asarray(noisy()))


def test_adobe_rgb_told_by_the_camera_alone_is_honoured() -> None:
    # Little-endian TIFF: picture directory -> exposure directory (interoperability) -> R03.
    def entry(tag: int, kind: int, count: int, value: bytes) -> bytes:
        return (
            tag.to_bytes(2, "little") + kind.to_bytes(2, "little") + count.to_bytes(4, "little") + value.ljust(4, b"\0")
        )

    def directory(*entries: bytes) -> bytes:
        return len(entries).to_bytes(2, "little") + b"".join(entries) + bytes(4)

    block = b"II*\0" + (8).to_bytes(4, "little")
    block += directory(entry(0x8769, 4, 1, (26).to_bytes(4, "little")))
    block += directory(entry(0xA005, 4, 1, (44).to_bytes(4, "little")))
    block += directory(entry(0x0001, 2, 4, b"R03\0"))
    assert told(block).says_adobe
    image = Image.new("RGB", (100, 100), (200, 100, 100))
    by_camera = read_picture(file_of("PNG", image, exif=b"Exif\0\0" + block))
    by_profile = read_picture(file_of("PNG", image, icc_profile=profile_of(ADOBE_RGB, ADOBE_GAMMA)))
    assert by_camera.digest == by_profile.digest


@pytest.mark.parametrize(("primaries", "curve", "colours"), [(1, 13, "sRGB"), (12, 13, "converted"), (2, 2, "assumed")])
def test_colours_told_by_number_are_converted(primaries: int, curve: int, colours: str) -> None:
    image = Image.new("RGB", (100, 100), (200, 100, 100))
    found = read_picture(file_of("PNG", image))
    packed = zlib.compress((b"\0" + bytes((200, 100, 100)) * 100) * 100)
    told_so = read_picture(png(100, 100, packed, chunk(b"cICP", bytes((primaries, curve, 0, 1)))))
    assert told_so.taken.colours == colours
    assert (told_so.digest == found.digest) == (primaries != 12)


def test_a_picture_in_hdr_is_refused() -> None:
    packed = zlib.compress((b"\0" + bytes(300)) * 100)
    for curve in (16, 18):
        assert "HDR" in refused(png(100, 100, packed, chunk(b"cICP", bytes((9, curve, 0, 1)))))


def test_a_profile_for_another_kind_of_picture_is_not_applied() -> None:
    found = read_picture(file_of("JPEG", drawing().convert("L"), subsampling=-1, icc_profile=profile_of(DISPLAY_P3)))
    assert found.taken.colours is Colours.UNREADABLE
    assert found.taken.grey


def test_a_profile_with_a_part_missing_is_told_as_unreadable() -> None:
    profile = profile_of(DISPLAY_P3) + bytes(70_000)
    whole = file_of("JPEG", icc_profile=profile)
    second = whole.find(b"ICC_PROFILE\0\x02") - 4
    length = int.from_bytes(whole[second + 2 : second + 4], "big")
    assert read_picture(whole[:second] + whole[second + 2 + length :]).taken.colours is Colours.UNREADABLE


def test_deep_pictures_keep_red_first_and_round_to_the_nearest() -> None:
    values = np.random.default_rng(2).integers(0, 65536, (100, 100, 3)).astype(np.uint16)
    found = read_picture(deep_png(values))
    assert np.array_equal(found.pixels, np.rint(values.astype(float) * 255 / 65535))


def test_another_gamma_is_not_passed_off_as_srgb() -> None:
    packed = zlib.compress((b"\0" + bytes(300)) * 100)
    assert (
        read_picture(png(100, 100, packed, chunk(b"gAMA", (45455).to_bytes(4, "big")))).taken.colours is Colours.ASSUMED
    )
    straight = read_picture(png(100, 100, packed, chunk(b"gAMA", (100_000).to_bytes(4, "big"))))
    assert straight.taken.colours is Colours.UNREADABLE


# What the worst file within the limits costs

WORST = {
    "scans": """
out = io.BytesIO()
Image.new('RGB', (SIDE, SIDE), (200, 150, 120)).save(out, 'JPEG', progressive=True, subsampling=0)
whole = out.getvalue()
starts = scans(whole)
data = whole[:-2] + whole[starts[-1]:-2] * (32 - len(starts)) + whole[-2:]
""",
    "deep": """
packing = zlib.compressobj(1)
row = b'\\2' + bytes(6 * SIDE)
rows = b''.join(packing.compress(row) for _ in range(SIDE)) + packing.flush()
data = png(SIDE, SIDE, rows, depth=16)
""",
}


# What the system counts as a child's peak begins with its parent's; only Linux tells its own.
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the system does not tell the peak of one process")
@pytest.mark.parametrize("name", WORST)
def test_the_worst_file_within_the_limits_takes_seconds_and_less_than_a_gigabyte(name: str) -> None:
    script = f"""
import io, re, sys, time, zlib
from pathlib import Path
from PIL import Image
from needlewise.imaging.reading import MOST_PIXELS, read_picture
from tests.unit.imaging.picture_files import png, scans
SIDE = int(MOST_PIXELS ** 0.5)
{WORST[name]}
begun = time.process_time()
assert read_picture(data).width_px == SIDE
most = re.search(r"VmHWM:\\s*(\\d+)", Path("/proc/self/status").read_text())
print(time.process_time() - begun, most[1])
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, text=True)
    seconds, kilobytes = map(float, done.stdout.split())
    assert seconds < 30, "of the processor; about five on a machine of 2026"
    assert kilobytes < 1_000_000
