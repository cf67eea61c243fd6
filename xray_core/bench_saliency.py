"""Measure every map beside maps that know nothing of the network."""

import csv
import zlib
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from xray_core.errors import DataError
from xray_core.faithfulness import area, curve, localisation, on_view
from xray_core.lungs import cut, reduce_film
from xray_core.opacities import draw_opacity, insert_opacity
from xray_core.radiographs import load_radiograph
from xray_core.saliency import saliency_on_film
from xray_core.saliency.methods import locate, replacement
from xray_core.types import Explanation, Radiograph

BASELINES = ("random", "centred_gaussian", "fixed_point", "lung_mask", "brightness")
# Knows the normal film but not the network: what the default map's finer half is worth alone.
CONTROLS = ("density",)
LEVELS = (0.1, 0.25, 0.5)
RESAMPLES = 2000


def bench(classifier, methods, normals, pneumonias, boxes=None, progress=list, seed=0):
    """Measure maps.

    Parameters
    ----------
    classifier : Classifier
    methods : sequence of str
    normals, pneumonias : sequences of Sample
        Opacities are put into the normal films; evidence is deleted from and inserted into the
        films with pneumonia.
    boxes : Path, optional
        A table of boxes beside a folder ``images``.
    progress : callable
        Wraps an iterable.

    Returns
    -------
    dict
        For each part, for each map, for each measure: value, n, interval (95%, bootstrap over
        films).
    """
    cases = [_shadowed(classifier, sample, i, seed) for i, sample in enumerate(progress(normals))]
    report = {
        "model": {"name": classifier.name, "network": classifier.network_hash},
        "opacities": _find(classifier, methods, cases, progress, seed),
        "score": _summary(
            {
                "rises": [float(case["rise"] > 0) for case in cases],
                "change": [case["rise"] for case in cases],
            },
            seed,
        ),
        "randomisation": _randomise(classifier, normals, pneumonias, seed),
        "faithfulness": _question(classifier, methods, progress(pneumonias), seed),
    }
    if boxes is not None:
        report["boxes"] = _find(classifier, methods, _boxed(classifier, boxes), progress, seed)
    return report


def _shadowed(classifier, sample, index, seed):
    rng = np.random.default_rng([seed, index])
    film = reduce_film(sample.open().pixels)
    before = classifier.look(Radiograph(film, sample.name, ""))
    mask = cv2.resize(before.lungs.mask, film.shape[::-1])
    opacity = draw_opacity(mask, before.lungs.box, rng, textured=bool(index % 2))
    film, truth = insert_opacity(film, opacity, rng)
    look = classifier.look(Radiograph(film, sample.name, ""))
    was, became = classifier.scores(np.stack([before.view, look.view]))
    return {"film": film, "truth": truth, "look": look, "rise": became - was, "name": sample.name}


def _boxed(classifier, table):
    if not Path(table).is_file():
        raise DataError(f"Expected a table of boxes at {table}, found none.")
    with open(table, newline="") as file:
        rows = list(csv.DictReader(file))
    cases = []
    for row in rows:
        film = reduce_film(load_radiograph(Path(table).parent / "images" / row["image"]).pixels)
        height, width = film.shape
        x, y, w, h = (float(row[name]) for name in "xywh")
        truth = np.zeros(film.shape, bool)
        truth[
            round(y * height) : round((y + h) * height), round(x * width) : round((x + w) * width)
        ] = True
        look = classifier.look(Radiograph(film, row["image"], ""))
        cases.append({"film": film, "truth": truth, "look": look, "name": row["image"]})
    return cases


def _find(classifier, methods, cases, progress, seed):
    """Measure how well the maps find what is known to be there."""
    average = np.mean([case["truth"] for case in cases], axis=0)
    measures = {name: defaultdict(list) for name in (*methods, *BASELINES, *CONTROLS)}
    for case in progress(cases):
        # fitted on the other films, so that it cannot know this one
        others = (average * len(cases) - case["truth"]) / max(1, len(cases) - 1)
        for name, measured in measures.items():
            if name in methods:
                placed = _placed(name, case["look"], classifier, case["film"].shape)
            else:
                placed = _baseline(name, case, classifier, others)
            found = localisation(placed, case["truth"])
            for key in ("iou", "iobb"):
                for level in LEVELS:
                    found[f"{key}_{level}"] = float(found[key] >= level)
            for key, value in found.items():
                measured[key].append(value)
            if "rise" in case:
                measured["pointing_seen"].append(found["pointing"] if case["rise"] > 1 else np.nan)
    return {name: _summary(measured, seed) for name, measured in measures.items()}


def _placed(method, look, classifier, shape):
    saliency, done = locate(method, look, classifier)
    return saliency_on_film(Explanation(saliency, look.box, done), *shape)


def _baseline(name, case, classifier, fixed):
    """A map that does not ask the network, float32 of the film's size."""
    rows, columns = case["film"].shape
    mask = cv2.resize(case["look"].lungs.mask, (columns, rows))
    rng = np.random.default_rng(zlib.crc32(case["name"].encode()))
    if name == "random":
        return on_view(rng.random((8, 8)), columns)
    if name == "centred_gaussian":
        y, x = np.mgrid[:rows, :columns]
        away = ((x - columns / 2) / columns) ** 2 + ((y - rows / 2) / rows) ** 2
        return np.exp(-away / 2 / 0.18**2).astype(np.float32)
    if name == "fixed_point":
        return fixed.astype(np.float32)
    if name == "lung_mask":  # a plateau: its maximum is drawn at random
        return ((mask > 0.5) * (1 + 1e-4 * rng.random(mask.shape))).astype(np.float32)
    if name == "brightness":
        return ((mask > 0.5) * case["film"]).astype(np.float32)
    density = _density(case["look"], classifier)
    return saliency_on_film(Explanation(density, case["look"].box, name), rows, columns)


def _density(look, classifier):
    """How much denser the lungs are than the mean normal film, float32 (side, side), >= 0."""
    difference = look.view[..., 0] - replacement(classifier)
    denser = cv2.GaussianBlur(difference, (0, 0), len(look.view) / 32) * look.view[..., 1]
    return np.maximum(denser, 0).astype(np.float32)


def _question(classifier, methods, samples, seed):
    """Delete and insert evidence in films with pneumonia."""
    measures = {name: defaultdict(list) for name in (*methods, *BASELINES, *CONTROLS)}
    for sample in samples:
        film = reduce_film(sample.open().pixels)
        look = classifier.look(Radiograph(film, sample.name, ""))
        case = {"film": film, "look": look, "name": sample.name}
        normal = replacement(classifier)
        side = len(look.view)
        lungs = cv2.resize(look.lungs.mask, film.shape[::-1]) > 0.5
        for name, measured in measures.items():
            if name in methods:
                placed = _placed(name, look, classifier, film.shape)
            elif name == "fixed_point":
                continue  # nothing to fit it on: no place is known
            else:
                placed = _baseline(name, case, classifier, None)
            shown = cut(placed, look.box, side)
            arguments = shown, classifier.scores, normal
            deletion = area(curve(look.view, *arguments))
            insertion = area(curve(look.view, *arguments, insert=True))
            road = area(curve(look.view, *arguments, rng=np.random.default_rng(seed)))
            measured["deletion"].append(deletion)
            measured["insertion"].append(insertion)
            measured["insertion_less_deletion"].append(insertion - deletion)
            measured["road"].append(road)
            if placed.max() > 0:
                measured["inside_lungs"].append(float(placed[lungs].sum() / placed.sum()))
    return {name: _summary(measured, seed) for name, measured in measures.items() if measured}


def _randomise(classifier, normals, pneumonias, seed, films=20):
    """Rank correlation with the map of a network whose weights were shuffled, within each film.

    References
    ----------
    Adebayo et al., NeurIPS 2018.
    """
    from xray_core.saliency.gradients import load_shuffled

    shuffled = load_shuffled(classifier, seed)
    measures = {name: [] for name in ("beyond_normal", "hires_cam")}
    for sample in [*normals, *pneumonias][:: max(1, (len(normals) + len(pneumonias)) // films)]:
        look = classifier.look(sample.open())
        other = replace(look, **shuffled(look.view))
        for name, values in measures.items():
            maps = [locate(name, one, classifier)[0] for one in (look, other)]
            inside = cv2.resize(look.view[..., 1], maps[0].shape[::-1]) > 0.5
            ranks = [one[inside].argsort().argsort() for one in maps]
            values.append(float(np.corrcoef(ranks)[0, 1]))
    return {name: _summary({"rank_correlation": v}, seed) for name, v in measures.items()}


def _summary(measures, seed):
    """Mean of each measure with a 95% percentile bootstrap interval over films."""
    result = {}
    for name, values in measures.items():
        values = np.array([value for value in values if not np.isnan(value)])
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
