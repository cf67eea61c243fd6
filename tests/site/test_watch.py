import json

import numpy as np
import pytest

from tests.site.made import CARD, make_answers
from xray_core.errors import UsageError
from xray_core.inference.decision import calibrate as to_probability
from xray_core.site.validate import validate
from xray_core.site.watch import _holm, parse_reference, read_table, watch


@pytest.fixture(scope="module")
def reference():
    return validate(CARD, make_answers(150, 150), title="reference")


def month_of(normals, pneumonias, *, farther=0.0, refuse=0, **changes):
    answers = make_answers(normals, pneumonias, **changes)
    scale = CARD.calibration
    probability = to_probability(answers.score, scale["temperature"], scale["bias"])
    return [
        {
            "probability": None if k < refuse else float(said),
            "decision": "refused" if k < refuse else "normal",
            "distance": row["distance"] + farther,
            "model": "grey",
            "error": None,
        }
        for k, (row, said) in enumerate(zip(answers.rows, probability, strict=True))
    ]


def alarms(found):
    return {test["name"] for test in found["tests"] if test["alarm"]}


@pytest.mark.parametrize(("normals", "pneumonias"), [(50, 50), (90, 10), (100, 0)])
def test_no_season_raises_the_alarm(reference, normals, pneumonias):
    found = watch(reference, month_of(normals, pneumonias, seed=9), draws=199)
    assert not found["alarm"]
    assert found["pneumonia"] == pytest.approx(pneumonias / 100, abs=0.15)
    assert found["sentences"][0].startswith("No alarm")


def test_quiet_months_raise_it_no_oftener_than_stated(reference):
    """At a rate of 10%, more than 10 of 40 quiet months have a chance of 0.2%."""
    months = [
        watch(reference, month_of(40, 20, seed=s), false_alarms=0.1, draws=99, seed=s)["alarm"]
        for s in range(100, 140)
    ]
    assert sum(months) <= 10


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"farther": 0.15}, "distances to known films"),
        ({"refuse": 15}, "refusals"),
        ({"apart": 0.5}, "scores"),
    ],
)
def test_drift_raises_the_alarm_and_is_named(reference, changes, named):
    found = watch(reference, month_of(80, 40, seed=5, **changes), draws=499)
    assert named in alarms(found)
    assert named in found["sentences"][0]
    assert max(test["p"] for test in found["tests"]) <= 1


def test_a_stricter_rate_raises_fewer_alarms(reference):
    month = month_of(50, 25, seed=3, farther=0.04)
    p = min(test["p"] for test in watch(reference, month, draws=499)["tests"])
    assert 1 / 500 < p < 1
    assert watch(reference, month, draws=499, false_alarms=min(0.99, 3.1 * p))["alarm"]
    assert not watch(reference, month, draws=499, false_alarms=p / 4)["alarm"]


def test_a_table_without_distances_is_compared_and_said(reference):
    month = [row | {"distance": None} for row in month_of(40, 20)]
    found = watch(reference, month, draws=99)
    assert len(found["tests"]) == 2
    assert any("score --distance" in text for text in found["sentences"])


def test_unreadable_files_are_left_out(reference):
    month = month_of(40, 20)
    lost = [{"probability": None, "decision": "refused", "error": "no film", "model": "grey"}]
    found = watch(reference, [*month, *lost], draws=99)
    assert found["films"] == 60
    assert any(text.endswith("not compared: 1.") for text in found["sentences"])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"model": "baseline"}, "answers of the model that was validated, 'grey'"),
        ({"site": "Elsewhere"}, "answers of the calibration that was validated, 'its own'"),
    ],
)
def test_answers_of_another_kind_are_refused(reference, change, message):
    with pytest.raises(UsageError, match=message):
        watch(reference, [row | change for row in month_of(40, 20)])


def test_too_few_films_are_refused(reference):
    with pytest.raises(UsageError, match="at least 20 films in the pile to compare, got 5"):
        watch(reference, month_of(3, 2))
    few = validate(CARD, make_answers(12, 40), title="x")
    with pytest.raises(UsageError, match="20 films labelled NORMAL in the reference"):
        watch(few, month_of(40, 20))


def test_false_alarm_rate_is_a_share(reference):
    with pytest.raises(UsageError, match="false-alarm rate between 0 and 1, got 5"):
        watch(reference, month_of(40, 20), false_alarms=5)


def test_holm_by_hand():
    assert _holm(np.array([0.01, 0.04, 0.03]), 0.05).tolist() == [True, False, False]
    assert _holm(np.array([0.01, 0.02, 0.03]), 0.05).tolist() == [True, True, True]
    assert _holm(np.array([0.02, 0.02, 0.02]), 0.05).tolist() == [False, False, False]


def test_what_is_no_report_or_table_is_said(reference, tmp_path):
    assert parse_reference(json.dumps(reference).encode())["title"] == "reference"
    for content in (b"{}", b"[1]", b"no", b'{"schema": "other"}'):
        with pytest.raises(UsageError, match="Expected a report as `validate` writes it"):
            parse_reference(content)
    (tmp_path / "t.csv").write_text("file,label\na,b\n")
    with pytest.raises(UsageError, match=r"the column 'probability' in t\.csv"):
        read_table(tmp_path / "t.csv")
    with pytest.raises(UsageError, match="could not read it"):
        read_table(tmp_path / "nowhere.csv")
