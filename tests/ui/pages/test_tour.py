"""Tests of the tour that the first visit offers."""

import pytest

from xray_core.ui.shared.tour import STEPS

from .test_pages import texts


def labels(app):
    return [button.label for button in app.button]


def press(app, label):
    next(button for button in app.button if button.label == label).click()
    return app.run()


def test_tour_leads_by_doing_from_a_film_to_the_threshold(open_page, model, samples):
    app = press(open_page("app.py"), "Take the tour")
    assert app.title[0].value == "Explain a film"
    assert app.header[0].value == "Looks like pneumonia"
    assert f"Tour, 1 of 3 · {STEPS[0]}" in texts(app.markdown)
    press(app, "Next")
    assert STEPS[1] in texts(app.markdown)
    press(app, "Next")
    assert app.title[0].value == "Model"
    assert STEPS[2] in texts(app.markdown)
    assert app.slider(key="threshold lungs")
    press(app, "Done")
    assert "Tour, 3 of 3" not in texts(app.markdown)
    app.switch_page("app.py").run()
    assert "Take the tour" not in labels(app)


@pytest.mark.parametrize("path", ["app.py", "pages/1_Explain.py"])
def test_tour_can_be_declined_for_good(open_page, model, samples, path):
    app = press(open_page("app.py"), "No, thanks")
    app.switch_page(path).run()
    assert not app.error
    assert {"Take the tour", "Next"}.isdisjoint(labels(app))


def test_tour_is_offered_on_the_home_page_only(open_page, model, samples):
    assert "Take the tour" not in labels(open_page("pages/5_Audit.py"))


def test_tour_needs_a_film(open_page, model, no_samples):
    assert "Take the tour" not in labels(open_page("app.py"))


def test_tour_is_not_offered_to_who_has_seen_it(open_page, model, samples, monkeypatch):
    monkeypatch.setattr(
        "xray_core.ui.shared.tour.st.context",
        type("Context", (), {"cookies": {"radiolucent_tour": "seen"}}),
    )
    assert "Take the tour" not in labels(open_page("app.py"))
