"""Tests of the regions and the method chooser on the page Explain."""

import numpy as np

import xray_core.saliency.regions
from xray_core.reporting.wording import COLUMNS

from .conftest import draw_film
from .test_explain import PAGE, choose_method, open_part, texts, upload, viewed


def test_explain_names_and_numbers_the_regions(open_page, model, samples):
    app = open_page(PAGE)
    upload(app, ("child.jpeg", draw_film(0.8)))
    assert "lies in the right" in texts(app.markdown)
    assert [region["number"] for region in viewed(app)["regions"]] == ["1"]
    assert model.runs == 1
    assert not app.warning


def test_explain_says_on_hover_what_the_columns_mean(open_page, model, samples):
    app = open_page(PAGE)
    upload(app, ("child.jpeg", draw_film(0.8)))
    open_part(app, "The evidence")
    (table,) = (part.value for part in app.markdown if part.value.startswith("| Region"))
    titles = set(table.splitlines()[0].strip("| ").split(" | "))
    (meanings,) = (part.help for part in app.caption if part.value == "What the columns mean")
    explained = {title for title in titles if f"**{title}**: {COLUMNS.get(title)}" in meanings}
    assert explained == titles - {"Region", "Place"}
    assert "| 1 | " in table


def test_explain_warns_of_evidence_outside_the_lungs(open_page, model, samples, monkeypatch):
    monkeypatch.setattr(xray_core.saliency.regions, "evidence_outside", lambda saliency, lungs: 0.4)
    app = open_page(PAGE)
    upload(app, ("child.jpeg", draw_film(0.8)))
    assert "40% of the evidence lies outside the lungs" in texts(app.warning)


def test_explain_says_whether_the_answer_rests_on_the_map(open_page, model, samples, monkeypatch):
    app = open_page(PAGE)
    upload(app, ("child.jpeg", draw_film(0.8)))
    says = (
        "on what is coloured alone: with an even grey in its place the model says 50% instead of 7"
    )
    assert says in texts(app.markdown)
    monkeypatch.setattr(model, "scores", lambda views, target="": np.full(len(views), -3.0))
    assert says in texts(app.run().markdown)  # asked once
    choose_method(app, "beyond_normal")
    assert "rests on what is coloured: with an even grey in its place the model says 5%" in texts(
        app.markdown
    )


def test_explain_by_another_method_asks_once(open_page, model, samples):
    app = open_page(PAGE)
    upload(app, ("child.jpeg", draw_film(0.8)))
    choose_method(app, "occlusion")
    assert (model.runs, model.maps) == (1, 2)
    assert "replaced by normal lung" in texts(app.markdown)
    app.selectbox(key="target").select("PNEUMONIA").run()
    assert (model.runs, model.maps) == (1, 2)
