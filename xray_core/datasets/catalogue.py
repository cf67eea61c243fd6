"""The films at hand: one catalogue, whatever source they come from."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from xray_core.datasets import pneumoniamnist
from xray_core.datasets.kermany import load_manifest, load_sample_table, parse_name
from xray_core.errors import DataError
from xray_core.io.film_source import FilmFile, OnDisk
from xray_core.io.leftovers import is_junk
from xray_core.places import INSTALLED, PROJECT
from xray_core.types import LABELS

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "DRAWN",
    "LABELS",
    "PNEUMONIAMNIST",
    "SOURCES",
    "SPLITS",
    "Catalogue",
    "Sample",
    "data_home",
    "load_manifest",
    "open_catalogue",
    "open_folder",
    "parse_name",
    "require_catalogue",
]

SPLITS = ("train", "val", "test")
SOURCES = ("samples", "folder", "pneumoniamnist", "kaggle")
PNEUMONIAMNIST = {
    "pneumoniamnist_64": 64,
    "pneumoniamnist_128": 128,
    "pneumoniamnist": 224,
    "pneumoniamnist_28": 28,
}
"""Pixels of a side; but for 224 they are for training alone, and no page shows them as films."""
DRAWN = "drawn"  # what `xray_core.evaluation.drawn_films` makes of the samples
SUFFIXES = (".jpeg", ".jpg", ".png", ".dcm", ".dicom", ".tif", ".tiff", ".bmp", ".webp")

COLUMNS = ("source", "split", "label", "subtype", "patient", "name")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample(FilmFile):
    """A film not yet opened, of which the truth is known.

    Attributes
    ----------
    source
        One of SOURCES or PNEUMONIAMNIST, or DRAWN.
    split
        One of SPLITS.
    label
        The class as the source calls it; one of LABELS for chest films.
    subtype
        'normal', 'bacteria', 'virus', or '' where unknown.
    patient
        The same for all films of one child as far as names tell, such as 'bacteria-1946'; '' where
        nothing is known, and then each film counts for itself.
    """

    source: str
    split: str
    label: str
    subtype: str
    patient: str


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The films of one source.

    Attributes
    ----------
    source, title
    samples
        Ordered by split, label and name.
    note
        Empty, or one sentence saying what is missing and how to get it.
    """

    source: str
    title: str
    samples: tuple[Sample, ...] = field(repr=False)
    note: str = ""

    def select(
        self, split: str | None = None, label: str | None = None, subtype: str | None = None
    ) -> tuple[Sample, ...]:
        """Return the samples that have every property given, in the catalogue's order."""
        return tuple(
            sample
            for sample in self.samples
            if split in (None, sample.split)
            and label in (None, sample.label)
            and subtype in (None, sample.subtype)
        )

    def table(self) -> pd.DataFrame:
        """Return a DataFrame with one row per sample and the columns COLUMNS."""
        import pandas as pd  # half a second that a prediction does not need

        rows = [[getattr(sample, column) for column in COLUMNS] for sample in self.samples]
        return pd.DataFrame(rows, columns=list(COLUMNS), dtype="str")


def data_home() -> Path:
    """Where downloads live.

    Returns
    -------
    Path
        The environment's XRAY_HOME; otherwise ``data`` in a checkout of the sources, and the user's
        own cache where the package is installed.
    """
    if home := os.environ.get("XRAY_HOME"):
        return Path(home).expanduser()
    if not INSTALLED:
        return PROJECT / "data"
    import pooch  # brings requests along

    return Path(pooch.os_cache("radiolucent"))


def open_folder(path: str | Path, source: str = "folder") -> Catalogue:
    """List a folder in the layout ``{train,val,test}/<CLASS>/<film>``, films ending in SUFFIXES.

    The published archive's doubled inner folder ``chest_xray`` is looked through, hidden files and
    what systems leave behind are ignored, classes may have any names, splits may be missing.

    Parameters
    ----------
    path
    source
        What the samples give as their source.

    Raises
    ------
    DataError
        Where the folder is missing, is laid out otherwise or holds no film.
    """
    root = _find_root(Path(path).expanduser())
    samples = tuple(
        _folder_sample(source, split, folder.name, file)
        for split in SPLITS
        for folder in _visible(root / split)
        if folder.is_dir()
        for file in _visible(folder)
        if file.suffix.lower() in SUFFIXES
    )
    if not samples:
        raise DataError(
            f"expected films as {_layout()}, but {root} holds no such film there: "
            "put one folder per class into each split."
        )
    return Catalogue(source, root.name, samples)


def _folder_sample(source: str, split: str, label: str, file: Path) -> Sample:
    subtype, patient = parse_name(file.name)
    return Sample(
        file.name,
        OnDisk(str(file)),
        source=source,
        split=split,
        label=label,
        subtype=_subtype(label, subtype),
        patient=patient,
    )


def _subtype(label: str, subtype: str) -> str:
    """What the name says, unless it contradicts the folder the film lies in."""
    if label == "NORMAL":
        return "normal"
    return "" if subtype == "normal" else subtype


def _find_root(path: Path) -> Path:
    if not path.is_dir():
        what = "is a file" if path.exists() else "does not exist"
        raise DataError(f"expected a folder with {_layout()}, but {path} {what}: check its path.")
    for root in (path, path / "chest_xray", path / "chest_xray" / "chest_xray"):
        if any((root / split).is_dir() for split in SPLITS):
            return root
    raise DataError(
        f"expected a folder with {_layout()}, but {path} has no folder {', '.join(SPLITS[:-1])} or "
        f"{SPLITS[-1]}: name the folder that holds them."
    )


def _layout() -> str:
    return "{train,val,test}/<CLASS>/*.jpeg, *.png, *.dcm, *.tif, *.bmp or *.webp"


def _visible(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    try:
        entries = sorted(folder.iterdir())
    except OSError as error:
        raise DataError(
            f"expected a readable folder, but {folder} cannot be listed ({error.strerror}): "
            "check its permissions."
        ) from error
    return [entry for entry in entries if not is_junk(entry.name)]


def open_catalogue(source: str = "samples") -> Catalogue:
    """Open one of SOURCES or PNEUMONIAMNIST.

    Where it is not set up, the catalogue is empty and its note says how to get it.

    Raises
    ------
    DataError
        For a source of another name, or one that is there but broken.
    """
    openers: dict[str, Callable[[], Catalogue]] = {
        "samples": _open_samples,
        "folder": _open_own_folder,
        "kaggle": _open_kaggle,
        **{name: partial(_open_pneumoniamnist, name) for name in PNEUMONIAMNIST},
    }
    if source not in openers:
        raise DataError(f"expected a source out of {', '.join(SOURCES)}, got '{source}'.")
    return openers[source]()


def require_catalogue(source: str) -> Catalogue:
    """Open a source by its name, or a folder; raise DataError where there is no film."""
    if source not in {*SOURCES, *PNEUMONIAMNIST}:
        return open_folder(source)
    catalogue = open_catalogue(source)
    if not catalogue.samples:
        raise DataError(catalogue.note)
    return catalogue


def samples_home() -> Path:
    return data_home() / "samples"


def pneumoniamnist_archive(size: int = 224) -> Path:
    name = "pneumoniamnist" if size == 28 else f"pneumoniamnist_{size}"  # as published
    return data_home() / "pneumoniamnist" / f"{name}.npz"


def kaggle_pointer() -> Path:
    """A text file with the folder of Kaggle's data set, written when that is complete."""
    return data_home() / "kaggle.txt"


def _open_samples() -> Catalogue:
    title = "Sample films"
    expected = len(load_sample_table())
    how = "run `python -m xray_core data samples` to fetch them (83 MB, once)"
    try:
        samples = open_folder(samples_home(), "samples").samples
    except DataError:
        return Catalogue("samples", title, (), f"The {expected} sample films are missing: {how}.")
    note = ""
    if len(samples) < expected:
        note = f"Only {len(samples)} of the {expected} sample films are here: {how}."
    return Catalogue("samples", title, samples, note)


def _open_own_folder() -> Catalogue:
    title = "Your own folder"
    path = os.environ.get("XRAY_DATA")
    if not path:
        note = f"No folder is chosen: set XRAY_DATA to a folder with {_layout()} and start again."
        return Catalogue("folder", title, (), note)
    try:
        return Catalogue("folder", f"{title}: {path}", open_folder(path).samples)
    except DataError as error:
        return Catalogue("folder", title, (), f"XRAY_DATA cannot be opened: {error}")


def _open_pneumoniamnist(source: str) -> Catalogue:
    size = PNEUMONIAMNIST[source]
    title = f"PneumoniaMNIST, {size} px"
    archive = pneumoniamnist_archive(size)
    if not archive.exists():
        note = f"{title} is not here: press its button."
        if size == 224:
            note = (
                "PneumoniaMNIST is not here: press its button or run `python -m xray_core data "
                "fetch pneumoniamnist` (214 MB, once)."
            )
        return Catalogue(source, title, (), note)
    samples = tuple(
        _archive_sample(source, archive, split, index, LABELS[label])
        for split in SPLITS
        for index, label in enumerate(pneumoniamnist.read_labels(archive, split))
    )
    return Catalogue(source, title, samples)


def _archive_sample(source: str, archive: Path, split: str, index: int, label: str) -> Sample:
    return Sample(
        f"{split}_{index:04d}.png",
        pneumoniamnist.ArchivedFilm(archive, split, index),
        source=source,
        split=split,
        label=label,
        subtype=_subtype(label, ""),
        patient="",
    )


def _open_kaggle() -> Catalogue:
    title = "Chest X-Ray Images (Pneumonia)"
    try:
        folder = kaggle_pointer().read_text(encoding="utf-8").strip()
        return Catalogue("kaggle", title, open_folder(folder, "kaggle").samples)
    except (OSError, DataError):
        note = (
            "The full-size data set is not here: press its button or run `python -m xray_core data "
            "fetch kaggle` (1.2 GB, once)."
        )
        return Catalogue("kaggle", title, (), note)
