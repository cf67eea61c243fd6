"""Films drawn from the 16 samples, to show errors where the published films are not at hand.

A finding is put into normal films, or films are spoiled as devices, exposure and copies spoil them.
What a network then says is asked of it when it is shown: nothing of it is kept here.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import cv2
import numpy as np

from xray_core.datasets.catalogue import DRAWN, Catalogue, Sample, open_catalogue
from xray_core.evaluation.synthetic_opacities import (
    Opacity,
    draw_opacity,
    insert_haze,
    insert_opacity,
)
from xray_core.inference.segmentation import Segmenter, load_segmenter
from xray_core.inference.views import reduce_film
from xray_core.io.images import encode_jpeg, fit_within
from xray_core.types import Analysis, Box, Lungs, Predictor

FILMS = 8
"""Each case is drawn from so many films."""
SIDE = 400  # pixels of the longest side; a network sees no finer detail than 176 have
SEED = 5

Draw = Callable[[np.ndarray, np.ndarray, Box, np.random.Generator], np.ndarray]


@dataclass(frozen=True, slots=True)
class Case:
    """What is done to films.

    Attributes
    ----------
    title
    done
        In one sentence.
    draw
        From a film, uint8 (rows, columns), its lungs, float32 (rows, columns), and the box around
        them to the film that is shown, uint8.
    finding
        The kind of pneumonia that is put into normal films; '' where films of both classes stay
        what they are.
    """

    title: str
    done: str
    draw: Draw
    finding: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnFilm(Sample):
    """A film of which we know the truth because we drew it; ``done`` says what was done to it."""

    done: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """What a drawn film consists of; see `xray_core.io.film_source.Content`."""

    case: str
    film: Sample

    def read(self) -> bytes:
        """Return the drawn film as the bytes of a JPEG."""
        return _draw(self)


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """What a network says of one case.

    Attributes
    ----------
    title
    film, analysis
        The film that it gets most wrong, and its answer.
    before
        Its probability of pneumonia for that film as it came.
    n, wrong, unsure
        How many films were drawn so, how many of them it calls wrong, and for how many it gives no
        answer.
    """

    title: str
    film: DrawnFilm
    analysis: Analysis
    before: float
    n: int
    wrong: int
    unsure: int


def list_drawn() -> tuple[DrawnFilm, ...]:
    """The drawn films, case by case; none where the samples are not at hand."""
    samples = open_catalogue("samples")
    return tuple(film for case in CASES for film in _films_of(case, samples))


def judge(films: Sequence[DrawnFilm], classifier: Predictor) -> list[Judged]:
    """Ask a network about drawn films.

    Returns
    -------
    list of Judged
        One for each case, the most errors first.
    """
    groups: dict[str, list[DrawnFilm]] = {}
    for film in films:
        groups.setdefault(_drawing(film).case, []).append(film)
    judged = [_judge(case, group, classifier) for case, group in groups.items()]
    return sorted(judged, key=lambda each: (-each.wrong, -each.unsure))


def _judge(case: str, films: list[DrawnFilm], classifier: Predictor) -> Judged:
    worst, wrong, unsure, most = None, 0, 0, -1.0
    for film in films:
        analysis = classifier.analyze(film.open())
        said = analysis.prediction
        unsure += said.decision in ("uncertain", "refused")
        wrong += said.decision in ("normal", "pneumonia") and said.decision.upper() != film.label
        off = said.probability if film.label == "NORMAL" else 1 - said.probability
        if (off := -0.5 if said.refused else off) > most:
            worst, most = (film, analysis), off
    assert worst is not None
    before = classifier.predict(_drawing(worst[0]).film.open()).probability
    return Judged(CASES[case].title, *worst, before, len(films), wrong, unsure)


def _drawing(film: Sample) -> Drawing:
    assert isinstance(film.content, Drawing)
    return film.content


def _films_of(name: str, samples: Catalogue) -> list[DrawnFilm]:
    case = CASES[name]
    chosen = samples.select(label="NORMAL")
    if not case.finding:  # half of each class
        half = FILMS // 2
        chosen = (*chosen[:half], *samples.select(label="PNEUMONIA")[:half])
    return [
        DrawnFilm(
            f"{name}-{film.name}",
            Drawing(name, film),
            source=DRAWN,
            split=film.split,
            label="PNEUMONIA" if case.finding else film.label,
            subtype=case.finding or film.subtype,
            patient=film.patient,
            done=case.done,
        )
        for film in chosen[:FILMS]
    ]


@lru_cache(maxsize=128)  # 4 MB
def _draw(drawing: Drawing) -> bytes:
    film, lungs = _reduce(drawing.film)
    if lungs.box is None:
        return encode_jpeg(film)
    mask = cv2.resize(lungs.mask, film.shape[::-1])
    rng = np.random.default_rng([SEED, *drawing.film.name.encode()])
    return encode_jpeg(CASES[drawing.case].draw(film, mask, lungs.box, rng))


@lru_cache(maxsize=16)  # 4 MB; each film is drawn on for several cases
def _reduce(film: Sample) -> tuple[np.ndarray, Lungs]:
    """A film of SIDE pixels and its lungs."""
    small = fit_within(film.open().pixels, SIDE)
    return small, _segmenter()(reduce_film(small))


@lru_cache(maxsize=1)
def _segmenter() -> Segmenter:
    return load_segmenter(threads=1)


def _shadow(size: float, contrast: float) -> Draw:
    """An opacity somewhere in a lung; its size is a share of the film's side."""

    def draw(film: np.ndarray, mask: np.ndarray, box: Box, rng: np.random.Generator) -> np.ndarray:
        place = draw_opacity(mask, box, rng, textured=True)
        shadow = replace(place, size=size * max(film.shape), contrast=contrast)
        return insert_opacity(film, shadow, rng)[0]

    return draw


def _behind_the_heart(
    film: np.ndarray, mask: np.ndarray, box: Box, rng: np.random.Generator
) -> np.ndarray:
    rows, columns = film.shape
    x, y = (box.left + 0.6 * box.width) * columns, (box.top + 0.7 * box.height) * rows
    return insert_opacity(film, Opacity(x, y, 0.06 * rows, 35, textured=False), rng)[0]


def _haze(strength: float) -> Draw:
    return lambda film, mask, box, rng: insert_haze(film, mask, box, rng, strength)


def _curve(change: Callable[[np.ndarray], np.ndarray]) -> Draw:
    """Another tone: from grey levels in [0, 1] to grey levels."""
    table = np.clip(255 * change(np.linspace(0, 1, 256)), 0, 255).astype(np.uint8)
    return lambda film, mask, box, rng: cv2.LUT(film, table)


def _turned(film: np.ndarray, mask: np.ndarray, box: Box, rng: np.random.Generator) -> np.ndarray:
    """More body on one side of the chest, less on the other."""
    ramp = np.linspace(0.7, 1.3, film.shape[1])
    return np.clip(film * ramp, 0, 255).astype(np.uint8)


def _coarse(film: np.ndarray, mask: np.ndarray, box: Box, rng: np.random.Generator) -> np.ndarray:
    return cv2.resize(fit_within(film, 80), film.shape[::-1], interpolation=cv2.INTER_CUBIC)


def _grainy(film: np.ndarray, mask: np.ndarray, box: Box, rng: np.random.Generator) -> np.ndarray:
    return np.clip(film + rng.normal(0, 25, film.shape), 0, 255).astype(np.uint8)


CASES = {
    "haze": Case(
        "Haze in both lungs",
        "Drawn: clouds and streaks over both lungs of a normal film, as viral pneumonia often "
        "looks.",
        _haze(0.4),
        "virus",
    ),
    "faint-haze": Case(
        "Fainter haze",
        "Drawn: half as much haze over both lungs of a normal film.",
        _haze(0.2),
        "virus",
    ),
    "heart": Case(
        "Behind the heart",
        "Drawn: a consolidation behind the heart of a normal film, which is bright anyway.",
        _behind_the_heart,
        "bacteria",
    ),
    "small": Case(
        "Small",
        "Drawn: a shadow of the width of a rib space in one lung of a normal film.",
        _shadow(0.03, 45),
        "bacteria",
    ),
    "faint": Case(
        "Large and faint",
        "Drawn: a large shadow in one lung of a normal film, hardly brighter than the lung.",
        _shadow(0.09, 18),
        "bacteria",
    ),
    "bright": Case(
        "Too bright", "Drawn: every grey level raised, as of a film too bright.", _curve(np.sqrt)
    ),
    "device": Case(
        "Another device",
        "Drawn: a steeper tone curve, as another device may have.",
        _curve(lambda grey: 1 / (1 + np.exp(-9 * (grey - 0.5)))),
    ),
    "turned": Case(
        "A child turned aside",
        "Drawn: one side of the chest brighter, the other darker, as of a child not straight.",
        _turned,
    ),
    "coarse": Case(
        "A small copy", "Drawn: no more detail than 80 pixels on the longer side hold.", _coarse
    ),
    "grainy": Case("Grainy", "Drawn: grain, as of a film with too small a dose.", _grainy),
}
