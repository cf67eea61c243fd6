"""Score every film of a source into one table, and resume where it was stopped.

Rows go to a partial file beside the table as they come, one JSON object a line after a line that
says what they are answers of. The files of a source have one order, so the rows of the partial file
are the answers to the first files of it, and a second run goes on after them, from the first file
that has changed.
"""

import itertools
import json
import os
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from xray_core.errors import DataError, UsageError, XrayError
from xray_core.film_files import find_films
from xray_core.overlay import encode_jpeg, fit_within, picture_address
from xray_core.pipeline import map_in_order
from xray_core.regions import describe_regions
from xray_core.rows import COLUMNS, error_row, open_table, prediction_row

SUFFIXES = (".csv", ".parquet")
THUMBNAIL = 96  # pixels of the longer side


@dataclass(frozen=True, slots=True)
class Questions:
    """What is asked of every film.

    Attributes
    ----------
    gate : bool
        Whether films that are unfit are refused.
    regions : bool
        Whether the table says where the evidence lies: ``places`` of the regions, the strongest
        first, each with its share of the evidence in ``shares``.
    thumbnails : bool
        Whether the table holds a small picture of each film, as an address that a browser shows.
    """

    gate: bool = True
    regions: bool = False
    thumbnails: bool = False

    @property
    def columns(self):
        more = ("places", "shares") if self.regions else ()
        return (*COLUMNS, *more, *(("thumbnail",) if self.thumbnails else ()))


def score_films(classifier, source, table, *, questions=None, run=None, progress=None):
    """Answer every file of a source, readable or not, and write the table.

    Parameters
    ----------
    classifier : Classifier
    source : path or str
        See `xray_core.film_files.find_films`.
    table : path
        Ends in '.csv' or '.parquet'. It appears, whole, at the end; until then the rows are in
        '<table>.part', and the next run with the same model, source and questions goes on from
        there.
    questions : Questions, optional
    run : callable, optional
        ``run(files)`` yields a row for each FilmFile in order, as `xray_core.cluster` does; by
        default a few threads of this process do it.
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
        Where the source or the table's folder is missing, the table's name ends otherwise, it
        cannot be written, or another run is writing it.
    DataError
        Where the source holds no file or cannot be listed.
    """
    questions, table = questions or Questions(), Path(table)
    _check(table)
    part, unfinished = (table.with_name(table.name + end) for end in (".part", ".unfinished"))
    files = find_films(source, {path.resolve() for path in (table, part, unfinished)})
    total = sum(1 for _ in files)
    if not total:
        raise DataError(f"Expected films in {source}, but it holds no file; check its path.")
    header = {
        "source": files.title,
        "model": classifier.name,
        "version": classifier.version,
        "gate": questions.gate,
        "columns": questions.columns,
    }
    run = run or partial(map_in_order, partial(score_film, classifier, questions=questions))
    with _open_alone(part) as lines:
        remaining, resumed = _resume(lines, header, iter(files))
        rows = run(remaining)
        if progress is not None:
            rows = progress(rows, total=total, initial=resumed)
        for row in rows:
            lines.write(_line(row))
            lines.flush()
        summary = {"files": 0, "resumed": resumed, "errors": 0, "refused": 0}
        with (
            open(unfinished, "wb") as file,
            open_table(file, table.suffix.lower(), questions.columns) as write,
        ):
            for batch in _batches(_read_rows(lines), 10_000):
                write(batch)
                errors = sum(row["error"] is not None for row in batch)
                summary["files"] += len(batch)
                summary["errors"] += errors
                summary["refused"] += sum(row["decision"] == "refused" for row in batch) - errors
        os.replace(unfinished, table)
        part.unlink()
    return summary


def score_film(classifier, file, questions):
    """Answer one FilmFile; returns its row and ``stamp``, also where it cannot be read."""
    row = {"stamp": file.stamp, "places": [], "shares": [], "thumbnail": None}
    try:
        film = file.open()
        if questions.regions:
            analysis = classifier.analyze(film, gate=questions.gate)
            prediction, (regions, _) = analysis.prediction, describe_regions(analysis)
            row["places"] = [region.place for region in regions]
            row["shares"] = [round(region.share_of_evidence, 3) for region in regions]
        else:
            prediction = classifier.predict(film, gate=questions.gate)
        row |= prediction_row(file.name, prediction)
        if questions.thumbnails:
            row["thumbnail"] = picture_address(encode_jpeg(fit_within(film.pixels, THUMBNAIL), 80))
    except (XrayError, OSError) as error:
        row |= error_row(file.name, error, classifier.name)
    return {column: row[column] for column in ("stamp", *questions.columns)}


def _check(table):
    if table.suffix.lower() not in SUFFIXES:
        raise UsageError(
            f"Expected a table that ends in {' or '.join(SUFFIXES)}, got '{table.name}'; rename it."
        )
    if not table.parent.is_dir():
        raise UsageError(
            f"The folder {table.parent} for the table does not exist; create it or choose another."
        )
    if table.is_dir():
        raise UsageError(
            f"Expected a table to write, but {table} is a folder; choose another name."
        )


@contextmanager
def _open_alone(part):
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


def _lock(file):
    """Whether no other run has the file; true as well where there are no locks."""
    try:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except (ImportError, OSError):  # on Windows, on some shared file systems
        pass
    return True


def _line(row):
    return json.dumps(row, allow_nan=False).encode() + b"\n"


def _resume(lines, header, files):
    """Keep the rows of the partial file that answer the first files, and drop what follows them.

    What follows can be a line torn by a kill, or rows for files that have changed since.

    Returns
    -------
    remaining : iterator of FilmFile
    resumed : int
    """
    first = _line(header)
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


def _answers(line, file):
    try:
        row = json.loads(line)
        return line.endswith(b"\n") and (row["file"], row["stamp"]) == (file.name, file.stamp)
    except (ValueError, TypeError, KeyError):
        return False


def _read_rows(lines):
    lines.seek(0)
    next(lines)
    for line in lines:
        row = json.loads(line)
        del row["stamp"]
        yield row


def _batches(rows, size):
    while batch := list(itertools.islice(rows, size)):
        yield batch
