"""Tests of `xray_core.regions`."""

import math

import numpy as np
import pytest

from xray_core.regions import evidence_outside, find_regions, summarise

SIDE = 60


@pytest.fixture
def lungs():
    mask = np.zeros((SIDE, SIDE), np.float32)
    mask[10:50, 5:25] = mask[10:50, 35:55] = 1
    return mask


def bright(rows, columns, value=1.0):
    saliency = np.zeros((SIDE, SIDE), np.float32)
    saliency[rows, columns] = value
    return saliency


@pytest.mark.parametrize(
    ("rows", "columns", "place"),
    [
        (slice(12, 20), slice(8, 16), "upper zone of the right lung"),
        (slice(26, 34), slice(8, 16), "middle zone of the right lung"),
        (slice(40, 48), slice(40, 50), "lower zone of the left lung"),
    ],
)
def test_find_regions_names_the_patients_lung_and_zone(lungs, rows, columns, place):
    film = np.zeros((SIDE, SIDE), np.uint8)
    (region,) = find_regions(bright(rows, columns), lungs, film)
    assert region.place == place
    assert region.share_of_evidence == pytest.approx(1)
    area = (rows.stop - rows.start) * (columns.stop - columns.start)
    assert region.share_of_lung == pytest.approx(area / 800)


def test_find_regions_compares_with_the_mirrored_area(lungs):
    film = np.full((SIDE, SIDE), 100, np.uint8)
    film[40:48, 40:50] = 140
    (region,) = find_regions(bright(slice(40, 48), slice(40, 50)), lungs, film)
    assert region.brighter == pytest.approx(40)


def test_find_regions_has_no_mirror_where_there_is_no_lung(lungs):
    lungs[:, 35:] = 0
    lungs[10:14, 35:55] = 1
    saliency = bright(slice(40, 48), slice(8, 16))
    (region,) = find_regions(saliency, lungs, np.zeros((SIDE, SIDE), np.uint8))
    assert math.isnan(region.brighter)


def test_find_regions_numbers_by_evidence_and_leaves_specks_out(lungs):
    saliency = bright(slice(12, 18), slice(8, 14), 0.6) + bright(slice(40, 48), slice(40, 50))
    saliency[30, 8] = 0.9
    regions = find_regions(saliency, lungs, np.zeros((SIDE, SIDE), np.uint8))
    assert [(r.number, r.lung) for r in regions] == [(1, "left"), (2, "right")]


def test_find_regions_is_empty_without_evidence_or_lungs(lungs):
    film = np.zeros((SIDE, SIDE), np.uint8)
    assert find_regions(np.zeros_like(lungs), lungs, film) == ()
    assert find_regions(np.ones_like(lungs), np.zeros_like(lungs), film) == ()


def test_evidence_outside_by_hand(lungs):
    saliency = bright(slice(12, 14), slice(8, 10)) + bright(slice(0, 1), slice(0, 4))
    assert evidence_outside(saliency, lungs) == pytest.approx(0.5)
    assert evidence_outside(np.zeros_like(lungs), lungs) == 0


def test_summarise_says_where_and_warns(lungs):
    film = np.zeros((SIDE, SIDE), np.uint8)
    regions = find_regions(bright(slice(40, 48), slice(40, 50)), lungs, film)
    assert summarise(regions, 0.0).endswith("lower zone of the left lung, where 100% of it lies.")
    assert "40% of the evidence lies outside the lungs" in summarise(regions, 0.4)
    assert summarise(regions, 0.0, positive=False).startswith("No positive evidence")
    assert "forms no region" in summarise((), 0.0)
