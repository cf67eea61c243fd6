"""The films inside a ZIP archive, read one at a time and never unpacked to disk.

What an archive claims is checked before it is believed, what it gives is counted while it is read,
and its names are only ever used as labels.
"""

import struct
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path, PurePosixPath

from xray_core.errors import RadiographError, UsageError
from xray_core.io.leftovers import is_junk, twin_of
from xray_core.io.limits import (
    MAX_ARCHIVE_BYTES,
    MAX_BYTES,
    MAX_DIRECTORY_BYTES,
    MAX_EXPANSION,
    MAX_FILES,
)

END_OF_DIRECTORY = b"PK\x05\x06"
ZIP64_LOCATOR, ZIP64_END = b"PK\x06\x07", b"PK\x06\x06"
UTF_8 = 0x800  # flag of a member whose name is UTF-8; other names are code page 437
MOST_ENTRIES = 3 * MAX_FILES  # folders and what operating systems leave behind are no films
ENCRYPTED, PATCHED = 0x41, 0x20  # flags of a member: with a password, weakly or strongly; a patch
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def is_archive(source: str | Path | bytes) -> bool:
    """Whether a path or bytes hold a ZIP archive, judged by content."""
    start = source[:4] if isinstance(source, bytes) else _read_start(source)
    return start in (b"PK\x03\x04", END_OF_DIRECTORY)


def _read_start(path: str | Path) -> bytes:
    with open(path, "rb") as file:
        return file.read(4)


class Archive:
    """A ZIP archive of films.

    Parameters
    ----------
    source
        Its path or its content.
    name
        What the person calls it.

    Attributes
    ----------
    names
        Of the files inside, in a stable order, without hidden files, what operating systems leave
        behind and the second copies in a folder that was packed into itself; harmless as labels,
        never paths to write to.

    Raises
    ------
    UsageError
        Where it is no ZIP archive, larger than one of the limits, or has nothing inside.
    """

    def __init__(self, source: str | Path | bytes, name: str | None = None) -> None:
        self._source: BytesIO | Path = (
            BytesIO(source) if isinstance(source, bytes) else Path(source)
        )
        self._title = name or ("archive" if isinstance(source, bytes) else Path(source).name)
        self._check_end()
        try:
            self._archive = zipfile.ZipFile(self._source)  # closes itself; threads may share it
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            raise self._damaged() from error
        entries = self._archive.infolist()
        if len(entries) > MOST_ENTRIES:
            raise self._too_many(len(entries))
        labels = [(harmless_name(_read_name(each)), each) for each in entries]
        # not each.is_dir(), which fails on an empty name
        kept = [
            (label, each)
            for label, each in labels
            if not each.filename.endswith("/") and not is_junk(label)
        ]
        films = dict(zip(_distinct(kept), (each for _, each in kept), strict=True))
        films = {label: one for label, one in films.items() if not _is_double(label, films)}
        if not films:
            raise UsageError(
                f"Expected films in '{self._title}', but it holds no file that could be one: "
                "choose the archive of the films."
            )
        if len(films) > MAX_FILES:
            raise self._too_many(len(films))
        self._members = dict(sorted(films.items()))
        self.names = tuple(self._members)

    @property
    def stamps(self) -> dict[str, str]:
        """What tells a change of each file: its size and checksum, by its name."""
        return {name: f"{one.file_size} {one.CRC:08x}" for name, one in self._members.items()}

    def read(self, name: str) -> bytes:
        """Content of one of ``names`` as bytes, at most MAX_BYTES.

        Raises
        ------
        RadiographError
            Where the file is encrypted, damaged, compressed in an uncommon way, or larger than
            MAX_BYTES, whatever the archive claims.
        """
        member = self._members[name]
        if member.flag_bits & ENCRYPTED:
            raise _refusal(name, "encrypted", "save the archive without a password")
        if member.compress_type not in METHODS or member.flag_bits & PATCHED:
            raise _refusal(name, "compressed in an uncommon way", "save the archive with Deflate")
        if member.file_size > MAX_BYTES:
            raise _refusal(name, f"larger than {MAX_BYTES / 2**20:.0f} MB", "save it smaller")
        if member.file_size > MAX_EXPANSION * max(member.compress_size, 1):
            raise _refusal(name, "a damaged part of the archive", "save the archive again")
        try:
            with self._archive.open(member) as file:
                content = file.read(MAX_BYTES + 1)
        except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError) as error:
            raise _refusal(name, "a damaged part of the archive", "save it again") from error
        if len(content) > MAX_BYTES:
            raise _refusal(name, f"larger than {MAX_BYTES / 2**20:.0f} MB", "save it smaller")
        return content

    def _check_end(self) -> None:
        """Check the size of the table of contents, before zipfile reads it whole."""
        try:
            size, tail = self._read_tail(22 + 65535 + 20)
        except OSError as error:
            raise self._damaged() from error
        place = tail.rfind(END_OF_DIRECTORY)
        if size > MAX_ARCHIVE_BYTES or place < 0 or len(tail) < place + 22:
            raise self._damaged()
        count, length = struct.unpack("<HL", tail[place + 10 : place + 16])
        locator = tail[max(place - 20, 0) : place]
        if locator.startswith(ZIP64_LOCATOR):
            count, length = self._read_zip64_end(*struct.unpack("<Q", locator[8:16]))
        if length > MAX_DIRECTORY_BYTES:
            raise UsageError(
                f"Expected an archive of at most {MAX_FILES:,} files, but '{self._title}' claims "
                "more: split it."
            )
        if count == 0:
            raise UsageError(f"Expected films in '{self._title}', but the archive is empty.")
        if count > MOST_ENTRIES:
            raise self._too_many(count)

    def _read_zip64_end(self, start: int) -> tuple[int, int]:
        """Number of files and bytes of the table of contents that a ZIP64 claims."""
        end = self._read(start, 56)
        if len(end) < 56 or not end.startswith(ZIP64_END):
            raise self._damaged()
        count, length = struct.unpack("<2Q", end[32:48])
        return count, length

    def _read(self, start: int, length: int) -> bytes:
        if isinstance(self._source, BytesIO):
            return self._source.getvalue()[start : start + length]
        with open(self._source, "rb") as file:
            file.seek(min(start, self._source.stat().st_size))
            return file.read(length)

    def _read_tail(self, length: int) -> tuple[int, bytes]:
        if isinstance(self._source, BytesIO):
            content = self._source.getvalue()
            return len(content), content[-length:]
        size = self._source.stat().st_size
        return size, self._read(max(size - length, 0), length)

    def _too_many(self, count: int) -> UsageError:
        return UsageError(
            f"Expected an archive of at most {MAX_FILES:,} files, but '{self._title}' has "
            f"{count:,}: split it."
        )

    def _damaged(self) -> UsageError:
        return UsageError(
            f"Expected a ZIP archive of films, but '{self._title}' is damaged, cut off or none: "
            "save it again."
        )


def _refusal(name: str, what: str, remedy: str) -> RadiographError:
    return RadiographError(f"expected a radiograph, but '{name}' is {what}: {remedy}.")


def _read_name(member: zipfile.ZipInfo) -> str:
    """A member's name; many programs write UTF-8 without the flag that says so."""
    if member.flag_bits & UTF_8:
        return member.filename
    try:
        return member.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return member.filename


def harmless_name(name: str) -> str:
    """Turn a name inside an archive into a label: no parent folders, drives or control characters.

    >>> harmless_name("../../etc/passwd")
    'etc/passwd'
    """
    text = "".join(c if c.isprintable() else "?" for c in name.replace("\\", "/"))
    parts = [part for part in PurePosixPath(text).parts if part not in ("/", "//", "..", ".")]
    if parts and parts[0].endswith(":"):
        parts = parts[1:]
    return "/".join(parts)[-200:] or "file"


def _is_double(label: str, films: Mapping[str, zipfile.ZipInfo]) -> bool:
    """Whether a film is the copy of another in a folder that was packed into itself."""
    twin = films.get(twin_of(label) or "")
    one = films[label]
    return twin is not None and (twin.file_size, twin.CRC) == (one.file_size, one.CRC)


def _distinct(films: Sequence[tuple[str, object]]) -> list[str]:
    """Number labels that occur more than once: 'a', 'a (2)', 'a (3)'."""
    taken = {label for label, _ in films}
    last: dict[str, int] = {}
    found = []
    for label, _ in films:
        name, number = label, last.get(label, 0)
        while number and name in taken:
            number += 1
            name = f"{label} ({number})"
        last[label] = max(number, 1)
        taken.add(name)
        found.append(name)
    return found
