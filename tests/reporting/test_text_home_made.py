"""The words for networks that visitors train follow from the numbers, and go no further."""

import pytest

from xray_core.inference.model_card import load_card, load_evaluation, load_probes
from xray_core.reporting.text.home_made import (
    compare_rows,
    describe_films,
    describe_progress,
    describe_queue,
    describe_time,
    of_shipped,
    read_losses,
    read_run,
    tell_apart,
)


def value(at, half=0.02, n=100):
    return {"value": at, "n": n, "interval": [at - half, at + half]}


def report(accuracy=0.8, sensitivity=0.8, specificity=0.8, intercept=0.0, counts=(50, 50)):
    return {
        "n": sum(counts),
        "counts": dict(zip(("NORMAL", "PNEUMONIA"), counts, strict=True)),
        "accuracy": value(accuracy),
        "sensitivity": value(sensitivity),
        "specificity": value(specificity),
        "auc": value(0.9),
        "calibration": {"intercept": value(intercept, 0.1), "slope": value(1.0)},
    }


def said(test, **more):
    return " ".join(read_run({"validation": report(), "test": test, **more}))


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (3, "a few seconds"),
        (42, "40 seconds"),
        (58, "1 minute"),
        (170, "3 minutes"),
        (3570, "1 hour"),
        (4500, "1 hour and 15 minutes"),
    ],
)
def test_time_is_told_as_exactly_as_it_is_known(seconds, words):
    assert describe_time(seconds) == words


def test_progress_and_queue_tell_how_long_it_takes():
    assert describe_progress("Learning", 61, 125) == (
        "Learning. 1 minute so far, about 2 minutes to go."
    )
    assert describe_progress("", 1, 1) == "Starting. A few seconds so far, a few seconds to go."
    assert describe_queue(0, 0) == "It begins in a moment."
    assert describe_queue(1, 300).startswith("One training is before it")
    assert "3 trainings are before it" in describe_queue(3, 300)
    assert "in about 5 minutes" in describe_queue(3, 300)


def test_films_are_counted_by_use():
    films = {"train": {"CNV": 9, "DME": 8, "DRUSEN": 10, "NORMAL": 11}, "val": {"CNV": 1}}
    assert describe_films(films) == (
        "38 films to learn from (9 cnv, 8 dme, 10 drusen and 11 normal)."
    )


def test_which_way_it_errs_is_told_only_where_the_intervals_bear_it():
    assert "in doubt it says pneumonia" in said(report(sensitivity=0.9, specificity=0.7))
    assert "in doubt it says normal" in said(report(sensitivity=0.7, specificity=0.9))
    assert "in doubt" not in said(report(sensitivity=0.80, specificity=0.82))


def test_network_no_better_than_one_answer_is_told():
    lazy = "it is not sure that this network is better"
    assert lazy in said(report(accuracy=0.71, counts=(30, 70)))
    assert lazy not in said(report(accuracy=0.75, counts=(30, 70)))


def test_network_with_other_classes_is_told_by_their_names():
    found = {"validation": report(), "test": report(0.6, 0.9, 0.5, counts=(0, 0))}
    found["test"]["counts"] = {"CNV": 20, "DME": 15, "NORMAL": 65}
    words = " ".join(read_run(found, ("NORMAL", "NOT NORMAL")))
    assert "90.0% (88.0 to 92.0) of the films with not normal not normal" in words
    assert "in doubt it says not normal" in words
    assert "Always answering *normal* would be right for 65%" in words
    found["test"]["counts"] = {"PNEUMONIA": 100}  # asked for the kind: the labels do not tell
    assert "Always" not in " ".join(read_run(found, ("BACTERIA", "VIRUS")))


def test_wrong_zero_is_told():
    assert "too high" in said(report(intercept=-0.5))
    assert "too low" in said(report(intercept=0.5))
    assert "zero" not in said(report(intercept=0.05))


def test_adults_and_the_outline_are_told_where_they_were_measured():
    outline = {"outline": value(1.5, 0.5), "content": value(3.0, 0.5), "ratio": value(0.5)}
    assert "AUC of 0.52 (0.42 to 0.62): guessing is as good" in said(
        report(), adults={"auc": {"all": value(0.52, 0.1)}}
    )
    assert "guessing" not in said(report(), adults={"auc": {"all": value(0.9)}})
    assert "by +1.5 (+1.0 to +2.0) log-odds" in said(report(), outline=outline)
    none = outline | {"outline": value(0.1, 0.5)}
    assert "does not move its score" in said(report(), outline=none)
    assert "outline" not in said(report(), outline=None, adults=None)


def test_without_a_test_the_validation_is_read():
    words = " ".join(read_run({"validation": report(), "test": None}))
    assert "On the validation it finds" in words


def test_losses_are_read_once_they_have_a_course():
    def epochs(*losses):
        return [{"epoch": at, "val_loss": loss} for at, loss in enumerate(losses, 1)]

    assert read_losses(epochs(0.5, 0.4)) == ""
    assert "still falls" in read_losses(epochs(0.5, 0.4, 0.3))
    assert "lowest in epoch 2" in read_losses(epochs(0.5, 0.3, 0.4))


def test_table_has_a_row_for_each_network_and_a_dash_for_what_is_unknown():
    rows = compare_rows(
        [{"title": "Mine", "sees": "Lungs", "validation": report(), "test": None, "adults": None}]
    )
    assert rows[0]["Validation, accuracy"] == "80.0% (78.0 to 82.0)"
    assert {row["Test, accuracy"] for row in rows} == {"–"}
    assert rows[0]["Adults, AUC"] == rows[0]["Calibration slope"] == "–"


@pytest.mark.parametrize("name", ["lungs", "baseline"])
def test_shipped_model_stands_beside_them(name):
    card, evaluation = load_card(name), load_evaluation(name)
    (row,) = compare_rows([of_shipped(card, evaluation, load_probes(name))])
    assert row["Network"] == card.title
    assert row["Test, accuracy"].startswith(f"{evaluation['accuracy']['value']:.1%}")


def test_titles_are_told_apart():
    assert tell_apart(["a", "b", "a"]) == ["a 1", "b", "a 2"]
