"""Tests of `xray_core.audit.shortcuts` on drawn films."""

import cv2
import numpy as np
import pytest

from xray_core.audit.shortcuts import STYLES, cross_fit, describe_style, probe
from xray_core.datasets.catalogue import open_folder
from xray_core.evaluation.metrics import auc
from xray_core.types import Box, Lungs


def lungs():
    mask = np.zeros((80, 80), np.float32)
    mask[20:60, 10:35] = mask[20:60, 45:70] = 1
    return Lungs(mask, Box(0.125, 0.25, 0.875, 0.75))


def test_cross_fit_finds_what_tells_and_nothing_in_noise():
    rng = np.random.default_rng(0)
    truth = np.arange(400) % 2 == 0
    patients = [f"p{i // 4}" for i in range(400)]
    noise = rng.normal(size=(400, 3))
    # neither a straight line nor a single step would do
    telling = np.column_stack([noise, np.where(truth, rng.normal(size=400), rng.normal(0, 4, 400))])
    assert auc(truth, cross_fit(telling, truth, patients)) > 0.8
    assert auc(truth, cross_fit(noise, truth, patients)) == pytest.approx(0.5, abs=0.08)


def test_cross_fit_learns_nothing_from_films_of_the_same_patient():
    rng = np.random.default_rng(1)
    marks = np.repeat(rng.normal(size=(200, 5)), 5, axis=0)  # tells the patient, not the label
    truth = np.repeat(rng.random(200) < 0.5, 5)
    patients = [f"p{i // 5}" for i in range(1000)]
    assert auc(truth, cross_fit(marks, truth, patients)) == pytest.approx(0.5, abs=0.08)


def test_describe_style_sees_the_surroundings_and_the_lungs_apart():
    film = np.full((224, 224), 90, np.uint8)
    brighter = film.copy()
    brighter[:30] = 200
    plain, marked = describe_style(film, lungs()), describe_style(brighter, lungs())
    assert plain["tone"] == marked["tone"]
    assert plain["outline"] == marked["outline"]
    assert plain["surroundings"] != marked["surroundings"]


def test_probe_tells_which_style_gives_the_label_away(tmp_path):
    rng = np.random.default_rng(2)
    for number in range(60):
        pneumonia = number % 2
        film = rng.normal(100, 20, (64, 64))
        film[:10] = 40 + 120 * pneumonia  # outside the lungs only
        folder = tmp_path / "train" / ("NORMAL", "PNEUMONIA")[pneumonia]
        folder.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(folder / f"film{number}.png"), np.clip(film, 0, 255).astype(np.uint8))
    report = probe(open_folder(tmp_path).select(split="train"), lambda film: lungs())
    assert report["n"] == 60
    assert set(report["styles"]) == set(STYLES)
    assert report["styles"]["surroundings"]["value"] > 0.95
    assert report["styles"]["size"]["value"] == pytest.approx(0.5, abs=0.1)
    assert report["styles"]["standard tone"]["value"] < 0.8
    low, high = report["styles"]["surroundings"]["interval"]
    assert low <= report["styles"]["surroundings"]["value"] <= high
