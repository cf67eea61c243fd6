"""O: does the classifier go by what is in the lungs, or by how they are outlined?

A segmentation leaves consolidated lung out, so the outline alone tells the label. The lungs of one
film in the outline of another pull the two apart.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from itertools import product
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from xray_core.evaluation.exchanged_lungs import exchange_lungs
from xray_core.evaluation.metrics import auc, with_interval
from xray_core.evaluation.probes.films import (
    Answers,
    Film,
    LungFinder,
    answers,
    one_a_patient,
    with_lungs,
)
from xray_core.evaluation.probes.measures import effect, proportion, ratio
from xray_core.inference.views import FILM_SIZE, reduce_film
from xray_core.types import Radiograph

if TYPE_CHECKING:
    from xray_core.classifier import Classifier

CELL = 70  # films of each of the four kinds
BLANKS = 140
MEAN_SIDE = 160  # of the box, in a film of 224, in which the mean normal lungs lie

Lit = tuple[Radiograph, np.ndarray]


def probe_outline(
    classifier: Classifier,
    films: Sequence[Film],
    find: LungFinder,
    *,
    cell: int = CELL,
    seed: int = 0,
) -> dict[str, Any]:
    """Exchange lungs between children's films, 2 x 2 by label.

    One film of each patient takes part. It lends its outline to one picture at most, and its lungs
    to one at most, so that a picture counts as a patient of its own.

    Returns
    -------
    dict
        ``cells`` (mean log-odds and share called of each of the four kinds, 'content in outline'),
        ``content`` and ``outline`` (their effects in log-odds), ``ratio`` of the outline's to the
        content's, ``disagree`` (AUC of the content where it and the outline disagree), and
        ``blank`` (share called of pneumonias whose lungs are filled with the mean normal lungs).
    """
    known = with_lungs(find, one_a_patient(films), _reduced)
    groups = {
        opaque: [use for film, use in known if film.opaque == opaque] for opaque in (False, True)
    }
    makers, content, outline = _pictures(groups, cell, np.random.default_rng(seed))
    given = answers(classifier, makers)
    patients = [""] * len(makers)
    apart = content != outline
    return {
        "n": len(makers),
        "cells": _cells(given, content, outline),
        "content": with_interval(effect, given.score, content, outline, patients=patients),
        "outline": with_interval(effect, given.score, outline, content, patients=patients),
        "ratio": with_interval(ratio, given.score, outline, content, patients=patients),
        "disagree": with_interval(
            auc, content[apart], given.score[apart], patients=[""] * int(apart.sum())
        ),
        "blank": proportion(_blanks(classifier, groups)),
    }


def mean_lungs(films: Sequence[tuple[np.ndarray, np.ndarray]]) -> tuple[np.ndarray, np.ndarray]:
    """Average films in the box around their lungs, at their mean brightness and contrast there.

    Parameters
    ----------
    films
        uint8 (224, 224), and their masks, float32 in [0, 1].

    Returns
    -------
    film : uint8, (224, 224)
    mask : float32, (224, 224), 0 or 1
        Where at least half of them have lung.
    """
    grey = np.zeros((MEAN_SIDE, MEAN_SIDE))
    lung = np.zeros((MEAN_SIDE, MEAN_SIDE))
    level, spread = 0.0, 0.0
    for film, mask in films:
        whole = cv2.resize(mask, film.shape[::-1], interpolation=cv2.INTER_LINEAR)
        x, y, width, height = cv2.boundingRect((whole > 0.5).astype(np.uint8))
        box = np.s_[y : y + height, x : x + width]
        part = cv2.resize(film[box].astype(np.float32), grey.shape)
        here, wide = float(part.mean()), max(float(part.std()), 1.0)
        grey += (part - here) / wide / len(films)
        level, spread = level + here / len(films), spread + wide / len(films)
        lung += cv2.resize(whole[box], lung.shape) / len(films)
    grey *= spread / max(float(grey.std()), 1e-6)
    margin = (FILM_SIZE - MEAN_SIDE) // 2
    canvas = np.pad(grey + level, margin, mode="edge")
    return (
        np.clip(np.rint(canvas), 0, 255).astype(np.uint8),
        np.pad((lung >= 0.5).astype(np.float32), margin),
    )


def _reduced(film: Film, radiograph: Radiograph, mask: np.ndarray) -> Lit:
    return radiograph.redrawn(reduce_film(radiograph.pixels)), mask


def _exchange(frame: Lit, donor: Lit) -> Radiograph:
    (film, mask), (other, theirs) = frame, donor
    return film.redrawn(exchange_lungs(film.pixels, mask, other.pixels, theirs))


def _pictures(
    groups: dict[bool, list[Lit]], cell: int, rng: np.random.Generator
) -> tuple[list[Callable[[], Radiograph]], np.ndarray, np.ndarray]:
    """What makes each picture, and whether its content and its outline are of a pneumonia."""
    half = min(cell, *(len(group) // 2 for group in groups.values()))
    frames = {opaque: rng.permutation(len(group)) for opaque, group in groups.items()}
    donors = {opaque: rng.permutation(len(group)) for opaque, group in groups.items()}
    makers: list[Callable[[], Radiograph]] = []
    content, outline = [], []
    for inner, outer in product((False, True), repeat=2):
        for k in range(half):
            frame = groups[outer][frames[outer][k + inner * half]]
            donor = groups[inner][donors[inner][k + outer * half]]
            makers.append(partial(_exchange, frame, donor))
            content.append(inner)
            outline.append(outer)
    return makers, np.array(content, dtype=bool), np.array(outline, dtype=bool)


def _cells(given: Answers, content: np.ndarray, outline: np.ndarray) -> dict[str, Any]:
    words = {False: "normal", True: "pneumonia"}
    cells = {}
    for inner, outer in product(words, repeat=2):
        mine = (content == inner) & (outline == outer)
        mean = float(given.score[mine].mean()) if mine.any() else None
        cells[f"{words[inner]} in {words[outer]}"] = {
            "log_odds": mean,
            "called": proportion(given.called[mine]),
        }
    return cells


def _blanks(classifier: Classifier, groups: dict[bool, list[Lit]]) -> np.ndarray:
    """Whether each pneumonia is called so once its lungs are the mean normal ones."""
    if not groups[False]:
        return np.zeros(0, dtype=bool)
    film, mask = mean_lungs([(film.pixels, mask) for film, mask in groups[False]])
    frames = groups[True][:BLANKS]

    def blank(frame: Lit) -> Radiograph:
        return frame[0].redrawn(exchange_lungs(frame[0].pixels, frame[1], film, mask))

    return answers(classifier, [partial(blank, frame) for frame in frames]).called
