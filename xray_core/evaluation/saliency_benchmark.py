"""Measure every map beside maps that know nothing of the network."""

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from xray_core.classifier import Classifier
from xray_core.datasets.catalogue import Sample
from xray_core.evaluation.baseline_maps import ASK_NO_NETWORK, draw_baseline
from xray_core.evaluation.known_places import (
    Case,
    framed_cases,
    insert_findings,
    insert_shadow,
)
from xray_core.evaluation.localisation import every_box, localisation
from xray_core.evaluation.metrics import wilson
from xray_core.evaluation.synthetic_opacities import (
    insert_consolidation,
)
from xray_core.inference.views import cut, reduce_film
from xray_core.saliency.beyond_normal import replacement
from xray_core.saliency.checks import rank_correlation
from xray_core.saliency.faithfulness import area, curve, replace_lungs
from xray_core.saliency.placement import saliency_on_film
from xray_core.saliency.registry import locate
from xray_core.types import Explanation, Look, Radiograph

LEVELS = (0.1, 0.25, 0.5)
CUTS = (60, 180)  # of 255 of the map's maximum, as Wang et al. (CVPR 2017) cut theirs
RESAMPLES = 2000
SEEN = 1.0  # log-odds by which an opacity must raise the score to count as seen
TOLD = 1.0  # log-odds between a film and its blank copy; between less nothing can be shared out
RANDOMISED_FILMS = 40
SEEDS = 3  # of the shuffled weights
CASCADE = {"last": 0.0, "half": 0.5, "all": 1.0}  # share of the kernels shuffled, from the answer
PAIRED = ("pointing", "share", "average_precision", "iobb_0.5", "insertion_less_deletion")
READ_A_LOOK = ("beyond_normal", "hires_cam")  # the other methods ask the network again

Progress = Callable[[Iterable[Any]], Iterable[Any]]
Measured = dict[str, defaultdict[str, list[float]]]  # by map, by measure, for each film


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
        For each part, for each map, for each measure: value, n, interval (95%: Wilson's of shares
        of films, else a bootstrap over films). ``paired`` holds, for each part and each other map,
        how much more the first of the methods reaches on the same films; ``groups`` the parts by
        projection and by size.
    """
    began = time.perf_counter()
    maps = (*methods, *ASK_NO_NETWORK)
    films = (sample.open() for sample in progress(normals))
    cases = list(insert_findings(classifier, films, insert_shadow, seed))
    typical = np.mean([case.truth for case in cases], axis=0)
    parts = {"opacities": _find(classifier, maps, cases, progress)}
    groups = {"opacities": _by_size(cases)}
    report: dict[str, Any] = {
        "model": {"name": classifier.name, "network": classifier.network_hash},
        "films": {"normal": len(normals), "pneumonia": len(pneumonias)},
        "score": _summarise(
            {
                "rises": [float(case.rise > 0) for case in cases],
                "change": [case.rise for case in cases],
            },
            seed,
        ),
        "randomisation": _randomise(classifier, methods, [*normals, *pneumonias], progress, seed),
    }
    parts["faithfulness"] = _question(classifier, maps, progress(pneumonias), typical, seed)
    if boxes is not None:
        cases = framed_cases(classifier, boxes, boxes_split)
        parts["boxes"] = _find(classifier, maps, cases, progress)
        groups["boxes"] = _by_size(cases) | {
            view: [case.view == view for case in cases] for view in ("AP", "PA")
        }
    if adults:
        cases = list(insert_findings(classifier, progress(adults), insert_consolidation, seed))
        parts["adults"] = _find(classifier, maps, cases, progress)
        groups["adults"] = _by_size(cases)
    for part, measures in parts.items():
        report[part] = {name: _summarise(measured, seed) for name, measured in measures.items()}
    report["paired"] = {part: _pair(measures, maps[0], seed) for part, measures in parts.items()}
    report["groups"] = {
        part: {group: _select(parts[part], chosen, seed) for group, chosen in of.items()}
        for part, of in groups.items()
    }
    report["seconds"] = round(time.perf_counter() - began)
    return report


def _find(
    classifier: Classifier, maps: Sequence[str], cases: list[Case], progress: Progress
) -> Measured:
    """Measure how well the maps find what is known to be there."""
    average = np.mean([case.truth for case in cases], axis=0)
    measures: Measured = {name: defaultdict(list) for name in maps}
    for case in progress(cases):
        # fitted on the other films, so that it cannot know this one
        others = (average * len(cases) - case.truth) / max(1, len(cases) - 1)
        for name, measured in measures.items():
            placed = _place(name, case.film, case.look, classifier, others, case.name)
            found = localisation(placed, case.truth)
            for key in ("iou", "iobb"):
                found[f"{key}_0.5"] = float(found[key] >= 0.5)
            boxes = every_box(placed, case.truth, [at / 255 for at in CUTS])
            for level in LEVELS:
                found[f"any_{level}"] = float(max(boxes, default=0) >= level)
                found[f"false_{level}"] = float(sum(box < level for box in boxes))
            found["pointing_seen"] = found["pointing"] if case.rise > SEEN else float("nan")
            for key, value in found.items():
                measured[key].append(value)
    return measures


def _by_size(cases: Sequence[Case]) -> dict[str, list[bool]]:
    """Which of the films have what is to be found in the smaller and the larger half of sizes."""
    sizes = [float(case.truth.mean()) for case in cases]
    middle = float(np.median(sizes)) if sizes else 0.0
    return {"smaller": [s <= middle for s in sizes], "larger": [s > middle for s in sizes]}


def _select(measures: Measured, chosen: Sequence[bool], seed: int) -> dict[str, Any]:
    """Summarise the main measures of some of the films."""
    kept = np.flatnonzero(chosen)
    return {
        name: _summarise(
            {key: [measured[key][at] for at in kept] for key in PAIRED if key in measured}, seed
        )
        for name, measured in measures.items()
    }


def _pair(measures: Measured, first: str, seed: int) -> dict[str, Any]:
    """How much more the first map reaches than each other one, film by film."""
    return {
        name: {
            key: _bootstrap(np.subtract(measures[first][key], measured[key]), seed)
            for key in PAIRED
            if key in measured
        }
        for name, measured in measures.items()
        if name != first
    }


def _place(
    name: str, film: np.ndarray, look: Look, classifier: Classifier, fixed: np.ndarray, seed: str
) -> np.ndarray:
    """A map on the film, float32 (rows, columns)."""
    if name in ASK_NO_NETWORK:
        return draw_baseline(name, film, look, classifier, fixed, seed)
    saliency, done = locate(name, look, classifier)
    return saliency_on_film(Explanation(saliency, look.view.box, done), *film.shape)


def _question(
    classifier: Classifier,
    maps: Sequence[str],
    samples: Iterable[Sample],
    typical: np.ndarray,
    seed: int,
) -> Measured:
    """Delete and insert evidence in films with pneumonia.

    What is said is the score's share of the way from the blank film, 0, to the film itself, 1.
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
        if ends[0] - ends[1] < TOLD:
            continue
        share = partial(_share_of_the_way, whole=ends[0], blank=ends[1])
        lungs = cv2.resize(look.lungs.mask, film.shape[::-1]) > 0.5
        for name, measured in measures.items():
            placed = _place(name, film, look, classifier, typical, sample.name)
            on_view = cut(placed, look.view.box, look.view.side)
            arguments = view, on_view, classifier.scores, normal, ends
            deletion = area(curve(*arguments, said=share))
            insertion = area(curve(*arguments, insert=True, said=share))
            noisy = area(curve(*arguments, rng=np.random.default_rng(seed), said=share))
            measured["deletion"].append(deletion)
            measured["insertion"].append(insertion)
            measured["insertion_less_deletion"].append(insertion - deletion)
            measured["noisy_deletion"].append(noisy)
            inside = float(placed[lungs].sum() / placed.sum()) if placed.max() > 0 else np.nan
            measured["inside_lungs"].append(inside)
    return measures


def _share_of_the_way(score: np.ndarray, whole: float, blank: float) -> np.ndarray:
    return (score - blank) / (whole - blank)


def _randomise(
    classifier: Classifier,
    methods: Sequence[str],
    samples: Sequence[Sample],
    progress: Progress,
    seed: int,
) -> dict[str, Any]:
    """Rank correlation with the maps of networks whose last weights were shuffled, film by film.

    From the answer backwards, see CASCADE; each film's is the mean over SEEDS. Only methods that
    read a Look can be shown what another network answered.

    References
    ----------
    Adebayo et al., NeurIPS 2018.
    """
    from xray_core.saliency.gradients import ShuffledNetwork

    chosen = samples[:: max(1, len(samples) // RANDOMISED_FILMS)]
    looks = [classifier.look(sample.open()) for sample in chosen]
    methods = [name for name in methods if name in READ_A_LOOK]
    own = {name: [locate(name, look, classifier)[0] for look in looks] for name in methods}
    network = ShuffledNetwork(classifier.name)
    found: dict[str, defaultdict[str, list[list[float]]]]
    found = {name: defaultdict(list) for name in methods}
    for depth, more in progress([(depth, more) for depth in CASCADE for more in range(SEEDS)]):
        network.shuffle(seed + more, CASCADE[depth])
        others = [network.look_again(look) for look in looks]
        for name, maps in own.items():
            alike = [_alike(name, *pair, classifier) for pair in zip(maps, others, strict=True)]
            found[name][f"shuffled_{depth}"].append(alike)
    means = {
        name: {key: list(np.mean(of_seeds, axis=0)) for key, of_seeds in measures.items()}
        for name, measures in found.items()
    }
    return {name: _summarise(measured, seed) for name, measured in means.items()}


def _alike(method: str, own: np.ndarray, other: Look, classifier: Classifier) -> float:
    """Rank correlation within the lungs of a map with that of another network's answer."""
    maps = own, locate(method, other, classifier)[0]
    inside = cv2.resize(other.view.inside, own.shape[::-1]) > 0.5
    # a map that became flat has nothing left in common with the other
    return float(np.nan_to_num(rank_correlation(*(each[inside] for each in maps))))


def _summarise(measures: Mapping[str, Sequence[float]], seed: int) -> dict[str, Any]:
    """Mean of each measure with a 95% interval: Wilson's where films count as 0 or 1."""
    result = {}
    for name, measured in measures.items():
        values = np.array([value for value in measured if not np.isnan(value)])
        if not len(values):
            continue
        result[name] = _bootstrap(values, seed)
        if np.isin(values, (0, 1)).all():
            result[name]["interval"] = list(wilson(float(values.sum()), len(values)))
    return result


def _bootstrap(values: np.ndarray, seed: int) -> dict[str, Any]:
    drawn = np.random.default_rng(seed).integers(len(values), size=(RESAMPLES, len(values)))
    low, high = np.percentile(values[drawn].mean(1), (2.5, 97.5))
    return {
        "value": float(values.mean()),
        "n": len(values),
        "interval": [float(low), float(high)],
    }
