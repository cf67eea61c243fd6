import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.fakes import SCREENING, FakeClassifier, write_film, write_folder
from xray_core.datasets.catalogue import open_folder
from xray_core.errors import DataError
from xray_core.evaluation import metrics, recalibration
from xray_core.evaluation.evaluate import HEADLINE, evaluate, save_report


@pytest.fixture
def samples(tmp_path):
    return write_folder(tmp_path / "films")


@pytest.fixture
def report(samples):
    return evaluate(FakeClassifier(), samples, folder="films")


def test_evaluate_counts_every_film_once(report):
    assert report["model"] == "grey"
    assert report["data"] == {
        "folder": "films",
        "split": "test",
        "n": 8,
        "counts": {"NORMAL": 4, "PNEUMONIA": 4},
        "patients": 7,
    }
    assert report["confusion"] == {"tn": 3, "fp": 1, "fn": 1, "tp": 3}


def test_evaluate_answers_films_that_the_gate_refuses(report):
    assert report["refused"] == 1
    wide = next(film for film in report["films"] if film["file"] == "IM-0004-0001.png")
    assert wide["decision"] == "normal"
    assert wide["probability"] == pytest.approx(90 / 255)


def test_evaluate_measures_on_the_films_a_measure_is_about(report):
    expected = {"accuracy": (0.75, 8), "sensitivity": (0.75, 4), "specificity": (0.75, 4)}
    for name, (value, n) in expected.items():
        assert (report[name]["value"], report[name]["n"]) == (value, n)
    for name in HEADLINE:
        low, high = report[name]["interval"]
        assert low <= high
    assert report["auc"]["value"] == 12 / 16


def test_evaluate_reports_each_operating_point(report):
    assert report["operating_point"] == {"name": "balanced", "threshold": 0.5}
    balanced, screening = report["operating_points"].values()
    assert balanced["confusion"] == report["confusion"]
    assert balanced["sensitivity"] == report["sensitivity"]
    assert screening["threshold"] == SCREENING.threshold
    assert screening["confusion"] == {"tn": 2, "fp": 2, "fn": 1, "tp": 3}
    assert screening["specificity"]["value"] == 0.5


def test_evaluate_splits_the_positives_by_subtype(report):
    assert set(report["subgroups"]) == {"bacteria", "virus"}
    bacteria, virus = report["subgroups"]["bacteria"], report["subgroups"]["virus"]
    assert (bacteria["sensitivity"]["value"], bacteria["sensitivity"]["n"]) == (2 / 3, 3)
    assert (virus["sensitivity"]["value"], virus["auc"]["value"]) == (1, 1)
    assert virus["auc"]["n"] == 5
    assert "one patient" in virus["sensitivity"]["reason"]


def test_evaluate_names_the_class_with_the_largest_share(report):
    three = report["three_class"]
    assert three["classes"] == ["normal", "bacteria", "virus"]
    assert three["confusion"] == [[3, 1, 0], [1, 2, 0], [0, 1, 0]]
    assert (three["accuracy"]["value"], three["accuracy"]["n"]) == (5 / 8, 8)


def test_evaluate_leaves_classes_out_where_a_subtype_is_unknown(samples):
    unknown = replace(samples[-1], subtype="")
    report = evaluate(FakeClassifier(), [*samples[:-1], unknown])
    assert "three_class" not in report
    assert set(report["subgroups"]) == {"bacteria"}


def test_evaluate_films_let_a_reader_recompute_the_measures(report):
    truth = np.array([film["label"] == "PNEUMONIA" for film in report["films"]])
    probability = np.array([film["probability"] for film in report["films"]])
    assert metrics.confusion(truth, probability >= 0.5) == report["confusion"]
    assert metrics.auc(truth, probability) == report["auc"]["value"]
    assert metrics.log_loss(truth, probability) == pytest.approx(report["log_loss"]["value"])
    assert sum(report["films"][0]["classes"].values()) == pytest.approx(1, abs=1e-5)


def test_evaluate_measures_the_uncertain_band(report, samples):
    band = report["uncertain"]
    wrong, outside = band.pop("wrong"), band.pop("wrong_outside")
    assert band == {
        "low": 0.4,
        "high": 0.6,
        "uncertain": 1 / 8,
        "positive": 0.75,
        "negative": 0.75,
    }
    assert (wrong["value"], wrong["n"]) == (2 / 8, 8)
    assert (outside["value"], outside["n"]) == (2 / 7, 7)
    assert "uncertain" not in evaluate(FakeClassifier(uncertain=None), samples)


def test_evaluate_measures_the_calibration_with_intervals(report):
    truth = np.array([film["label"] == "PNEUMONIA" for film in report["films"]])
    probability = np.array([film["probability"] for film in report["films"]])
    assert set(report["calibration"]) == {"intercept", "slope"}
    for name, measure in (
        ("intercept", recalibration.calibration_intercept),
        ("slope", recalibration.calibration_slope),
    ):
        found = report["calibration"][name]
        assert found["value"] == pytest.approx(float(measure(truth, probability)))
        assert found["n"] == 8
        assert found["interval"][0] < found["value"] < found["interval"][1]


def test_evaluate_measures_the_share_refused(report):
    assert (report["refused_share"]["value"], report["refused_share"]["n"]) == (1 / 8, 8)
    low, high = report["refused_share"]["interval"]
    assert 0 < low < 1 / 8 < high


def test_evaluate_lists_the_surest_errors_first(report):
    assert [film["file"] for film in report["worst"]] == [
        "person1_bacteria_2.png",
        "IM-0003-0001.png",
    ]
    assert report["worst"][0]["probability"] == pytest.approx(25 / 255)


def test_evaluate_repeats_with_its_seed(samples, report):
    assert evaluate(FakeClassifier(), samples, folder="films") == report
    other = evaluate(FakeClassifier(), samples, folder="films", seed=1)
    assert other["brier"]["interval"] != report["brier"]["interval"]
    assert other["brier"]["value"] == report["brier"]["value"]


def test_evaluate_of_one_class_says_what_is_not_defined(samples):
    normals = [sample for sample in samples if sample.label == "NORMAL"]
    report = evaluate(FakeClassifier(), normals)
    assert (report["auc"]["value"], report["auc"]["interval"]) == (None, None)
    assert report["auc"]["reason"] == "not defined: both classes are needed"
    assert report["sensitivity"]["n"] == 0
    assert report["specificity"]["value"] == 0.75
    assert set(report["roc"]["tpr"]) == set(report["precision_recall"]["recall"]) == {None}
    json.dumps(report, allow_nan=False)


def test_evaluate_curves_give_rates_at_their_thresholds(report):
    truth = np.array([film["label"] == "PNEUMONIA" for film in report["films"]])
    probability = np.array([film["probability"] for film in report["films"]])
    roc, curve = report["roc"], report["precision_recall"]
    assert (roc["fpr"][0], roc["tpr"][0], roc["threshold"][0]) == (0, 0, None)
    for fpr, tpr, threshold in list(zip(*roc.values(), strict=True))[1:]:
        called = probability >= threshold
        assert (fpr, tpr) == (called[~truth].mean(), called[truth].mean())
    for precision, recall, threshold in zip(*curve.values(), strict=True):
        called = probability >= threshold
        assert (precision, recall) == (truth[called].mean(), called[truth].mean())
    assert roc["threshold"][1:] == curve["threshold"] == sorted(set(probability), reverse=True)


def test_evaluate_takes_the_models_own_class_names(tmp_path):
    for name, level in {"CNV/a.png": 200, "DRUSEN/b.png": 10, "NORMAL/c.png": 20}.items():
        write_film(tmp_path / "test" / name, level)
    classifier = FakeClassifier(classes=("normal", "cnv", "drusen"), positive=("cnv", "drusen"))
    report = evaluate(classifier, open_folder(tmp_path).samples)
    assert report["confusion"] == {"tn": 1, "fp": 0, "fn": 1, "tp": 1}
    assert report["three_class"]["accuracy"]["value"] == 2 / 3


def test_evaluate_refuses_a_class_the_model_does_not_know(tmp_path):
    write_film(tmp_path / "test" / "CAT" / "a.png", 3)
    with pytest.raises(DataError, match=r"class 'CAT', but the model knows normal, bacteria"):
        evaluate(FakeClassifier(), open_folder(tmp_path).samples)


def test_evaluate_names_a_film_that_cannot_be_read(samples):
    Path(samples[5].content.path).write_bytes(b"no picture")
    with pytest.raises(DataError, match=rf"film {samples[5].name} could not be read"):
        evaluate(FakeClassifier(), samples)


def test_evaluate_needs_a_film():
    with pytest.raises(DataError, match="at least one labelled film"):
        evaluate(FakeClassifier(), ())


def test_evaluate_tells_its_progress(samples):
    seen = []

    def progress(rows, total):
        for row in rows:
            seen.append(total)
            yield row

    evaluate(FakeClassifier(), samples, progress=progress)
    assert seen == [8] * 8


def test_save_report_writes_strict_json(report, tmp_path):
    path = tmp_path / "evaluation.json"
    save_report(report, path)

    def refuse(constant):
        raise AssertionError(constant)

    assert json.loads(path.read_text(), parse_constant=refuse) == report
    assert report["roc"]["threshold"][0] is None
    assert [file.name for file in tmp_path.glob("evaluation*")] == ["evaluation.json"]


def test_save_report_refuses_nan_and_keeps_the_old_report(tmp_path):
    path = tmp_path / "evaluation.json"
    save_report({"auc": 1}, path)
    with pytest.raises(ValueError, match="Out of range float"):
        save_report({"auc": float("nan")}, path)
    assert json.loads(path.read_text()) == {"auc": 1}
