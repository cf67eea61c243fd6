"""Tests of the page Where it fails."""

import json

from xray_core.evaluation.drawn_films import CASES, list_drawn
from xray_core.reporting.wording import DECISIONS
from xray_core.ui.shared import state

from .test_pages import texts

PAGE = "pages/9_Where_it_fails.py"
AUC = {"value": 0.52, "n": 319, "interval": [0.44, 0.6]}


def test_failures_are_those_of_the_report(open_page, model, no_samples, tmp_path):
    folder = tmp_path / "models" / "lungs"
    report = {"title": "Adults", "note": "Noisy labels."}
    report["groups"] = [{"name": "older than 18 years", "n": 319, "positives": 90, "auc": AUC}]
    report["called"] = [{"name": "normal", "n": 9, "share": AUC}]
    (folder / "external").mkdir(exist_ok=True)
    (folder / "external/adults.json").write_text(json.dumps(report))
    confusion = json.loads((folder / "evaluation.json").read_text())["confusion"]
    app = open_page(PAGE)
    said = texts(app.markdown)
    assert not app.error
    assert f"it misses {confusion['fn']} of 10 films with pneumonia" in said
    assert "reaches it in 1 of 1 comparison: older than 18 years." in said
    assert list(app.dataframe[0].value["Film"])


def test_failures_elsewhere_that_were_not_measured_are_said_to_be_unknown(
    open_page, model, no_samples
):
    assert "Not measured for this model" in texts(open_page(PAGE).markdown)


def test_failures_name_the_strongest_shortcut_of_the_files(open_page, model, no_samples):
    assert "- Nobody needs a network here: among the training films" in texts(
        open_page(PAGE).markdown
    )


def test_failures_show_every_drawn_case_with_the_answer_of_the_model_at_hand(
    open_page, model, samples
):
    app = open_page(PAGE)
    said = [each.value for each in app.markdown if "** Drawn: " in each.value]
    assert not app.error
    assert "**These films are drawn**" in texts(app.markdown)
    ways = [button for button in app.button if button.label == "Explain"]
    assert len(ways) == len(said) == len(CASES)
    answers = tuple(f"*{words.lower()}" for words in DECISIONS.values())
    assert all(any(answer in text for answer in answers) for text in said)
    before, runs = said, model.runs
    app.run()
    assert [each.value for each in app.markdown if "** Drawn: " in each.value] == before
    assert model.runs == runs


def test_failures_offer_the_samples_where_there_is_nothing_to_draw_on(open_page, model, no_samples):
    app = open_page(PAGE)
    assert "Drawn: " not in texts(app.markdown)
    assert app.button(key="fetch samples").label.startswith("Fetch the sample films")


def test_drawn_film_is_explained_by_its_address_as_drawn(open_page, model, samples):
    film = next(film for film in list_drawn() if film.subtype == "virus")
    app = open_page("pages/1_Explain.py", **state.address(film))
    assert "True label: **Viral pneumonia**" in texts(app.markdown)
    assert film.done in texts(app.caption)
    assert not app.error


def test_an_address_of_no_source_is_said_to_name_no_film(open_page, model, samples):
    app = open_page("pages/1_Explain.py", film="nothing/val/NORMAL/a.jpeg")
    assert "not among the films at hand" in texts(app.warning)
