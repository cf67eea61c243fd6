import math

import pytest

from xray_core.reporting import wording
from xray_core.types import OperatingPoint, Prediction

POINT = OperatingPoint("balanced", 0.42, "as many of one error as of the other")


def prediction(probability):
    return Prediction(1.0, probability, {}, "PNEUMONIA", "pneumonia", (), "lungs")


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.4249, "42%"),
        (0.0123, "1.2%"),
        (0.9962, "99.6%"),
        (0.99991, "over 99.9%"),
        (0.0002, "under 0.1%"),
        (0, "0%"),
        (1, "100%"),
        (math.nan, "–"),
        (None, "–"),
    ],
)
def test_percent_claims_no_more_than_is_known(share, text):
    assert wording.percent(share) == text


@pytest.mark.parametrize(
    ("result", "text"),
    [
        ({"value": 0.97, "interval": [0.957, 0.981]}, "0.970 (0.957 to 0.981)"),
        ({"value": 0.97, "interval": None}, "0.970"),
        ({"value": None, "interval": None}, "–"),
    ],
)
def test_measured_writes_value_and_interval(result, text):
    assert wording.measured(result) == text


@pytest.mark.parametrize(
    ("decision", "probability", "words"),
    [
        ("pneumonia", 0.9, "90%, is at or above the operating point of 42%"),
        ("normal", 0.1, "10%, is below the operating point of 42%"),
        ("uncertain", 0.4, "40%, lies in the band"),
        ("refused", math.nan, "gives no answer"),
    ],
)
def test_answer_says_why(decision, probability, words):
    assert words in wording.answer(prediction(probability), decision, POINT)


@pytest.mark.parametrize(
    ("decision", "truth", "words"),
    [
        ("normal", "NORMAL", "the model is right"),
        ("normal", "PNEUMONIA", "the model is wrong"),
        ("pneumonia", "PNEUMONIA", "the model is right"),
        ("uncertain", "PNEUMONIA", "the model gave no answer"),
    ],
)
def test_verdict_compares_with_the_truth(decision, truth, words):
    assert wording.verdict(decision, truth) == words


@pytest.mark.parametrize(
    ("label", "subtype", "words"),
    [
        ("NORMAL", "normal", "Normal"),
        ("PNEUMONIA", "virus", "Viral pneumonia"),
        ("PNEUMONIA", "", "Pneumonia, kind unknown"),
        ("NORMAL", "", "Normal"),
    ],
)
def test_truth_of_names_what_the_film_shows(label, subtype, words):
    assert wording.truth_of(label, subtype) == words


def test_count_takes_the_plural():
    assert [wording.count(n, "film") for n in (1, 2530)] == ["1 film", "2,530 films"]


@pytest.mark.parametrize(
    ("words", "text"), [(["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]
)
def test_listed_puts_and_before_the_last(words, text):
    assert wording.listed(words) == text


def test_shared_and_difference_write_their_intervals():
    measured = {"value": 0.0416, "n": 9, "interval": [0.029, 0.0611]}
    assert wording.shared(measured) == "4.2% (2.9 to 6.1)"
    assert wording.difference(measured) == "+0.042 (+0.029 to +0.061)"
    alone = measured | {"interval": None}
    assert (wording.shared(alone), wording.difference(alone)) == ("4.2%", "+0.042")
    nothing = measured | {"value": None}
    assert wording.shared(nothing) == wording.difference(nothing) == "–"
