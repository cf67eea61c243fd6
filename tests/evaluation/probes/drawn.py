"""Drawn films, and a classifier whose score is any function of their pixels."""

from types import SimpleNamespace

import numpy as np

from tests.fakes import make_card, make_look
from xray_core.evaluation.probes.films import Film
from xray_core.types import Radiograph


class Reader:
    """Calls a film pneumonia where its score is above 0; knows its lungs by a function, too."""

    name = "reader"

    def __init__(self, score, lungs=None):
        self.card = make_card(training={"config": {"validation_share": 0.5, "seed": 0}})
        self.score = score
        self.lungs = lungs

    def predict(self, radiograph):
        score = float(self.score(radiograph.pixels))
        return SimpleNamespace(score=score, label=self.card.labels[int(score > 0)])

    def look(self, radiograph):
        return make_look(mask=self.lungs(radiograph.pixels) if self.lungs else None)


def draw(pixels, kind="normal", name="", patient="", view=""):
    """A film of these pixels, or of one grey level."""
    if np.isscalar(pixels):
        pixels = np.full((32, 32), pixels, np.uint8)
    return Film(name, patient, kind, lambda: Radiograph(pixels, name, ""), view)


def both_lungs(pixels):
    """Two upright lungs, whatever the film."""
    rows, columns = pixels.shape
    mask = np.zeros((rows, columns), np.float32)
    mask[rows // 5 : 4 * rows // 5, columns // 6 : columns // 3] = 1
    mask[rows // 5 : 4 * rows // 5, 2 * columns // 3 : 5 * columns // 6] = 1
    return mask
