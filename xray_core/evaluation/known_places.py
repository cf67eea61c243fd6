"""Films with a finding whose place is known: framed by radiologists, or put there by us."""

import csv
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from xray_core.classifier import Classifier
from xray_core.errors import DataError
from xray_core.evaluation.synthetic_opacities import draw_opacity, insert_opacity
from xray_core.inference.views import reduce_film
from xray_core.io.radiograph import load_radiograph
from xray_core.types import Box, Look, Radiograph

Insert = Callable[
    [np.ndarray, np.ndarray, Box, np.random.Generator, bool], tuple[np.ndarray, np.ndarray]
]


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """A film on which a map is measured.

    Attributes
    ----------
    name
    film
        uint8, (rows, columns).
    look
    truth
        Where the finding is: bool, (rows, columns).
    rise
        Log-odds that the finding added; nan where that is not known.
    view
        'AP' or 'PA', where it is known.
    """

    name: str
    film: np.ndarray
    look: Look
    truth: np.ndarray
    rise: float = float("nan")
    view: str = ""


def insert_findings(
    classifier: Classifier, radiographs: Iterable[Radiograph], insert: Insert, seed: int
) -> Iterator[Case]:
    """Put an opacity into each film that has lungs, a ragged one into every second."""
    for index, radiograph in enumerate(radiographs):
        rng = np.random.default_rng([seed, index])
        film = reduce_film(radiograph.pixels)
        before = classifier.look(Radiograph(film, radiograph.name, ""))
        if before.lungs.box is None:
            continue
        mask = cv2.resize(before.lungs.mask, film.shape[::-1])
        film, truth = insert(film, mask, before.lungs.box, rng, bool(index % 2))
        look = classifier.look(Radiograph(film, radiograph.name, ""))
        was, became = classifier.odds(np.stack([before.logits, look.logits]))
        yield Case(radiograph.name, film, look, truth, float(became - was))


def insert_shadow(
    film: np.ndarray, mask: np.ndarray, box: Box, rng: np.random.Generator, textured: bool
) -> tuple[np.ndarray, np.ndarray]:
    return insert_opacity(film, draw_opacity(mask, box, rng, textured), rng)


def framed_cases(classifier: Classifier, table: Path, split: str) -> list[Case]:
    """A case for each film of a split, with all of its boxes; of every film without a split."""
    framed: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in _rows(table):
        framed[row["image"]].append(row)
    labels = table.parent / "labels.csv"
    known = {row["image"]: row for row in _rows(labels)} if split or labels.is_file() else {}
    if split:
        framed = {
            name: rows for name, rows in framed.items() if known.get(name, {}).get("split") == split
        }
    if not framed:
        raise DataError(f"Expected boxes of films of the split '{split}' in {table}, found none.")
    cases = []
    for name, rows in framed.items():
        film = reduce_film(load_radiograph(table.parent / "images" / name).pixels)
        height, width = film.shape
        truth = np.zeros(film.shape, bool)
        for row in rows:
            x, y, w, h = (float(row[side]) for side in "xywh")
            top, bottom = round(y * height), round((y + h) * height)
            truth[top:bottom, round(x * width) : round((x + w) * width)] = True
        look = classifier.look(Radiograph(film, name, ""))
        if look.lungs.box is not None:
            view = known.get(name, {}).get("view", "")
            cases.append(Case(name, film, look, truth, view=view))
    return cases


def _rows(table: Path) -> list[dict[str, str]]:
    if not table.is_file():
        raise DataError(f"Expected a table of films at {table}, found none.")
    with open(table, newline="") as file:
        return list(csv.DictReader(file))
