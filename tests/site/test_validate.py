import json

import numpy as np
import pytest

from tests.site.made import CARD, make_answers
from xray_core.errors import UsageError
from xray_core.site.answers import Answers
from xray_core.site.validate import films_needed, net_benefit, require_both, validate


@pytest.fixture(scope="module")
def report():
    return validate(
        CARD, make_answers(60, 40, shift=1.5, groups=("AP", "PA")), title="x", by="view"
    )


def test_report_is_strict_json_with_intervals(report):
    json.dumps(report, allow_nan=False)
    for name in ("auc", "sensitivity", "specificity"):
        low, high = report[name]["interval"]
        assert low < high
        assert low <= report[name]["value"] <= high
    assert report["data"] == {
        "n": 100,
        "counts": {"NORMAL": 60, "PNEUMONIA": 40},
        "patients": 100,
        "unreadable": 0,
    }


def test_report_finds_a_zero_that_is_off_and_one_that_is_not(report):
    assert report["calibration"]["intercept"]["interval"][1] < 0
    assert any("The zero of its score is wrong here" in text for text in report["sentences"])
    right = validate(CARD, make_answers(60, 40), title="x")
    assert any("Nothing shows that the zero" in text for text in right["sentences"])


def test_report_says_that_bad_ranking_is_not_mended():
    poor = validate(CARD, make_answers(300, 300, apart=0.3), title="x")
    assert "ranks these films badly, and no calibration mends that" in poor["sentences"][0]
    few = validate(CARD, make_answers(12, 10, apart=1.0), title="x")
    assert "is not known yet: there are too few" in few["sentences"][0]


def test_groups_are_measured_apart(report):
    assert [(group["name"], group["n"]) for group in report["groups"]] == [("AP", 50), ("PA", 50)]
    assert all(group["auc"]["interval"] for group in report["groups"])
    assert report["sentences"][6].startswith("Mix by view: AP 50 and PA 50.")


def test_report_holds_no_patient(report):
    assert "p0-1" not in json.dumps(report)
    assert len(report["films"]) == 100


def test_refused_films_count_and_are_counted():
    answers = make_answers(30, 30)
    rows = [
        row | {"refused": k < 6, "reasons": ["turned"] * (k < 6)}
        for k, row in enumerate(answers.rows)
    ]
    report = validate(CARD, Answers(answers.films, tuple(rows)), title="x")
    assert report["refused_share"]["value"] == pytest.approx(0.1)
    assert report["refusals"] == {"turned": 6}
    assert report["specificity"]["n"] == 30


def test_worst_errors_are_named(report):
    names = [film["file"] for film in report["worst"]]
    assert names
    assert {*names} <= {film["file"] for film in report["films"]}


@pytest.mark.parametrize(
    ("normals", "pneumonias", "message"),
    [
        (3, 2, "got 3 and 2: bring 7 normal and 8 pneumonia more"),
        (40, 0, "got 40 and 0: bring 10 pneumonia more"),
        (0, 40, "got 0 and 40: bring 10 normal more"),
    ],
)
def test_too_few_films_and_one_class_are_refused(normals, pneumonias, message):
    with pytest.raises(UsageError, match=message):
        require_both(np.arange(normals + pneumonias) >= normals)


@pytest.mark.parametrize("prevalence", [0, 1, 5])
def test_prevalence_is_a_share(prevalence):
    with pytest.raises(UsageError, match="Expected a prevalence between 0 and 1"):
        validate(CARD, make_answers(20, 20), title="x", prevalence=prevalence)


def test_net_benefit_by_hand():
    truth = np.array([True, True, False, False])
    probability = np.array([0.9, 0.2, 0.6, 0.1])
    curve = net_benefit(truth, probability, 0.5)
    at = curve["threshold"].index(0.5)
    # at even odds half of the pneumonias are found, half of the normals alarmed
    assert curve["model"][at] == pytest.approx(0.5 * 0.5 - 0.5 * 0.5)
    assert curve["all"][at] == pytest.approx(0)
    at = curve["threshold"].index(0.2)
    assert curve["model"][at] == pytest.approx(0.5 * 1 - 0.5 * 0.5 * 0.25)
    assert curve["all"][at] == pytest.approx(0.5 - 0.5 * 0.25)


def test_net_benefit_moves_probabilities_to_the_prevalence():
    """Probability 0.5 at equal classes is 0.1 where one film in ten is ill."""
    truth = np.array([True, False])
    curve = net_benefit(truth, np.array([0.5, 0.5]), 0.1)
    model = dict(zip(curve["threshold"], curve["model"], strict=True))
    assert model[0.09] == pytest.approx(0.1 - 0.9 * 0.09 / 0.91)
    assert model[0.11] == 0


def test_prevalence_changes_the_benefit(report):
    answers = make_answers(60, 40, shift=1.5)
    rare = validate(CARD, answers, title="x", prevalence=0.02)
    assert rare["net_benefit"]["prevalence"] == 0.02
    assert max(rare["net_benefit"]["model"]) < max(report["net_benefit"]["model"])


def test_films_needed_by_hand():
    # of (45 + 2) / 54 the variance, by 1.96 and over 0.05, both squared
    assert films_needed({"value": 0.9, "n": 50}) == 174
    assert films_needed({"value": 1.0, "n": 10}) > 150
