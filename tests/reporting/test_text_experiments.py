"""What a training came to, in words that its numbers allow."""

import pytest

from xray_core.reporting.text.experiments import describe_run


def results(here, there, specificity=(0.95, 0.95)):
    def share(value, n=400):
        half = 2 * (value * (1 - value) / n) ** 0.5
        return {"value": value, "n": n, "interval": [value - half, value + half]}

    return {
        split: {
            "accuracy": share(value),
            "sensitivity": share(0.95),
            "specificity": share(well),
        }
        for split, value, well in zip(
            ("validation", "test"), (here, there), specificity, strict=True
        )
    }


def test_what_the_test_does_not_hold_is_told_with_what_it_loses():
    told = describe_run(results(0.98, 0.79, (0.97, 0.5)))
    assert told.startswith("98% on validation, 79% on the test: ")
    assert "holds for the films it was made of and not for others" in told
    assert "normal films that it calls ill" in told


@pytest.mark.parametrize(
    ("here", "there", "words"),
    [(0.9, 0.89, "no difference beyond chance"), (0.8, 0.95, "the test is the easier one")],
)
def test_no_more_is_said_than_was_seen(here, there, words):
    assert words in describe_run(results(here, there))


def test_without_a_test_that_is_said():
    assert "there is no test" in describe_run({**results(0.9, 0.9), "test": None})
