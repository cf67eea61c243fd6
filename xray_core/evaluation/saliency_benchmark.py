"""Measure every map beside maps that know nothing of the network."""

import csv
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from xray_core.classifier import Classifier
from xray_core.datasets.catalogue import Sample
from xray_core.errors import DataError
from xray_core.evaluation.baseline_maps import BASELINES, CONTROLS, draw_baseline
from xray_core.evaluation.localisation import every_box, fixed_cut, localisation
from xray_core.evaluation.synthetic_opacities import (
    draw_opacity,
    insert_consolidation,
    insert_opacity,
)
from xray_core.inference.views import cut, reduce_film
from xray_core.io.radiograph import load_radiograph
from xray_core.saliency.beyond_normal import replacement
from xray_core.saliency.checks import rank_correlation
from xray_core.saliency.faithfulness import area, curve, replace_lungs
from xray_core.saliency.placement import saliency_on_film
from xray_core.saliency.registry import locate
from xray_core.types import Box, Explanation, Look, Radiograph

LEVELS = (0.1, 0.25, 0.5)
CUTS = (60, 180)  # of 255 of the map's maximum, as Wang et al. (CVPR 2017) cut theirs
RESAMPLES = 2000
SEEN = 1.0  # log-odds by which an opacity must raise the score to count as seen
RANDOMISED_FILMS = 40
READ_A_LOOK = ("beyond_normal", "hires_cam")  # the other methods ask the network again

Progress = Callable[[Iterable[Any]], Iterable[Any]]
Measured = dict[str, defaultdict[str, list[float]]]  # by map, by measure, for each film
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
    """

    name: str
    film: np.ndarray
    look: Look
    truth: np.ndarray
    rise: float = float("nan")


def bench(
    classifier: Classifier,
    methods: Sequence[str],
    normals: Sequence[Sample],
    pneumonias: Sequence[Sample],
    boxes: Path | None = None,
    boxes_split: str = "",
    adults: Sequence[Radiograph] = (),
    progress: Progress = list,
    seed: int = 0,
) -> dict[str, Any]:
    """Measure maps.

    Parameters
    ----------
    classifier
    methods
    normals, pneumonias
        Opacities are put into the normal films; evidence is deleted from and inserted into the
        films with pneumonia. Films without lungs are left out.
    boxes
        A table of boxes (image, x, y, w, h) beside a folder ``images``.
    boxes_split
        Of the films with boxes; by ``labels.csv`` beside them.
    adults
        Normal films of adults, into which large consolidations are put.
    progress
        Wraps an iterable.

    Returns
    -------
    dict
        For each part, for each map, for each measure: value, n, interval (95%, bootstrap over
        films).
    """
    began = time.perf_counter()
    maps = (*methods, *BASELINES, *CONTROLS)
    films = (sample.open() for sample in progress(normals))
    cases = list(_insert(classifier, films, _insert_opacity, seed))
    typical = np.mean([case.truth for case in cases], axis=0)
    report = {
        "model": {"name": classifier.name, "network": classifier.network_hash},
        "films": {"normal": len(normals), "pneumonia": len(pneumonias)},
        "opacities": _find(classifier, maps, cases, progress, seed),
        "score": _summarise(
            {
                "rises": [float(case.rise > 0) for case in cases],
                "change": [case.rise for case in cases],
            },
            seed,
        ),
        "faithfulness": _question(classifier, maps, progress(pneumonias), typical, seed),
        "randomisation": _randomise(classifier, methods, [*normals, *pneumonias], progress, seed),
    }
    if boxes is not None:
        report["boxes"] = _find(
            classifier, maps, _box(classifier, boxes, boxes_split), progress, seed
        )
    if adults:
        cases = list(_insert(classifier, progress(adults), insert_consolidation, seed))
        report["adults"] = _find(classifier, maps, cases, progress, seed)
    report["seconds"] = round(time.perf_counter() - began)
    return report


def _insert(
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


def _insert_opacity(
    film: np.ndarray, mask: np.ndarray, box: Box, rng: np.random.Generator, textured: bool
) -> tuple[np.ndarray, np.ndarray]:
    return insert_opacity(film, draw_opacity(mask, box, rng, textured), rng)


def _box(classifier: Classifier, table: Path, split: str) -> list[Case]:
    """A case for each film of a split, with all of its boxes; of every film without a split."""
    framed: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in _rows(table):
        framed[row["image"]].append(row)
    if split:
        known = {row["image"]: row.get("split") for row in _rows(table.parent / "labels.csv")}
        framed = {name: rows for name, rows in framed.items() if known.get(name) == split}
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
            cases.append(Case(name, film, look, truth))
    return cases


def _rows(table: Path) -> list[dict[str, str]]:
    if not table.is_file():
        raise DataError(f"Expected a table of films at {table}, found none.")
    with open(table, newline="") as file:
        return list(csv.DictReader(file))


def _find(
    classifier: Classifier, maps: Sequence[str], cases: list[Case], progress: Progress, seed: int
) -> dict[str, Any]:
    """Measure how well the maps find what is known to be there."""
    average = np.mean([case.truth for case in cases], axis=0)
    measures: Measured = {name: defaultdict(list) for name in maps}
    for case in progress(cases):
        # fitted on the other films, so that it cannot know this one
        others = (average * len(cases) - case.truth) / max(1, len(cases) - 1)
        for name, measured in measures.items():
            placed = _place(name, case.film, case.look, classifier, others, case.name)
            found = localisation(placed, case.truth)
            for at in CUTS:
                for key, value in fixed_cut(placed, case.truth, at / 255).items():
                    found[f"{key}_at_{at}"] = value
            for key in [key for key in found if key.startswith(("iou", "iobb"))]:
                for level in LEVELS:
                    found[f"{key}_{level}"] = float(found[key] >= level)
            boxes = every_box(placed, case.truth, [at / 255 for at in CUTS])
            for level in LEVELS:
                found[f"any_{level}"] = float(max(boxes, default=0) >= level)
                found[f"false_{level}"] = float(sum(box < level for box in boxes))
            if case.rise > SEEN:
                found["pointing_seen"] = found["pointing"]
            for key, value in found.items():
                measured[key].append(value)
    return {name: _summarise(measured, seed) for name, measured in measures.items()}


def _place(
    name: str, film: np.ndarray, look: Look, classifier: Classifier, fixed: np.ndarray, seed: str
) -> np.ndarray:
    """A map on the film, float32 (rows, columns)."""
    if name in (*BASELINES, *CONTROLS):
        return draw_baseline(name, film, look, classifier, fixed, seed)
    saliency, done = locate(name, look, classifier)
    return saliency_on_film(Explanation(saliency, look.view.box, done), *film.shape)


def _question(
    classifier: Classifier,
    maps: Sequence[str],
    samples: Iterable[Sample],
    typical: np.ndarray,
    seed: int,
) -> dict[str, Any]:
    """Delete and insert evidence in films with pneumonia.

    ``typical`` is where opacities were put: no place is known here to fit a fixed point on.
    """
    measures: Measured = {name: defaultdict(list) for name in maps}
    normal = replacement(classifier)
    for sample in samples:
        film = reduce_film(sample.open().pixels)
        look = classifier.look(Radiograph(film, sample.name, ""))
        if look.lungs.box is None:
            continue
        view = look.view.pixels
        emptied = classifier.scores(replace_lungs(view, normal)[None])
        ends = float(classifier.odds(look.logits[None])[0]), float(emptied[0])
        lungs = cv2.resize(look.lungs.mask, film.shape[::-1]) > 0.5
        for name, measured in measures.items():
            placed = _place(name, film, look, classifier, typical, sample.name)
            on_view = cut(placed, look.view.box, look.view.side)
            arguments = view, on_view, classifier.scores, normal, ends
            deletion = area(curve(*arguments))
            insertion = area(curve(*arguments, insert=True))
            road = area(curve(*arguments, rng=np.random.default_rng(seed)))
            measured["deletion"].append(deletion)
            measured["insertion"].append(insertion)
            measured["insertion_less_deletion"].append(insertion - deletion)
            measured["road"].append(road)
            if placed.max() > 0:
                measured["inside_lungs"].append(float(placed[lungs].sum() / placed.sum()))
    return {name: _summarise(measured, seed) for name, measured in measures.items() if measured}


def _randomise(
    classifier: Classifier,
    methods: Sequence[str],
    samples: Sequence[Sample],
    progress: Progress,
    seed: int,
) -> dict[str, Any]:
    """Rank correlation with the map of a network whose weights were shuffled, within each film.

    Only methods that read a Look can be shown what another network answered.

    References
    ----------
    Adebayo et al., NeurIPS 2018.
    """
    from xray_core.saliency.gradients import load_shuffled

    shuffled = load_shuffled(classifier, seed)
    measures: dict[str, list[float]] = {name: [] for name in methods if name in READ_A_LOOK}
    for sample in progress(samples[:: max(1, len(samples) // RANDOMISED_FILMS)]):
        look = classifier.look(sample.open())
        answer = shuffled(look.view.pixels)
        other = replace(look, logits=answer["logits"], class_maps=answer["class_maps"])
        for name, values in measures.items():
            maps = [locate(name, one, classifier)[0] for one in (look, other)]
            inside = cv2.resize(look.view.inside, maps[0].shape[::-1]) > 0.5
            values.append(rank_correlation(*(one[inside] for one in maps)))
    return {name: _summarise({"rank_correlation": v}, seed) for name, v in measures.items()}


def _summarise(measures: Mapping[str, Sequence[float]], seed: int) -> dict[str, Any]:
    """Mean of each measure with a 95% percentile bootstrap interval over films."""
    result = {}
    for name, measured in measures.items():
        values = np.array([value for value in measured if not np.isnan(value)])
        if not len(values):
            continue
        drawn = np.random.default_rng(seed).integers(len(values), size=(RESAMPLES, len(values)))
        low, high = np.percentile(values[drawn].mean(1), (2.5, 97.5))
        result[name] = {
            "value": float(values.mean()),
            "n": len(values),
            "interval": [float(low), float(high)],
        }
    return result
