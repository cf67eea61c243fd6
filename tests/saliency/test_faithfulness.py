"""Tests of `xray_core.saliency.faithfulness` and `xray_core.evaluation.synthetic_opacities`."""

import numpy as np
import pytest

from xray_core.evaluation.localisation import every_box, localisation
from xray_core.evaluation.synthetic_opacities import (
    draw_opacity,
    insert_consolidation,
    insert_opacity,
)
from xray_core.saliency.faithfulness import area, curve, replace_lungs
from xray_core.types import Box


def a_view():
    view = np.ones((16, 16, 2), np.float32)
    view[..., 0] = 0
    view[4:8, 4:8, 0] = 1
    return view


def score(views):
    return views[:, 4:8, 4:8, 0].sum((1, 2)) - 8


def ends_of(view, normal):
    return tuple(score(np.stack([view, replace_lungs(view, normal)])))


def test_curve_of_a_right_map_falls_and_rises_at_once():
    view, nothing = a_view(), np.zeros((16, 16), np.float32)
    right, wrong = view[..., 0], 1 - view[..., 0]
    ends = ends_of(view, nothing)
    found = curve(view, right, score, nothing, ends)[1]
    assert found[0] > 0.99
    assert found[-1] < 0.01
    assert area(curve(view, right, score, nothing, ends)) < 0.2
    assert area(curve(view, wrong, score, nothing, ends)) > 0.8
    inserted = curve(view, right, score, nothing, ends, insert=True)
    assert area(inserted) > 0.8
    assert inserted[1][0] < 0.01


def test_curve_of_a_map_that_says_nothing_follows_no_order():
    view, nothing = a_view(), np.zeros((16, 16), np.float32)
    shown = []
    ends = ends_of(view, nothing + 9)
    asked = lambda views: shown.append(views) or np.zeros(len(views))  # noqa: E731
    curve(view, nothing, asked, nothing + 9, ends)
    changed = shown[0][4, ..., 0] == 9
    assert changed.mean() == pytest.approx(0.5, abs=0.01)
    assert changed[:8].mean() == pytest.approx(0.5, abs=0.15)


def test_curve_with_noise_differs():
    view, nothing = a_view(), np.zeros((16, 16), np.float32)
    ends = ends_of(view, nothing)
    noisy = curve(view, view[..., 0], score, nothing, ends, rng=np.random.default_rng(0))[1]
    assert not np.allclose(noisy, curve(view, view[..., 0], score, nothing, ends)[1])


def test_localisation_by_hand():
    truth = np.zeros((4, 4), bool)
    truth[:2, :2] = True
    saliency = np.zeros((4, 4), np.float32)
    saliency[:2, 1:3] = [[4, 2], [1, 1]]
    found = localisation(saliency, truth)
    precision = 0.25 * 1 + 0.25 * 0.5 + 0.5 * 0.25  # as recall rises to 1/4, 1/2, 1
    assert found == pytest.approx(
        {
            "pointing": 1,
            "share": 5 / 8,
            "average_precision": precision,
            "iou": 2 / 6,
            "iobb": 0.5,
        }
    )
    assert localisation(np.ones((4, 4), np.float32), truth)["pointing"] == 0


def test_average_precision_is_one_where_the_evidence_orders_the_pixels_rightly():
    truth = np.zeros((4, 4), bool)
    truth[:2, :2] = True
    ramp = np.where(truth, 2, np.linspace(0, 1, 16).reshape(4, 4)).astype(np.float32)
    assert localisation(ramp, truth)["average_precision"] == pytest.approx(1)
    assert localisation(3 - ramp, truth)["average_precision"] < 0.3


def test_every_box_of_every_level_counts():
    truth = np.zeros((8, 8), bool)
    truth[2:6, 2:6] = True
    saliency = np.zeros((8, 8), np.float32)
    saliency[4:8, 4:6] = 1
    saliency[0, 0] = 0.6
    assert sorted(every_box(saliency, truth, (0.5, 0.8))) == [0, 0.5, 0.5]
    assert every_box(saliency * 0, truth, (0.5, 0.8)) == []


@pytest.mark.parametrize("textured", [False, True])
def test_opacity_lies_in_a_lung_and_brightens_it(textured):
    mask = np.zeros((224, 224), np.float32)
    mask[40:200, 20:90] = mask[40:200, 134:204] = 1
    rng = np.random.default_rng(0)
    opacity = draw_opacity(mask, Box(0.09, 0.18, 0.91, 0.9), rng, textured)
    assert mask[int(opacity.y), int(opacity.x)] == 1
    film = np.full((224, 224), 90, np.uint8)
    shadowed, truth = insert_opacity(film, opacity, rng)
    assert truth.any()
    brighter = shadowed.astype(int) - film
    assert brighter[truth].mean() > 0.4 * opacity.contrast
    assert brighter[~truth].mean() < 0.1 * opacity.contrast


@pytest.mark.parametrize("ragged", [False, True])
def test_consolidation_fills_lung_up_to_soft_tissue(ragged):
    film = np.full((224, 224), 200, np.uint8)
    mask = np.zeros((224, 224), np.float32)
    mask[40:200, 20:90] = mask[40:200, 134:204] = 1
    film[mask > 0] = 60
    box = Box(0.09, 0.18, 0.91, 0.9)
    filled, truth = insert_consolidation(film, mask, box, np.random.default_rng(0), ragged)
    brighter = filled.astype(int) - film
    assert brighter.max() > 0.25 * 140
    assert filled.max() == 200
    assert 0.01 < truth.mean() < 0.2
    lung = mask > 0
    assert brighter[truth & lung].mean() > 5 * brighter[~truth & lung].mean()
    rows, columns = np.nonzero(truth)
    assert truth[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1].all()
