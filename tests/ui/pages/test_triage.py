import json

import pytest

from .conftest import draw_film
from .test_pages import texts

PAGE = "pages/6_Triage.py"


@pytest.fixture
def app(open_page, model, samples):
    return open_page(PAGE)


def upload(app, *files):
    app.file_uploader[0].set_value([(name, data, "image/jpeg") for name, data in files]).run()


def table(app):
    return app.dataframe[0].value


def test_triage_sorts_uploads_by_probability(app, model):
    upload(
        app,
        ("dark.jpeg", draw_film(0.2)),
        ("notes.txt", b"no film"),
        ("bright.jpeg", draw_film(0.9)),
        ("black.jpeg", draw_film(0.01)),
    )
    assert list(table(app)["File"]) == ["bright.jpeg", "dark.jpeg", "notes.txt", "black.jpeg"]
    assert list(table(app)["Answer"])[:2] == ["Looks like pneumonia", "Looks normal"]
    assert "notes.txt" in table(app)["Remarks"][2]
    assert table(app)["Film"][0].startswith("data:image/jpeg;base64,")
    assert model.runs == 3


def test_triage_operating_point_decides_again_without_the_network(app, model):
    upload(app, ("a.jpeg", draw_film(0.3)), ("b.jpeg", draw_film(0.8)))
    assert list(table(app)["Answer"]) == ["Looks like pneumonia", "Looks normal"]
    app.slider[0].set_value(10).run()
    assert list(table(app)["Answer"]) == ["Looks like pneumonia"] * 2
    assert model.runs == 2


def test_triage_counts_and_filters_by_decision(app):
    upload(app, ("a.jpeg", draw_film(0.2)), ("b.jpeg", draw_film(0.3)), ("c.jpeg", draw_film(0.8)))
    pills = app.get("button_group")[0]
    assert [option.content for option in pills.proto.options][:2] == [
        "Looks normal: 2",
        "Looks like pneumonia: 1",
    ]
    pills.set_value(["pneumonia"]).run()
    assert list(table(app)["File"]) == ["c.jpeg"]
    assert "1 film of 3" in texts(app.caption)


def test_triage_takes_the_sample_films_with_one_click(app, model):
    next(button for button in app.button if "sample films" in button.label).click().run()
    assert len(table(app)) == model.runs == 16


def test_triage_offers_both_tables(app):
    upload(app, ("a.jpeg", draw_film(0.2)))
    labels = [button.proto.label for button in app.get("download_button")]
    assert labels == ["Download as CSV", "Download as Parquet"]


def test_triage_films_survive_a_change_of_page_and_are_forgotten_on_request(app, model):
    upload(app, ("a.jpeg", draw_film(0.2)))
    app.switch_page("pages/4_Model.py").run()
    app.switch_page(PAGE).run()
    assert list(table(app)["File"]) == ["a.jpeg"]
    assert model.runs == 1
    next(button for button in app.button if button.label == "Forget these films").click().run()
    assert not app.dataframe


def test_triage_stopped_keeps_what_it_has_and_goes_on(app, model):
    upload(app, ("a.jpeg", draw_film(0.2)), ("b.jpeg", draw_film(0.8)))
    pile = app.session_state["triage pile"]
    del pile.cases[1:]
    pile.stopped = True
    app.run()
    assert len(table(app)) == 1
    next(b for b in app.button if b.label == "Go on with the other 1 film").click().run()
    assert len(table(app)) == 2
    assert model.runs == 3


def test_triage_hands_a_film_to_the_page_that_explains_it(app, model, monkeypatch):
    upload(app, ("dark.jpeg", draw_film(0.2)), ("bright.jpeg", draw_film(0.9)))
    from types import SimpleNamespace

    from xray_core.ui.triage import pile as triage

    handed = []
    monkeypatch.setattr(triage, "_explain", lambda case: handed.append(case.row["file"]))
    app.session_state["triage explain"] = SimpleNamespace(row=0)
    app.run()
    assert handed == ["bright.jpeg"]


def test_triage_says_what_the_point_does_on_the_official_test(app):
    upload(app, ("a.jpeg", draw_film(0.2)))
    said = next(caption.value for caption in app.caption if "official test" in caption.value)
    assert "20 films" in said
    app.slider[0].set_value(100).run()
    assert "finds 0% of" in texts(app.caption)


def test_triage_shows_a_hundred_films_at_a_time(app, monkeypatch):
    upload(app, ("bright.jpeg", draw_film(0.8)), ("dark.jpeg", draw_film(0.2)))
    assert not app.get("pagination")
    pile = app.session_state["triage pile"]
    bright, dark = pile.cases
    pile.files = [case.file for case in [bright] * 101 + [dark]]
    pile.cases = [bright] * 101 + [dark]
    app.run()
    assert set(table(app)["File"]) == {"bright.jpeg"}
    assert len(table(app)) == 100
    app.get("pagination")[0].set_value(2).run()
    assert list(table(app)["File"]) == ["bright.jpeg", "dark.jpeg"]
    app.get("button_group")[0].set_value(["normal"]).run()
    assert list(table(app)["File"]) == ["dark.jpeg"]


def reference_of(model, films=40):
    """A report of a validation of the drawn films' kind: dark normals and bright pneumonias."""
    from tests.site.made import make_film, make_row
    from xray_core.site.answers import Answers
    from xray_core.site.validate import validate

    labelled = [make_film(k, k >= films) for k in range(2 * films)]
    levels = [0.2 + 0.01 * (k % films) / films + 0.5 * (k >= films) for k in range(2 * films)]
    rows = [make_row(k, 10 * (level - 0.5), distance=0) for k, level in enumerate(levels)]
    report = validate(model.card, Answers(tuple(labelled), tuple(rows)), title="spring")
    return json.dumps(report).encode()


def bring_reference(app, data, name="spring.json"):
    app.file_uploader[2].set_value([(name, data, "application/json")]).run(timeout=60)


def test_triage_compares_the_pile_with_a_validation(app, model):
    films = [(f"{k}.jpeg", draw_film(0.9, width=100 + k)) for k in range(30)]
    upload(app, *films)
    runs = model.runs
    bring_reference(app, reference_of(model))
    assert not app.error
    assert "Alarm: this pile does not look like what was validated" in texts(app.warning)
    assert "Compared with **spring**" in texts(app.markdown)
    assert model.runs == runs
    next(each for each in app.button if each.label == "Compare with nothing").click().run()
    assert "Alarm" not in texts(app.warning)


def test_triage_says_what_is_no_report_and_what_is_too_small_a_pile(app, model):
    upload(app, ("a.jpeg", draw_film(0.9)))
    bring_reference(app, b"{}", "other.json")
    assert "'other.json' is none" in texts(app.warning)
    bring_reference(app, reference_of(model))
    assert "at least 20 films in the pile to compare, got 1" in texts(app.error)
