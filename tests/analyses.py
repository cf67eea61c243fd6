"""Analyses made by hand, for what is written from them."""

import numpy as np

from xray_core.types import Analysis, Box, Explanation, Lungs, Prediction, Radiograph


def make_analysis(radiograph=None, decision="pneumonia", probability=0.93, reasons=()):
    """An answer for a film with one bright place of evidence in the patient's right lung."""
    radiograph = radiograph or Radiograph(np.full((240, 300), 90, np.uint8), "film.jpeg", "0" * 64)
    refused = decision == "refused"
    saliency = np.zeros((8, 8), np.float32)
    if not refused:
        saliency[4, 1:3] = 2.0
    lungs = np.zeros((56, 56), np.float32)
    lungs[8:48, 6:24] = lungs[8:48, 32:50] = 1
    probability = float("nan") if refused else probability
    shares = {"normal": 1 - probability, "bacteria": 0.8 * probability, "virus": 0.2 * probability}
    label = "" if refused else ("PNEUMONIA" if probability >= 0.5 else "NORMAL")
    return Analysis(
        radiograph,
        Prediction(1.0, probability, shares, label, decision, tuple(reasons), "lungs"),
        Explanation(saliency, Box(0, 0, 1, 1), "beyond_normal", not refused),
        Lungs(lungs, Box(0.1, 0.1, 0.9, 0.9)),
    )
