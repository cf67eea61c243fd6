"""Where many films come from: a folder, a ZIP archive, a list of paths, or an address.

Whatever the source, its films are FilmFiles in one stable order, each small enough to be sent to
another machine, which opens it there.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from xray_core.errors import DataError, RadiographError, UsageError
from xray_core.io.limits import MAX_BYTES
from xray_core.io.radiograph import load_radiograph
from xray_core.io.zip_archive import JUNK, Archive, is_archive, is_junk

EXPECTED = (
    "Expected a folder, a ZIP archive, a list of paths (.txt) or an address such as "
    "s3://bucket/films"
)

STAMPS = ("size", "mtime", "created", "ETag", "etag", "LastModified", "last_modified", "updated")
"""What the file systems of fsspec call the signs of a change; each has some of them."""


@dataclass(frozen=True, slots=True)
class FilmFile:
    """A file that may be a film.

    Attributes
    ----------
    name : str
        What it is called in a table.
    place : str
        Path or address of the file, or of the archive it lies in.
    member : str
        Name inside the archive, '' for a file of its own.
    stamp : str
        Another when the content is; '' where the source does not tell.
    """

    name: str
    place: str
    member: str = ""
    stamp: str = ""

    def open(self):
        """Read the film, see `xray_core.io.radiograph.load_radiograph`; returns a Radiograph."""
        if self.member:
            archive = _open_archive(self.place, _stamp(self.place))
            return load_radiograph(archive.read(self.member), self.name)
        if is_address(self.place):
            return load_radiograph(_fetch(self.place, self.name), self.name)
        return load_radiograph(Path(self.place))


@lru_cache(maxsize=4)
def _open_archive(path, stamp):
    """Open an archive once; one that has changed is another."""
    return Archive(path)


def _stamp(path):
    try:
        status = os.stat(path)
    except OSError:
        return ""
    return f"{status.st_size} {status.st_mtime_ns}"


def _fetch(address, name):
    """Content of a remote file, at most one byte more than a film may have."""
    import fsspec

    try:
        with fsspec.open(address, "rb") as file:
            return file.read(MAX_BYTES + 1)
    # Each of the many file systems has errors of its own, and none may end a run of many files.
    except Exception as error:
        raise RadiographError(
            f"expected a radiograph, but '{name}' cannot be fetched ({error}): check the address "
            "and the right to read it."
        ) from error


def is_address(source):
    """Whether a source is named by an address such as 's3://bucket/films', not by a path."""
    return "://" in str(source)


def find_films(source, leave_out=()):
    """Find the films of a source.

    Parameters
    ----------
    source : path or str
        Of a folder, a ZIP archive, or a text file with a path or address a line (from where the
        text file lies; empty lines and those that begin with '#' are skipped); or an address that
        fsspec knows.
    leave_out : collection of Path
        Files of a folder that are none of its films, resolved.

    Returns
    -------
    FilmFiles

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
            title, lambda: (FilmFile(name, title, name, stamp) for name, stamp in stamps.items())
        )
    if path.is_file() and path.suffix.lower() == ".txt":
        return FilmFiles(title, lambda: _read_list(path))
    raise UsageError(f"{EXPECTED}, but {path} is not a folder or any of these; check its path.")


@dataclass(frozen=True, slots=True, eq=False)
class FilmFiles:
    """The films of one source, found anew each time they are gone through, in the same order.

    Attributes
    ----------
    title : str
        The source's whole path or address.
    """

    title: str
    _find: object

    def __iter__(self) -> Iterator[FilmFile]:
        return iter(self._find())


def list_files(folder):
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
        if entry.name.startswith(".") or entry.name in JUNK:
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from list_files(entry.path)
        elif entry.is_symlink() or entry.is_file():
            yield Path(entry.path)


def _list_folder(folder, leave_out):
    names = {path.name for path in leave_out}  # to resolve every film's path would take long
    for file in list_files(folder):
        if file.name not in names or file.resolve() not in leave_out:
            place = str(file.absolute())
            yield FilmFile(_text(file.relative_to(folder).as_posix()), place, stamp=_stamp(place))


def _text(name):
    """A name whose bytes are no text, spelled out."""
    return name.encode("utf-8", "backslashreplace").decode()


def _read_list(path):
    folder = path.resolve().parent
    with open(path, encoding="utf-8", errors="surrogateescape") as lines:
        for line in map(str.strip, lines):
            if line and not line.startswith("#"):
                if is_address(line):
                    yield FilmFile(_text(line), line)
                else:
                    place = str(folder / line)
                    yield FilmFile(_text(line), place, stamp=_stamp(place))


def _list_address(address):
    """Ask once what lies at an address, and return a function that goes through it."""
    try:
        import fsspec
    except ImportError as error:
        raise UsageError(
            f"Expected the package fsspec to open {address}, but it is not installed: "
            "run `pip install fsspec` and what it asks for to reach your store."
        ) from error
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
        FilmFile(name, store.unstrip_protocol(place), stamp=found[place])
        for place, name in films.items()
        if not is_junk(name)
    )
