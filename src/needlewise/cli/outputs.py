"""What goes out: to standard output, or to a file that is there whole or not at all."""

import contextlib
import os
import sys
import tempfile
from pathlib import Path

from needlewise.cli.exits import CannotWriteError, WrongUseError
from needlewise.errors import Problem


def write_text(text: str, out: Path | None = None) -> None:
    """Text with a line end, to a file or to standard output."""
    whole = text if text.endswith("\n") else f"{text}\n"
    if out is None:
        sys.stdout.write(whole)
    else:
        write_file(whole.encode("utf-8"), out)


def write_bytes(data: bytes, out: Path | None) -> None:
    """Bytes, to a file or down a pipe; never onto a terminal."""
    if out is not None:
        write_file(data, out)
    else:
        sys.stdout.buffer.write(data)


def refuse_terminal(out: Path | None, kind: str, name: str = "plan", where: str = "--format") -> None:
    """What is no text is not shown on a terminal. Asked before any work is done. `name`: what a file may be called."""
    if out is None and sys.stdout.isatty():
        hint = f"add `--out {name}.{kind}`, or send it on: `... > {name}.{kind}`"
        raise WrongUseError(Problem(where, f"{kind} is not for a terminal", "a file to write to", hint))


def write_file(data: bytes, out: Path) -> None:
    """Write a file in one step: beside the target first, then in its place. What stood there is whole until then."""
    target = Path(os.path.realpath(out))
    try:
        if target.is_dir():
            raise CannotWriteError(
                Problem(str(out), "a folder", "the name of a file", "add a name: --out FOLDER/plan.txt")
            )
        if target.exists() and not target.is_file():
            # A device or a pipe cannot be replaced, only written to.
            target.write_bytes(data)
            return
        _replace(data, target)
    except OSError as fault:
        reason = (fault.strerror or "cannot be written").lower()
        raise CannotWriteError(Problem(str(out), reason, "a place that can be written to")) from None


def _replace(data: bytes, target: Path) -> None:
    mode = target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask()
    handle, name = tempfile.mkstemp(prefix=f".{target.name[:40]}.", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(mode)
        Path(name).replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
