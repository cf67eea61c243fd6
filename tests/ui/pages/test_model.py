import json

import pytest

from .conftest import draw_film
from .test_pages import figures, texts

PAGE = "pages/4_Model.py"
AUC = {"value": 0.52, "n": 319, "interval": [0.44, 0.6]}


def tables(app):
    return {title: list(table.value[title]) for table in app.table for title in table.value}


def change_json(path, **changes):
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


@pytest.fixture
def folder(model, tmp_path):
    return tmp_path / "models" / "lungs"


@pytest.fixture
def open_with_films(open_page, folder, tmp_path, monkeypatch):
    """Open the page with drawn films under the names of the films called wrong."""

    def open_with_films(leave_out=0):
        worst = json.loads((folder / "evaluation.json").read_text())["worst"]
        for film in worst[leave_out:]:
            path = tmp_path / "films" / "test" / film["label"] / film["file"]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(draw_film(0.4))
        app = open_page("app.py")
        monkeypatch.setenv("XRAY_DATA", str(tmp_path / "films"))
        return app.switch_page(PAGE).run(), worst

    return open_with_films


def test_model_card_reads_as_text(open_page, folder):
    about = {"excluded_use": "Any decision.", "known_shortcuts": ["The film's shape."]}
    about["test_readings"] = ["Official test: ten times."]
    change_json(folder / "card.json", about=about, files={"model.tflite": "abc"})
    app = open_page(PAGE)
    assert "Any decision." in texts(app.markdown)
    assert "- The film's shape." in texts(app.markdown)
    assert "- Official test: ten times." in texts(app.markdown)
    assert tables(app)["SHA-256"] == ["`abc`"]
    assert not app.get("json")


def test_model_card_without_a_description_shows_what_there_is(open_page, folder):
    app = open_page(PAGE)
    titles = [element.value for element in app.header]
    assert "Calibration" in titles
    assert "What it is not for" not in titles
    assert tables(app)["Times shown"] == ["1.95", "0.70", "1.30"]


def test_model_shows_external_results_with_intervals(open_page, folder):
    report = {"title": "Adults", "note": "Noisy labels."}
    report["groups"] = [{"name": "all", "n": 319, "positives": 90, "auc": AUC}]
    report["called"] = [{"name": "normal", "n": 9, "share": AUC}]
    (folder / "external").mkdir(exist_ok=True)
    (folder / "external/adults.json").write_text(json.dumps(report))
    app = open_page(PAGE)
    assert "**Adults.** Noisy labels." in texts(app.markdown)
    assert tables(app)["AUC"] == ["0.520 (0.440 to 0.600)"]
    assert tables(app)["Called pneumonia"] == ["0.520 (0.440 to 0.600)"]


def test_model_says_that_external_results_are_missing(open_page, folder):
    assert "Not measured for this model" in texts(open_page(PAGE).markdown)


def test_model_states_the_uncertain_band_and_what_it_covered(open_page, folder):
    app = open_page(PAGE)
    assert "Between 35% and 45% the answer is *not sure*. Of the tested films" in texts(
        app.markdown
    )


def test_model_shows_intercept_and_slope_before_the_calibration_error(open_page, folder):
    labels = [metric.label for metric in open_page(PAGE).metric]
    at = labels.index("Calibration error")
    assert labels[at - 2 : at] == ["Calibration intercept", "Calibration slope"]


def test_model_draws_what_leaving_unsure_films_out_would_save(open_page, folder):
    drawn = [figure["data"][0] for figure in figures(open_page(PAGE))]
    (curve,) = [trace for trace in drawn if "answered, " in str(trace.get("hovertemplate"))]
    assert curve["x"][-1] == 1


def test_model_is_compared_film_by_film(open_page, folder):
    shown = tables(open_page(PAGE))
    assert shown["Measure"] == ["Accuracy", "AUC", "Sensitivity", "Specificity"]
    assert shown["Difference"][0] == "+0.000"  # both made-up models answer alike


def test_model_always_answering_states_no_band(open_page, folder):
    change_json(folder / "card.json", uncertain=None)
    report = json.loads((folder / "evaluation.json").read_text())
    del report["uncertain"]
    (folder / "evaluation.json").write_text(json.dumps(report))
    app = open_page(PAGE)
    assert "Where it does not answer" not in [element.value for element in app.header]


def test_model_lists_its_operating_points_as_measured(open_page, folder):
    points = tables(open_page(PAGE))["Operating point"]
    assert points == ["Balanced, from 40%", "Screening, from 10%"]


def test_model_shows_the_worst_errors_and_explains_one(open_with_films, samples):
    app, worst = open_with_films()
    buttons = [button for button in app.button if button.label == "Explain"]
    assert len(buttons) == len(worst) == 3
    assert "probability of pneumonia 3" in texts(app.markdown)
    buttons[0].click().run()
    assert app.title[0].value == "Explain a film"
    assert worst[0]["file"] in str(app.query_params["film"])


def test_model_lists_worst_errors_that_are_not_at_hand(open_with_films, samples):
    app, worst = open_with_films(leave_out=1)
    assert len([button for button in app.button if button.label == "Explain"]) == 2
    assert list(app.dataframe[0].value["Film"]) == [worst[0]["file"]]
    assert "1 film of these cannot be shown" in texts(app.markdown)
    assert "internet" in app.button(key="fetch kaggle").label


def test_model_without_errors_says_so(open_page, folder):
    change_json(folder / "evaluation.json", worst=[])
    assert "No tested film was called wrong." in texts(open_page(PAGE).info)
