"""Tests of what the page Explain offers to take home."""

import pytest

from .conftest import draw_film
from .test_explain import PAGE, choose, choose_method, open_part, texts, upload

LABELS = ["Report as PDF", "Overlay as PNG", "Overlay as DICOM", "Answer as JSON"]


def offers(app):
    return [button.proto.label for button in app.get("download_button")]


def name_field(app):
    return next(each for each in app.text_input if each.label == "What to call the film")


def offered(app, brightness=0.8):
    upload(app, ("name-of-a-patient.jpeg", draw_film(brightness)))
    return open_part(app, "Take it with you")


@pytest.fixture
def app(open_page, model, samples):
    return open_page(PAGE)


def test_take_away_is_offered_for_an_answered_film(app):
    assert not offers(app)
    offered(app)
    assert offers(app) == LABELS
    assert name_field(app).value == ""
    assert "load_radiograph('film.jpeg')" in app.code[0].value
    assert "name-of-a-patient" not in app.code[0].value


def test_take_away_calls_a_published_film_by_its_name(app, samples):
    choose(app, samples[0]["name"], samples[0]["label"])
    open_part(app, "Take it with you")
    assert name_field(app).value == samples[0]["name"]


def test_take_away_says_what_is_wrong_with_a_title(app):
    offered(app)
    name_field(app).set_value("李").run()
    assert "Expected a title in Latin letters" in texts(app.error)
    assert not offers(app)
    name_field(app).set_value("Case 7").run()
    assert offers(app) == LABELS


def test_take_away_snippet_follows_operating_point_and_method(app):
    offered(app)
    assert "'screening'" not in app.code[0].value
    open_part(app, "The answer")
    app.selectbox(key="operating point lungs").select("screening").run()
    choose_method(app, "occlusion")
    open_part(app, "Take it with you")
    assert "'screening'" in app.code[0].value
    assert "'occlusion'" in app.code[0].value


def test_take_away_offers_no_dicom_of_a_film_that_was_refused(app):
    upload(app, ("black.jpeg", draw_film(0.01)))
    assert not offers(app)
    app.toggle[0].set_value(True).run()
    open_part(app, "Take it with you")
    assert offers(app) == [label for label in LABELS if "DICOM" not in label]
