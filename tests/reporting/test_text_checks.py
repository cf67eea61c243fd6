"""Tests of `xray_core.reporting.text.checks` and `xray_core.reporting.figures.checks`."""

import numpy as np
import pytest

from xray_core.reporting.figures.checks import deletion_and_insertion
from xray_core.reporting.text.checks import (
    explain_curves,
    judge_agreement,
    judge_curves,
    judge_fills,
    judge_move,
    judge_stability,
    list_fills,
)
from xray_core.saliency.checks import Curves, Filled, Stability
from xray_core.saliency.what_if import Move

SHARES = np.linspace(0, 1, 11)
FALLING, RISING = np.linspace(1, 0, 11), np.linspace(0, 1, 11)


def logistic(score):
    return 1 / (1 + np.exp(-np.asarray(score, float)))


def curves(deletion, insertion):
    flat = np.full((5, 11), 0.5)
    return Curves(SHARES, deletion, insertion, flat, flat)


def test_judge_curves_praises_only_what_beats_chance():
    good = judge_curves(curves(FALLING**4, RISING**0.25))
    assert good.startswith("The map names what moves the answer better than chance")
    assert "+0.58, and +0.00 for the best of 5" in good
    assert judge_curves(curves(RISING**0.25, FALLING**4)).startswith("Do not lean on this map")


def test_judge_curves_says_when_nothing_can_be_told():
    assert "hardly moves" in judge_curves(curves(1 - 0.01 * SHARES, RISING**0.25))


def test_judge_curves_says_what_no_deletion_takes_away():
    stuck = judge_curves(curves(0.6 + 0.4 * FALLING**4, RISING**0.25))
    assert "all of the lungs replaced the network still says 60%" in stuck
    assert "still says" not in judge_curves(curves(FALLING**4, RISING**0.25))


def test_explain_curves_says_what_evidence_gives_way_to():
    assert "replaced by the mean normal film first" in explain_curves("PNEUMONIA")
    assert "probability of bacterial pneumonia fall early" in explain_curves("bacteria")
    assert "into the blurred film first" in explain_curves("NORMAL")


@pytest.mark.parametrize(
    ("after", "target", "words"),
    [
        (
            (-2, -1),
            "PNEUMONIA",
            "Without what is coloured the score falls more than without as much",
        ),
        (
            (-2, 1),
            "PNEUMONIA",
            "With what is coloured filled from its surroundings the score falls more",
        ),
        ((0.5, 1), "PNEUMONIA", "falls no more than without as much of the lungs"),
        ((4, 5), "NORMAL", "Without what is coloured the score rises more than"),
        ((-2, -1), "NORMAL", "rises no more than"),
    ],
)
def test_judge_fills_says_whether_the_answer_rests_on_the_regions(after, target, words):
    random = np.array([0.0, 3.0])
    names = ("surroundings", "blurred" if target == "NORMAL" else "normal")
    filled = [Filled(name, value, random) for name, value in zip(names, after, strict=True)]
    assert words in judge_fills(filled, target)


def test_list_fills_sets_random_areas_beside_the_regions():
    filled = [
        Filled("surroundings", -2.0, np.array([2.0, 3.0])),
        Filled("normal", 0.0, np.array([1.0, 1.0])),
    ]
    rows = list_fills(filled, 3.0, logistic)
    assert [row["What is coloured is"] for row in rows] == [
        "left alone",
        "filled from its surroundings",
        "replaced by the mean normal film",
    ]
    assert [row["Probability"] for row in rows] == ["95%", "12%", "50%"]
    assert [row["Score, log-odds"] for row in rows] == ["+3.0", "-2.0", "+0.0"]
    random = [row["Score, as much lung at random"] for row in rows]
    assert random == ["–", "+2.0 to +3.0", "+1.0 to +1.0"]


@pytest.mark.parametrize(
    ("correlations", "words"),
    [
        ([0.9, 0.8, 0.95], "the map keeps its place (rank correlation with the map of the"),
        ([0.9, 0.2, 0.95], "the map moves more than the film does"),
        ([np.nan, np.nan], "the map is flat"),
    ],
)
def test_judge_stability(correlations, words):
    found = judge_stability(Stability(np.array([0.0, 2.0]), np.array(correlations)), logistic)
    assert "lies between 50% and 88%" in found
    assert words in found


def test_judge_stability_of_an_answer_that_stays():
    found = judge_stability(Stability(np.array([1.0, 1.0]), np.array([0.9, 0.9])), logistic)
    assert "stays at 73%" in found


@pytest.mark.parametrize(
    ("overlaps", "words"),
    [
        ([0.6, 0.23, 0.4, np.nan], "by 23% to 60%: most of them point at the same places."),
        ([0.1, 0.1, 0.1], "by 10%: they point at different places"),
        ([np.nan], "A flat map cannot be compared"),
    ],
)
def test_judge_agreement_says_whether_maps_point_alike(overlaps, words):
    assert words in judge_agreement(overlaps)


@pytest.mark.parametrize(
    ("score", "words"),
    [
        ((0.0, 2.0), "The score rises by 2.0, and the probability of pneumonia goes from 50% to"),
        ((0.0, -2.0), "The score falls by 2.0, and the probability of pneumonia goes from 50% to"),
        ((8.0, 7.5), "The score falls by 0.5, and the probability of pneumonia stays at over 99."),
        ((2.0, 2.01), "The score stays, and the probability of pneumonia stays at 88%."),
    ],
)
def test_judge_move_says_what_moved(score, words):
    probability = tuple(logistic(score))
    said = judge_move(Move(score, probability, (0.04, 0.31), 0.875))
    assert said.startswith(words)
    assert "held 4% of the evidence and now holds 31%" in said
    assert "maps before and after is 0.88 (1 is" in said
    flat = judge_move(Move(score, probability, (0.04, 0.0), np.nan))
    assert flat.endswith("one of the maps is flat.")


def test_figure_sets_random_maps_beside_the_map():
    figure = deletion_and_insertion(curves(FALLING, RISING))
    lines = {trace.name: trace for trace in figure.data}
    assert list(lines["this map, taken away"].y) == list(FALLING)
    assert list(lines["this map, put in"].y) == list(RISING)
    for name in ("random maps, taken away", "random maps, put in"):
        assert lines[name].line.dash == "dot"
        assert list(lines[name].y) == [0.5] * 11
    assert list(lines["this map, put in"].x) == list(SHARES)
    low, high = figure.layout.xaxis.range
    assert low < 0
    assert high >= 1.03  # room for the label 100%
