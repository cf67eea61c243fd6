import pytest

from xray_core.reporting.figures import results

MEASURED = {"value": 0.97, "n": 4, "interval": [0.95, 0.985]}


@pytest.fixture
def evaluation():
    return {
        "accuracy": MEASURED,
        "auc": MEASURED,
        "sensitivity": {"value": 0.9, "n": 3, "interval": None, "reason": "one patient"},
        "specificity": {"value": None, "n": 0, "interval": None, "reason": "no such film"},
        "confusion": {"tn": 6, "fp": 2, "fn": 1, "tp": 9},
        "roc": {"fpr": [0, 0.25, 1], "tpr": [0, 0.9, 1], "threshold": [None, 0.6, 0.1]},
        "precision_recall": {"precision": [0.8, 0.5], "recall": [0.9, 1], "threshold": [0.6, 0.1]},
        "reliability": {"probability": [0.1, 0.8], "observed": [0.2, 0.75], "n": [5, 5]},
    }


def test_confusion_matrix_writes_counts_and_shares_of_the_truth(evaluation):
    figure = results.confusion_matrix(evaluation["confusion"])
    texts = {(note.y, note.x): note.text for note in figure.layout.annotations}
    assert texts["truly normal", "answer pneumonia"] == "<b>2</b><br>25%"
    assert texts["truly pneumonia", "answer pneumonia"] == "<b>9</b><br>90%"


def test_confusion_matrix_of_one_class_has_no_division_by_zero():
    figure = results.confusion_matrix({"tn": 0, "fp": 0, "fn": 1, "tp": 1})
    assert "<b>0</b><br>0%" in [note.text for note in figure.layout.annotations]


def test_roc_names_auc_with_its_interval_and_marks_operating_points(evaluation):
    figure = results.roc({"Lungs": evaluation, "Small": evaluation}, [("here", 0.9, 0.8)])
    guessing, model, baseline, point = figure.data
    assert guessing.name == "guessing"
    assert model.name == "Lungs, AUC 0.970 (0.950 to 0.985)"
    assert (model.x, model.y) == ((0, 0.25, 1), (0, 0.9, 1))
    assert model.line.dash != baseline.line.dash
    assert point.x[0] == pytest.approx(0.2)
    assert point.y == (0.9,)


def test_roc_tells_operating_points_apart_without_colour(evaluation):
    points = [("here", 0.9, 0.8), ("there", 0.95, 0.7)]
    here, there = results.roc({"Lungs": evaluation}, points).data[-2:]
    assert here.marker.symbol != there.marker.symbol


def test_precision_recall_shows_what_guessing_gives(evaluation):
    guessing, model = results.precision_recall(evaluation).data
    assert guessing.y == (10 / 18, 10 / 18)
    assert model.y == (0.8, 0.5)


def test_reliability_sets_stated_against_observed(evaluation):
    _, model = results.reliability(evaluation).data
    assert (model.x, model.y, model.customdata) == ((0.1, 0.8), (0.2, 0.75), (5, 5))


def test_comparison_draws_intervals_and_leaves_out_what_is_not_defined(evaluation):
    (model,) = results.comparison({"Lungs": evaluation}).data
    assert model.y == ("Accuracy", "AUC", "Sensitivity")
    assert model.error_x.arrayminus[0] == pytest.approx(0.02)
    assert model.error_x.array[0] == pytest.approx(0.015)
    assert model.error_x.array[2] == 0


def test_risk_coverage_falls_with_the_films_left_out_and_marks_the_band(evaluation):
    films = [("NORMAL", 0.1), ("NORMAL", 0.6), ("PNEUMONIA", 0.9), ("PNEUMONIA", 0.8)]
    evaluation["films"] = [{"label": label, "probability": said} for label, said in films]
    (model,) = results.risk_coverage(evaluation, 0.5).data
    assert model.x == (0.5, 0.75, 1)
    assert model.y == (0, 0, 0.25)
    evaluation["uncertain"] = {"uncertain": 0.25, "wrong_outside": {"value": 0.01}}
    _, band = results.risk_coverage(evaluation, 0.5).data
    assert (band.x, band.y) == ((0.75,), (0.01,))
    evaluation["uncertain"]["wrong_outside"]["value"] = None
    assert len(results.risk_coverage(evaluation, 0.5).data) == 1
