"""What the address keeps on every page: the sample film and the model, and nothing of an upload."""

import pytest

from xray_core.ui.pages import EXPLAIN, HOME, HOW_IT_SEES, MODEL, PAGES, TRIAGE

from .conftest import draw_film
from .test_explain import choose, choose_method, choose_target, open_part, texts, upload, viewed


def told(app):
    """The address as a dict of text."""
    return {
        name: value[0] if isinstance(value, list) else value
        for name, value in app.query_params.items()
        if name in ("film", "model")
    }


def links(app):
    """The query of each of the navigation's links, by its label."""
    return {link.proto.label: link.proto.query_string for link in app.get("page_link")}


@pytest.fixture
def film(samples):
    return f"samples/val/PNEUMONIA/{samples[-1]['name']}"


@pytest.mark.parametrize("page", [page for page in PAGES if page != TRIAGE], ids=lambda p: p.title)
def test_every_page_keeps_film_and_model_and_hands_them_on(open_page, model, film, page):
    app = open_page(page.path, film=film, model="baseline")
    assert told(app) == {"film": film, "model": "baseline"}
    assert app.session_state["chosen model"] == "baseline"
    for label in (EXPLAIN.title, MODEL.title):
        query = links(app)[label]
        assert "model=baseline" in query
        assert "film=samples" in query
    assert "film=" not in links(app)[TRIAGE.title]


def test_triage_names_no_film_but_the_model(open_page, model, film):
    app = open_page(TRIAGE.path, film=film, model="baseline")
    assert told(app) == {"model": "baseline"}


def test_film_chosen_on_one_page_is_told_on_the_next(open_page, model, film, samples):
    app = open_page(EXPLAIN.path, film=film)
    app.switch_page(MODEL.path).run()
    assert told(app) == {"film": film}


def test_model_that_is_not_here_is_told(open_page, model, samples):
    app = open_page(HOME.path, model="lost")
    assert "The model that the address names is not here" in texts(app.warning)
    assert told(app) == {}


def test_upload_leaves_no_film_in_any_link(open_page, model, film):
    app = open_page(EXPLAIN.path, film=film)
    upload(app, ("secret.jpeg", draw_film(0.8)))
    assert told(app) == {}
    assert not any("film=" in query or "secret" in query for query in links(app).values())


def test_method_and_class_survive_a_change_of_page(open_page, model, samples):
    app = choose(open_page(EXPLAIN.path), samples[-1]["name"])
    choose_method(app, "occlusion")
    choose_target(app, "NORMAL")
    shown = viewed(app)["pictures"][1]
    app.switch_page(HOW_IT_SEES.path).run()
    app.switch_page(EXPLAIN.path).run()
    assert viewed(app)["pictures"][1] == shown
    open_part(app, "The evidence")
    assert app.selectbox(key="method").value == "occlusion"
    assert app.selectbox(key="target").value == "NORMAL"


def test_logo_leads_home(open_page, model, samples):
    assert "Radiolucent" in links(open_page(MODEL.path))
