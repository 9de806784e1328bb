"""Whatever is done to the bytes of a picture, it is read or refused, in bounded time, with what to do."""

import warnings
from functools import cache
from time import process_time

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from PIL import Image

from needlewise.errors import PictureError
from needlewise.imaging.icc import DISPLAY_P3, profile_of
from needlewise.imaging.picture import Picture
from needlewise.imaging.reading import read_picture, written
from tests.unit.imaging.picture_files import chunk, deep_png, drawing, file_of

LAW = settings(deadline=None, max_examples=400, suppress_health_check=[HealthCheck.too_slow])
# A small picture takes milliseconds; a file that takes longer has found something to spin on.
LONGEST_S = 5.0


def facts() -> bytes:
    exif = Image.Exif()
    exif[0x0112], exif[0x8769], exif[0x8825] = 6, {0x829A: 0.01, 0x8827: 200}, {1: "N", 2: (52.0, 31.0, 12.0)}
    return exif.tobytes()


@cache
def files() -> dict[str, bytes]:
    """A small file of each way to write a picture that is read."""
    small = drawing().resize((96, 72))
    profile = profile_of(DISPLAY_P3)
    deep = np.asarray(small).astype(np.uint16) * 257
    return {
        "JPEG": file_of("JPEG", small, exif=facts(), icc_profile=profile),
        "JPEG in scans": file_of("JPEG", small, progressive=True),
        "grey JPEG": file_of("JPEG", small.convert("L"), subsampling=-1),
        "JPEG with restarts": file_of("JPEG", small, restart_marker_blocks=3),
        "PNG": file_of("PNG", small, exif=facts(), icc_profile=profile),
        "deep PNG": deep_png(deep, chunk(b"gAMA", (45455).to_bytes(4, "big"))),
        "opaque PNG": file_of("PNG", small.convert("RGBA")),
        "lossless WebP": file_of("WEBP", small, exif=facts(), icc_profile=profile),
        "lossy WebP": file_of("WEBP", small.convert("RGBA"), lossless=False, quality=80),
        "HEIC": file_of("HEIC", small, exif=facts()),
        "HEIC with a profile": file_of("HEIC", small, icc_profile=profile),
    }


KINDS = ("JPEG", "JPEG in scans", "grey JPEG", "JPEG with restarts", "PNG", "deep PNG", "opaque PNG", "lossless WebP",
         "lossy WebP", "HEIC", "HEIC with a profile")  # fmt: skip


def read(data: bytes) -> Picture | PictureError:
    """A picture, or its problems; any other error, any warning and any long wait fails the test."""
    begun = process_time()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            found: Picture | PictureError = read_picture(data, "after 2")
        except PictureError as error:
            found = error
    assert process_time() - begun < LONGEST_S
    if isinstance(found, PictureError):
        assert found.problems
        assert all(problem.where == "after 2" and problem.found and problem.hint for problem in found.problems)
        assert len(str(found)) < 1000
    else:
        assert found.pixels.dtype == np.uint8
        assert found.pixels.ndim == 3
    return found


def test_the_law_speaks_of_every_file_that_is_made_for_it() -> None:
    assert set(KINDS) == set(files())


@pytest.mark.parametrize("kind", KINDS)
def test_left_alone_a_file_is_read_and_written_without_a_word_of_its_own(kind: str) -> None:
    found = read(files()[kind])
    assert isinstance(found, Picture)
    assert np.array_equal(read_picture(written(found)).pixels, found.pixels)


@LAW
@given(st.sampled_from(KINDS), st.floats(0, 1, exclude_max=True))
def test_a_file_that_ends_early_is_never_read(kind: str, part: float) -> None:
    data = files()[kind]
    assert isinstance(read(data[: int(len(data) * part)]), PictureError)


@LAW
@given(
    st.sampled_from(KINDS),
    st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), min_size=1, max_size=6),
    st.sampled_from((600, 10**6)),
)
def test_whatever_bytes_are_changed_a_file_is_read_or_refused(
    kind: str, harm: list[tuple[int, int]], within: int
) -> None:
    data = bytearray(files()[kind])
    for place, value in harm:
        data[place % min(len(data), within)] = value
    read(bytes(data))


@LAW
@given(st.sampled_from(KINDS), st.integers(0, 10**6), st.integers(0, 10**6), st.binary(max_size=40))
def test_pieces_left_out_put_in_or_said_twice_are_no_way_round(kind: str, one: int, other: int, put: bytes) -> None:
    data = files()[kind]
    start, end = one % len(data), other % len(data)
    read(data[:start] + put + data[end:])


@LAW
@given(st.sampled_from(KINDS), st.binary(max_size=200))
def test_what_hangs_behind_a_picture_changes_nothing(kind: str, behind: bytes) -> None:
    clean, found = read(files()[kind]), read(files()[kind] + b"PK\x03\x04\x14\x00\x00\x00" + behind)
    assert isinstance(clean, Picture)
    assert isinstance(found, Picture)
    assert found.digest == clean.digest


@LAW
@given(st.binary(max_size=300))
@example(b"\xff\xd8\xff")
@example(b"\xff\xd8\xff\xd9")
@example(b"\x89PNG\r\n\x1a\n")
@example(b"RIFF\xff\xff\xff\xffWEBP")
@example(b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic")
def test_bytes_of_any_kind_are_told_to_be_no_picture(data: bytes) -> None:
    for beginning in (b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic"):
        assert isinstance(read(beginning + data), PictureError)
