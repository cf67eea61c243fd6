"""Score every film of a folder or ZIP archive into one table, and resume where it was stopped.

Rows go to a partial file beside the table as they come, one JSON object a line after a line that
says what they are answers of. The files of a folder have one order, so the rows of the partial file
are the answers to the first files of it, and a second run goes on after them.
"""

import itertools
import json
import os
from functools import partial
from pathlib import Path

from xray_core.archives import JUNK, Archive, is_archive
from xray_core.errors import DataError, UsageError, XrayError
from xray_core.pipeline import map_in_order
from xray_core.radiographs import load_radiograph
from xray_core.rows import error_row, open_table, prediction_row

SUFFIXES = (".csv", ".parquet")


def score_folder(classifier, folder, table, *, gate=True, progress=None):
    """Answer every file below a folder, readable or not, and write the table.

    Parameters
    ----------
    classifier : Classifier
    folder : path
        Of a folder, or of a ZIP archive, which is read without unpacking it to disk.
    table : path
        Ends in '.csv' or '.parquet'. It appears, whole, at the end; until then the rows are in
        '<table>.part', and the next run with the same model, folder and gate goes on from there.
    gate : bool
        Whether films that are unfit are refused.
    progress : callable, optional
        ``progress(rows, total=n, initial=n)`` returns the rows again, as tqdm does.

    Returns
    -------
    dict
        ``files``, rows in the table; ``resumed``, how many of them an earlier run had left;
        ``errors`` and ``refused``, files that could not be read and films that were refused.

    Raises
    ------
    UsageError
        Where the folder or the table's folder is missing, or the table's name ends otherwise.
    DataError
        Where the folder holds no file or cannot be listed.
    """
    folder, table = Path(folder), Path(table)
    _check(folder, table)
    part, unfinished = (table.with_name(table.name + end) for end in (".part", ".unfinished"))
    if folder.is_dir():
        ours = {path.resolve() for path in (table, part, unfinished)}
        files = partial(_folder_files, folder, ours)
    else:
        files = partial(_archive_files, Archive(folder))
    total = sum(1 for _ in files())
    if not total:
        raise DataError(f"Expected films in {folder}, but it holds no file.")
    header = {
        "folder": str(folder.resolve()),
        "model": classifier.name,
        "version": classifier.version,
        "gate": gate,
    }
    remaining, resumed = _resume(part, header, files())
    rows = map_in_order(lambda file: _score(classifier, *file, gate), remaining)
    if progress is not None:
        rows = progress(rows, total=total, initial=resumed)
    with open(part, "ab") as lines:
        for row in rows:
            lines.write(_line(row))
            lines.flush()
    summary = {"files": 0, "resumed": resumed, "errors": 0, "refused": 0}
    with open(unfinished, "wb") as file, open_table(file, table.suffix.lower()) as write:
        for batch in _batches(_read_rows(part), 10_000):
            write(batch)
            errors = sum(row["error"] is not None for row in batch)
            summary["files"] += len(batch)
            summary["errors"] += errors
            summary["refused"] += sum(row["decision"] == "refused" for row in batch) - errors
    os.replace(unfinished, table)
    part.unlink()
    return summary


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


def _folder_files(folder, ours):
    for file in list_files(folder):
        if file.resolve() not in ours:
            yield _name(file, folder), partial(load_radiograph, file)


def _archive_files(archive):
    for name in archive.names:
        yield name, partial(_read_from, archive, name)


def _read_from(archive, name):
    return load_radiograph(archive.read(name), name)


def _check(folder, table):
    if not folder.is_dir() and not (folder.is_file() and is_archive(folder)):
        raise UsageError(
            f"Expected a folder or a ZIP archive of films, but {folder} is not a folder or archive."
        )
    if table.suffix.lower() not in SUFFIXES:
        raise UsageError(
            f"Expected a table that ends in {' or '.join(SUFFIXES)}, got '{table.name}'; rename it."
        )
    if not table.parent.is_dir():
        raise UsageError(
            f"The folder {table.parent} for the table does not exist; create it or choose another."
        )


def _score(classifier, name, read, gate):
    try:
        return prediction_row(name, classifier.analyze(read(), gate=gate))
    except (XrayError, OSError) as error:
        return error_row(name, error, classifier.name)


def _name(file, folder):
    """The path inside the folder; bytes of a name that are no text are spelled out."""
    return file.relative_to(folder).as_posix().encode("utf-8", "backslashreplace").decode()


def _line(row):
    return json.dumps(row, allow_nan=False).encode() + b"\n"


def _resume(part, header, files):
    """Keep the rows of the partial file that answer the first files, and drop what follows them.

    What follows can be a line torn by a kill, or rows for a folder that has changed since.

    Returns
    -------
    remaining : iterator of (name, function that reads it)
    resumed : int
    """
    first = _line(header)
    resumed = 0
    with open(part, "r+b" if part.exists() else "w+b") as lines:
        if lines.readline() == first:
            kept = lines.tell()
            for file in files:
                if not _answers(lines.readline(), file[0]):
                    files = itertools.chain([file], files)
                    break
                kept = lines.tell()
                resumed += 1
            lines.truncate(kept)
        else:
            lines.seek(0)
            lines.truncate()
            lines.write(first)
    return files, resumed


def _answers(line, name):
    try:
        return line.endswith(b"\n") and json.loads(line)["file"] == name
    except (ValueError, TypeError, KeyError):
        return False


def _read_rows(part):
    with open(part, "rb") as lines:
        next(lines)
        yield from map(json.loads, lines)


def _batches(rows, size):
    while batch := list(itertools.islice(rows, size)):
        yield batch
