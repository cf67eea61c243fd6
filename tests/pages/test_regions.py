"""Tests of the regions and the method chooser on the page Explain."""

import json

from .conftest import draw_film
from .test_explain import PAGE, texts, upload


def lines(app):
    figure = json.loads(app.get("plotly_chart")[1].proto.spec)
    return [trace for trace in figure["data"] if trace["mode"] == "lines+text"]


def test_explain_names_and_numbers_the_regions(open_page, model, samples):
    app = open_page(PAGE)
    upload(app, ("child.jpeg", draw_film(0.8)))
    assert "strongest in the" in texts(app.markdown)
    assert not lines(app)
    app.toggle(key="regions").set_value(True).run()
    assert {trace["text"][0] for trace in lines(app)} == {"1"}
    assert len(lines(app)) == 2
    assert model.runs == 1


def test_explain_by_another_method_asks_once(open_page, model, samples):
    app = open_page(PAGE)
    upload(app, ("child.jpeg", draw_film(0.8)))
    app.selectbox(key="method").select("occlusion").run()
    assert model.runs == 2
    assert "replaced by normal lung" in texts(app.caption)
    app.slider(key="alpha").set_value(90).run()
    assert model.runs == 2
