"""A classifier that needs no network: what it says can be read off the film.

The probability is the film's mean grey level over 255. By default a film wider than high is
refused; `refuses` decides otherwise.
"""

import time
from types import SimpleNamespace

import numpy as np
from PIL import Image

from xray_core.classifier import CALIBRATED_FOR
from xray_core.datasets.catalogue import open_folder
from xray_core.inference.decision import decide, log_odds
from xray_core.saliency.targets import list_targets
from xray_core.types import (
    Analysis,
    Box,
    Explanation,
    Look,
    Lungs,
    OperatingPoint,
    Prediction,
    Predictor,
    Quality,
    Radiograph,
    View,
)

BALANCED = OperatingPoint("balanced", 0.5, "")
SCREENING = OperatingPoint("screening", 0.3, "")
WIDER = "wider than high"
SEEN = Box(0.1, 0.1, 0.9, 0.9)


def make_card(**changes):
    """What a card must tell of a model."""
    facts = {
        "name": "grey",
        "classes": ("normal", "bacteria", "virus"),
        "positive": ("bacteria", "virus"),
        "labels": ("NORMAL", "PNEUMONIA"),
        "operating_points": (BALANCED, SCREENING),
        "default_operating_point": BALANCED,
        "uncertain": (0.4, 0.6),
        "site": "",
        "home": None,
        "home_made": False,
        "gives_probability": True,
    }
    return SimpleNamespace(**facts | changes)


def is_wider(radiograph):
    return radiograph.width > radiograph.height


def make_look(saliency=None, mask=None, box=SEEN):
    """A Look of a network that saw a part of the film, with lungs on both sides."""
    if mask is None:
        mask = np.zeros((56, 56), np.float32)
        mask[8:48, 6:24] = mask[8:48, 32:50] = 1
    maps = np.zeros((7, 7, 3), np.float32) if saliency is None else saliency
    return Look(Lungs(mask, box), View(np.zeros((8, 8, 2), np.float32), box), maps, np.zeros(3))


class FakeClassifier(Predictor):
    """Answers by brightness; counts how often it ran, and how many maps it made."""

    version = "1"
    normal = None
    targets = list_targets(("normal", "bacteria", "virus"), other=False)

    def __init__(self, card=None, *, delay=0.0, refuses=is_wider, refusal=WIDER, **changes):
        self._card = card or make_card(**changes)
        self.delay, self.refuses, self.refusal = delay, refuses, refusal
        self.runs = self.maps = 0

    @property
    def card(self):
        return self._card

    @property
    def name(self):
        return self.card.name

    def calibrated_for(self, site):
        """The same answers, which say what site they are for."""
        other = FakeClassifier(site.adjust(self.card), refuses=self.refuses, refusal=self.refusal)
        other.version = f"{self.version} {site.title}"
        return other

    def odds(self, logits, target="PNEUMONIA"):
        return log_odds(logits, self.targets[target])

    def probability(self, score):
        return 1 / (1 + np.exp(-np.asarray(score)))

    def scores(self, views, target="PNEUMONIA"):
        return views[..., 0].mean(axis=(1, 2))

    def predict(self, radiograph):
        return self.analyze(radiograph).prediction

    def analyze(self, radiograph, method="hires_cam", target="PNEUMONIA"):
        time.sleep(self.delay)
        self.runs += 1
        brightness = float(radiograph.pixels.mean()) / 255
        bacteria = brightness * 0.75
        shares = (1 - brightness, bacteria, brightness - bacteria)
        classes = dict(zip(self.card.classes, shares, strict=False))
        label, answer = decide(
            brightness, self.card.default_operating_point, self.card.uncertain, self.card.labels
        )
        reasons = (self.refusal,) if self.refuses(radiograph) else ()
        quality = Quality(reasons=reasons)
        score = 10 * (brightness - 0.5)
        site = self.card.site
        prediction = Prediction(
            score,
            brightness,
            classes,
            label,
            answer,
            self.name,
            quality,
            caveats=(CALIBRATED_FOR.format(site),) * bool(site),
            site=site,
        )
        maps = np.zeros((7, 7, 3), np.float32)
        maps[4, 2, 0], maps[4, 5, 0] = brightness, -brightness
        look = make_look(maps)
        return Analysis(radiograph, prediction, self.explain(look, method, target), look)

    def explain(self, look, method="hires_cam", target="PNEUMONIA"):
        self.maps += 1
        sign = 1 if target == "PNEUMONIA" else -1
        saliency = np.maximum(sign * look.class_maps[..., 0], 0)
        return Explanation(saliency, look.view.box, method, target=target)


def make_analysis(radiograph=None, decision="pneumonia", probability=0.93, reasons=()):
    """An answer for a film with one bright place of evidence in the patient's right lung.

    ``reasons`` are those of the gate where the decision is 'refused', else remarks.
    """
    radiograph = radiograph or Radiograph(np.full((240, 300), 90, np.uint8), "film.jpeg", "0" * 64)
    refused = decision == "refused"
    saliency = np.zeros((8, 8), np.float32)
    saliency[4, 1:3] = 16.0
    shares = {"normal": 1 - probability, "bacteria": 0.8 * probability, "virus": 0.2 * probability}
    label = "PNEUMONIA" if probability >= 0.5 else "NORMAL"
    prediction = Prediction(
        1.0,
        probability,
        shares,
        label,
        "pneumonia" if refused else decision,
        "lungs",
        Quality(reasons=tuple(reasons) or ("no film",)) if refused else Quality(),
        () if refused else tuple(reasons),
    )
    explanation = Explanation(saliency, Box(0, 0, 1, 1), "hires_cam")
    return Analysis(radiograph, prediction, explanation, make_look())


def write_film(path, level, width=40, height=50):
    """Write a film whose every pixel, of 0 to 255, is ``level``."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.full((height, width), level, np.uint8)).save(path)
    return path


def write_folder(root):
    """Lay out a test split with every outcome; returns the samples.

    Four normals, one of them called positive and one wider than high; four pneumonias of three
    patients, one bacterial film missed.
    """
    films = {
        "NORMAL/IM-0001-0001.png": 20,
        "NORMAL/IM-0002-0001.png": 51,
        "NORMAL/IM-0003-0001.png": 204,
        "PNEUMONIA/person1_bacteria_1.png": 230,
        "PNEUMONIA/person1_bacteria_2.png": 25,
        "PNEUMONIA/person2_bacteria_3.png": 153,
        "PNEUMONIA/person2_virus_4.png": 240,
    }
    for name, level in films.items():
        write_film(root / "test" / name, level)
    write_film(root / "test" / "NORMAL/IM-0004-0001.png", 90, width=60)
    return open_folder(root).select(split="test")
