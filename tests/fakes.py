"""A classifier that needs no network: what it says can be read off the film.

The probability is the film's mean grey level over 255; a film wider than high is refused.
"""

import math
import time
from types import SimpleNamespace

import numpy as np
from PIL import Image

from xray_core.datasets.catalogue import open_folder
from xray_core.types import OperatingPoint, Prediction

BALANCED = OperatingPoint("balanced", 0.5, "")
SCREENING = OperatingPoint("screening", 0.3, "")


class FakeClassifier:
    name = "grey"
    version = "1"

    def __init__(self, delay=0.0, **card):
        self.delay = delay
        self.card = SimpleNamespace(
            **{
                "classes": ("normal", "bacteria", "virus"),
                "positive": ("bacteria", "virus"),
                "operating_points": (BALANCED, SCREENING),
                "default_operating_point": BALANCED,
                "uncertain": (0.4, 0.6),
            }
            | card
        )

    def predict(self, radiograph, gate=True):
        return self.analyze(radiograph, gate).prediction

    def predict_all(self, radiographs, gate=True):
        return [self.predict(radiograph, gate) for radiograph in radiographs]

    def analyze(self, radiograph, gate=True, method=None):
        time.sleep(self.delay)
        if gate and radiograph.width > radiograph.height:
            answer = (math.nan, {}, "", "refused", ("wider than high",))
        else:
            probability = float(radiograph.pixels.mean()) / 255
            bacteria = probability * 0.75
            classes = (1 - probability, bacteria, probability - bacteria)
            shares = dict(zip(self.card.classes, classes, strict=False))
            label = "PNEUMONIA" if probability >= 0.5 else "NORMAL"
            answer = (probability, shares, label, label.lower(), ())
        return SimpleNamespace(prediction=Prediction(0.0, *answer, model=self.name))


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
