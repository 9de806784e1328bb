"""From bytes to a comparison. Loads OpenCV and the compiled loops, so that a page that only asks does without them."""

import atexit
from collections.abc import Mapping, Sequence
from functools import partial
from threading import Lock

import cv2
import numpy as np

from needlewise.apart import Readers
from needlewise.errors import PictureError, Problem
from needlewise.imaging.comparing import Comparison, How, compare
from needlewise.imaging.face_weights import installed_weights
from needlewise.imaging.facing import Facing, facing
from needlewise.imaging.picture import Picture, Pixels, doubts
from needlewise.imaging.showing import shown
from needlewise.imaging.zones import Zone, read_zones
from needlewise.interop.measured import capital
from needlewise.knowledge import Imaging, Protocol
from needlewise.web.pages.photographs.asking import Asked
from needlewise.web.pages.photographs.uploads import AFTER, BEFORE, VISITS

MILLION = 1_000_000
MOST_PIXELS_TOGETHER = 200 * MILLION
DRAW = "Or draw a zone on the first picture."
# A comparison takes all of a small machine: one after the other is quicker than all at once, and never out of memory.
_TURN = Lock()
WAIT_SECONDS, FAULTS_WAIT_SECONDS = 60.0, 5.0
USUAL_SIZE = (4000, 3000)
WARM_PX = 320
# Strangers' files are unpacked in processes beside this one, which are kept for the next comparison.
_READERS = Readers()
atexit.register(_READERS.close)

Pictures = Mapping[str, Mapping[int, bytes]]


class BusyError(Exception):
    """Others are being measured."""


def measure(
    sent: Pictures, asked: Asked, imaging: Imaging, protocol: Protocol
) -> tuple[Comparison, tuple[Problem, ...]]:
    """The comparison, and which zones of a face were left out. Raises PictureError with all that stands in the way, and
    BusyError where it is not this one's turn in time.
    """
    if not _TURN.acquire(timeout=WAIT_SECONDS):
        raise BusyError
    try:
        return _measured(sent, asked, imaging, protocol)
    finally:
        _TURN.release()


def faults(sent: Pictures, asked: Asked, imaging: Imaging, protocol: Protocol) -> tuple[Problem, ...]:
    """What stands in the way of pictures and zones, where a form that has other faults is not measured. Where it is not this
    one's turn soon, nothing is said of them.
    """
    if not _TURN.acquire(timeout=FAULTS_WAIT_SECONDS):
        return ()
    try:
        _looked_at(sent, asked, imaging, protocol)
    except PictureError as error:
        return error.problems
    finally:
        _TURN.release()
    return ()


def warm(imaging: Imaging) -> None:
    """Compile what measures, which takes minutes after an installation, on two drawn pictures of lines on skin."""
    _READERS.warm()
    dice = np.random.default_rng(0)
    across = np.arange(WARM_PX)[None, :, None] / WARM_PX
    lines = 1 - 0.25 * np.exp(-(((across * 6) % 1 - 0.5) ** 2) / 0.004)
    grain = cv2.GaussianBlur(dice.normal(0, 1, (WARM_PX, WARM_PX)), (0, 0), 2.0)[..., None]
    skin = np.array((205, 160, 135)) * lines * (1 + 0.25 * grain)
    one, other = (
        np.asarray(np.clip(skin + dice.normal(0, 1, (WARM_PX, WARM_PX, 3)), 0, 255), np.uint8) for _ in range(2)
    )
    edge, far = WARM_PX * 0.1, WARM_PX * 0.9
    zone = Zone("cheek-left", np.array(((edge, edge), (far, edge), (far, far), (edge, far))))
    found = compare([one], [other], [zone], imaging, How("rig", px_per_mm=10.0))
    shown(found.zones[0])


def _measured(
    sent: Pictures, asked: Asked, imaging: Imaging, protocol: Protocol
) -> tuple[Comparison, tuple[Problem, ...]]:
    read, found = _looked_at(sent, asked, imaging, protocol)
    before, after = ([one.pixels for one in read[visit]] for visit in VISITS)
    regions = {name: place.zone.region for name, place in protocol.places.items()}
    how = How(
        asked.taken,
        px_per_mm=asked.px_per_mm,
        edition=asked.chart,
        regions=regions,
        against=found.against,
        doubts=doubts(read[BEFORE], read[AFTER]),
        grey=asked.grey_share,
    )
    return compare(before, after, found.zones, imaging, how), found.left_out


def _looked_at(
    sent: Pictures, asked: Asked, imaging: Imaging, protocol: Protocol
) -> tuple[dict[str, list[Picture]], Facing]:
    """The pictures, and the zones on the first. Raises PictureError with every fault of both."""
    problems: list[Problem] = []
    read: dict[str, list[Picture]] = {}
    found = Facing((), {}, ())
    try:
        read = _pictures(sent)
    except PictureError as error:
        problems += error.problems
    try:
        if asked.table is not None and not asked.is_unread:
            # What is wrong with outlines hardly hangs on the size of the picture, so it is told where none can be read, too.
            first = read[BEFORE][0] if read.get(BEFORE) else None
            size = (first.width_px, first.height_px) if first else USUAL_SIZE
            found = Facing(read_zones(asked.table, size, protocol.places), {}, ())
        elif asked.table is None and all(read.get(visit) for visit in VISITS):
            before, after = ([one.pixels for one in read[visit]] for visit in VISITS)
            found = _face(before, after, imaging)
    except PictureError as error:
        problems += error.problems
    if problems:
        raise PictureError(problems)
    return read, found


def _pictures(sent: Pictures) -> dict[str, list[Picture]]:
    named = [(visit, number, data) for visit in VISITS for number, data in sent[visit].items()]
    found = _READERS.read(
        [(f"{visit} {number}", partial(bytes, data)) for visit, number, data in named], MOST_PIXELS_TOGETHER
    )
    read: dict[str, list[Picture]] = {visit: [] for visit in VISITS}
    for (visit, _, _), picture in zip(named, found, strict=True):
        read[visit].append(picture)
    return read


def _face(before: Sequence[Pixels], after: Sequence[Pixels], imaging: Imaging) -> Facing:
    """Where nothing was drawn, the zones of the face."""
    try:
        return facing(before, after, installed_weights(), imaging)
    except PictureError as error:
        problems = [
            # Where the hint itself speaks of drawing, once is enough.
            Problem(
                one.where, one.found, one.expected, one.hint if "draw" in one.hint else f"{_sentence(one.hint)} {DRAW}"
            )
            for one in error.problems
        ]
        raise PictureError(problems) from None


def _sentence(text: str) -> str:
    whole = capital(text)
    return whole if not whole or whole.endswith(".") else f"{whole}."
