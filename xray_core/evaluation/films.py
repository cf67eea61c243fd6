"""Which films a measurement takes."""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from xray_core.datasets.splits import split_by_patient
from xray_core.errors import UsageError
from xray_core.io.radiograph import load_radiograph

if TYPE_CHECKING:
    from xray_core.datasets.catalogue import Catalogue, Sample
    from xray_core.inference.model_card import ModelCard
    from xray_core.types import Radiograph

ASIDE = "aside"
"""What to ask `select_split` for to get the films that a training set aside."""

Film = TypeVar("Film")


def select_split(catalogue: "Catalogue", split: str, card: "ModelCard") -> "Sequence[Sample]":
    """Films of a split, or those of ASIDE: of patients that the card's training set aside."""
    if split != ASIDE:
        return catalogue.select(split=split)
    config, films = card.training["config"], catalogue.select(split="train")
    _, aside = split_by_patient(films, config["validation_share"], config["seed"])
    return aside


def load_normal_adults(folder: str | Path) -> "list[Radiograph]":
    """Load the films that ``labels.csv`` of a folder calls normal, beside it in ``images``.

    Raises
    ------
    UsageError
        There is no such table, or no normal film in it.
    """
    table = Path(folder) / "labels.csv"
    if not table.is_file():
        raise UsageError(f"Expected a table {table} with the columns image and label, found none.")
    with open(table, newline="") as file:
        names = [row["image"] for row in csv.DictReader(file) if row["label"].lower() == "normal"]
    if not names:
        raise UsageError(f"Expected films whose label is 'normal' in {table}, found none.")
    return [load_radiograph(table.parent / "images" / name) for name in names]


def spread(films: Sequence[Film], count: int | None) -> Sequence[Film]:
    """As many films as asked for, evenly over all of them; all where no number is given."""
    if count is None or count >= len(films):
        return films
    step = len(films) / count
    return [films[int(i * step)] for i in range(count)]
