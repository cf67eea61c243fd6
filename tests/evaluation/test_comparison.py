import pytest

from xray_core.evaluation.comparison import compare


def report(*answers, threshold=0.5):
    films = [
        {"file": f"{n}.png", "label": label, "patient": patient, "probability": probability}
        for n, (label, patient, probability) in enumerate(answers)
    ]
    return {"films": films, "operating_point": {"threshold": threshold}}


FIRST = report(
    ("NORMAL", "a", 0.1),
    ("NORMAL", "b", 0.3),
    ("PNEUMONIA", "c", 0.7),
    ("PNEUMONIA", "d", 0.9),
)
SECOND = report(
    ("NORMAL", "a", 0.1),
    ("NORMAL", "b", 0.6),
    ("PNEUMONIA", "c", 0.45),
    ("PNEUMONIA", "d", 0.9),
)


def test_compare_says_how_much_more_the_first_reaches():
    found = compare(FIRST, SECOND)
    assert list(found) == ["accuracy", "auc", "sensitivity", "specificity"]
    assert {name: result["value"] for name, result in found.items()} == {
        "accuracy": 0.5,
        "auc": 0.25,
        "sensitivity": 0.5,
        "specificity": 0.5,
    }
    assert [result["n"] for result in found.values()] == [4, 4, 2, 2]
    low, high = found["accuracy"]["interval"]
    assert low < 0.5 < high


def test_compare_is_the_other_way_round_for_the_other():
    there, back = compare(FIRST, SECOND), compare(SECOND, FIRST)
    assert back["accuracy"]["value"] == -there["accuracy"]["value"]


def test_compare_takes_each_model_at_its_own_operating_point():
    moved = SECOND | {"operating_point": {"threshold": 0.4}}
    assert compare(FIRST, moved)["sensitivity"]["value"] == 0


def test_compare_takes_the_films_that_both_have_in_whatever_order():
    mixed = SECOND | {"films": SECOND["films"][:0:-1]}
    found = compare(FIRST, mixed)
    assert found["accuracy"]["n"] == 3
    assert found["accuracy"]["value"] == pytest.approx(2 / 3)
    assert compare(FIRST, SECOND | {"films": []}) == {}
