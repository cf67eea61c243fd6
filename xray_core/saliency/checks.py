"""Whether the map of one film can be trusted: what the answer does when one acts on the map."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import cv2
import numpy as np

from xray_core.inference.trim import crop
from xray_core.inference.views import FILM_SIZE, cut, keep_film
from xray_core.saliency.beyond_normal import replacement
from xray_core.saliency.faithfulness import area, curve, on_view, replace_lungs
from xray_core.saliency.placement import saliency_on_film
from xray_core.saliency.regions import Region
from xray_core.saliency.targets import NORMAL
from xray_core.types import Analysis, Explanation, Look, Network, Radiograph

Scores = Callable[[np.ndarray], np.ndarray]
"""From views, (views, side, side, 2), to their log-odds, (views,)."""

RANDOM_MAPS = 5
COLOURED = 0.25
"""Of the map's most, above which a place counts as coloured: where such places give way to the mean
normal film, 98% of 536 children's and 92% of 65 adults' films called pneumonia are so no more (at
0.5 55% of both); where as much of least evidence does, 2% and 0%."""
SHIFT = 0.03  # of the film's side
DIRECTIONS = ((-1, -1), (-1, 0), (-1, 1), (0, -1), (0, 1), (1, -1), (1, 0), (1, 1))
# Rows and columns on which two maps are compared; finer is noise between coarse places.
COMPARED = 112
BLUR = 0.15  # of the view's side: no vessel and no rib is left
INPAINT_RADIUS = 5  # pixels of the view around a hole that shape its filling


@dataclass(frozen=True, slots=True, eq=False)
class Curves:
    """The probability while evidence is taken away, and while it is put in.

    Attributes
    ----------
    shares : float, (steps,)
        Of the lungs that were changed, 0 to 1.
    deletion, insertion : float, (steps,)
        Of the map that is questioned.
    random_deletion, random_insertion : float, (maps, steps)
    """

    shares: np.ndarray
    deletion: np.ndarray
    insertion: np.ndarray
    random_deletion: np.ndarray
    random_insertion: np.ndarray

    @property
    def margin(self) -> float:
        """Area under insertion less area under deletion: 1 is best, 0 says nothing."""
        return area((self.shares, self.insertion)) - area((self.shares, self.deletion))

    @property
    def random_margins(self) -> list[float]:
        pairs = zip(self.random_insertion, self.random_deletion, strict=True)
        return [area((self.shares, one)) - area((self.shares, other)) for one, other in pairs]

    @property
    def beats_random(self) -> bool:
        """Whether the map names what moves the score better than every random map."""
        return self.margin > max(self.random_margins)


def without_evidence(look: Look, target: str, classifier: Network) -> tuple[str, np.ndarray]:
    """What a film shows where the evidence for a target is taken away.

    Evidence of disease gives way to normal lung. Normal lung would leave evidence for normal where
    it is: that gives way to the film blurred, because what speaks for normal is the detail of
    clear lung.

    Returns
    -------
    name : 'normal' or 'blurred'
    instead : float32, (side, side)
        For `View.grey`.
    """
    if target != NORMAL:
        return "normal", replacement(classifier)
    return "blurred", cv2.GaussianBlur(look.view.grey, (0, 0), BLUR * look.view.side)


def question(
    view: np.ndarray,
    saliency: np.ndarray,
    scores: Scores,
    instead: np.ndarray,
    whole: float | None = None,
    seed: int = 0,
) -> Curves:
    """Delete and insert the places of most evidence, and those that random maps name.

    Parameters
    ----------
    view : float32, (side, side, 2), see `View.pixels`
    saliency : float32, (side, side), >= 0
        Over the view.
    instead : float32, (side, side)
        What a place gives way to, see `without_evidence`.
    whole
        Log-odds of the view where they are known.
    seed
        For the random maps: coarse noise, as coarse as the network's places.
    """
    whole = float(scores(view[None])[0]) if whole is None else whole
    ends = whole, float(scores(replace_lungs(view, instead)[None])[0])
    rng = np.random.default_rng(seed)
    noise = [on_view(rng.random((8, 8)), len(view)) for _ in range(RANDOM_MAPS)]
    found = [
        [curve(view, one, scores, instead, ends, insert=insert) for one in (saliency, *noise)]
        for insert in (False, True)
    ]
    (deletion, *deletions), (insertion, *insertions) = (
        [values for _, values in curves] for curves in found
    )
    shares, _ = found[0][0]
    return Curves(shares, deletion, insertion, np.array(deletions), np.array(insertions))


def coloured(explanation: Explanation, look: Look) -> np.ndarray:
    """Where a map shows evidence for all to see: bool (side, side), of the network's view."""
    inside = look.view.inside > 0.5
    shown = on_view(explanation.saliency, look.view.side)
    strongest = float(np.quantile(shown[inside], 0.99)) if inside.any() else 0.0
    return inside & (shown >= COLOURED * strongest) & (shown > 0)


def give_way(view: np.ndarray, area: np.ndarray, other: np.ndarray) -> np.ndarray:
    """A view's grey levels, (side, side), with other ones in an area, bool (side, side)."""
    return np.where(area, other * view[..., 1], view[..., 0])


@dataclass(frozen=True, slots=True, eq=False)
class Filled:
    """What the score becomes when an area of the lungs is filled.

    Attributes
    ----------
    with_what
        'surroundings', 'normal' or 'blurred'.
    after
        Log-odds with the area filled.
    elsewhere : float, (areas,)
        Log-odds with as much of the lungs filled at random instead.
    """

    with_what: str
    after: float
    elsewhere: np.ndarray


def fill(
    view: np.ndarray,
    area_of_evidence: np.ndarray,
    scores: Scores,
    instead: tuple[str, np.ndarray],
    seed: int = 0,
) -> tuple[Filled, ...]:
    """Fill an area of the lungs in two ways, and as large areas at random.

    Parameters
    ----------
    view, scores, seed
        See `question`.
    area_of_evidence : bool, (side, side)
    instead
        See `without_evidence`.

    Returns
    -------
    tuple
        'surroundings': grown inwards from the area's edge; then what the area gives way to.

    References
    ----------
    Telea, Journal of Graphics Tools 2004 (cv2.inpaint).
    """
    rng = np.random.default_rng(seed)
    name, other = instead
    inside = view[..., 1] > 0.5
    chosen = area_of_evidence & inside
    areas = [chosen]
    for _ in range(RANDOM_MAPS):
        noise = np.where(inside, on_view(rng.random((8, 8)), len(view)), -np.inf)
        level = np.sort(noise, axis=None)[-max(1, int(chosen.sum()))]
        areas.append(noise >= level)
    fills = {
        "surroundings": [_inpaint(view[..., 0], one) for one in areas],
        name: [give_way(view, one, other) for one in areas],
    }
    found = []
    for with_what, filled in fills.items():
        shown = np.stack([np.stack([one, view[..., 1]], -1) for one in filled])
        after, *elsewhere = scores(shown.astype(np.float32))
        found.append(Filled(with_what, float(after), np.array(elsewhere)))
    return tuple(found)


def _inpaint(level: np.ndarray, hole: np.ndarray) -> np.ndarray:
    """Fill a hole in a view's grey levels, float32 (side, side), about -2 to 2."""
    eight_bit = np.clip(np.rint((level + 2) * 63.75), 0, 255).astype(np.uint8)
    filled = cv2.inpaint(eight_bit, hole.astype(np.uint8), INPAINT_RADIUS, cv2.INPAINT_TELEA)
    return np.where(hole, filled / np.float32(63.75) - 2, level)


@dataclass(frozen=True, slots=True, eq=False)
class Stability:
    """What stays when the film is shifted a little.

    Attributes
    ----------
    scores : float, (shifts,)
        Log-odds of pneumonia.
    correlations : float, (shifts,)
        Rank correlation of the map, shifted back, with the map of the film itself, in the lungs;
        nan where one of them is flat.
    """

    scores: np.ndarray
    correlations: np.ndarray


def shift(analysis: Analysis, classifier: Network) -> Stability:
    """Shift a film by 3% of its side in eight directions, and ask again.

    The lungs are looked for anew each time, as in a film that was taken so.
    """
    # bars around a film would be cut off again wherever they are: what is shifted is the film
    explanation, frame = analysis.explanation, analysis.look.frame
    film = keep_film(crop(analysis.radiograph.pixels, frame))
    inside = cut(analysis.lungs.mask, frame, COMPARED) > 0.5
    on_film = replace(explanation, box=explanation.box.on(frame.inverse()))
    before = saliency_on_film(on_film, COMPARED, COMPARED)
    scores, correlations = [], []
    for direction in DIRECTIONS:
        x, y = (SHIFT * along for along in direction)
        look = classifier.look(Radiograph(_move(film, x, y, cv2.BORDER_REPLICATE), "shifted", ""))
        scores.append(look.logits)
        again = classifier.explain(look, explanation.method, explanation.target)
        back = _move(saliency_on_film(again, COMPARED, COMPARED), -x, -y, cv2.BORDER_CONSTANT)
        correlations.append(rank_correlation(before[inside], back[inside]))
    return Stability(classifier.odds(np.stack(scores)), np.array(correlations))


def _move(image: np.ndarray, x: float, y: float, border: int) -> np.ndarray:
    """Shift an image by fractions of its side."""
    rows, columns = image.shape
    matrix = np.array([[1, 0, x * columns], [0, 1, y * rows]], np.float32)
    return cv2.warpAffine(image, matrix, (columns, rows), borderMode=border)


def correlation(one: np.ndarray, other: np.ndarray) -> float:
    """Pearson's correlation of two samples of one shape; nan where one is constant."""
    if one.size < 2 or np.ptp(one) == 0 or np.ptp(other) == 0:
        return float("nan")
    return float(np.corrcoef(one.ravel(), other.ravel())[0, 1])


def rank_correlation(one: np.ndarray, other: np.ndarray) -> float:
    """Spearman's rank correlation of two samples, each (values,); nan where one is constant."""
    import pandas as pd  # a quarter of SciPy's weight, and the app has it anyway

    if len(one) < 2 or np.ptp(one) == 0 or np.ptp(other) == 0:
        return float("nan")
    return float(pd.DataFrame({0: one, 1: other}).corr("spearman").iloc[0, 1])


def check_film(
    analysis: Analysis, regions: Sequence[Region], classifier: Network
) -> tuple[Curves, tuple[Filled, ...], Stability]:
    """Question the map of an analysis in every way.

    Parameters
    ----------
    regions
        Of the same map; without any nothing is filled.
    """
    explanation, look = analysis.explanation, analysis.look
    view, side = look.view.pixels, look.view.side
    placed = cut(saliency_on_film(explanation, FILM_SIZE, FILM_SIZE), look.view.box, side)
    whole = float(classifier.odds(look.logits[None], explanation.target)[0])
    scores = partial(classifier.scores, target=explanation.target)
    instead = without_evidence(look, explanation.target, classifier)
    curves = question(view, placed, scores, instead[1], whole)
    # what the answer becomes, whatever the map explains
    filled: tuple[Filled, ...] = ()
    if regions:
        filled = fill(view, coloured(explanation, look), classifier.scores, instead)
    return curves, filled, shift(analysis, classifier)
