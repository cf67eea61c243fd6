"""The films that probes ask a classifier about, and what it says of them."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import cv2
import numpy as np

from xray_core.errors import DataError, XrayError
from xray_core.io.radiograph import load_radiograph
from xray_core.parallel import map_in_order

if TYPE_CHECKING:
    from xray_core.classifier import Classifier
    from xray_core.datasets.catalogue import Sample
    from xray_core.types import Radiograph

OPAQUE = ("bacteria", "virus", "pneumonia")
ADULT_KINDS = ("normal", "pneumonia", "other_abnormal")

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True, eq=False)
class Film:
    """A film not yet opened, of which the truth is known.

    Attributes
    ----------
    kind
        'normal', 'bacteria' or 'virus' of a child, one of ADULT_KINDS of an adult.
    open
    view
        'AP' or 'PA' of an adult.
    mask
        Where its lungs lie in a folder of masks, below that folder.
    """

    name: str
    patient: str
    kind: str
    open: Callable[[], Radiograph]
    view: str = ""
    mask: str = ""

    @property
    def opaque(self) -> bool:
        return self.kind in OPAQUE

    @property
    def stem(self) -> str:
        return Path(self.name).stem


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """What a classifier says of some films, whatever the gate thinks of them.

    Attributes
    ----------
    score : float, (films,)
        Log-odds.
    called : bool, (films,)
        Whether it calls them pneumonia at its default operating point.
    """

    score: np.ndarray
    called: np.ndarray


@dataclass(frozen=True, slots=True)
class LungFinder:
    """Finds the lungs of films: in a folder of masks, or as the classifier itself does."""

    classifier: Classifier
    masks: Path | None = None

    def __call__(self, film: Film, radiograph: Radiograph) -> np.ndarray | None:
        """Probability of lung, float32 (rows, columns); None where there is none to be had."""
        if self.masks is None:
            lungs = self.classifier.look(radiograph).lungs
            return None if lungs.box is None else lungs.mask
        path = self.masks / film.mask
        drawn = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE) if path.is_file() else None
        if drawn is None or drawn.max() == 0:
            return None
        return drawn.astype(np.float32) / 255


def children(samples: Iterable[Sample]) -> list[Film]:
    """Films whose names tell the subtype; others are left out."""
    return [
        Film(
            sample.name,
            sample.patient,
            sample.subtype,
            partial(_open, sample.name, sample.open),
            mask=f"{sample.split}/{sample.label}/{Path(sample.name).stem}.png",
        )
        for sample in samples
        if sample.subtype
    ]


def read_films(folder: str | Path, split: str = "", *, needed: Sequence[str] = ()) -> list[Film]:
    """List the films of a table.

    Parameters
    ----------
    folder
        With ``images/`` and ``labels.csv``, whose columns are image and label, and, where known,
        patient, view (AP or PA), split, and labelled_by: then only films that radiologists have
        labelled count.
    split
        Only its films count; by default all.
    needed
        Columns that there must be besides image and label.

    Raises
    ------
    DataError
        The folder is not laid out so, or has no such film.
    """
    folder = Path(folder)
    *columns, last = names = ("image", "label", *needed)
    try:
        with open(folder / "labels.csv", newline="", encoding="utf-8") as file:
            rows = [
                row
                for row in csv.DictReader(file)
                if all(row[name] is not None for name in names)
                and split in ("", row.get("split"))
                and row.get("labelled_by", "radiologists") == "radiologists"
            ]
    except (OSError, KeyError, ValueError) as error:
        raise DataError(
            f"Expected {folder}/labels.csv with the columns {', '.join(columns)} and {last} "
            f"({error}): check the folder."
        ) from error
    if not rows:
        raise DataError(
            f"Expected labelled films{f' of the split {split!r}' if split else ''} in "
            f"{folder}/labels.csv, found none: choose another split or folder."
        )
    return [_film(folder, row) for row in rows]


def read_adults(folder: str | Path, split: str = "valid") -> list[Film]:
    """List adults' films, each one of ADULT_KINDS, that radiologists have labelled."""
    return read_films(folder, split, needed=("labelled_by", "view", "patient", "split"))


def answers(classifier: Classifier, pictures: Iterable[Callable[[], Radiograph]]) -> Answers:
    """Ask for each picture, which is made only then."""
    given = list(map_in_order(lambda make: classifier.predict(make()), pictures))
    normal = classifier.card.labels[0]
    return Answers(
        np.array([float(each.score) for each in given]),
        np.array([each.label != normal for each in given], dtype=bool),
    )


def with_lungs(
    find: LungFinder,
    films: Sequence[Film],
    use: Callable[[Film, Radiograph, np.ndarray], Result],
) -> list[tuple[Film, Result]]:
    """Use each film whose lungs are known; the others are left out."""

    def read(film: Film) -> tuple[Film, Result] | None:
        radiograph = film.open()
        mask = find(film, radiograph)
        return None if mask is None else (film, use(film, radiograph, mask))

    return [each for each in map_in_order(read, films) if each is not None]


def one_a_patient(films: Iterable[Film]) -> list[Film]:
    """The first film of each patient; all films of whom nothing is known."""
    first: dict[str | int, Film] = {}
    for number, film in enumerate(films):
        first.setdefault(film.patient or number, film)
    return list(first.values())


def _film(folder: Path, row: dict[str, str]) -> Film:
    name = row["image"]
    read = partial(_open, name, partial(load_radiograph, folder / "images" / name))
    patient, view = (row.get(column) or "" for column in ("patient", "view"))
    return Film(name, patient, row["label"].lower(), read, view)


def _open(name: str, open_film: Callable[[], Radiograph]) -> Radiograph:
    try:
        return open_film()
    except (XrayError, OSError) as error:
        raise DataError(
            f"The film {name} could not be read ({error}); repair or remove it, because leaving it "
            "out in silence would flatter the figures."
        ) from error
