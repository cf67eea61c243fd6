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


def test_external_has_a_row_for_each_group_and_a_column_for_each_measure():
    groups = [
        {"name": "all", "n": 1319, "positives": 150, "auc": MEASURED},
        {"name": "PA", "n": 20, "auc": UNDEFINED, "sensitivity": MEASURED},
    ]
    assert evaluation.external({"groups": groups}) == [
        {
            "Films": "All",
            "Number": "1,319",
            "With pneumonia": "150",
            "AUC": "0.970 (0.950 to 0.985)",
            "Sensitivity": "–",
        },
        {
            "Films": "PA",
            "Number": "20",
            "With pneumonia": "–",
            "AUC": "–",
            "Sensitivity": "0.970 (0.950 to 0.985)",
        },
    ]
