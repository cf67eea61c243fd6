from xray_core.audit.balance import load_effects
from xray_core.reporting.text import audit
from xray_core.reporting.text.audit import effects_table

COUNTS = [
    {"split": "train", "label": "NORMAL", "subtype": "normal", "films": 1341, "patients": 1200},
    {"split": "test", "label": "PNEUMONIA", "subtype": "bacteria", "films": 242, "patients": 77},
]


def row(split, feature, auc):
    return {
        "split": split,
        "feature": feature,
        "films": 10,
        "median_negative": 1328.0,
        "median_positive": 776.0,
        "auc": auc,
    }


def found(*groups, across=0, conflicting=0):
    return {"groups": list(groups), "across": across, "conflicting": conflicting}


def test_list_counts_divides_films_by_patients():
    assert audit.list_counts(COUNTS)[1] == {
        "Split": "Test",
        "Kind": "Bacterial pneumonia",
        "Films": "242",
        "Patients": "77",
        "Films per patient": "3.14",
    }


def test_describe_counts_names_where_fewest_children_stand_behind_the_films():
    text = audit.describe_counts(COUNTS)
    assert "The 242 films with bacterial pneumonia in the test split show only 77 children" in text


def test_list_shared_sets_both_ways_beside_each_other():
    shared = {"naive": {"train & test": ["a", "b"]}, "patients": {"train & test": ["a"]}}
    assert audit.list_shared(shared) == [
        {"Splits": "Training and Test", "By number alone": "2", "By kind and number": "1"}
    ]


def test_describe_strongest_names_the_property_whichever_way_it_points():
    header = [
        row("train", "aspect", 0.86),
        row("train", "height", 0.08),
        row("test", "height", 0.1),
    ]
    text = audit.describe_strongest(header, "pneumonia")
    assert "the height alone, smaller for pneumonia, gives an AUC of 0.92 (median 776" in text
    assert text.endswith("against 1328). The same rule gives 0.90 in the test.")


def test_describe_strongest_applies_the_training_s_rule_to_the_test():
    header = [row("train", "bytes_per_pixel", 0.9), row("test", "bytes_per_pixel", 0.3)]
    text = audit.describe_strongest(header, "pneumonia")
    assert text.endswith("The same rule gives 0.30 in the test.")


def test_describe_strongest_is_silent_without_training_films():
    assert audit.describe_strongest([row("val", "width", 0.9)], "pneumonia") == ""


def test_describe_strongest_does_without_a_test():
    text = audit.describe_strongest([row("train", "width", 0.9)], "pneumonia")
    assert text.endswith("against 1328).")


def test_describe_duplicates_says_what_was_sought_and_whether_it_harms():
    report = {
        "identical_files": None,
        "identical_pixels": found(["a", "b"], ["c", "d", "e"], across=1),
        "near_duplicates": found(),
    }
    assert audit.describe_duplicates(report) == [
        "2 groups of films are the same picture, pixel for pixel: 1 across two splits, which would "
        "be a leak, and none under two labels, which would be an error.",
        "No two films are the same exposure, saved differently.",
    ]


def test_list_duplicates_lists_a_group_once_with_the_strictest_reason():
    report = {
        "identical_files": found(["a", "b"]),
        "identical_pixels": found(["a", "b"], ["c", "d", "e"]),
        "near_duplicates": found(["c", "e"], ["e", "f"]),
    }
    assert [row["Films"] for row in audit.list_duplicates(report)] == [
        "a, b",
        "c, d, e",
        "e, f",
    ]
    assert audit.list_duplicates(report)[0]["What they share"].startswith("the same file")


def test_effects_table_has_a_row_for_each_way_to_train():
    rows = effects_table(load_effects())
    assert [row["Trained"] for row in rows] == [
        "as the films come, not augmented",
        "as the films come, augmented",
        "balanced, not augmented",
        "balanced, augmented",
    ]
    runs = [run for run in load_effects()["runs"] if run["balanced"] and run["augmented"]]
    assert len(runs) == 3
    auc = [run["auc"] for run in runs]
    assert rows[3]["AUC"] == f"{sum(auc) / 3:.3f} ({min(auc):.3f} to {max(auc):.3f})"
