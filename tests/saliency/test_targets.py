"""Tests of `xray_core.saliency.targets`."""

import numpy as np
import pytest

from xray_core.errors import UsageError
from xray_core.saliency.grad_cam import signed_evidence
from xray_core.saliency.targets import list_targets
from xray_core.types import Radiograph

THREE = list_targets(("normal", "bacteria", "virus"), (False, True, True))


def test_three_classes_give_both_sides_and_the_two_kinds():
    assert {name: mask.tolist() for name, mask in THREE.items()} == {
        "PNEUMONIA": [False, True, True],
        "NORMAL": [True, False, False],
        "bacteria": [False, True, False],
        "virus": [False, False, True],
    }


def test_two_classes_give_the_two_sides_only():
    assert list(list_targets(("normal", "pneumonia"), (False, True))) == ["PNEUMONIA", "NORMAL"]


def test_evidence_for_normal_is_evidence_against_pneumonia():
    maps = np.random.default_rng(0).normal(size=(4, 4, 3)).astype(np.float32)
    found = {name: signed_evidence(maps, maps.mean((0, 1)), mask) for name, mask in THREE.items()}
    np.testing.assert_allclose(found["NORMAL"], -found["PNEUMONIA"], rtol=1e-5)
    assert np.corrcoef(found["bacteria"].ravel(), found["virus"].ravel())[0, 1] < 0.9


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
