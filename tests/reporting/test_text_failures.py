from xray_core.reporting.text import failures

EVALUATION = {
    "confusion": {"tn": 20, "fp": 5, "fn": 1, "tp": 40},
    "reliability": {"probability": [0.1, 0.72, 0.99], "observed": [0.1, 0.38, 1.0], "n": [9, 8, 7]},
    "subgroups": {"virus": {"sensitivity": {"value": 0.9, "n": 10, "interval": [0.8, 1.0]}}},
    "three_class": {
        "classes": ["normal", "bacteria", "virus"],
        "accuracy": {"value": 0.8, "n": 30, "interval": [0.7, 0.9]},
        "confusion": [[9, 1, 0], [0, 9, 1], [0, 4, 6]],
    },
}


def group(name, low):
    return {"name": name, "n": 9, "auc": {"value": 0.7, "n": 9, "interval": [low, 0.9]}}


def test_describe_errors_counts_both_sides():
    text = failures.describe_errors(EVALUATION)
    assert "misses 1 of 41 films with pneumonia" in text
    assert "5 false alarms on 25 normal films" in text


def test_describe_probability_names_the_widest_gap():
    text = failures.describe_probability(EVALUATION)
    assert "about 72%: of these 8 test films, 38% show pneumonia" in text
    assert text.endswith("too high.")
    low = {"reliability": {"probability": [0.2], "observed": [0.9], "n": [3]}}
    assert failures.describe_probability(low).endswith("too low.")
    none = {"reliability": {"probability": [], "observed": [], "n": []}}
    assert failures.describe_probability(none) == ""


def test_describe_kinds_names_the_commonest_confusion():
    text = failures.describe_kinds(EVALUATION)
    assert "takes viral pneumonia for bacterial pneumonia: 4 of 10 films" in text
    assert text.endswith("not which germ did it.")
    assert failures.describe_kinds({}) == ""


def test_list_kinds_gives_the_sensitivity_with_its_interval():
    assert failures.list_kinds(EVALUATION) == [
        {"Kind": "Viral pneumonia", "Films": "10", "Sensitivity": "0.900 (0.800 to 1.000)"}
    ]


def test_describe_external_names_the_groups_where_it_guesses():
    report = {"groups": [group("all", 0.42), group("AP", 0.6)]}
    assert "in 1 of 2 comparisons: all." in failures.describe_external(report)
    assert failures.describe_external({"groups": [group("all", 0.6)]}) == ""


def test_describe_external_tells_what_the_projection_does():
    apart = {"value": 0.35, "n": 9, "interval": [-0.1, 0.8]}
    said = failures.describe_external({"groups": [], "ap_minus_pa": apart})
    assert "scores 0.35 (-0.10 to 0.80) log-odds above one taken standing" in said
