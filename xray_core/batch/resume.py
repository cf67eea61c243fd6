"""Rows that are kept as they come, so that a run that was stopped goes on where it was.

Rows go to a partial file, one JSON object a line after a line that says what they are answers of.
The files of a source have one order, so the rows of the partial file are the answers to the first
files of it, and a second run goes on after them, from the first file that has changed.
"""

import itertools
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

from xray_core.errors import UsageError
from xray_core.io.film_source import FilmFile

Row = dict[str, Any]
File = TypeVar("File", bound=FilmFile)


@contextmanager
def open_alone(part: Path) -> Iterator[BinaryIO]:
    """Open the partial file to read and to append, for one run at a time."""
    try:
        part.touch()
    except OSError as error:
        raise UsageError(
            f"Expected a folder to write a table in, but {part.parent} does not take one "
            f"({error.strerror}); choose another."
        ) from error
    with open(part, "a+b") as lines:
        if not _lock(lines):
            raise UsageError(
                f"Expected to be the only one to write {part.stem}, but another run is at it; wait "
                "for its end or choose another name."
            )
        yield lines


def _lock(file: BinaryIO) -> bool:
    """Whether no other run has the file; true as well where there are no locks."""
    try:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except (ImportError, OSError):  # on Windows, on some shared file systems
        pass
    return True


_encode = json.JSONEncoder(allow_nan=False).encode


def line_of(row: Row) -> bytes:
    """A row as the partial file holds it."""
    return _encode(row).encode() + b"\n"


def resume(lines: BinaryIO, header: Row, files: Iterator[File]) -> tuple[Iterator[File], int]:
    """Keep the rows of the partial file that answer the first files, and drop what follows them.

    What follows can be a line torn by a kill, or rows for files that have changed since.

    Returns
    -------
    remaining
    resumed
    """
    first = line_of(header)
    resumed = 0
    lines.seek(0)
    if lines.readline() == first:
        kept = lines.tell()
        for file in files:
            if not _answers(lines.readline(), file):
                files = itertools.chain([file], files)
                break
            kept = lines.tell()
            resumed += 1
        lines.truncate(kept)
    else:
        lines.truncate(0)
        lines.write(first)
    return files, resumed


def _answers(line: bytes, file: FilmFile) -> bool:
    try:
        row = json.loads(line)
        return line.endswith(b"\n") and (row["file"], row["stamp"]) == (file.name, file.stamp)
    except (ValueError, TypeError, KeyError):
        return False


def read_rows(lines: BinaryIO) -> Iterator[Row]:
    """Yield the rows of the partial file."""
    lines.seek(0)
    next(lines)
    for line in lines:
        row = json.loads(line)
        del row["stamp"]
        yield row
