"""Tests of the page How it sees, with the shipped models."""

import re

import pytest

from xray_core.inference.model_card import list_models, load_card

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
    assert [step[0] for step in steps] == list("123456789")
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
