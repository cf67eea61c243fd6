"""Tests of the page How it sees, with the shipped models."""

import re
import sys

import pytest

from xray_core.inference.activations import read_activations
from xray_core.inference.model_card import list_models, load_card
from xray_core.saliency.grad_cam import GradCam
from xray_core.ui.shared import cache

from .test_explain import components
from .test_pages import figures, texts

PAGE = "pages/7_How_it_sees.py"


@pytest.fixture
def film(sample_films):
    sample = next(film for film in sample_films if film.label == "PNEUMONIA")
    return f"samples/{sample.split}/{sample.label}/{sample.name}"


def results(app):
    return [str(value) for table in app.table for value in table.value.to_numpy().ravel()]


def test_steps_end_in_the_probability_that_the_page_explain_gives(open_page, film):
    app = open_page(PAGE, film=film)
    assert not app.error
    steps = [element.value for element in app.header]
    assert [step.split(" ")[0] for step in steps] == [str(step) for step in range(1, 11)]
    (sentence,) = re.findall(r"The probability of pneumonia, .*%, is", texts(app.markdown))
    app.switch_page("pages/1_Explain.py").run()
    assert sentence in texts(app.markdown)


def test_steps_show_another_class_and_another_resolution(open_page, film):
    app = open_page(PAGE, film=film)
    before, maps = results(app), figures(app)[0]
    app.get("button_group")[1].set_value("virus").run()
    assert results(app) != before
    assert figures(app)[0] != maps
    caption = texts(app.caption)
    app.get("button_group")[0].set_value("8 × 8").run()
    assert texts(app.caption) != caption


@pytest.fixture
def without_tensorflow(monkeypatch):
    """The gradients as one knows them without a backward pass: the last weights over the places."""

    def read(layer, look, classifier, target):
        found = read_activations(classifier.name, look.view)
        return GradCam(found.features, found.weights[:, 0] / found.features[..., 0].size)

    monkeypatch.setattr(cache, "read_grad_cam", read)


def test_grad_cam_is_computed_on_request_and_says_what_it_measured(
    open_page, film, without_tensorflow
):
    app = open_page(PAGE, film=film)
    before, tables = len(app.get("image")), len(app.table)
    assert [formula.value for formula in app.latex]
    assert "correlates" not in texts(app.markdown)
    app.toggle(key="grad-cam steps").set_value(True).run()
    assert not app.error
    said = texts(app.markdown)
    assert "On this film it correlates 1.000 with the class map of step 5" in said
    (against,) = re.findall(r"after the cut: (\d+)% of the places speak against", said)
    assert 0 < int(against) < 100
    (outside,) = re.findall(r"on this one ([\d.]+)% of its evidence lies outside", said)
    assert float(outside) > 0
    titles = ("An earlier layer", "'Normal' of a single", "A normal film on its own", "Another net")
    assert all(f"*{title}" in said for title in titles)
    # channels, the film with its map, and one for each way to mislead
    assert (len(app.get("image")) - before, len(app.table) - tables) == (6, 1)


def test_grad_cam_without_tensorflow_gives_a_sentence(open_page, film, monkeypatch):
    monkeypatch.setitem(sys.modules, "keras", None)
    app = open_page(PAGE, film=film)
    app.toggle(key="grad-cam steps").set_value(True).run()
    assert "keras" in texts(app.error)
    assert len(app.header) == 10


def test_page_without_a_film_offers_one(open_page, model, samples):
    app = open_page(PAGE)
    assert "Choose a film" in texts(app.markdown)
    (door,) = components(app)
    assert len(door["samples"]) == len(samples)


def test_transfer_learning_is_shown_by_both_test_results(open_page, samples):
    app = open_page(PAGE)
    names = [trace["name"] for trace in figures(app)[0]["data"]]
    assert names == [load_card(name).title for name in list_models()]
    assert "The comparison is not pure" in texts(app.markdown)


def test_transfer_learning_needs_two_networks(open_page, model, samples):
    assert "needs a pretrained network" in texts(open_page(PAGE).info)
