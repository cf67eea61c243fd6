"""From a radiograph to an answer with its evidence, without TensorFlow."""

import hashlib
import json
import math
from dataclasses import dataclass, replace

import numpy as np

from xray_core.errors import UsageError
from xray_core.inference.decision import calibrate, decide, log_odds
from xray_core.inference.litert import THREADS, LiteRtModel
from xray_core.inference.model_card import (
    DEFAULT_MODEL,
    LITERT_FILE,
    load_card,
    model_folder,
    read_card,
    read_model_file,
)
from xray_core.inference.quality_gate import GATE, Quality, load_gate
from xray_core.inference.segmentation import SEGMENTATION, load_examiner
from xray_core.inference.views import WHOLE_FILM, film_view, lung_view, reduce_film
from xray_core.saliency.beyond_normal import NORMAL_FILE, load_normal
from xray_core.saliency.grad_cam import evidence_map
from xray_core.saliency.registry import METHODS, locate
from xray_core.saliency.targets import PNEUMONIA, list_targets
from xray_core.types import Analysis, Explanation, Look, Lungs, Prediction, Radiograph

NOTABLE = 1.0  # log-odds of a place; less is no positive evidence
BATCH = 16  # views shown to the network at once: more are no faster and only cost memory
NO_LUNGS = (
    "No lungs were found: the model judges frontal chest films only; check that the picture is "
    "one, upright and uncropped."
)
WHOLE_FILM_JUDGED = "No lungs were found; the whole picture was judged, which means little."
INVERTED_BACK = "The film arrived inverted (bones dark); it was inverted back before it was judged."
UNCERTAIN = "The probability lies in the band in which the model errs too often to decide."


def load_classifier(name=None, threads=THREADS):
    """Load a model by the name of its folder in ``models/``; the default model if not named.

    Parameters
    ----------
    name : str, optional
    threads : int
        Cores that one film uses; 1 is best where several films are answered at once.

    Returns
    -------
    Classifier

    Raises
    ------
    ModelError
        There is no such model, or one of its files is missing or not the one on its card.
    """
    card = load_card(name or DEFAULT_MODEL)
    content = read_model_file(model_folder(card.name), LITERT_FILE, card.raw)
    return Classifier(card, LiteRtModel(content, threads), load_examiner(threads), load_gate())


class Classifier:
    """Answers for radiographs; several threads may share one.

    Attributes
    ----------
    card : ModelCard
    name : str
    version : str
        Changes when anything that shapes the answer changes: the model, its card, the lungs.
    positive : bool, (classes,)
    targets : dict of str to bool (classes,)
        What evidence can be asked for, see `xray_core.saliency.targets`.
    normal : NormalFilms or None
        What the default map compares a film with, where the model folder holds it.
    """

    def __init__(self, card, network, examine, gate):
        self.card = card
        self._network = network
        self._examine = examine
        self._gate = gate
        self.positive = np.array([name in card.positive for name in card.classes])
        self.targets = list_targets(card.classes, self.positive)
        self.normal = load_normal(model_folder(card.name) / NORMAL_FILE, self.network_hash)
        facts = json.dumps(card.raw, sort_keys=True).encode()
        for name in (SEGMENTATION, GATE):
            facts += json.dumps(read_card(model_folder(name)), sort_keys=True).encode()
        self.version = hashlib.sha256(facts).hexdigest()[:16]

    @property
    def name(self):
        return self.card.name

    @property
    def network_hash(self):
        """SHA-256 of the network's file."""
        return self.card.raw["files"][LITERT_FILE]

    def analyze(self, radiograph, gate=True, method=None, target=PNEUMONIA):
        """Classify a radiograph and locate the evidence.

        Parameters
        ----------
        radiograph : Radiograph
        gate : bool
            Refuse a picture the model should not judge. Without it every picture is answered.
        method : str, optional
            One of METHODS; the first by default.
        target : str
            What evidence is asked for, one of ``targets``.

        Returns
        -------
        Analysis
            Where the picture is refused, the probability is nan and the saliency all zero.
        """
        method = method or METHODS[0]
        if method not in METHODS:
            raise UsageError(f"Expected a method out of {', '.join(METHODS)}, got '{method}'.")
        if target not in self.targets:
            raise UsageError(f"Expected a target out of {', '.join(self.targets)}, got '{target}'.")
        (judged,) = self._judge([radiograph], gate)
        if judged.look is None:
            nothing = Explanation(np.zeros((1, 1), np.float32), WHOLE_FILM, method, False, target)
            return Analysis(judged.radiograph, judged.prediction, nothing, judged.lungs)
        explanation = self.explain(judged.look, method, target)
        return Analysis(judged.radiograph, judged.prediction, explanation, judged.lungs)

    def predict(self, radiograph, gate=True):
        """Classify a radiograph without locating the evidence.

        Parameters
        ----------
        radiograph, gate
            See `analyze`.

        Returns
        -------
        Prediction
        """
        return self.predict_all([radiograph], gate)[0]

    def predict_all(self, radiographs, gate=True):
        """Classify several radiographs, a little faster than one after the other.

        Parameters
        ----------
        radiographs : iterable of Radiograph
        gate
            See `analyze`.

        Returns
        -------
        list of Prediction
        """
        return [judged.prediction for judged in self._judge(radiographs, gate)]

    def explain(self, look, method, target=PNEUMONIA):
        """Locate the evidence in what the network was shown; returns an Explanation."""
        saliency, method = locate(method, look, self, target)
        evidence = evidence_map(look.class_maps, look.logits, self.targets[target])
        positive = bool(evidence.max() >= NOTABLE)
        return Explanation(saliency, look.box, method, positive, target)

    def look(self, radiograph):
        """Show the network a film without a question from the gate; returns a Look."""
        film = reduce_film(radiograph.pixels)
        return self.show(film, self._examine([film])[0][0])

    def show(self, film, lungs):
        """Show the network a film, uint8 (224, 224), whose lungs are known; returns a Look."""
        return self._look(lungs, *self._view(film, lungs))

    def scores(self, views, target=PNEUMONIA):
        """Log-odds of a target, float (views,), for views, float32 (views, side, side, 2)."""
        return self.odds(self.run(views)["logits"], target)

    def run(self, views):
        """What the network says of views, float32 (views, side, side, 2).

        Returns
        -------
        dict of str to float32 array
            ``class_maps`` (views, rows, columns, classes) and ``logits`` (views, classes).
        """
        parts = [self._network(views[at : at + BATCH]) for at in range(0, len(views), BATCH)]
        names = ("class_maps", "logits")
        return {name: np.concatenate([part[name] for part in parts]) for name in names}

    def odds(self, logits, target=PNEUMONIA):
        """Log-odds of a target, float (films,), for logits, float (films, classes)."""
        return log_odds(logits, self.targets[target])

    def probability(self, score):
        """Calibrated probability of pneumonia for its log-odds, of the same shape."""
        calibration = self.card.calibration
        return calibrate(score, calibration["temperature"], calibration["bias"])

    def _judge(self, radiographs, gate):
        """Judge films in steps, each for all of them: code that stays in the caches is faster."""
        cases = self._examine_all(radiographs)
        dark = [at for at, case in enumerate(cases) if case.seems_inverted]
        upright = self._examine_all([_invert(cases[at].radiograph) for at in dark])
        for at, again in zip(dark, upright, strict=True):
            if again.quality.accepted:
                cases[at] = again
        views = [
            None if gate and case.unfit else self._view(case.film, case.lungs) for case in cases
        ]
        looks = [
            None if view is None else self._look(case.lungs, *view)
            for case, view in zip(cases, views, strict=True)
        ]
        return [self._answer(*pair) for pair in zip(cases, looks, strict=True)]

    def _examine_all(self, radiographs):
        pairs = [(radiograph, reduce_film(radiograph.pixels)) for radiograph in radiographs]
        films = [film for _, film in pairs]
        examined = self._examine(films)
        sides = [min(radiograph.pixels.shape) for radiograph, _ in pairs]
        qualities = self._gate.assess(films, examined, sides)
        return [
            _Examined(*pair, lungs, quality)
            for pair, (lungs, _), quality in zip(pairs, examined, qualities, strict=True)
        ]

    def _view(self, film, lungs):
        """What the network is shown of a film, and the part of the film that this is."""
        if self.card.view == "lungs" and lungs.box is not None:
            return lung_view(film, lungs, self.card.image_size), lungs.box
        return film_view(film, self.card.image_size), WHOLE_FILM

    def _look(self, lungs, view, box):
        outputs = self._network(view[None])
        return Look(lungs, box, view, outputs["class_maps"][0], outputs["logits"][0])

    def _answer(self, case, look):
        remarks = (*case.unfit, *case.radiograph.warnings)
        if look is None:
            prediction = self._refuse(remarks)
        else:
            remarks += case.quality.warnings
            prediction = self._predict(look.logits[None], case.lungs, remarks)
        return _Judged(case.radiograph, case.lungs, look, prediction)

    def _predict(self, logits, lungs, remarks):
        score = float(log_odds(logits, self.positive)[0])
        probability = float(self.probability(score))
        label, decision = decide(
            probability, self.card.default_operating_point, self.card.uncertain, self.card.labels
        )
        reasons = (WHOLE_FILM_JUDGED,) if lungs.box is None else ()
        reasons += remarks
        if decision == "uncertain":
            reasons += (UNCERTAIN,)
        shares = self._share(logits[0], probability)
        return Prediction(score, probability, shares, label, decision, reasons, self.name)

    def _share(self, logits, probability):
        """Share of each class: within pneumonia as the network says, between as calibrated."""
        weights = np.exp(logits - logits.max())
        for group, mass in ((self.positive, probability), (~self.positive, 1 - probability)):
            weights[group] *= mass / weights[group].sum()
        return dict(zip(self.card.classes, map(float, weights), strict=True))

    def _refuse(self, reasons):
        shares = dict.fromkeys(self.card.classes, math.nan)
        return Prediction(math.nan, math.nan, shares, "", "refused", reasons, self.name)


@dataclass(frozen=True, slots=True, eq=False)
class _Examined:
    radiograph: Radiograph
    film: np.ndarray  # what it is reduced to
    lungs: Lungs
    quality: Quality

    @property
    def unfit(self):
        """Why the model should not judge it: tuple of str."""
        return self.quality.reasons or ((NO_LUNGS,) if self.lungs.box is None else ())

    @property
    def seems_inverted(self):
        return not self.quality.accepted and self.quality.kind == "inverted"


@dataclass(frozen=True, slots=True, eq=False)
class _Judged:
    radiograph: Radiograph  # inverted back where that was needed
    lungs: Lungs
    look: Look | None  # None where the film was refused
    prediction: Prediction


def _invert(radiograph):
    """The film with bones bright, and a word about it."""
    warnings = (*radiograph.warnings, INVERTED_BACK)
    return replace(radiograph, pixels=255 - radiograph.pixels, warnings=warnings)
