import json

import numpy as np
import pytest

from tests.site.made import CARD, NETWORK, make_answers
from xray_core.errors import UsageError
from xray_core.inference.decision import calibrate as to_probability
from xray_core.inference.site_calibration import site_from
from xray_core.site.calibrate import calibrate, choose_kind, cross_fit, fit


@pytest.mark.parametrize(
    ("normals", "pneumonias", "kind"),
    [
        (50, 20, "intercept"),
        (500, 99, "intercept"),
        (100, 100, "intercept and slope"),
        (50, 0, "threshold"),
    ],
)
def test_choose_kind_by_numbers(normals, pneumonias, kind):
    assert choose_kind(normals, pneumonias) == kind


@pytest.mark.parametrize(
    ("normals", "pneumonias", "missing"),
    [
        (3, 2, "bring 47 normal and 18 with pneumonia more"),
        (50, 19, "bring 1 with pneumonia more"),
        (49, 0, "bring 1 normal and 20 with pneumonia more"),
        (0, 80, "bring 50 normal more"),
    ],
)
def test_too_few_films_are_refused_with_how_many_are_missing(normals, pneumonias, missing):
    with pytest.raises(UsageError, match=missing):
        choose_kind(normals, pneumonias)


def odds_of(answers):
    return answers.score / CARD.calibration["temperature"] + CARD.calibration["bias"]


def test_fit_finds_a_shift_back():
    answers = make_answers(2000, 2000, shift=1.5)
    intercept, slope = fit(odds_of(answers), answers.truth, slope=True)
    assert intercept == pytest.approx(-1.5, abs=0.15)
    assert slope == pytest.approx(1.0, abs=0.15)


def test_fit_finds_a_slope_back():
    answers = make_answers(2000, 2000)
    _, slope = fit(2 * odds_of(answers), answers.truth, slope=True)
    assert slope == pytest.approx(0.5, abs=0.05)
    assert fit(2 * odds_of(answers), answers.truth, slope=False)[1] == 1


def test_fit_does_not_depend_on_the_mix():
    mixed = fit(*((a := make_answers(4000, 400, shift=1)) and (odds_of(a), a.truth)), slope=False)
    assert mixed[0] == pytest.approx(-1, abs=0.25)


def test_prior_holds_few_films_back():
    """Separated classes, all on one side of zero, would without it move by as much as one likes."""
    odds, truth = np.array([8.0, 9.0, 10.0, 11.0]), np.array([False, False, True, True])
    intercept, slope = fit(odds, truth, slope=True)
    assert -9 < intercept < -1
    assert 0.2 < slope < 5


def test_cross_fit_fits_no_film_on_its_own_patient():
    """The odd patient's films would pull the intercept to themselves if they were fitted on."""
    answers = make_answers(60, 60, per_patient=3)
    odds, truth, patients = odds_of(answers), answers.truth, answers.patients
    probability = cross_fit(odds, truth, patients, slope=False)
    mine = patients == patients[0]
    moved = odds + np.where(mine, 50.0, 0.0)
    shifted = cross_fit(moved, truth, patients, slope=False)
    offset = np.log(probability / (1 - probability)) - odds
    again = np.log(shifted[mine] / (1 - shifted[mine])) if (shifted[mine] < 1).all() else None
    assert again is None or again == pytest.approx((moved + offset)[mine], abs=1e-3)
    assert not np.allclose(shifted[~mine], probability[~mine])


def test_calibrate_moves_the_zero_and_says_what_it_gains():
    answers = make_answers(60, 30, shift=2.0)
    site = calibrate(CARD, answers, title="St Elsewhere")
    assert site["kind"] == "intercept"
    assert site["intercept"] == pytest.approx(-2, abs=0.8)
    assert site["before"]["intercept"]["value"] < -1
    assert abs(site["after"]["intercept"]["value"]) < 0.5
    assert site["gain"]["interval"][0] > 0
    assert site["network"] == NETWORK
    loaded = site_from(site)
    scale = loaded.calibration
    expected = to_probability(odds_of(answers) + site["intercept"], 1.0)
    found = to_probability(answers.score, scale["temperature"], scale["bias"])
    assert found == pytest.approx(expected)


def test_calibrate_with_slope_composes_with_the_model_s_own():
    answers = make_answers(150, 150, shift=-1.0)
    site = calibrate(CARD, answers, title="x")
    scale = site["calibration"]
    expected = to_probability(site["slope"] * odds_of(answers) + site["intercept"], 1.0)
    assert site["slope"] != 1
    assert to_probability(answers.score, scale["temperature"], scale["bias"]) == pytest.approx(
        expected
    )


def test_site_file_holds_no_film_and_no_name():
    answers = make_answers(60, 30, per_patient=2)
    text = json.dumps(calibrate(CARD, answers, title="x"))
    assert not [film for film in answers.films if film.name in text or film.patient in text]
    assert str(answers.score[3]) not in text


def test_normals_alone_give_a_threshold_that_clears_them():
    site = calibrate(CARD, make_answers(200, 0), title="x")
    assert site["kind"] == "threshold"
    (point,) = site_from(site).operating_points
    new = make_answers(2000, 0, seed=1)
    cleared = (to_probability(odds_of(new), 1.0) < point.threshold).mean()
    assert 0.9 < cleared < 0.99
    assert "before" not in site


def test_films_of_too_few_patients_are_refused():
    with pytest.raises(UsageError, match="at least 5 patients of each class"):
        calibrate(CARD, make_answers(60, 30, per_patient=30), title="x")


@pytest.mark.parametrize("title", ["", "  ", "x" * 121])
def test_a_site_needs_a_title(title):
    with pytest.raises(UsageError, match="Expected a title of the site of 1 to 120 letters"):
        calibrate(CARD, make_answers(60, 30), title=title)
