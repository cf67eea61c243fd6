"""A map drawn over a film is told from the one tint of a photograph."""

import cv2
import numpy as np
import pytest

from tests.io.test_radiograph import draw_film, encode
from xray_core.io.grey import DRAWN_OVER
from xray_core.io.radiograph import load_radiograph
from xray_core.saliency.overlay import draw_overlay

FILM = draw_film(240, 320)
MAPS = ("JET", "INFERNO", "HOT", "VIRIDIS", "TURBO", "MAGMA")


def hills():
    rows, columns = np.mgrid[0:240, 0:320]
    one = np.exp(-((rows - 90) ** 2 + (columns - 80) ** 2) / 3000)
    return (one + np.exp(-((rows - 150) ** 2 + (columns - 230) ** 2) / 5000)).astype(np.float32)


@pytest.mark.parametrize("name", MAPS)
@pytest.mark.parametrize("weight", [0.3, 0.6])
def test_map_over_a_film_makes_it_unfit(name, weight):
    levels = cv2.convertScaleAbs(hills(), alpha=255 / hills().max())
    colours = cv2.applyColorMap(levels, getattr(cv2, f"COLORMAP_{name}"))
    drawn = cv2.addWeighted(cv2.cvtColor(FILM, cv2.COLOR_GRAY2BGR), 1 - weight, colours, weight, 0)
    data = encode(drawn[..., ::-1], "JPEG", quality=85)
    assert load_radiograph(data).unfit == (DRAWN_OVER,)


def test_own_overlay_that_comes_back_is_unfit():
    data = encode(draw_overlay(FILM, hills()), "PNG")
    assert load_radiograph(data).unfit == (DRAWN_OVER,)


@pytest.mark.parametrize("tint", [(0.8, 0.9, 1.1), (1.1, 0.95, 0.75), (0.5, 0.7, 1.1), (1, 1, 1)])
def test_tint_of_a_photograph_is_no_map(tint):
    noise = np.random.default_rng(0).normal(0, 4, (*FILM.shape, 3))
    photographed = np.clip(FILM[..., None] * np.array(tint) + noise, 0, 255).astype(np.uint8)
    assert load_radiograph(encode(photographed, "JPEG", quality=70)).unfit == ()


def test_coloured_mark_is_no_map():
    marked = np.dstack([FILM] * 3)
    cv2.rectangle(marked, (40, 40), (90, 90), (255, 0, 0), 2)
    film = load_radiograph(encode(marked, "PNG"))
    assert film.unfit == ()
    assert "colour" in film.notes[0]


def test_colours_in_memory_are_seen_too():
    assert load_radiograph(draw_overlay(FILM, hills())).unfit == (DRAWN_OVER,)
