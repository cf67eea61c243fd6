"""Tests of `xray_core.saliency.what_if`."""

import numpy as np
import pytest

from tests.fakes import make_look
from xray_core.errors import UsageError
from xray_core.saliency.what_if import KINDS, Change, change_film, measure_move
from xray_core.types import Analysis, Box, Explanation, Prediction, Radiograph

MIDDLE = ((0.5, 0.5),)


def a_film(rows=300, columns=400):
    """A slope from left to right with a fine grid on it."""
    film = np.tile(np.linspace(40, 200, columns), (rows, 1))
    film[::6] += 20
    return film.astype(np.uint8)


def parts(film, x, y, radius):
    rows, columns = np.indices(film.shape)
    away = np.hypot(columns + 0.5 - x * film.shape[1], rows + 0.5 - y * film.shape[0])
    return away < 0.8 * radius, away > 3.2 * radius


@pytest.mark.parametrize("kind", KINDS)
def test_change_stays_in_its_place(kind):
    film = a_film()
    changed = change_film(film, [Change(kind, ((0.3, 0.6),), 0.1, 60)])
    inside, outside = parts(film, 0.3, 0.6, 40)
    assert (changed[inside] != film[inside]).mean() > 0.5
    np.testing.assert_array_equal(changed[outside], film[outside])


def test_opacity_is_as_bright_as_asked_and_darkens_on_request():
    film = np.full((300, 400), 100, np.uint8)
    brighter = change_film(film, [Change("opacity", ((0.5, 0.5),), 0.1, 60)])
    assert brighter.max() == pytest.approx(160, abs=1)
    assert np.unravel_index(brighter.argmax(), film.shape) == pytest.approx((150, 200), abs=2)
    assert change_film(film, [Change("opacity", ((0.5, 0.5),), 0.1, -60)]).min() == pytest.approx(
        40, abs=1
    )


def test_erase_takes_a_shadow_away():
    film = np.full((300, 400), 100, np.uint8)
    shadowed = change_film(film, [Change("opacity", ((0.3, 0.6),), 0.06, 80)])
    erased = change_film(shadowed, [Change("erase", ((0.3, 0.6),), 0.12)])
    assert shadowed[180, 120] > 175
    assert abs(int(erased[180, 120]) - 100) < 12


def test_blur_keeps_the_tone_and_loses_the_detail():
    film = a_film()
    blurred = change_film(film, [Change("blur", ((0.5, 0.5),), 0.15)])
    inside, _ = parts(film, 0.5, 0.5, 60)
    assert blurred[inside].mean() == pytest.approx(film[inside].mean(), abs=2)
    step = np.abs(np.diff(film.astype(int), axis=0))[inside[1:]].mean()
    assert np.abs(np.diff(blurred.astype(int), axis=0))[inside[1:]].mean() < step / 3


def test_changes_follow_one_another_and_none_changes_nothing():
    film = a_film()
    changes = [Change("erase", ((0.3, 0.3),), 0.1), Change("opacity", ((0.7, 0.7),), 0.1, 40)]
    both = change_film(film, changes)
    np.testing.assert_array_equal(both, change_film(change_film(film, changes[:1]), changes[1:]))
    np.testing.assert_array_equal(change_film(film, []), film)


def test_a_stroke_changes_the_film_along_its_way_and_nowhere_else():
    film = a_film()
    path = ((0.2, 0.2), (0.2, 0.8), (0.8, 0.8))
    for kind in KINDS:
        differs = change_film(film, [Change(kind, path, 0.05, 60)]) != film
        for x, y in (*path, (0.2, 0.5), (0.5, 0.8)):
            row, column = int(y * 300), int(x * 400)
            assert differs[row - 5 : row + 5, column - 5 : column + 5].mean() > 0.5, (kind, x, y)
        assert not differs[:140, 160:].any()
        assert not differs[:, 390:].any()


def test_a_stroke_is_as_bright_where_it_crosses_itself_as_elsewhere():
    film = np.full((300, 400), 100, np.uint8)
    cross = ((0.2, 0.5), (0.8, 0.5), (0.5, 0.5), (0.5, 0.1), (0.5, 0.9))
    changed = change_film(film, [Change("opacity", cross, 0.05, 60)])
    assert changed[150, 200] == changed[150, 120] == changed.max()


def an_analysis(score, saliency):
    prediction = Prediction(score, 0.5, {}, "PNEUMONIA", "pneumonia", "lungs")
    look = make_look(mask=np.ones((8, 8), np.float32), box=Box(0, 0, 1, 1))
    film = Radiograph(np.zeros((256, 256), np.uint8), "film", "")
    return Analysis(film, prediction, Explanation(saliency, Box(0, 0, 1, 1), "hires_cam"), look)


def test_measure_move_by_hand():
    before = np.zeros((16, 16), np.float32)
    before[4, 4] = before[12, 12] = 1
    after = before.copy()
    after[4, 4] = 3
    stroke = Change("erase", ((4.5 / 16, 4.5 / 16),), 0.12)
    move = measure_move(an_analysis(1.0, before), an_analysis(2.5, after), [stroke])
    assert move.score == (1.0, 2.5)
    assert move.share == pytest.approx((0.5, 0.75), abs=0.01)
    assert 0.9 < move.agreement < 1
    same = measure_move(an_analysis(1.0, before), an_analysis(1.0, before), [stroke])
    assert same.share[0] == same.share[1]
    assert same.agreement == pytest.approx(1)
    flat = measure_move(an_analysis(1.0, before), an_analysis(1.0, 0 * before), [stroke])
    assert flat.share[1] == 0
    assert np.isnan(flat.agreement)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("paint", MIDDLE, 0.1), "a change out of opacity, erase, blur, got 'paint'"),
        (("blur", ((0.5, 0.5), (1.5, 0.5)), 0.1), r"places within the film .* got \(1.5, 0.5\)"),
        (("blur", ((float("nan"), 0.5),), 0.1), "places within the film"),
        (("blur", MIDDLE, 0.0), "radius of at most half its width"),
        (("blur", (), 0.1), "a stroke through 1 to 2,000 places, got 0"),
        (("blur", 2001 * MIDDLE, 0.1), "a stroke through 1 to 2,000 places, got 2,001"),
    ],
)
def test_change_refuses_what_is_no_change(change, message):
    with pytest.raises(UsageError, match=message):
        Change(*change)


def test_an_opacity_in_the_lung_moves_the_score_of_a_real_film(classifier, sample_films):
    film = next(film for film in sample_films if film.label == "NORMAL").open()
    lungs = classifier.look(film).lungs.box
    place = lungs.left + 0.22 * lungs.width, lungs.top + 0.6 * lungs.height
    pixels = change_film(film.pixels, [Change("opacity", (place,), 0.12, 90)])
    radiograph = film.redrawn(pixels)
    before, after = (classifier.analyze(one) for one in (film, radiograph))
    assert after.prediction.score > before.prediction.score + 0.3
    assert not np.allclose(after.explanation.saliency, before.explanation.saliency, atol=0.05)
