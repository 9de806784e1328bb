"""What the beginning of a file says before anything is decoded, whatever kind of file it is."""

from dataclasses import dataclass


class RefusalError(Exception):
    """A file is not read: what was found, what would be read, and what to do. `read_picture` tells it as a PictureError."""

    def __init__(self, found: str, expected: str, hint: str) -> None:
        super().__init__(found)
        self.found, self.expected, self.hint = found, expected, hint


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What a file holds. Only `stream` is ever given to a decoder.

    kind        JPEG, PNG, WebP or HEIC
    bits        per channel
    grey        one channel, not three
    see_through the file can hold transparency; whether it does, its pixels say
    turned      the orientation by number, 1 to 8 as Exif counts them, that still has to be undone; None: ask `exif`
    stream      the file again, with what the pixels need and nothing else
    profile     the colour profile as it stands; b"" where it is there and cannot be read
    coding      numbers of primaries and transfer curve (ITU-T H.273) where the file tells its colours so
    exif        the block of facts, a small TIFF file
    stated      the file says by itself that it is sRGB
    """

    kind: str
    width: int
    height: int
    bits: int = 8
    grey: bool = False
    see_through: bool = False
    turned: int | None = None
    stream: bytes
    profile: bytes | None = None
    coding: tuple[int, int] | None = None
    exif: bytes | None = None
    stated: bool = False


WHOLE = "a whole file, up to its end mark"
AGAIN = "Copy it from the camera or phone again, or use another shot of the visit."
ORIGINAL = "Use the file as the camera or phone wrote it."


def cut_short(place: str) -> RefusalError:
    """The file ends before the picture does. What is there is not shown: half a face measured is worse than none."""
    return RefusalError(f"the file ends early, {place}", WHOLE, AGAIN)


def damaged(place: str) -> RefusalError:
    return RefusalError(f"the file is damaged: {place}", WHOLE, AGAIN)


def beyond_memory(fault: Exception) -> bool:
    """Whether a decoder failed for want of memory, or for a limit of its own to it; what it was given may well be whole."""
    told = str(fault).lower()
    return any(
        words in told
        for words in ("out of memory", "memory allocation", "security limit", "insufficient memory", "bad_alloc")
    )


def a_film(what: str) -> RefusalError:
    return RefusalError(
        f"{what}: one picture, not a film, can be measured",
        "a file with one picture",
        "Take or export a single still picture.",
    )
