"""Tests of `xray_core.saliency.checks`, by a classifier with known reasons and on a real film."""

import cv2
import numpy as np
import pytest

from xray_core.inference.trim import crop, find_frame
from xray_core.saliency import checks
from xray_core.saliency.placement import saliency_on_film
from xray_core.types import Radiograph

SIDE = 64
NOTHING = np.zeros((SIDE, SIDE), np.float32)


def a_view():
    """Lungs everywhere, with a dense place at the upper left."""
    view = np.stack([NOTHING, NOTHING + 1], -1)
    view[10:22, 12:24, 0] = 2
    return view


def scores(views):
    """Sees the dense place and nothing else."""
    return views[:, 10:22, 12:24, 0].sum((1, 2)) / 20 - 7


def a_map(rows, columns):
    saliency = NOTHING.copy()
    saliency[rows, columns] = 1
    return saliency


RIGHT = a_map(slice(8, 24), slice(10, 26))
WRONG = a_map(slice(40, 56), slice(10, 26))


def test_informative_map_beats_random_ones():
    found = checks.question(a_view(), RIGHT, scores, NOTHING)
    assert found.beats_random
    assert found.margin > max(found.random_margins) + 0.3
    assert found.deletion[0] == found.insertion[-1] > 0.99
    assert found.deletion[1] < 0.01 < 0.99 < found.insertion[1]


def test_wrong_map_does_not_beat_random_ones():
    found = checks.question(a_view(), WRONG, scores, NOTHING)
    assert not found.beats_random
    assert found.margin < np.mean(found.random_margins) < 0.3


def test_question_repeats_with_its_seed_only():
    one, again, other = (
        checks.question(a_view(), RIGHT, scores, NOTHING, seed).random_deletion
        for seed in (0, 0, 1)
    )
    np.testing.assert_array_equal(one, again)
    assert not np.allclose(one, other)


def test_filling_the_right_area_takes_the_score_away():
    before = scores(a_view()[None])[0]
    for filled in checks.fill(a_view(), RIGHT > 0, scores, ("normal", NOTHING)):
        assert filled.after < before - 10, filled.with_what
        assert filled.after < filled.elsewhere.min()
        assert len(filled.elsewhere) == checks.RANDOM_MAPS


def test_filling_a_wrong_area_changes_nothing():
    before = scores(a_view()[None])[0]
    surroundings, normal = checks.fill(a_view(), WRONG > 0, scores, ("normal", NOTHING))
    assert surroundings.with_what == "surroundings"
    assert surroundings.after == pytest.approx(before, abs=0.2)
    assert normal.after == before


def test_filling_from_the_surroundings_knows_no_normal_film():
    dense = NOTHING + 1
    view = np.stack([dense, dense], -1)
    surroundings, normal = checks.fill(view, RIGHT > 0, scores, ("normal", NOTHING))
    assert surroundings.after == pytest.approx(scores(view[None])[0], abs=0.2)
    assert normal.after < surroundings.after - 5


def test_rank_correlation_by_hand():
    assert checks.rank_correlation(np.array([1, 2, 9]), np.array([0, 5, 6])) == 1
    assert checks.rank_correlation(np.array([1, 2, 9]), np.array([3, 2, 0])) == -1
    assert np.isnan(checks.rank_correlation(np.array([1, 2, 9]), np.array([4, 4, 4])))
    tied = checks.rank_correlation(np.array([0, 0, 0, 1]), np.array([3, 1, 2, 4]))
    assert tied == pytest.approx(np.corrcoef([1, 1, 1, 3], [2, 0, 1, 3])[0, 1])


def test_a_real_film_is_checked(classifier, sample_films):
    analysis = classifier.analyze(sample_films[-1].open())
    lungs = analysis.lungs.mask
    placed = saliency_on_film(analysis.explanation, *lungs.shape)
    (region,) = (type("Region", (), {"mask": placed > placed.max() / 2}),)
    curves, filled, stability = checks.check_film(analysis, [region], classifier)
    probability = 1 / (1 + np.exp(-analysis.prediction.score))
    assert curves.deletion[0] == pytest.approx(probability, abs=0.01)
    assert curves.insertion[-1] == pytest.approx(probability, abs=0.01)
    assert curves.deletion[-1] == pytest.approx(curves.random_deletion[0, -1])
    assert {one.with_what for one in filled} == {"surroundings", "normal"}
    assert all(one.after < analysis.prediction.score for one in filled)
    assert len(stability.scores) == len(stability.correlations) == 8
    assert np.ptp(stability.scores) > 0
    assert 0.5 < np.median(stability.correlations) < 1


def test_bars_are_not_shifted_but_the_film_between_them(classifier, sample_films):
    pixels = sample_films[-1].open().pixels
    film = crop(pixels, find_frame(pixels))
    rows, columns = film.shape
    bars = (rows // 4, rows // 8, 0, columns // 2)
    picture = cv2.copyMakeBorder(film, *bars, cv2.BORDER_CONSTANT, value=0)
    one, other = (
        checks.shift(classifier.analyze(Radiograph(each, "film", "")), classifier)
        for each in (film, picture)
    )
    np.testing.assert_array_equal(one.scores, other.scores)
    np.testing.assert_allclose(one.correlations, other.correlations, atol=0.02)


def test_evidence_for_normal_is_taken_away_by_blurring(classifier, sample_films):
    film = next(film for film in sample_films if film.label == "NORMAL").open()
    look = classifier.look(film)
    name, instead = checks.without_evidence(look, "NORMAL", classifier)
    assert name == "blurred"
    detail = [np.abs(np.diff(each, axis=0)).mean() for each in (look.view.grey, instead)]
    assert detail[1] < detail[0] / 2
    analysis = classifier.analyze(film, target="NORMAL")
    curves, _, _ = checks.check_film(analysis, (), classifier)
    assert curves.deletion[-1] < curves.deletion[0] - 0.2
    assert checks.without_evidence(look, "bacteria", classifier)[0] == "normal"


def test_without_regions_nothing_is_filled(classifier, sample_films):
    analysis = classifier.analyze(sample_films[0].open())
    assert checks.check_film(analysis, (), classifier)[1] == ()
