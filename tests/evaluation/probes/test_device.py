import numpy as np
import pytest

from tests.evaluation.probes import drawn
from tests.evaluation.probes.drawn import Reader
from xray_core.datasets.kermany import odd_device
from xray_core.evaluation.metrics import auc
from xray_core.evaluation.probes import device
from xray_core.evaluation.probes.device import linear_probe, probe_device, probe_left_out
from xray_core.evaluation.probes.films import Answers
from xray_core.inference import activations

OWN = sorted(odd_device())


def make_films(number):
    films = [drawn.draw(1, "virus", f"{OWN[k]}.jpeg", f"own {k}") for k in range(number)]
    films += [drawn.draw(2, "virus", f"other{k}", f"other {k}") for k in range(number)]
    return [*films, drawn.draw(3, "bacteria", f"{OWN[-1]}.jpeg", "b"), drawn.draw(3, name="n")]


def test_linear_probe_reads_what_is_there_and_nothing_else():
    rng = np.random.default_rng(0)
    truth = np.arange(80) % 2 == 0
    features = rng.normal(size=(80, 30))
    patients = [str(k) for k in range(80)]
    assert auc(truth, linear_probe(features, truth, patients)) < 0.7
    features[:, 3] += 6 * truth
    assert auc(truth, linear_probe(features, truth, patients)) > 0.9


def test_linear_probe_keeps_a_patient_s_films_together():
    """Every patient has a mark of its own, which tells the label of no other."""
    who = np.repeat(np.arange(20), 4)
    truth = who % 2 == 0
    features = 5.0 * np.eye(20)[who]
    together = auc(truth, linear_probe(features, truth, [str(k) for k in who]))
    apart = auc(truth, linear_probe(features, truth, [str(k) for k in range(80)]))
    assert apart == 1
    assert together < 0.6


def test_viral_films_alone_are_compared(monkeypatch):
    monkeypatch.setattr(device, "FEWEST", 4)

    class Means:
        def __init__(self, mean):
            self.means = np.array([mean, 0.0])

    looked = []

    def read(name, view):
        looked.append(name)
        return Means(float(len(looked) <= 8))

    monkeypatch.setattr(activations, "read_activations", read)
    score = np.array([*range(16), 99, 99])
    found = probe_device(Reader(np.mean), make_films(8), Answers(score, score > 5))
    assert found["n"] == {"device": 8, "others": 8}
    assert found["score"]["value"] == 0
    assert found["features"]["value"] == 1
    assert looked == ["reader"] * 16


@pytest.mark.parametrize(
    ("number", "reason"), [(3, "fewer than 10 films"), (10, "no model 'reader'")]
)
def test_features_that_cannot_be_had_have_a_reason(number, reason):
    score = np.zeros(2 * number + 2)
    found = probe_device(Reader(np.mean), make_films(number), Answers(score, score > 0))
    assert found["features"]["value"] is None
    assert reason in found["features"]["reason"]
    assert found["score"]["value"] == 0.5


def test_left_out_are_the_device_s_own_films_of_every_kind():
    found = probe_left_out(Reader(lambda pixels: pixels.mean() - 2.0), make_films(4))["sensitivity"]
    assert {name: (result["n"], result["value"]) for name, result in found.items()} == {
        "all": (5, 0.2),
        "bacteria": (1, 1.0),
        "virus": (4, 0.0),
    }
