"""Pictures as they come in: into memory alone, within limits, and without the names of their files.

A file's name may tell who is in the picture. It is dropped here, so that no message, log or report can hold it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest

from needlewise.errors import Problem

BEFORE, AFTER = "before", "after"
VISITS = (BEFORE, AFTER)
MOST_PICTURES = 6
MEGABYTE = 1_000_000
MOST_BYTES = 30 * MEGABYTE
MOST_BYTES_TOGETHER = 160 * MEGABYTE
# Beyond this nothing of what is sent is even read.
MOST_BYTES_SENT = 4 * MOST_BYTES_TOGETHER
SMALLER = "Export it as JPEG in full size, at about 90 % quality."


@dataclass(frozen=True, slots=True)
class Sent:
    """What was sent: the bytes of each visit's pictures by their number, and what was not taken in."""

    pictures: Mapping[str, Mapping[int, bytes]]
    problems: tuple[Problem, ...]


class InMemory(FileUploadHandler):
    """Takes pictures into memory; one that breaks a limit is read past and told of, and never touches a disk."""

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self.problems: list[Problem] = []
        self._counts = dict.fromkeys(VISITS, 0)
        self._together = 0
        self._held = bytearray()

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self._held = bytearray()
        if self.field_name not in VISITS:
            raise SkipFile
        self._counts[self.field_name] += 1
        if self._counts[self.field_name] > MOST_PICTURES:
            if self._counts[self.field_name] == MOST_PICTURES + 1:
                expected = f"at most {MOST_PICTURES} of each visit"
                self.problems.append(
                    Problem(self.field_name, "too many pictures", expected, "Keep the sharpest; three are enough.")
                )
            raise SkipFile

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:  # noqa: ARG002 - Django's signature
        self._held += raw_data
        if len(self._held) > MOST_BYTES:
            self._refuse(f"more than {MOST_BYTES // MEGABYTE} MB", "a smaller file", SMALLER)
        if self._together + len(self._held) > MOST_BYTES_TOGETHER:
            expected = f"at most {MOST_BYTES_TOGETHER // MEGABYTE} MB for all pictures together"
            self._refuse("with it the pictures are too much", expected, "Send fewer, or smaller ones.")

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        self._together += file_size
        # Without any name Django takes a file for none; the number stays right where others were refused.
        name = str(self._counts[str(self.field_name)])
        return InMemoryUploadedFile(BytesIO(self._held), self.field_name, name, "", file_size, None)

    def _refuse(self, found: str, expected: str, hint: str) -> None:
        self._held = bytearray()
        where = f"{self.field_name} {self._counts[str(self.field_name)]}"
        self.problems.append(Problem(where, found, expected, hint))
        raise SkipFile


def sent_in(request: HttpRequest, handler: InMemory) -> Sent:
    """The pictures of a request whose upload handler is `handler`."""
    pictures = {visit: {int(str(one.name)): one.read() for one in request.FILES.getlist(visit)} for visit in VISITS}
    return Sent(pictures, tuple(handler.problems))
