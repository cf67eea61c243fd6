"""Where many films come from: a folder, a ZIP archive, a list of paths, or an address.

Whatever the source, its films are FilmFiles in one stable order, each small enough to be sent to
another machine, which opens it there.
"""

import os
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from xray_core.errors import DataError, RadiographError, UsageError
from xray_core.io.leftovers import is_junk, twin_of
from xray_core.io.limits import MAX_BYTES
from xray_core.io.radiograph import load_radiograph, read_file
from xray_core.io.zip_archive import Archive, is_archive
from xray_core.types import Radiograph

EXPECTED = (
    "Expected a folder, a ZIP archive, a list of paths (.txt) or an address such as "
    "s3://bucket/films"
)

STAMPS = ("size", "mtime", "created", "ETag", "etag", "LastModified", "last_modified", "updated")
"""What the file systems of fsspec call the signs of a change; each has some of them."""


class Content(Protocol):
    """Where the bytes of a film are; small enough to be sent to another machine, but for those
    that are held in memory."""

    def read(self) -> bytes:
        """Return the bytes; XrayError where they cannot be had."""
        ...


@dataclass(frozen=True, slots=True)
class OnDisk:
    """A file of its own."""

    path: str

    def read(self) -> bytes:
        return read_file(self.path)


@dataclass(frozen=True, slots=True)
class InArchive:
    """A member of a ZIP archive, named by its path or open in memory."""

    archive: str | Archive
    member: str

    def read(self) -> bytes:
        archive = self.archive
        if isinstance(archive, str):
            archive = _open_archive(archive, stamp_of(archive))
        return archive.read(self.member)


@dataclass(frozen=True, slots=True)
class AtAddress:
    """Something that fsspec opens."""

    address: str

    def read(self) -> bytes:
        import fsspec

        try:
            with fsspec.open(self.address, "rb") as file:
                return file.read(MAX_BYTES + 1)  # what is more is refused
        # Each of the many file systems has errors of its own, and none may end a run of many files.
        except Exception as error:
            raise RadiographError(
                f"expected a radiograph, but '{self.address}' cannot be fetched ({error}): check "
                "the address and the right to read it."
            ) from error


@dataclass(frozen=True, slots=True, weakref_slot=True)
class InMemory:
    """What was uploaded; it is never written anywhere."""

    data: bytes = field(repr=False)

    def read(self) -> bytes:
        return self.data


@dataclass(frozen=True, slots=True)
class FilmFile:
    """A film not yet opened, wherever it is; it may turn out to be none.

    Attributes
    ----------
    name
        What it is called in a table.
    stamp
        Another when the content is; '' where the source does not tell.
    """

    name: str
    content: Content = field(repr=False)
    stamp: str = field(default="", repr=False)

    def read(self) -> bytes:
        """Return the film's file; XrayError where it cannot be had."""
        return self.content.read()

    def open(self) -> Radiograph:
        """Read the film, see `xray_core.io.radiograph.load_radiograph`."""
        return load_radiograph(self.read(), self.name)


@lru_cache(maxsize=4)
def _open_archive(path: str, stamp: str) -> Archive:
    """Open an archive once; one that has changed is another."""
    return Archive(path)


def stamp_of(path: str) -> str:
    """Another when the file at a path has changed; '' where there is none."""
    try:
        status = os.stat(path)
    except (OSError, ValueError):  # such as a name with a null byte
        return ""
    return f"{status.st_size} {status.st_mtime_ns}"


def is_address(source: str | Path) -> bool:
    """Whether a source is named by an address such as 's3://bucket/films', not by a path."""
    return "://" in str(source)


def find_films(source: str | Path, leave_out: Collection[Path] = ()) -> "FilmFiles":
    """Find the films of a source.

    Parameters
    ----------
    source
        Of a folder, a ZIP archive, or a text file with a path or address a line (from where the
        text file lies; empty lines and those that begin with '#' are skipped); or an address that
        fsspec knows.
    leave_out
        Files of a folder that are none of its films, resolved.

    Raises
    ------
    UsageError
        Where the source is none of these or cannot be reached.
    """
    if is_address(source):
        return FilmFiles(str(source), _list_address(str(source)))
    path = Path(source)
    title = str(path.resolve())
    if path.is_dir():
        return FilmFiles(title, lambda: _list_folder(path, leave_out))
    if path.is_file() and is_archive(path):
        stamps = Archive(path).stamps
        return FilmFiles(
            title,
            lambda: (FilmFile(name, InArchive(title, name), one) for name, one in stamps.items()),
        )
    if path.is_file() and path.suffix.lower() == ".txt":
        return FilmFiles(title, lambda: _read_list(path))
    raise UsageError(f"{EXPECTED}, but {path} is not a folder or any of these; check its path.")


def open_dropped(data: bytes, name: str) -> list[FilmFile]:
    """The films that someone dropped as one: the file itself, or what a ZIP archive holds.

    Raises
    ------
    UsageError
        Where it is an archive that cannot be read.
    """
    if not is_archive(data):
        return [FilmFile(name, InMemory(data))]
    archive = Archive(data, name)
    return [FilmFile(inside, InArchive(archive, inside)) for inside in archive.names]


@dataclass(frozen=True, slots=True, eq=False)
class FilmFiles:
    """The films of one source, found anew each time they are gone through, in the same order.

    Attributes
    ----------
    title
        The source's whole path or address.
    """

    title: str
    _find: Callable[[], Iterator[FilmFile]]

    def __iter__(self) -> Iterator[FilmFile]:
        return iter(self._find())


def list_files(folder: str | Path) -> Iterator[Path]:
    """Yield the files below a folder, in a stable order.

    Hidden files and folders and what operating systems leave behind are no films. A link to a
    folder is not followed, since it may lead back; it is yielded as a file that cannot be read.
    """
    try:
        with os.scandir(folder) as found:
            entries = sorted(found, key=lambda entry: entry.name)
    except OSError as error:
        raise DataError(
            f"The folder {folder} cannot be listed ({error.strerror}); check its permissions."
        ) from error
    for entry in entries:
        if is_junk(entry.name):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from list_files(entry.path)
        elif entry.is_symlink() or entry.is_file():
            yield Path(entry.path)


def _list_folder(folder: Path, leave_out: Collection[Path]) -> Iterator[FilmFile]:
    names = {path.name for path in leave_out}  # to resolve every film's path would take long
    root = folder.absolute()
    for file in list_files(root):
        if _is_double(root, file) or (file.name in names and file.resolve() in leave_out):
            continue
        name = _text(file.relative_to(root).as_posix())
        yield FilmFile(name, OnDisk(str(file)), stamp_of(str(file)))


def _is_double(root: Path, file: Path) -> bool:
    """Whether a film is the copy of another in a folder that was unpacked into itself."""
    twin = twin_of(file.relative_to(root.parent).as_posix())
    try:
        return twin is not None and (root.parent / twin).stat().st_size == file.stat().st_size
    except OSError:
        return False


def _text(name: str) -> str:
    """A name whose bytes are no text, spelled out."""
    return name.encode("utf-8", "backslashreplace").decode()


def _read_list(path: Path) -> Iterator[FilmFile]:
    folder = path.resolve().parent
    encoding, errors = _encoding(path)
    with open(path, encoding=encoding, errors=errors) as lines:
        for line in map(str.strip, lines):
            if line and not line.startswith("#"):
                if is_address(line):
                    yield FilmFile(_text(line), AtAddress(line))
                else:
                    place = str(folder / line)
                    yield FilmFile(_text(line), OnDisk(place), stamp_of(place))


def _encoding(path: Path) -> tuple[str, str]:
    """How a list is written, and what is done with bytes that are not: PowerShell writes UTF-16."""
    with open(path, "rb") as file:
        start = file.read(4)
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16", "replace"
    if b"\0" in start[:2]:
        return ("utf-16-be" if start[0] == 0 else "utf-16-le"), "replace"
    return "utf-8-sig", "surrogateescape"


def _list_address(address: str) -> Callable[[], Iterator[FilmFile]]:
    """Ask once what lies at an address, and return a function that goes through it."""
    import fsspec

    try:
        store, root = fsspec.core.url_to_fs(address)
        # asked once: a store answers slowly, and could answer otherwise the second time
        found = {
            place: " ".join(str(about[key]) for key in STAMPS if key in about)
            for place, about in sorted(store.find(root, detail=True).items())
        }
    except Exception as error:  # each store has errors of its own
        raise UsageError(
            f"{EXPECTED}, but {address} cannot be listed ({error}); check the address and the "
            "right to read it."
        ) from error
    films = {place: place.removeprefix(root).lstrip("/") or Path(place).name for place in found}
    return lambda: (
        FilmFile(name, AtAddress(store.unstrip_protocol(place)), found[place])
        for place, name in films.items()
        if not is_junk(name)
    )
