"""Tests of `xray_core.saliency.regions`."""

import math

import numpy as np
import pytest

from tests.fakes import make_look
from xray_core.reporting.text.regions import (
    compare_with_mirror,
    describe_evidence,
    summarise_evidence,
    warn,
    warn_of_outside,
)
from xray_core.saliency.regions import (
    OPAQUE,
    Findings,
    evidence_outside,
    find_evidence,
    find_regions,
    shares_of_lungs,
)
from xray_core.types import WHOLE_FILM, Analysis, Box, Explanation, Prediction, Radiograph

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
        (slice(12, 20), slice(8, 16), "right upper zone"),
        (slice(26, 34), slice(8, 16), "right middle zone"),
        (slice(40, 48), slice(40, 50), "left lower zone"),
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
    assert compare_with_mirror(region) == "No lung there"


def test_find_regions_numbers_by_evidence_and_leaves_specks_out(lungs):
    saliency = bright(slice(12, 18), slice(8, 14), 0.6) + bright(slice(40, 48), slice(40, 50))
    saliency[30, 8] = 0.9
    saliency[30, 50] = 9  # a peak that is no region does not hide those that are
    regions = find_regions(saliency, lungs, np.zeros((SIDE, SIDE), np.uint8))
    assert [(r.number, r.lung) for r in regions] == [(1, "left"), (2, "right")]


def test_find_regions_is_empty_without_evidence_or_lungs(lungs):
    film = np.zeros((SIDE, SIDE), np.uint8)
    assert find_regions(np.zeros_like(lungs), lungs, film) == ()
    assert find_regions(np.ones_like(lungs), np.zeros_like(lungs), film) == ()


def test_find_regions_says_how_dense_and_how_opaque(lungs):
    film = np.full((SIDE, SIDE), 100, np.uint8)
    film[40:48, 40:50] = 100 + OPAQUE + 1
    saliency = bright(slice(40, 48), slice(40, 50)) + 0.2 * lungs
    (region,) = find_regions(saliency, lungs, film)
    assert region.density == pytest.approx(1.2 / (0.2 + 80 / 1600))
    outside = saliency + bright(0, slice(60), 5)
    assert find_regions(outside, lungs, film)[0].density == pytest.approx(region.density)
    assert compare_with_mirror(region) == "43 grey levels brighter: opaque"
    less = film - np.uint8(2) * (film > 100)
    assert (
        compare_with_mirror(find_regions(saliency, lungs, less)[0])
        == "41 grey levels brighter: as in normal films"
    )
    dark = film - np.uint8(44) * (film > 100)
    assert (
        compare_with_mirror(find_regions(saliency, lungs, dark)[0])
        == "1 grey level darker: not opaque"
    )


def test_evidence_outside_by_hand(lungs):
    inside, rim, far = (slice(12, 14), slice(8, 10)), (slice(12, 14), slice(25, 26)), slice(0, 1)
    saliency = bright(*inside) + bright(*rim) + bright(far, slice(0, 2))
    assert evidence_outside(saliency, lungs) == pytest.approx(2 / 8)
    assert evidence_outside(np.zeros_like(lungs), lungs) == 0


def test_shares_of_lungs_by_hand(lungs):
    saliency = bright(12, slice(8, 11)) + bright(12, 40) + bright(0, 0, 4)
    assert shares_of_lungs(saliency, lungs) == pytest.approx((3 / 8, 1 / 8))
    assert shares_of_lungs(0 * saliency, lungs) == shares_of_lungs(saliency, 0 * lungs) == (0, 0)


def summary_of(saliency, lungs):
    regions = find_regions(saliency, lungs, np.zeros((SIDE, SIDE), np.uint8))
    right, left = shares_of_lungs(saliency, lungs)
    return summarise_evidence(Findings(regions, right, left, 0.0, False, True, "PNEUMONIA"))


def test_summary_says_where_most_of_all_evidence_lies(lungs):
    one = bright(slice(40, 48), slice(40, 50))  # 80
    whole = "Most of the evidence for pneumonia lies in the left lower zone (100%)."
    assert summary_of(one, lungs) == whole
    # 36 * 0.8 = 28.8 in a smaller part, and as much as they have outside the lungs
    parts = one + bright(slice(12, 18), slice(8, 14), 0.8) + bright(0, slice(0, 32), 3.4)
    assert summary_of(parts, lungs) == (
        "The evidence for pneumonia is strongest in the left lower zone (37%), a smaller part in "
        "the right upper zone (13%); the rest (50%) is spread thinly."
    )


def test_summary_adds_up_the_regions_of_a_zone(lungs):
    twice = bright(slice(12, 20), slice(6, 12)) + bright(slice(12, 20), slice(16, 22))
    assert len(find_regions(twice, lungs, np.zeros((SIDE, SIDE), np.uint8))) == 2
    assert summary_of(twice, lungs).endswith("lies in the right upper zone (100%).")


def test_summary_says_when_the_evidence_is_spread(lungs):
    saliency = 0.14 * lungs
    saliency[20:52] *= 4.2
    said = summary_of(saliency, lungs)
    assert said == (
        "The evidence for pneumonia is spread, only a little denser in the right middle zone (46%) "
        "and the left middle zone (46%)."
    )


def test_summary_says_when_there_is_nothing(lungs):
    nothing = Findings((), 0.0, 0.0, 0.0, False, True, "PNEUMONIA")
    assert "forms no region" in summarise_evidence(nothing)


def test_warning_of_evidence_outside_names_its_cause():
    assert warn_of_outside(0.1, whole_film=True) == ""
    whole, lungs_only = warn_of_outside(0.4, whole_film=True), warn_of_outside(0.4, False)
    assert whole.startswith("Careful: 40% of the evidence lies outside the lungs; the model may")
    assert whole.endswith("looking at a marker or a tube.")
    assert lungs_only.endswith("or where dense lung was taken for none.")


def analyse(lungs, box, positive=True):
    film = Radiograph(np.zeros((SIDE, SIDE), np.uint8), "film", "")
    saliency = bright(slice(40, 48), slice(40, 50)) + (0 if box is None else bright(0, slice(60)))
    box = box or Box(0, 0, 1.01, 1)
    explanation = Explanation(saliency, box, "hires_cam", positive)
    prediction = Prediction(1.0, 0.8, {}, "PNEUMONIA", "pneumonia", "lungs")
    return Analysis(film, prediction, explanation, make_look(mask=lungs, box=box))


@pytest.mark.parametrize(("box", "words"), [(WHOLE_FILM, "a marker or a tube"), (None, "")])
def test_evidence_outside_is_warned_of_in_words(lungs, box, words):
    found = find_evidence(analyse(lungs, box))
    assert warn(found).endswith(f"{words}." if words else "")
    assert bool(warn(found)) == bool(words)
    summary = summarise_evidence(found)
    assert summary.startswith("Most of the evidence for pneumonia lies in the left lower zone (")
    assert describe_evidence(found) == f"{summary} {warn(found)}".strip()


def test_find_evidence_says_when_there_is_none(lungs):
    found = find_evidence(analyse(lungs, WHOLE_FILM, positive=False))
    assert describe_evidence(found).startswith("No positive evidence for pneumonia")
    assert (found.regions, warn(found)) == ((), "")
