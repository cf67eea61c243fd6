import pytest

from tests.evaluation.probes.drawn import Reader, draw
from xray_core.evaluation.probes.projection import probe_projection

FILMS = [
    # kind, view, level: AP is brighter, whatever the label
    ("normal", "PA", 50),
    ("normal", "PA", 70),
    ("normal", "AP", 110),
    ("normal", "AP", 130),
    ("pneumonia", "PA", 60),
    ("pneumonia", "AP", 140),
    ("other_abnormal", "AP", 150),
]


@pytest.fixture
def found():
    films = [draw(level, kind, view=view, patient=str(level)) for kind, view, level in FILMS]
    return probe_projection(Reader(lambda pixels: pixels.mean() / 10 - 10), films)


def test_normal_films_are_compared_by_projection(found):
    assert found["ap_minus_pa"]["value"] == pytest.approx(12 - 6)
    assert found["ap_minus_pa"]["n"] == 4
    assert {name: share["value"] for name, share in found["called"].items()} == {
        "all": 0.5,
        "AP": 1,
        "PA": 0,
    }


def test_films_are_ranked_pooled_and_within_a_projection(found):
    assert {name: auc["value"] for name, auc in found["auc"].items()} == {
        "all": 5 / 8,
        "AP": 1,
        "PA": 0.5,
        "all others": 5 / 10,
    }
    assert found["auc"]["AP"]["n"] == 3
