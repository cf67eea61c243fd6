"""Tests of `xray_core.reporting.text.caveats`."""

from dataclasses import replace

import pytest

from tests.fakes import BALANCED, make_analysis
from xray_core.classifier import HOME_MADE
from xray_core.reporting.text.caveats import INSISTED, LOOK_ALIKES, list_caveats
from xray_core.saliency.regions import Findings

FILMS = [
    *({"label": "NORMAL", "probability": p} for p in (0.1, 0.2, 0.3, 0.7)),
    *({"label": "PNEUMONIA", "probability": p} for p in (0.4, 0.6, 0.8, 0.9, 0.9)),
]


def found(outside=0.0):
    return Findings((), 0.5, 0.5, outside, False, True, "PNEUMONIA")


def caveats(decision="pneumonia", outside=0.0, reasons=(), **options):
    prediction = make_analysis(reasons=reasons).prediction
    return list_caveats(prediction, found(outside), decision, BALANCED, **options)


def test_an_answer_that_nothing_takes_back_tells_how_often_its_like_is_wrong():
    (only,) = caveats(films=FILMS)
    assert not only.serious
    assert only.text == "It calls 25% of the tested normal films pneumonia, too."
    (only,) = caveats("normal", films=FILMS)
    assert only.text == "It calls 20% of the tested films with pneumonia normal, too."


@pytest.mark.parametrize("decision", ["uncertain", "pneumonia"])
def test_without_a_test_nothing_is_said_of_errors(decision):
    assert caveats(decision)[-1].text == LOOK_ALIKES


def test_what_takes_the_answer_back_comes_first():
    first, second, last = caveats(outside=0.4, insisted=True, films=FILMS)
    assert first.text == INSISTED
    assert "40% of the evidence lies outside the lungs" in second.text
    assert first.serious
    assert second.serious
    assert not last.serious


def test_what_is_said_of_the_film_comes_before_what_is_said_of_the_map():
    texts = [caveat.text for caveat in caveats(outside=0.4, reasons=("It lies on its side.",))]
    assert texts[0] == "It lies on its side."
    assert "outside the lungs" in texts[1]


def test_what_site_the_answer_is_calibrated_for_is_said_once_and_takes_nothing_back():
    prediction = make_analysis(reasons=("It lies on its side.",)).prediction
    caveat = "Calibrated for Here."
    prediction = replace(prediction, site="Here", caveats=(caveat,))
    found_caveats = list_caveats(prediction, found(), "pneumonia", BALANCED)
    assert [each.text for each in found_caveats].count(caveat) == 1
    assert [each.serious for each in found_caveats] == [True, False, False]
    assert found_caveats[1].text == caveat


def test_home_made_network_is_said_to_be_one_and_that_takes_nothing_back():
    prediction = make_analysis(reasons=("It lies on its side.",)).prediction
    prediction = replace(prediction, caveats=(HOME_MADE,))
    said = list_caveats(prediction, found(), "pneumonia", BALANCED)
    assert [(each.text, each.serious) for each in said[:2]] == [
        ("It lies on its side.", True),
        (HOME_MADE, False),
    ]
