"""Score every film of a source into one table, and resume where it was stopped.

Until the table is whole its rows are in a partial file beside it, see `xray_core.batch.resume`.
"""

import itertools
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

from xray_core.batch.resume import Row, line_of, open_alone, read_rows, resume
from xray_core.batch.table import COLUMNS, error_row, open_table, prediction_row
from xray_core.errors import DataError, UsageError, XrayError
from xray_core.io.film_source import FilmFile, find_films
from xray_core.parallel import map_in_order
from xray_core.saliency.regions import find_evidence
from xray_core.types import Predictor

Run = Callable[[Iterable[FilmFile]], Iterable[Row]]
Item = TypeVar("Item")

SUFFIXES = (".csv", ".parquet")
BATCH = 16  # films of one task, after which its rows are on the disk


@dataclass(frozen=True, slots=True)
class Questions:
    """What is asked of every film.

    Attributes
    ----------
    gate
        Whether films that are unfit are refused.
    regions
        Whether the table says where the evidence lies: ``places`` of the regions, the strongest
        first, each with its share of the evidence in ``shares``.
    distance
        Whether it says how far each film lies from those that the gate knows.
    site
        Whether it says what site the answers are calibrated for.
    """

    gate: bool = True
    regions: bool = False
    distance: bool = False
    site: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        places = ("places", "shares") if self.regions else ()
        return (*COLUMNS, *places, *("distance",) * self.distance, *("site",) * self.site)


def score_films(
    classifier: Predictor,
    source: str | Path,
    table: str | Path,
    *,
    questions: Questions | None = None,
    run: Run | None = None,
    progress: Callable[..., Iterable[Row]] | None = None,
) -> dict[str, int]:
    """Answer every file of a source, readable or not, and write the table.

    Parameters
    ----------
    source
        See `xray_core.io.film_source.find_films`.
    table
        Ends in '.csv' or '.parquet'. It appears, whole, at the end; until then the rows are in
        '<table>.part', and the next run with the same model, source and questions goes on from
        there.
    run
        ``run(files)`` yields a row for each FilmFile in order, as `xray_core.batch.cluster` does;
        by default a few threads of this process do it.
    progress
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
    run = run or partial(score_here, classifier, questions)
    with open_alone(part) as lines:
        remaining, resumed = resume(lines, header, iter(files))
        rows = run(remaining)
        if progress is not None:
            rows = progress(rows, total=total, initial=resumed)
        for number, row in enumerate(rows, start=1):
            lines.write(line_of(row))
            if number % BATCH == 0:
                lines.flush()
        summary = {"files": 0, "resumed": resumed, "errors": 0, "refused": 0}
        with (
            open(unfinished, "wb") as file,
            open_table(file, table.suffix.lower(), questions.columns) as write,
        ):
            for batch in batches(read_rows(lines), 10_000):
                write(batch)
                errors = sum(row["error"] is not None for row in batch)
                summary["files"] += len(batch)
                summary["errors"] += errors
                summary["refused"] += sum(row["decision"] == "refused" for row in batch) - errors
        os.replace(unfinished, table)
        part.unlink()
    return summary


def score_batch(
    classifier: Predictor, files: Iterable[FilmFile], questions: Questions
) -> list[Row]:
    """Answer a few films; returns of each, readable or not, its row and ``stamp``."""
    rows = (_score(classifier, file, questions) for file in files)
    return [{column: row.get(column) for column in ("stamp", *questions.columns)} for row in rows]


def _score(classifier: Predictor, file: FilmFile, questions: Questions) -> Row:
    row: Row = {"stamp": file.stamp, "places": [], "shares": []}
    try:
        film = file.open()
    except (XrayError, OSError) as error:
        return row | error_row(file.name, error, classifier.name)
    analysis = classifier.analyze(film) if questions.regions else None
    prediction = analysis.prediction if analysis else classifier.predict(film)
    row["distance"] = prediction.quality.distance
    if analysis and not (questions.gate and prediction.refused):
        regions = find_evidence(analysis).regions
        row["places"] = [region.place for region in regions]
        row["shares"] = [round(region.share_of_evidence, 3) for region in regions]
    return row | prediction_row(file.name, prediction if questions.gate else prediction.ungated())


def score_here(
    classifier: Predictor, questions: Questions, files: Iterable[FilmFile]
) -> Iterator[Row]:
    """Yield the rows of FilmFiles in order, answered by a few threads of this process."""
    score = partial(score_batch, classifier, questions=questions)
    for rows in map_in_order(score, batches(files, BATCH)):
        yield from rows


def _check(table: Path) -> None:
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


def batches(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """Yield the items in lists of a size, the last one shorter."""
    items = iter(items)
    while batch := list(itertools.islice(items, size)):
        yield batch
