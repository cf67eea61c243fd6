"""From a radiograph to an answer with its evidence, without TensorFlow."""

import hashlib
import json
import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from xray_core.errors import UsageError
from xray_core.inference.decision import calibrate, class_shares, decide, log_odds
from xray_core.inference.litert import THREADS, LiteRtModel
from xray_core.inference.model_card import (
    DEFAULT_MODEL,
    LITERT_FILE,
    ModelCard,
    load_card,
    model_folder,
    read_card,
    read_model_file,
)
from xray_core.inference.quality_gate import GATE, Gate, load_gate
from xray_core.inference.segmentation import SEGMENTATION, Segmenter, load_segmenter
from xray_core.inference.site_calibration import SiteCalibration
from xray_core.inference.trim import crop, frame_film, lungs_on_picture
from xray_core.inference.views import reduce_film, view_film
from xray_core.saliency.beyond_normal import NORMAL_FILE, NormalFilms, load_normal
from xray_core.saliency.registry import (
    DEFAULT_METHOD,
    METHODS,
    NOTABLE,
    locate,
    smooth_evidence,
)
from xray_core.saliency.targets import OTHER, PNEUMONIA, list_targets
from xray_core.types import (
    LABELS,
    WHOLE_FILM,
    Analysis,
    Box,
    Explanation,
    Look,
    Lungs,
    Prediction,
    Quality,
    Radiograph,
)

BATCH = 16  # views shown to the network at once: more are no faster and only cost memory
NO_LUNGS = (
    "No lungs were found: the model judges frontal chest films only; check that the picture is "
    "one, upright and uncropped."
)
WHOLE_FILM_JUDGED = "No lungs were found; the whole picture was judged, which means little."
INVERTED_BACK = "The film arrived inverted (bones dark); it was inverted back before it was judged."
OTHER_ABNORMAL = (
    "Something other than an opacity may be abnormal on this adult's film (an effusion, a mass, a "
    "large heart, tubes); it does not count towards pneumonia."
)
CALIBRATED_FOR = "Calibrated for {}."
HOME_MADE = "A home-made network answers, trained in minutes on the page Train it yourself."
OTHER_CLASSES = (
    "It has learned to tell other classes apart: read {} where it says normal, and {} where it "
    "says pneumonia."
)
UNCERTAIN = "The probability lies in the band in which the model errs too often to decide."


def load_classifier(
    name: str | None = None,
    threads: int = THREADS,
    home: Path | None = None,
    site: SiteCalibration | None = None,
) -> "Classifier":
    """Load a model by the name of its folder in ``models/``; the default model if not named.

    Parameters
    ----------
    name
    threads
        Cores that one film uses; 1 is best where several films are answered at once.
    home
        Folder of model folders; by default `xray_core.inference.model_card.models_home`, whose
        segmentation and gate are also those of a folder without any.
    site
        Whose calibration takes the place of the model's own, see
        `xray_core.inference.site_calibration.load_site`.

    Raises
    ------
    ModelError
        There is no such model, one of its files is missing or not the one on its card, or the
        site was fitted to another network.
    """
    card = load_card(name or DEFAULT_MODEL, home)
    folder = model_folder(card.name, home)
    network = LiteRtModel(read_model_file(folder, LITERT_FILE, card.raw), threads)
    normal = None
    if NORMAL_FILE in card.raw["files"]:
        normal = load_normal(read_model_file(folder, NORMAL_FILE, card.raw))
    if home and not any((home / part).exists() for part in (SEGMENTATION, GATE)):
        home = None
    parts = [card.raw, *(read_card(model_folder(part, home)) for part in (SEGMENTATION, GATE))]
    facts = "".join(json.dumps(part, sort_keys=True) for part in parts)
    version = hashlib.sha256(facts.encode()).hexdigest()[:16]
    segmenter, gate = load_segmenter(threads, home), load_gate(home)
    classifier = Classifier(card, network, segmenter, gate, normal, version)
    return classifier.calibrated_for(site) if site else classifier


@dataclass(frozen=True, slots=True, eq=False)
class _Case:
    """A film with what was found out before the classifier is asked."""

    radiograph: Radiograph
    film: np.ndarray  # what it is cut to, see frame_film
    frame: Box  # the part of the radiograph that it shows
    lungs: Lungs  # over the film
    quality: Quality

    @property
    def seems_inverted(self) -> bool:
        return self.quality.kind == "inverted" and not self.quality.accepted


class Classifier:
    """Answers for radiographs; several threads may share one.

    Attributes
    ----------
    card
    version
        Changes when anything that shapes the answer changes: the model, its card, the lungs.
    targets : dict of str to int (outputs,)
        What evidence can be asked for, see `xray_core.saliency.targets`.
    normal
        What evidence beyond normal compares a film with, where the model folder holds it; or None.
    """

    def __init__(
        self,
        card: ModelCard,
        network: Callable[[np.ndarray], dict[str, np.ndarray]],
        segmenter: Segmenter,
        gate: Gate,
        normal: NormalFilms | None,
        version: str,
    ) -> None:
        self.card = card
        self.normal = normal
        self.version = version
        self.targets = list_targets(card.classes, bool(card.other))
        self._network = network
        self._segmenter = segmenter
        self._gate = gate

    @property
    def name(self) -> str:
        return self.card.name

    @property
    def network_hash(self) -> str:
        """SHA-256 of the network's file."""
        return self.card.raw["files"][LITERT_FILE]

    def calibrated_for(self, site: SiteCalibration) -> "Classifier":
        """The same networks with a site's calibration; ModelError where it is of another."""
        facts = json.dumps([self.version, dict(site.raw)], sort_keys=True)
        version = hashlib.sha256(facts.encode()).hexdigest()[:16]
        card = site.adjust(self.card)
        return Classifier(card, self._network, self._segmenter, self._gate, self.normal, version)

    def analyze(
        self, radiograph: Radiograph, method: str = DEFAULT_METHOD, target: str = PNEUMONIA
    ) -> Analysis:
        """Classify a radiograph and locate the evidence.

        A film that the gate refuses is answered and explained, too: whether that is shown is the
        caller's business, see `Prediction.refused` and `Analysis.ungated`.

        Parameters
        ----------
        radiograph
        method
            A name in `xray_core.saliency.registry.METHODS`.
        target
            What evidence is asked for, one of ``targets``.

        Raises
        ------
        UsageError
            There is no such method or target.
        """
        radiograph, look, prediction = self._judge(radiograph)
        return Analysis(radiograph, prediction, self.explain(look, method, target), look)

    def predict(self, radiograph: Radiograph) -> Prediction:
        """Classify a radiograph without locating the evidence."""
        return self._judge(radiograph)[2]

    def explain(
        self, look: Look, method: str = DEFAULT_METHOD, target: str = PNEUMONIA
    ) -> Explanation:
        """Locate the evidence in what the network was shown; see `analyze`."""
        if method not in METHODS:
            raise UsageError(f"Expected a method out of {', '.join(METHODS)}, got '{method}'.")
        if target not in self.targets:
            raise UsageError(f"Expected a target out of {', '.join(self.targets)}, got '{target}'.")
        saliency, method = locate(method, look, self, target)
        positive = bool(smooth_evidence(look, self, target).max() >= NOTABLE)
        return Explanation(saliency, look.view.box, method, positive, target)

    def look(self, radiograph: Radiograph) -> Look:
        """Show the network a film as it is, without a question from the gate."""
        film, frame = frame_film(radiograph.pixels)
        return self._show(film, self._segmenter(reduce_film(film)), frame)

    def scores(self, views: np.ndarray, target: str = PNEUMONIA) -> np.ndarray:
        """Log-odds of a target, float (views,), for views' pixels (views, side, side, 2)."""
        parts = [views[at : at + BATCH] for at in range(0, len(views), BATCH)]
        return self.odds(np.concatenate([self._network(part)["logits"] for part in parts]), target)

    def odds(self, logits: np.ndarray, target: str = PNEUMONIA) -> np.ndarray:
        """Log-odds of a target, float (films,), for logits, float (films, outputs)."""
        return log_odds(logits, self.targets[target])

    def probability(self, score: float | np.ndarray) -> np.ndarray:
        """Calibrated probability of pneumonia for its log-odds, of the same shape."""
        calibration = self.card.calibration
        return calibrate(score, calibration["temperature"], calibration["bias"])

    def _judge(self, radiograph: Radiograph) -> tuple[Radiograph, Look, Prediction]:
        case = self._examine(radiograph)
        if case.seems_inverted:
            upright = self._examine(_invert(radiograph))
            case = upright if upright.quality.accepted else case
        look = self._show(case.film, case.lungs, case.frame)
        return case.radiograph, look, self._predict(case, look)

    def _examine(self, radiograph: Radiograph) -> _Case:
        film, frame = frame_film(radiograph.pixels)
        square = reduce_film(film)
        lungs, seen = self._segmenter.examine(square)
        shape = crop(radiograph.pixels, frame).shape
        quality = self._gate.assess(square, lungs, seen, shape)
        if quality.accepted and lungs.box is None:
            quality = replace(quality, reasons=(NO_LUNGS,))
        if radiograph.unfit:
            quality = replace(quality, reasons=(*radiograph.unfit, *quality.reasons))
        return _Case(radiograph, film, frame, lungs, quality)

    def _show(self, film: np.ndarray, lungs: Lungs, frame: Box) -> Look:
        view = view_film(film, lungs, self.card.field_of_view, self.card.image_size)
        outputs = self._network(view.pixels[None])
        if frame != WHOLE_FILM:
            lungs = lungs_on_picture(lungs, frame)
            view = replace(view, box=view.box.on(frame))
        return Look(lungs, view, outputs["class_maps"][0], outputs["logits"][0], frame)

    def _predict(self, case: _Case, look: Look) -> Prediction:
        card, quality = self.card, case.quality
        score = float(self.odds(look.logits[None])[0])
        probability = float(self.probability(score))
        label, answer = decide(
            probability, card.default_operating_point, card.uncertain, card.labels
        )
        return Prediction(
            score,
            probability if card.gives_probability else math.nan,
            class_shares(look.logits, probability, card.classes),
            label,
            answer,
            self.name,
            quality,
            remarks=case.radiograph.warnings + (quality.warnings if quality.accepted else ()),
            caveats=(WHOLE_FILM_JUDGED,) * (case.lungs.box is None)
            + (UNCERTAIN,) * (answer == "uncertain")
            + (OTHER_ABNORMAL,) * self._seems_otherwise_abnormal(case, look)
            + (OTHER_CLASSES.format(*card.labels),) * (card.home_made and card.labels != LABELS)
            + (HOME_MADE,) * card.home_made
            + (CALIBRATED_FOR.format(card.site),) * bool(card.site),
            site=card.site,
        )

    def _seems_otherwise_abnormal(self, case: _Case, look: Look) -> bool:
        """Asked of adults' films only: only they have taught it."""
        other = self.card.other
        if other is None or case.quality.kind != "adult":
            return False
        return float(self.odds(look.logits[None], OTHER)[0]) >= other["threshold"]


def _invert(radiograph: Radiograph) -> Radiograph:
    """The film with bones bright, and a word about it."""
    return radiograph.redrawn(255 - radiograph.pixels, INVERTED_BACK)
