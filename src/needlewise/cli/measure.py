"""needlewise measure BEFORE... --after AFTER...: what two visits' photographs show, each number with its own error."""

import argparse
import json
import sys
import tomllib
from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from needlewise.cli.exits import WrongUseError
from needlewise.cli.inputs import protocol_of
from needlewise.cli.outputs import write_text
from needlewise.cli.refusing import need
from needlewise.errors import PictureError, Problem
from needlewise.knowledge import Imaging, Protocol, load_imaging

if TYPE_CHECKING:
    from needlewise.apart import Readers
    from needlewise.imaging.picture import Picture, Pixels
    from needlewise.imaging.zones import Zone

TEXT, JSON, HTML = "text", "json", "html"
REGIMES = ("rig", "room", "hand")
MOST_PICTURES = 12


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "before", type=Path, nargs="+", metavar="BEFORE", help="pictures of the first visit; zones lie on the first"
    )
    parser.add_argument(
        "--after", type=Path, nargs="+", required=True, metavar="AFTER", help="pictures of the later visit"
    )
    parser.add_argument(
        "--zones",
        type=Path,
        metavar="FILE",
        help="zones on the first picture, as JSON or TOML; those of the face if left out",
    )
    parser.add_argument(
        "--taken", choices=REGIMES, default="hand", help="how they were taken: rig, room or hand (the default)"
    )
    parser.add_argument("--px-per-mm", type=float, metavar="N", help="of the first picture, where no card lies in it")
    parser.add_argument(
        "--chart",
        choices=("before", "since"),
        default="before",
        help="the 24-patch chart was made before November 2014 (the default) or since",
    )
    parser.add_argument(
        "--grey",
        type=float,
        metavar="SHARE",
        help="of the light that the grey beside the skin gives back, where it was measured; 0.18 if left out",
    )
    parser.add_argument("--measure", action="append", metavar="ID", help="only this measure; may be repeated")
    parser.add_argument("--format", choices=(TEXT, JSON, HTML), default=TEXT, help="text (the default), json or html")
    parser.add_argument("--out", type=Path, metavar="PATH", help="a file to write; standard output if left out")


def run(options: argparse.Namespace) -> int:
    need("measure", "cv2", "OpenCV", "imaging")
    from needlewise.apart import Readers  # noqa: PLC0415 - brings in OpenCV

    with Readers() as readers:
        readers.warm()  # beside what is loaded here
        return _measured(options, readers)


def _measured(options: argparse.Namespace, readers: "Readers") -> int:
    from needlewise.imaging.comparing import How, compare  # noqa: PLC0415 - and the compiled loops
    from needlewise.imaging.picture import doubts  # noqa: PLC0415
    from needlewise.interop.measured import measured_document  # noqa: PLC0415

    for name, given in (("BEFORE", options.before), ("--after", options.after)):
        if len(given) > MOST_PICTURES:
            raise WrongUseError(Problem(name, f"{len(given)} pictures", f"at most {MOST_PICTURES}"))
    protocol = protocol_of(date.today())
    imaging = load_imaging(protocol)
    before, after = _pictures(readers, options.before, options.after)
    readers.close()
    shots = [[one.pixels for one in visit] for visit in (before, after)]
    zones, against = _zones(options.zones, shots, protocol, imaging)
    regions = {name: place.zone.region for name, place in protocol.places.items()}
    wanted = tuple(options.measure) if options.measure else None
    how = How(
        options.taken,
        px_per_mm=options.px_per_mm,
        edition=options.chart,
        measures=wanted,
        regions=regions,
        against=against,
        doubts=doubts(before, after),
        grey=options.grey,
    )
    found = compare(shots[0], shots[1], zones, imaging, how)
    labels = {name: place.label for name, place in protocol.places.items()}
    if options.format == JSON:
        write_text(json.dumps(measured_document(found, imaging), indent=1, ensure_ascii=False), options.out)
    elif options.format == HTML:
        from needlewise.interop.measured_page import measured_page  # noqa: PLC0415

        write_text(measured_page(found, imaging, labels), options.out)
    else:
        from needlewise.cli.measured_text import measured_text  # noqa: PLC0415

        write_text(measured_text(found, imaging, labels), options.out)
    return 0


def _pictures(
    readers: "Readers", before: Sequence[Path], after: Sequence[Path]
) -> "tuple[list[Picture], list[Picture]]":
    """All pictures, or every reason why one cannot be read, by the file's place and not by its name: names may tell who
    is in the picture.
    """
    named = [("before", n, path) for n, path in enumerate(before, 1)] + [
        ("after", n, path) for n, path in enumerate(after, 1)
    ]
    read = readers.read([(f"{visit} {n}", partial(_bytes, f"{visit} {n}", path)) for visit, n, path in named])
    return list(read[: len(before)]), list(read[len(before) :])


def _bytes(called: str, path: Path) -> bytes:
    from needlewise.imaging.reading import MOST_BYTES  # noqa: PLC0415

    try:
        with path.open("rb") as file:
            # A byte more than is read at all: so a file without end is refused, and not waited for.
            return file.read(MOST_BYTES + 1)
    except OSError as fault:
        reason = (fault.strerror or "cannot be read").lower()
        raise PictureError(Problem(called, reason, "a picture: JPEG, PNG, WebP or HEIC")) from None


def _zones(
    path: Path | None, shots: "list[list[Pixels]]", protocol: Protocol, imaging: Imaging
) -> "tuple[tuple[Zone, ...], Mapping[str, tuple[Problem, ...]]]":
    """Zones from a file; without one those of the face, and what speaks against pictures of it."""
    if path is None:
        from needlewise.imaging.face_weights import installed_weights  # noqa: PLC0415
        from needlewise.imaging.facing import facing  # noqa: PLC0415

        found = facing(shots[0], shots[1], installed_weights(), imaging)
        for problem in found.left_out:
            print(f"left out: {problem}", file=sys.stderr)
        return found.zones, found.against
    from needlewise.imaging.zones import read_zones  # noqa: PLC0415

    first = shots[0][0]
    return read_zones(_table(path), (first.shape[1], first.shape[0]), protocol.places), {}


def _table(path: Path) -> dict[str, Any]:
    try:
        text = sys.stdin.read() if str(path) == "-" else path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        reason = getattr(fault, "strerror", None) or "no text in UTF-8"
        raise PictureError(Problem("--zones", reason.lower(), "a file of zones, JSON or TOML")) from None
    try:
        found = json.loads(text) if text.lstrip().startswith("{") else tomllib.loads(text)
    except (json.JSONDecodeError, tomllib.TOMLDecodeError, RecursionError) as fault:
        raise PictureError(Problem("--zones", f"neither JSON nor TOML: {fault}", "a file of zones")) from None
    if not isinstance(found, dict):
        raise PictureError(Problem("--zones", "no table", "`unit` and `zone`"))
    return found
