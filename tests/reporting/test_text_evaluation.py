from xray_core.evaluation.evaluate import HEADLINE
from xray_core.reporting.text import evaluation

MEASURED = {"value": 0.97, "n": 4, "interval": [0.95, 0.985]}
UNDEFINED = {"value": None, "n": 3, "interval": None, "reason": "one class"}


def test_operating_points_count_both_errors():
    point = {
        "threshold": 0.0880,
        "confusion": {"tn": 6, "fp": 1200, "fn": 1, "tp": 9},
        "sensitivity": MEASURED,
        "specificity": UNDEFINED,
    }
    assert evaluation.operating_points({"operating_points": {"screening": point}}) == [
        {
            "Operating point": "Screening, from 9%",
            "Sensitivity": "0.970 (0.950 to 0.985)",
            "Specificity": "–",
            "Missed": "1",
            "False alarms": "1,200",
        }
    ]


def test_external_has_a_row_for_each_comparison_and_one_for_what_is_called():
    report = {
        "groups": [
            {"name": "opacity against normal", "n": 1319, "positives": 150, "auc": MEASURED}
        ],
        "called": [{"name": "other_abnormal", "n": 20, "share": MEASURED}],
    }
    assert evaluation.external(report) == [
        {
            "Films": "Opacity against normal",
            "Number": "1,319",
            "With opacity": "150",
            "AUC": "0.970 (0.950 to 0.985)",
        },
    ]
    assert evaluation.called(report) == [
        {
            "Films": "Other abnormal",
            "Number": "20",
            "Called pneumonia": "0.970 (0.950 to 0.985)",
        }
    ]


def make_report(**changes):
    report = {name: {"value": 0.9, "n": 4, "interval": [0.8, 0.95]} for name in HEADLINE}
    return report | {"subgroups": {}} | changes


def test_headline_tells_intercept_and_slope_before_the_calibration_error():
    calibration = {"intercept": MEASURED, "slope": UNDEFINED}
    names = list(evaluation.headline(make_report(calibration=calibration)))
    assert names[-3:] == ["calibration_intercept", "calibration_slope", "ece"]
    assert list(evaluation.headline(make_report())) == list(HEADLINE)
    titles = [title for title, _ in evaluation.list_measures(make_report(calibration=calibration))]
    at = titles.index("Calibration error")
    assert titles[at - 2 : at] == ["Calibration intercept", "Calibration slope"]


def test_differences_have_a_sign_and_an_interval():
    results = {"auc": {"value": 0.0664, "n": 624, "interval": [-0.01, 0.0857]}}
    assert evaluation.differences(results) == [
        {"Measure": "AUC", "Films": "624", "Difference": "+0.066 (-0.010 to +0.086)"}
    ]


def test_describe_data_tells_the_share_refused_where_it_is_measured():
    data = {"n": 8, "patients": 7, "folder": "films", "split": "test", "counts": {"NORMAL": 8}}
    report = {
        "model": "grey",
        "data": data,
        "refused": 1,
        "operating_point": {"name": "balanced", "threshold": 0.5},
    }
    assert "would have refused 1. Operating" in evaluation.describe_data(report)
    report["refused_share"] = {"value": 0.125, "n": 8, "interval": [0.02, 0.47]}
    assert "would have refused 1, 12.5% (2.0 to 47.0). Op" in evaluation.describe_data(report)
