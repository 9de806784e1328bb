"""Opening the protocol: the checked rows are kept beside the files, as Python keeps compiled modules, and taken from
there while neither a file nor the program has changed.

What is kept is named by a digest of every file, the package's version, the Python and the day. Where nothing can be
written, nothing is kept, and the files are read and checked each time.
"""

import hashlib
import pickle
import sys
from contextlib import suppress
from datetime import date
from pathlib import Path

from needlewise import __version__
from needlewise.knowledge._protocol import Protocol

HERE = Path(__file__).parent
SHELF = HERE / "__pycache__"
PREFIX = "protocol-"
MOST_KEPT = 4


def open_protocol(on: date, folder: Path | None, overlay: bytes | None) -> Protocol:
    """See `needlewise.knowledge._load.load_protocol`, which this calls where nothing is kept."""
    if folder is not None or overlay is not None:
        return _loaded(on, folder, overlay)
    path = SHELF / f"{PREFIX}{_name(on)}.pickle"
    # What lies there may be cut off or foreign, and reading that can end in any error at all.
    with suppress(Exception):
        kept = pickle.loads(path.read_bytes())  # noqa: S301
        if isinstance(kept, Protocol) and kept.edition.on == on:
            return kept
    protocol = _loaded(on, None, None)
    _keep(protocol, path)
    return protocol


def _loaded(on: date, folder: Path | None, overlay: bytes | None) -> Protocol:
    from needlewise.knowledge._load import load_protocol  # noqa: PLC0415 - brings in pydantic

    return load_protocol(on, folder, overlay)


def _name(on: date) -> str:
    """A digest of all that decides what is loaded: files, program, Python, day."""
    digest = hashlib.sha256(f"{__version__} {sys.version} {on}".encode())
    for path in sorted((*HERE.rglob("*.toml"), *HERE.glob("*.py"))):
        digest.update(path.relative_to(HERE).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:32]


def _keep(protocol: Protocol, path: Path) -> None:
    """Put the rows on the shelf, whole or not at all, and clear old ones away."""
    with suppress(OSError):
        SHELF.mkdir(exist_ok=True)
        passing = path.with_suffix(f".{id(protocol)}.part")
        try:
            passing.write_bytes(pickle.dumps(protocol, pickle.HIGHEST_PROTOCOL))
            passing.replace(path)
        finally:
            passing.unlink(missing_ok=True)
        old = sorted(SHELF.glob(f"{PREFIX}*.pickle"), key=lambda one: one.stat().st_mtime, reverse=True)
        for stale in old[MOST_KEPT:]:
            stale.unlink(missing_ok=True)
