"""Pictures read in processes of their own: the same picture comes back, and no file holds anything up or brings it down."""

import json
import os
import signal
import subprocess
import sys
import time
from datetime import datetime
from functools import partial

import pytest
from PIL import Image

from needlewise import apart
from needlewise.apart import HEAD, Readers, Source, facts_from, facts_told
from needlewise.errors import PictureError
from needlewise.imaging.picture import Colours, Facts
from needlewise.imaging.reading import read_picture
from tests.unit.imaging.picture_files import drawing, file_of, noisy, scans

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="no limits of memory and processor there")


def sources(*files: bytes) -> list[Source]:
    return [(f"before {number}", partial(bytes, data)) for number, data in enumerate(files, 1)]


def refused(readers: Readers, *files: bytes, most_pixels: int = apart.MOST_PIXELS_TOGETHER) -> str:
    with pytest.raises(PictureError) as caught:
        readers.read(sources(*files), most_pixels)
    return str(caught.value)


def test_what_comes_back_is_what_reading_here_gives() -> None:
    exif = Image.Exif()
    exif[0x8769] = {0x9003: "2026:03:01 10:00:00", 0x829A: 0.01, 0x8827: 200}
    files = [file_of(kind) for kind in ("JPEG", "PNG", "WEBP", "HEIC")] + [file_of("JPEG", exif=exif)]
    with Readers() as readers:
        found = readers.read(sources(*files))
    here = [read_picture(data) for data in files]
    assert [one.digest for one in found] == [one.digest for one in here]
    assert [one.taken for one in found] == [one.taken for one in here]
    assert found[-1].taken.taken_at == datetime(2026, 3, 1, 10)  # noqa: DTZ001 - a camera's clock has no zone


def test_every_fact_survives_the_way() -> None:
    facts = Facts(exposure_s=0.01, iso=100, focal_mm=50.0, aperture=2.8, taken_at=datetime(2026, 1, 2),  # noqa: DTZ001
                  colours=Colours.CONVERTED, grey=True, bits=16)  # fmt: skip
    assert facts_from(json.loads(json.dumps(facts_told(facts)))) == facts


def test_all_reasons_come_at_once_each_with_the_place_of_its_file() -> None:
    with Readers() as readers:
        told = refused(readers, b"no picture", file_of("PNG"), b"", file_of("JPEG")[:400])
    assert "before 1: not a picture of a kind that is read" in told
    assert "before 3: the file is empty" in told
    assert "before 4: the file ends early" in told
    assert "before 2" not in told


def test_a_file_that_takes_too_long_is_refused_in_that_time() -> None:
    slow = file_of("PNG", noisy(1000))
    with Readers(seconds=0.02) as readers:
        begun = time.monotonic()
        assert "before 1: reading it takes longer than 0.02 seconds" in refused(readers, slow)
        assert time.monotonic() - begun < 5


def test_all_files_together_have_their_time_too() -> None:
    with Readers(together=0.0) as readers:
        assert "those before it took too long" in refused(readers, file_of("PNG"))


def test_more_pixels_than_there_is_room_for_are_told_once() -> None:
    with Readers() as readers:
        told = refused(readers, *[file_of("PNG", noisy(100))] * 5, most_pixels=15_000)
        assert told.count("too many pixels") == 1
        assert "before" not in told
        assert len(readers.read(sources(file_of("PNG")))) == 1


@POSIX
def test_a_reader_that_was_brought_down_is_started_again() -> None:
    with Readers() as readers:
        readers.warm()
        for one in readers._all:
            os.kill(one.start().pid, signal.SIGKILL)
        time.sleep(0.1)
        assert len(readers.read(sources(file_of("PNG")))) == 1


def test_a_jpeg_of_thousands_of_scans_is_refused_at_once() -> None:
    whole = file_of("JPEG", drawing().resize((1200, 800)), progressive=True)
    hostile = whole[:-2] + whole[scans(whole)[-1] : -2] * 5000 + whole[-2:]
    with Readers() as readers:
        begun = time.monotonic()
        assert "scans, which would take very long" in refused(readers, hostile)
        assert time.monotonic() - begun < 5


HOSTILE = {
    "nothing": b"",
    "no head": b"\0\0\0\x08nonsense",
    "a head without end": b"\xff\xff\xff\xff",
    "pixels that do not come": HEAD.pack(40) + b'{"height": 99, "width": 99, "facts": {}}',
    "more pixels than a picture may have": HEAD.pack(47) + b'{"height": 99999, "width": 99999, "facts": {}}   ',
    "a size below nothing": HEAD.pack(40) + b'{"height": -9, "width": 99, "facts": {}}',
    "another kind of answer": HEAD.pack(6) + b"[1, 2]",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_process_that_was_taken_over_can_only_be_refused(name: str) -> None:
    script = f"import sys; sys.stdin.buffer.read(12); sys.stdout.buffer.write({HOSTILE[name]!r})"
    process = subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)
    reader = apart._Reader()
    reader._process = process
    with pytest.raises(PictureError, match="broke off at it"):
        reader.read("after 1", b"data", (5.0, time.monotonic() + 5), apart._Room(1_000_000))
    assert process.poll() is not None


@POSIX
def test_the_process_has_so_much_memory_and_leaves_nothing_behind() -> None:
    script = """
import resource
from needlewise.apart.__main__ import MOST_MEMORY_BYTES, _bound, _bound_time
_bound(); _bound_time()
assert resource.getrlimit(resource.RLIMIT_CORE)[0] == resource.getrlimit(resource.RLIMIT_FSIZE)[0] == 0
assert 0 < resource.getrlimit(resource.RLIMIT_CPU)[0] < 60
try:
    bytearray(MOST_MEMORY_BYTES)
except MemoryError:
    print("held")
"""
    if sys.platform == "darwin":
        pytest.skip("macOS does not hold a process to its memory")
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, text=True)
    assert done.stdout.strip() == "held"


@pytest.mark.skipif(sys.platform != "linux", reason="so much of it as here can only be known there")
@pytest.mark.parametrize("kind", ["HEIC", "PNG", "JPEG"])
def test_a_whole_picture_that_memory_does_not_hold_is_called_too_large_and_not_just_damaged(kind: str) -> None:
    script = f"""
import resource
from tests.unit.imaging.picture_files import drawing, file_of
from needlewise.errors import PictureError
from needlewise.imaging.reading import read_picture
data = file_of({kind!r}, drawing().resize((3000, 3000)))
now = next(int(row.split()[1]) for row in open("/proc/self/status") if row.startswith("VmSize"))
resource.setrlimit(resource.RLIMIT_AS, (now * 1024 + 12_000_000, resource.RLIM_INFINITY))
try:
    read_picture(data)
except PictureError as error:
    print(error)
"""
    env = os.environ | {"OPENBLAS_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "1"}
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, text=True, env=env)
    assert "too large" in done.stdout
