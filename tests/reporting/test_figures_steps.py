import numpy as np
import pytest

from xray_core.reporting.figures import steps
from xray_core.types import Box, Lungs


def test_draw_lungs_outlines_the_mask_and_leaves_the_rest_alone():
    mask = np.zeros((56, 56), np.float32)
    mask[10:40, 10:46] = 1
    film = np.full((200, 300), 60, np.uint8)
    picture = steps.draw_lungs(film, Lungs(mask, Box(0.2, 0.2, 0.8, 0.7)))
    coloured = (picture != 60).any(axis=2)
    assert picture.shape == (200, 300, 3)
    assert 0.005 < coloured.mean() < 0.1
    assert not coloured[100, 150]


def test_draw_view_is_grey_at_zero_and_white_from_two_on():
    grey = np.zeros((4, 4), np.float32)
    grey[0, 0], grey[3, 3] = 9, -2
    picture = steps.draw_view(grey)
    assert (picture[0, 0], picture[-1, 0], picture[-1, -1]) == (255, 127, 0)


def test_strongest_channels_come_first():
    stage = np.zeros((2, 2, 3), np.float32)
    stage[..., 1], stage[..., 2] = 1, 5
    assert steps.strongest_channels(stage, 2) == [2, 1]


def test_draw_channels_scales_each_to_its_own_maximum():
    stage = np.zeros((2, 2, 2), np.float32)
    stage[0, 0, 0], stage[1, 1, 1] = 7, 0.1
    picture = steps.draw_channels(stage, [0, 1])
    assert picture.max() == 255
    left, right = np.array_split(picture, 2, axis=1)
    assert left[10, 10] == 255
    assert right[-10, -10] == 255
    assert left[-10, -10] == right[10, 10] == 0


def test_class_map_writes_the_numbers_and_no_negative_zero():
    figure = steps.class_map(np.array([[0.5, -0.001], [0.001, -0.25]]), "Normal")
    assert [list(row) for row in figure.data[0].text] == [["+0.50", "0.00"], ["0.00", "-0.25"]]


def test_list_channels_adds_up():
    means, weights = np.array([1.0, 2.0, 3.0]), np.array([0.5, -1.0, 0.1])
    rows = steps.list_channels(means, weights, count=1)
    assert [row["Feature"] for row in rows] == ["number 2", "the other 2", "**sum: the logit**"]
    assert [row["Product"] for row in rows] == ["-2.000", "+0.800", "**-1.200**"]


def test_list_logits_ends_in_the_probability():
    scaled = 1.5 / 2 + 0.1
    rows = steps.list_logits(
        ("opacity", "bacteria", "virus"),
        np.array([1.5, -1.0, 1.0]),
        {"temperature": 2.0, "bias": 0.1},
        1 / (1 + np.exp(-scaled)),
    )
    assert [row["Result"] for row in rows[:3]] == ["+1.500", "-1.000", "+1.000"]
    assert rows[0]["Step"] == "Logit of opacity"
    assert "+1.500 ÷ 2.000 +0.100" in rows[3]["How"]
    assert float(rows[3]["Result"]) == pytest.approx(scaled, abs=1e-3)
    assert rows[4]["Result"] == "**70.1%**"
