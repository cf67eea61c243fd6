import pytest

from tests.site.made import CARD, make_answers
from xray_core.reporting.text.site import (
    describe_calibration,
    describe_validation,
    describe_watch,
    groups,
    tripod_items,
)
from xray_core.site.calibrate import calibrate
from xray_core.site.validate import validate


@pytest.fixture(scope="module")
def report():
    return validate(CARD, make_answers(60, 40, groups=("A", "B")), title="x", by="device")


def changed(report, **changes):
    return describe_validation(report | changes)


def test_sentences_follow_the_interval_and_not_the_value(report):
    auc = report["auc"]
    assert changed(report, auc=auc | {"interval": [0.95, 0.99]})[0].startswith("The model ranks")
    assert "seems to rank" in changed(report, auc=auc | {"interval": [0.85, 0.99]})[0]
    assert "not known yet" in changed(report, auc=auc | {"interval": [0.6, 0.99]})[0]
    assert "badly" in changed(report, auc={"value": 0.7, "n": 9, "interval": [0.6, 0.79]})[0]
    assert "so-so" in changed(report, auc={"value": 0.85, "n": 9, "interval": [0.81, 0.88]})[0]


def test_sentences_say_which_way_the_zero_is_off(report):
    slope = report["calibration"]["slope"]

    def said(low, high):
        intercept = {"value": (low + high) / 2, "n": 100, "interval": [low, high]}
        return changed(report, calibration={"intercept": intercept, "slope": slope})[2]

    assert "too high" in said(-2, -1)
    assert "too low" in said(1, 2)
    assert said(-1, 1).startswith("Nothing shows")


def test_sentences_say_where_there_is_no_benefit(report):
    curve = report["net_benefit"]
    nothing = curve | {"model": [-0.1] * len(curve["threshold"])}
    assert "no net benefit" in changed(report, net_benefit=nothing)[3]
    assert "seldom that of the ward" in changed(report)[3]
    assert changed(report, prevalence_given=True)[3].startswith("Where 40% of the films")


def test_sentences_say_how_many_films_would_settle_it(report):
    said = changed(report, needed={"sensitivity": 300, "specificity": 10})[4]
    assert said.endswith("would take about 300 films with pneumonia (here 40).")
    assert "enough films" in changed(report, needed={"sensitivity": 1, "specificity": 1})[4]


def test_sentences_say_what_is_unlike_the_films_it_learned_from(report):
    drift = report["drift"] | {"bands": [0.5, 1.0, 1.0, 1.0, 1.0, 2.0]}
    said = changed(report, drift=drift)[5]
    assert "1 (0.50) and 6 (2.00) of 6" in said
    assert "every band" in changed(report)[5]


def test_a_group_that_ranks_worse_is_named(report):
    mine = [
        {"name": name, "n": 50, "positives": 20, "auc": {"value": x, "n": 50, "interval": [x, x]}}
        for name, x in (("A", 0.95), ("B", 0.8))
    ]
    said = changed(report, groups=mine)
    assert "Among B films it ranks worse than among all others." in said
    assert not [text for text in said if text.startswith("Among A")]


def test_groups_with_too_few_films_say_nothing():
    rows = groups({"groups": [{"name": "", "n": 3, "positives": 1}]})
    assert rows == [
        {
            "Group": "unknown",
            "Films": "3",
            "Pneumonia": "1",
            "AUC": "–",
            "Sensitivity": "–",
            "Specificity": "–",
        }
    ]


def test_tripod_names_what_is_to_be_added(report):
    items = {each["item"]: each["report"] for each in tripod_items(report)}
    assert "is to be added" in items["Outcome"]
    assert items["Fairness"] == "Compared by device."
    assert (
        "are these others?"
        in {each["item"]: each["report"] for each in tripod_items(report | {"site": "Here"})}[
            "Kind of study"
        ]
    )


def test_calibration_that_helps_and_one_that_does_not():
    helped = describe_calibration(calibrate(CARD, make_answers(80, 60, shift=2), title="x"))
    assert any("this helps" in text for text in helped)
    poor = describe_calibration(calibrate(CARD, make_answers(200, 150, apart=0.2), title="x"))
    assert any("does not make it useful here" in text for text in poor)
    unsure = describe_calibration(calibrate(CARD, make_answers(60, 30), title="x"))
    assert any("is not sure" in text for text in unsure)


def test_calibration_on_normals_alone_promises_no_sensitivity():
    said = describe_calibration(calibrate(CARD, make_answers(60, 0), title="x"))
    assert "how many pneumonias it finds nobody knows" in said[0]


def test_watch_says_its_rate():
    tests = [{"name": "scores", "statistic": 0.1, "p": 0.5, "alarm": False}]
    found = {
        "films": 40,
        "reference_films": 100,
        "false_alarm_rate": 0.01,
        "tests": tests,
        "pneumonia": 0.2,
        "notes": [],
    }
    quiet = describe_watch(found)
    assert quiet[0].startswith("No alarm")
    assert "in at most 1.0% of all cases" in quiet[2]
    loud = describe_watch(found | {"tests": [tests[0] | {"alarm": True}]})
    assert loud[0].startswith("Alarm")
