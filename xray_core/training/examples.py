"""What a classifier learns from: films, what is known of each, and how they are drawn."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import nan
from pathlib import Path

import numpy as np
from tqdm import tqdm

from xray_core.datasets.catalogue import Sample, open_folder
from xray_core.errors import DataError
from xray_core.evaluation.probes.films import Film
from xray_core.evaluation.probes.films import read_adults as list_adults
from xray_core.inference.segmentation import Segmenter, load_segmenter
from xray_core.inference.trim import frame_film
from xray_core.inference.views import reduce_film
from xray_core.parallel import map_in_order
from xray_core.types import WHOLE_FILM, Box, Lungs

CHILD, ADULT = "child", "adult"


@dataclass(frozen=True)
class Example:
    """A film ready for augmentation, and what its source knows of it.

    Attributes
    ----------
    name
        Stem of its file.
    film : uint8, (rows, columns), see `xray_core.inference.views.keep_film`
    lungs
        Where the network sees the lungs only.
    group
        CHILD, or the projection of an adult's film: 'AP' or 'PA'.
    opacity
        1 where there is one, 0 where there is none.
    subtype
        Which kind of pneumonia, counted from 0; -1 where that is not known.
    other
        1 where something else than an opacity is abnormal, 0 where nothing is; nan where that is
        not known.
    boxes
        Around every opacity; None where their places are not known.
    drawn : float32, (rows, columns), 0 or 1
        Where opacities were drawn into the film, instead of boxes; None where none were.
    """

    name: str
    film: np.ndarray
    lungs: Lungs | None
    patient: str
    group: str
    opacity: float
    subtype: int = -1
    other: float = nan
    boxes: tuple[Box, ...] | None = None
    drawn: np.ndarray | None = None

    @property
    def cell(self) -> tuple[str, str]:
        """Within which batches are balanced: the group, and 'normal', 'opacity' or 'other'."""
        return self.group, "opacity" if self.opacity else "other" if self.other == 1 else "normal"


def read_children(
    data: str | Path, find: Segmenter | None, progress: Callable[..., Iterable] = tqdm
) -> tuple[list[Example], tuple[str, ...]]:
    """Read the official train split.

    Parameters
    ----------
    data
        Films in the Kaggle layout.
    find
        Finds the lungs, where the network sees the lungs only.

    Returns
    -------
    examples
        Every film, also those without lungs, so that others can split the same films alike.
    classes
        'normal', 'bacteria', 'virus' where the names tell the subtype, else the folders' names.
    """
    samples = open_folder(data).select(split="train")
    folders = sorted({sample.label for sample in samples})
    if len(folders) < 2:
        raise DataError(
            f"Training needs at least two classes under {data}/train, found "
            f"{', '.join(folders) or 'none'}: add a folder for each class."
        )
    classes = classes_of(samples)
    return read_samples(samples, classes, find, progress), classes


def classes_of(samples: Sequence[Sample]) -> tuple[str, ...]:
    """'normal', 'bacteria', 'virus' where the names tell the subtype, else the labels."""
    known = all(sample.subtype for sample in samples)
    names = {sample.subtype if known else sample.label.lower() for sample in samples}
    return tuple(sorted(names, key=lambda name: (name != "normal", name)))


def read_samples(
    samples: Sequence[Sample],
    classes: Sequence[str],
    find: Segmenter | None,
    progress: Callable[..., Iterable] = tqdm,
) -> list[Example]:
    """Read films whose truth is one of the classes, of which the first is the normal one.

    A film whose subtype or label is none of them counts as a pneumonia of unknown kind.
    """
    names = [
        sample.subtype if sample.subtype in classes else sample.label.lower() for sample in samples
    ]
    examples = []
    for sample, name in zip(
        progress(samples, desc="reading films", unit="film"), names, strict=True
    ):
        film, _ = frame_film(sample.open().pixels)
        kind = classes.index(name) if name in classes else None
        examples.append(
            Example(
                Path(sample.name).stem,
                film,
                find(reduce_film(film)) if find else None,
                sample.patient,
                CHILD,
                float(kind != 0),
                kind - 1 if kind is not None and len(classes) > 2 else -1,
                boxes=() if kind == 0 else None,
            )
        )
    return examples


def read_adults(folder: str | Path, split: str, find: Segmenter | None) -> list[Example]:
    """Read adults' films that radiologists have labelled.

    Parameters
    ----------
    folder
        With ``images/``; ``labels.csv``, whose columns are image, label ('normal', 'pneumonia',
        'other_abnormal'), labelled_by, view ('AP', 'PA'), patient and split; and ``boxes.csv``:
        image, x, y, w, h, as shares of the film's sides.
    split
        'train', 'valid' or 'test'.

    Raises
    ------
    DataError
        The folder is not laid out so, or has no such film.
    """
    films = list_adults(folder, split)
    boxes = _read_boxes(Path(folder) / "boxes.csv")

    def read(film: Film) -> Example:
        pixels, frame = frame_film(film.open().pixels)
        return Example(
            film.stem,
            pixels,
            find(reduce_film(pixels)) if find else None,
            film.patient,
            film.view,
            float(film.opaque),
            other=nan if film.opaque else float(film.kind != "normal"),
            boxes=_within(boxes.get(film.name), frame) if film.opaque else (),
        )

    return list(map_in_order(read, films))


def _read_boxes(path: Path) -> dict[str, tuple[Box, ...]]:
    """The boxes of each film in a table of them."""
    import pandas as pd

    try:
        return {
            str(name): tuple(Box(r.x, r.y, r.x + r.w, r.y + r.h) for r in rows.itertuples())
            for name, rows in pd.read_csv(path).groupby("image")
        }
    except (OSError, KeyError, ValueError, AttributeError) as error:
        raise DataError(
            f"Expected {path} with the columns image, x, y, w and h ({error}): check the folder."
        ) from error


def _within(boxes: tuple[Box, ...] | None, frame: Box) -> tuple[Box, ...] | None:
    """What of a picture's boxes lies within its frame, on the film that the frame shows."""
    if boxes is None or frame == WHOLE_FILM:
        return boxes
    sides = (
        np.clip((box.left, box.top, box.right, box.bottom), 0, 1).tolist()
        for box in (box.on(frame.inverse()) for box in boxes)
    )
    return tuple(Box(*side) for side in sides if side[0] < side[2] and side[1] < side[3])


def segmenter_for(field: str) -> Segmenter | None:
    """What finds the lungs for a field of view, see `xray_core.inference.views.FIELDS`."""
    return load_segmenter() if field == "lungs" else None


def visible(examples: Iterable[Example]) -> list[Example]:
    """Those in which lungs were found, or were not looked for."""
    return [each for each in examples if each.lungs is None or each.lungs.box is not None]


def cell_shares(examples: Sequence[Example], children: float = 0.5) -> np.ndarray:
    """How often each example is drawn, float (examples,), summing to 1.

    The two projections of adults are drawn alike, and within children and each projection films
    with and without an opacity (of the latter, normal ones and others alike): whatever tells the
    source, the projection or how frequent a label is there, tells nothing of the label.

    Parameters
    ----------
    children
        Their share, where there are adults, too.
    """
    cells = [example.cell for example in examples]
    weight: dict[tuple[str, str], float] = {}
    for group, name in set(cells):
        others = {label for kind, label in set(cells) if kind == group}
        free = others - {"opacity"}
        share = 0.5 if name == "opacity" else 0.5 / max(len(free), 1)
        if not free or "opacity" not in others:
            share = 1 / len(others)
        weight[group, name] = share * _group_share(
            group, {kind for kind, _ in set(cells)}, children
        )
    counts = {cell: cells.count(cell) for cell in weight}
    return np.array([weight[cell] / counts[cell] for cell in cells])


def _group_share(group: str, groups: set[str], children: float) -> float:
    adults = groups - {CHILD}
    if not adults or groups == adults:
        return 1 / len(groups)
    return children if group == CHILD else (1 - children) / len(adults)
