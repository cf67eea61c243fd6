"""Which films of a site there are, and what each truly shows: class folders, a ZIP, a table."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np

from xray_core.datasets.catalogue import SUFFIXES, Sample
from xray_core.datasets.kermany import parse_name
from xray_core.errors import DataError, UsageError
from xray_core.io.film_source import FilmFile, InArchive, OnDisk, find_films, stamp_of
from xray_core.io.zip_archive import Archive
from xray_core.types import LABELS

TABLES = (".csv", ".parquet")
SHOWN = 5
"""Unknown labels named in a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledFilm(Sample):
    """A film of the site; ``label`` is one of LABELS, whatever the site calls it.

    Attributes
    ----------
    group
        What films are compared by, such as the device; '' where nothing is.
    """

    group: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """How labelled films are to be read.

    Attributes
    ----------
    normal, pneumonia
        What the two are called, in any case.
    ignored
        Labels whose films are left out.
    path, label, patient, group
        Columns of a table; patient and group need not be there, unless group is named.
    where
        Columns and the value that a film must have there to count.
    root
        From where the paths of a table go; by default from the table's folder.
    """

    normal: Sequence[str] = (LABELS[0],)
    pneumonia: Sequence[str] = (LABELS[1],)
    ignored: Sequence[str] = ()
    path: str = "image"
    label: str = "label"
    patient: str = "patient"
    group: str = ""
    where: Sequence[tuple[str, str]] = ()
    root: str = ""

    def label_of(self, name: str) -> str | None:
        """One of LABELS, '' for a label that is ignored, None for one that nobody knows."""
        known = dict.fromkeys((each.casefold() for each in self.ignored), "")
        for label, names in zip(LABELS, (self.normal, self.pneumonia), strict=True):
            known |= dict.fromkeys((each.casefold() for each in names), label)
        return known.get(name.strip().casefold())


@dataclass(frozen=True, slots=True)
class LabelledFilms:
    """The films of a site, in a stable order.

    Attributes
    ----------
    title
        The last part of the source's name.
    by
        What ``group`` of the films means; '' where there are no groups.
    """

    title: str
    films: tuple[LabelledFilm, ...] = field(repr=False)
    by: str = ""


def truth_of(films: Sequence[LabelledFilm]) -> np.ndarray:
    """What films truly show, bool (films,), True for pneumonia."""
    return np.array([film.label == LABELS[1] for film in films], dtype=bool)


def read_films(source: str | Path, reading: Reading | None = None) -> LabelledFilms:
    """Find the labelled films of a site.

    Parameters
    ----------
    source
        A folder or ZIP archive in which films lie in folders named by their label, at any depth;
        a folder between that and the film is a patient. Or a table, '.csv' or '.parquet', with a
        row for each film.

    Raises
    ------
    UsageError
        Where there is no such source, a column is missing, or a label that nobody knows.
    DataError
        Where no film is left.
    """
    path, reading = Path(source), reading or Reading()
    if path.suffix.lower() in TABLES:
        return LabelledFilms(path.stem, _read_table(path, reading), reading.group)
    _refuse_columns(reading)
    if not path.exists():
        raise UsageError(
            f"Expected labelled films, a folder, a ZIP archive or a table that ends in "
            f"{' or '.join(TABLES)}, but there is no {path}: check its path."
        )
    return LabelledFilms(path.resolve().name, _by_folder(find_films(path), reading))


def read_archive(data: bytes, name: str, reading: Reading | None = None) -> LabelledFilms:
    """Find the labelled films of a ZIP archive that stays in memory; raises as `read_films`."""
    archive = Archive(data, name)
    files = (FilmFile(inside, InArchive(archive, inside)) for inside in archive.names)
    return LabelledFilms(name, _by_folder(files, reading or Reading()))


def _refuse_columns(reading: Reading) -> None:
    if reading.group or reading.where:
        raise UsageError(
            "Expected a table for what is asked of its columns (--by, --where), but got folders of "
            "films, which have none: bring a table, or leave these out."
        )


def _by_folder(files: Iterable[FilmFile], reading: Reading) -> tuple[LabelledFilm, ...]:
    found, unknown = [], Counter[str]()
    for file in files:
        *folders, name = PurePosixPath(file.name).parts
        labels = [reading.label_of(folder) for folder in folders]
        at = max((k for k, label in enumerate(labels) if label is not None), default=None)
        if at is None:
            if PurePosixPath(name).suffix.lower() in SUFFIXES:
                unknown[folders[-1] if folders else ""] += 1
        elif label := labels[at]:
            patient = "/".join(folders[at + 1 :]) or parse_name(name)[1]
            found.append(_film(file, label, patient))
    return _checked(found, unknown, reading)


def _read_table(path: Path, reading: Reading) -> tuple[LabelledFilm, ...]:
    table = _open_table(path)
    wanted = [reading.path, reading.label, *(column for column, _ in reading.where)]
    wanted += [reading.group] * bool(reading.group)
    missing = [column for column in wanted if column not in table]
    if missing:
        raise UsageError(
            f"Expected the column '{missing[0]}' in {path.name}, which has "
            f"{', '.join(map(str, table))}: name the right one (--path-column, --label-column, "
            "--by, --where)."
        )
    for column, value in reading.where:
        table = table[table[column] == value]
    root, found, unknown = Path(reading.root or path.parent), [], Counter[str]()
    for row in table.to_dict("records"):
        label = reading.label_of(row[reading.label])
        if label is None:
            unknown[row[reading.label]] += 1
        elif label:
            place = str(root / row[reading.path])
            file = FilmFile(row[reading.path], OnDisk(place), stamp_of(place))
            patient, group = row.get(reading.patient, ""), row.get(reading.group, "")
            found.append(_film(file, label, patient, group))
    return _checked(found, unknown, reading)


def _open_table(path: Path) -> Any:
    import pandas as pd

    try:
        read = pd.read_csv if path.suffix.lower() == ".csv" else pd.read_parquet
        options = {"dtype": str, "keep_default_na": False} if read is pd.read_csv else {}
        return read(path, **options).fillna("").astype(str)
    except (OSError, ValueError) as error:  # what pandas and pyarrow raise are kinds of these
        raise UsageError(
            f"Expected a table of films at {path} and could not read it ({error}): check the path "
            "and that it is CSV in UTF-8, or Parquet."
        ) from error


def _film(file: FilmFile, label: str, patient: str, group: str = "") -> LabelledFilm:
    return LabelledFilm(
        file.name,
        file.content,
        file.stamp,
        source="site",
        split="",
        label=label,
        subtype="",
        patient=patient,
        group=group,
    )


def _checked(
    found: Sequence[LabelledFilm], unknown: Counter[str], reading: Reading
) -> tuple[LabelledFilm, ...]:
    names = " or ".join((*reading.normal, *reading.pneumonia))
    if unknown:
        shown = ", ".join(
            f"{n:,} in '{label}'" if label else f"{n:,} without a label"
            for label, n in unknown.most_common(SHOWN)
        )
        raise UsageError(
            f"Expected every film to be labelled {names}, but there are {shown}: say what these "
            "labels count as (--normal, --pneumonia, --ignore)."
        )
    if not found:
        raise DataError(
            f"Expected films labelled {names}, in folders of these names or in a table, but found "
            "none: check the source."
        )
    return tuple(found)
