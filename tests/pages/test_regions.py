"""Tests of the regions and the method chooser on the page Explain."""

from .conftest import draw_film
from .test_explain import PAGE, texts, upload, viewed


def test_explain_names_and_numbers_the_regions(open_page, model, samples):
    app = open_page(PAGE)
    upload(app, ("child.jpeg", draw_film(0.8)))
    assert "strongest in the" in texts(app.markdown)
    assert [region["number"] for region in viewed(app)["regions"]] == ["1"]
    assert model.runs == 1


def test_explain_by_another_method_asks_once(open_page, model, samples):
    app = open_page(PAGE)
    upload(app, ("child.jpeg", draw_film(0.8)))
    app.selectbox(key="method").select("occlusion").run()
    assert model.runs == 2
    assert "replaced by normal lung" in texts(app.caption)
    app.selectbox(key="target").select("PNEUMONIA").run()
    assert model.runs == 2
