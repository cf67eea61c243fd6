from types import SimpleNamespace

import pytest

from xray_core.reporting.text import audit as audit_text
from xray_core.ui.audit import findings
from xray_core.ui.shared.progress import count_up

from .test_pages import figures, texts

PAGE = "pages/5_Audit.py"


@pytest.fixture
def app(open_page, model, samples):
    return open_page(PAGE)


def test_audit_tells_patients_apart_in_two_ways(app):
    shared = next(table.value for table in app.table if "By number alone" in table.value)
    row = shared.set_index("Splits").loc["Training and Test"]
    assert int(row["By number alone"]) > 100
    assert row["By kind and number"] == "0"


def test_audit_shows_that_the_published_sizes_predict_the_label(app):
    (figure,) = figures(app)
    train = next(trace for trace in figure["data"] if trace["name"] == "Training")
    assert set(train["y"]) == {"width", "height", "shape (width ÷ height)"}
    assert "Nobody needs a network here" in texts(app.markdown)


def test_audit_measures_films_only_when_asked_and_once_a_visit(app, monkeypatch):
    assert "pixel for pixel" not in texts(app.markdown)
    app.button(key="measure films").click().run()
    assert "groups of films are the same picture, pixel for pixel" in texts(app.markdown)
    assert len(figures(app)) == 2
    monkeypatch.setattr(findings, "measure_films", lambda *_: pytest.fail("measured again"))
    app.switch_page("pages/4_Model.py").run()
    app.switch_page(PAGE).run()
    assert len(figures(app)) == 2
    assert not app.error


def test_audit_counts_up_while_it_measures():
    shown = []
    place = SimpleNamespace(progress=lambda share, text: shown.append((share, text)))
    assert list(count_up(tuple("abcd"), place)) == list("abcd")
    assert shown[0] == (0, "0 of 4 films")
    assert shown[-1] == (0.75, "3 of 4 films")


def test_audit_without_films_says_where_to_get_them(open_page, model, no_samples):
    app = open_page(PAGE)
    assert "No films are at hand" in texts(app.info)
    assert len(figures(app)) == 1


def test_audit_says_which_films_could_not_be_read(app, monkeypatch):
    report = {"header": [], "unreadable": ["a", "b"], "positive": "PNEUMONIA"}
    report |= dict.fromkeys(audit_text.DUPLICATES)
    monkeypatch.setattr(findings, "audit", lambda *_: report)
    app.button(key="measure films").click().run()
    assert "2 films could not be read" in texts(app.warning)
    assert "no split has films of both classes" in texts(app.info)
