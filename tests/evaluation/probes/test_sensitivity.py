import cv2
import numpy as np
import pytest

from tests.evaluation.probes.drawn import Reader, both_lungs, draw
from xray_core.evaluation.probes.films import Answers, LungFinder
from xray_core.evaluation.probes.sensitivity import lung_brightness, probe_sensitivity


def film_with(level):
    """Dark lungs, of a level, in a body of 200."""
    pixels = np.full((60, 60), 200, np.uint8)
    pixels[both_lungs(pixels) > 0] = level
    return pixels


def test_lung_brightness_is_in_deviations_of_the_box():
    pixels = np.full((40, 40), 255, np.uint8)
    mask = np.zeros((40, 40), np.float32)
    pixels[10:30, 10:30] = 200
    mask[10:30, 10:15] = mask[10:30, 25:30] = 1
    pixels[10:30, 10:15] = pixels[10:30, 25:30] = 100
    assert lung_brightness(pixels, mask) == pytest.approx((100 - 150) / 50)
    coarse = cv2.resize(mask, (20, 20), interpolation=cv2.INTER_AREA)
    assert lung_brightness(pixels, coarse) == pytest.approx(-1, abs=0.1)


def test_a_lung_drawn_too_small_is_completed():
    pixels, mask = film_with(100), both_lungs(film_with(100))
    cut = mask.copy()
    cut[30:, 30:] = 0
    pixels[cut != mask] = 180
    assert lung_brightness(pixels, cut) > lung_brightness(film_with(100), mask) + 0.1


def test_subtle_is_the_quarter_with_the_darkest_lungs():
    levels = {"bacteria": [90, 150, 160, 170], "virus": [100, 140, 155, 165], "normal": [80]}
    films = [draw(film_with(level), kind) for kind, row in levels.items() for level in row]
    called = np.array([False, True, True, True, True, False, True, True, True])
    found = probe_sensitivity(
        films, Answers(np.zeros(9), called), LungFinder(Reader(np.mean, both_lungs))
    )
    shares = {name: (found[name]["value"], found[name]["n"]) for name in levels if name in found}
    assert shares == {"bacteria": (0.75, 4), "virus": (0.75, 4)}
    assert (found["subtle"]["value"], found["subtle"]["n"]) == (0.5, 2)
