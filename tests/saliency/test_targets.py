"""Tests of `xray_core.saliency.targets`."""

import numpy as np
import pytest

from xray_core.errors import UsageError
from xray_core.saliency.grad_cam import signed_evidence
from xray_core.saliency.targets import list_targets
from xray_core.types import Radiograph

FOUR = list_targets(("normal", "bacteria", "virus"), other=True)


def test_signs_say_which_logits_speak_for_a_target():
    assert {name: signs.tolist() for name, signs in FOUR.items()} == {
        "PNEUMONIA": [1, 0, 0, 0],
        "NORMAL": [-1, 0, 0, 0],
        "bacteria": [0, 1, -1, 0],
        "virus": [0, -1, 1, 0],
        "OTHER": [0, 0, 0, 1],
    }


def test_two_classes_give_the_two_sides_only():
    found = list_targets(("normal", "pneumonia"), other=False)
    assert {name: signs.tolist() for name, signs in found.items()} == {
        "PNEUMONIA": [1],
        "NORMAL": [-1],
    }


def test_a_kind_among_three_stands_against_the_two_others():
    found = list_targets(("normal", "cnv", "dme", "drusen"), other=False)
    assert found["dme"].tolist() == [0, -1, 1, -1]
    assert "OTHER" not in found


def test_evidence_for_normal_is_evidence_against_pneumonia():
    maps = np.random.default_rng(0).normal(size=(4, 4, 4)).astype(np.float32)
    found = {name: signed_evidence(maps, maps.mean((0, 1)), signs) for name, signs in FOUR.items()}
    np.testing.assert_array_equal(found["NORMAL"], -found["PNEUMONIA"])
    np.testing.assert_array_equal(found["PNEUMONIA"], maps[..., 0])
    np.testing.assert_allclose(found["bacteria"], maps[..., 1] - maps[..., 2], rtol=1e-5)


def test_classifier_scores_several_views_for_a_target(classifier, sample_films):
    views = np.stack([classifier.look(film.open()).view.pixels for film in sample_films[:3]])
    pneumonia, normal = classifier.scores(views), classifier.scores(views, "NORMAL")
    np.testing.assert_allclose(pneumonia, -normal, rtol=1e-4)
    for view, score in zip(views, pneumonia, strict=True):
        assert classifier.scores(view[None])[0] == pytest.approx(score, abs=1e-3)


def test_classifier_refuses_a_target_it_does_not_know(classifier):
    film = Radiograph(np.zeros((64, 64), np.uint8), "a.png", "")
    with pytest.raises(UsageError, match=r"out of PNEUMONIA, NORMAL.*'tea'"):
        classifier.analyze(film, target="tea")
