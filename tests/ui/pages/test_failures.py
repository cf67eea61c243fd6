"""Tests of the page Where it fails."""

import json

from .test_pages import texts

PAGE = "pages/9_Where_it_fails.py"
AUC = {"value": 0.52, "n": 319, "interval": [0.44, 0.6]}


def test_failures_are_those_of_the_report(open_page, model, tmp_path):
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


def test_failures_elsewhere_that_were_not_measured_are_said_to_be_unknown(open_page, model):
    assert "Not measured for this model" in texts(open_page(PAGE).markdown)


def test_failures_name_the_strongest_shortcut_of_the_files(open_page, model):
    assert "- Nobody needs a network here: among the training films" in texts(
        open_page(PAGE).markdown
    )
