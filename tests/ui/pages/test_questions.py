"""Tests of what the page Explain computes only when it is opened: checks, maps, what if."""

from dataclasses import replace

import numpy as np
import pytest

from xray_core.datasets.catalogue import Catalogue
from xray_core.saliency.checks import Curves, Filled, Stability
from xray_core.saliency.registry import METHODS
from xray_core.types import Quality
from xray_core.ui.explain import side_by_side
from xray_core.ui.shared import cache

from .conftest import draw_film
from .test_explain import PAGE, choose_method, choose_target, components, open_part, texts, upload

LIGHT = [method for method in METHODS.values() if not method.needs_gradients]
NO_SAMPLES = Catalogue("samples", "Samples", (), "The sample films are not here.")
SHARES = np.linspace(0, 1, 11)
CURVES = Curves(SHARES, 1 - SHARES**0.2, SHARES**0.2, *np.full((2, 5, 11), 0.5))


@pytest.fixture
def checked(model, monkeypatch):
    """Checks with known results; lists the maps that were checked."""
    asked = []

    def check_film(analysis, regions, classifier):
        asked.append(analysis.explanation.method)
        filled = (Filled("normal", -2.0, np.array([2.0, 3.0])),)
        return CURVES, filled, Stability(np.array([0.0, 2.0]), np.array([0.9, 0.8]))

    monkeypatch.setattr(cache, "check_film", check_film)
    return asked


@pytest.fixture
def show(open_page, model, samples):
    """Open the page with a film, and then a part of it."""

    def show(part=None):
        app = open_page(PAGE)
        upload(app, ("child.jpeg", draw_film(0.8)))
        if part:
            open_part(app, part)
        assert not app.exception
        return app

    return show


def test_nothing_is_asked_until_a_part_is_opened(show, model, checked):
    show()
    assert model.runs == 1
    assert not checked


def test_checks_are_made_once_and_say_what_they_found(show, checked):
    app = show("Check this map")
    said = texts(app.markdown)
    assert "names what moves the answer better than chance" in said
    assert "lies between 50% and 88%" in said
    (table,) = (table.value for table in app.table)
    assert list(table["Probability"]) == ["92%", "12%"]
    app.run()
    assert checked == ["hires_cam"]
    choose_method(app, "occlusion")
    open_part(app, "Check this map")
    assert checked == ["hires_cam", "occlusion"]


def test_checks_of_evidence_for_normal_take_the_detail_away(show, checked):
    app = show("Check this map")
    assert "replaced by the mean normal film first" in texts(app.caption)
    choose_target(app, "NORMAL")
    open_part(app, "Check this map")
    assert "blurred, because what speaks for normal is the detail" in texts(app.caption)
    assert "probability of normal while more" in texts(app.markdown)
    assert checked == ["hires_cam"] * 2


def test_methods_stand_side_by_side_with_their_agreement(show, model):
    app = show("Side by side")
    images = app.get("image")[1:]  # the first is the app's own
    said = texts(app.caption)
    assert len(images) == len(LIGHT)
    assert said.count("Rank correlation 1.00, overlap 100%") == len(LIGHT) - 1
    assert said.count("This is the map above.") == 1
    assert "overlaps with that above by 100%: most of them" in texts(app.markdown)
    assert model.runs == 1  # every map starts from what was seen at first


def test_classes_stand_side_by_side_and_differ(show, model):
    app = show("Side by side")
    app.segmented_control(key="compare maps by").set_value("Classes").run()
    titles = [element.value for element in app.markdown]
    assert {"**Pneumonia**", "**Normal**", "**Bacterial pneumonia**"} <= set(titles)
    assert texts(app.caption).count("This is the map above.") == 1
    assert "overlap 100%" not in texts(app.caption)


def test_normal_film_stands_beside_on_the_same_scale(show, model):
    app = show("Side by side")
    app.segmented_control(key="compare maps by").set_value("A normal film").run()
    assert len(app.get("image")[1:]) == 2
    assert {"**This film**", "**A normal film**"} <= {element.value for element in app.markdown}
    said = texts(app.caption)
    # by brightness, on a scale that ends at 16: 0.8 and 0.2 less their rims
    assert "evidence for pneumonia reaches 5% of the scale" in said
    assert "evidence for pneumonia reaches 1% of the scale" in said
    assert model.runs == 2


def test_normal_film_lacks_for_an_adult_and_without_samples(show, model, monkeypatch):
    app = show("Side by side")
    monkeypatch.setattr(side_by_side, "open_catalogue", lambda source: NO_SAMPLES)
    app.segmented_control(key="compare maps by").set_value("A normal film").run()
    assert NO_SAMPLES.note in texts(app.info)
    (analysis,) = app.session_state["analyses"].values()
    adult = replace(analysis.prediction, quality=Quality("adult"))
    key = next(iter(app.session_state["analyses"]))
    app.session_state["analyses"][key] = replace(analysis, prediction=adult)
    assert "no adult's normal film" in texts(app.run().info)


def second_view(app):
    return components(app)[2]


def rows_of(app):
    (table,) = (table.value for table in app.table)
    return table


def press(app, label):
    next(button for button in app.button if button.label == label).click().run()


def test_what_if_shows_answer_and_evidence_before_and_after(show, model):
    app = show("What if")
    assert list(rows_of(app)["Film"]) == ["The film itself", "Not changed yet"]
    assert model.runs == 1
    app.slider(key="change size").set_value(30).run()
    app.slider(key="change contrast").set_value(-100).run()
    press(app, "Make a dot there")
    assert list(rows_of(app)["Film"]) == ["The film itself", "Changed by 1 stroke"]
    before, after = rows_of(app)["Probability of pneumonia"]
    assert before != after
    one, other = second_view(app)["pictures"]
    assert one["film"] != other["film"]
    assert second_view(app)["brush"] == 0.3
    assert "What you drew on held" in texts(app.markdown)
    assert model.runs == 2


def test_what_if_keeps_strokes_and_takes_them_back(show):
    app = show("What if")
    press(app, "Make a dot there")
    app.segmented_control(key="change kind").set_value("blur").run()
    assert app.slider(key="change contrast").disabled
    press(app, "Make a dot there")
    assert rows_of(app)["Film"][1] == "Changed by 2 strokes"
    press(app, "Take the last stroke back")
    assert rows_of(app)["Film"][1] == "Changed by 1 stroke"
    press(app, "Start over")
    assert rows_of(app)["Film"][1] == "Not changed yet"
