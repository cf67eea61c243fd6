"""Maps by gradients come from a process of their own, and are right."""

import sys

import numpy as np
import pytest

from xray_core import load_classifier
from xray_core.apart import Helpers
from xray_core.errors import MissingPackageError, UsageError
from xray_core.saliency import gradients
from xray_core.saliency.grad_cam import grad_cam, signed_evidence
from xray_core.saliency.registry import METHODS

MAPS = [method.name for method in METHODS.values() if method.needs_gradients]


@pytest.fixture(scope="module")
def film(sample_films):
    return sample_films[-1].open()


@pytest.fixture(scope="module")
def small():
    """The small model: of the shipped one, three networks in one, each gradient takes seconds."""
    return load_classifier("baseline")


@pytest.fixture(scope="module")
def look(small, film):
    return small.look(film)


@pytest.fixture(scope="module")
def network(small):
    return gradients.KerasNetwork(small.name)


@pytest.mark.parametrize(
    ("name", "target"), [("lungs", "PNEUMONIA"), ("baseline", "PNEUMONIA"), ("baseline", "NORMAL")]
)
def test_grad_cam_by_its_formula_is_grad_cam_by_gradients(name, target, film, network):
    classifier = load_classifier(name)
    look, signs = classifier.look(film), classifier.targets[target]
    if name != "baseline":
        network = gradients.KerasNetwork(name)
    by_gradients = grad_cam(*network.at(gradients.LAST_LAYER, look.view.pixels, signs)).saliency
    by_formula = METHODS["grad_cam"].run(look, classifier, target)
    np.testing.assert_allclose(by_formula, by_gradients, atol=2e-2 * max(by_gradients.max(), 0.01))


@pytest.mark.parametrize("name", ["lungs", "baseline"])
def test_grad_cam_s_weighted_sum_is_the_class_map_over_the_places(name, film):
    classifier = load_classifier(name)
    look = classifier.look(film)
    found = gradients.read_grad_cam("last", look, classifier, "PNEUMONIA")
    class_map = signed_evidence(look.class_maps, look.logits, classifier.targets["PNEUMONIA"])
    rows, columns, channels = found.activations.shape
    assert (rows, columns) == class_map.shape
    assert found.weights.shape == (channels,)
    assert np.corrcoef(found.weighted_sum.ravel(), class_map.ravel())[0, 1] > 0.9995
    places = rows * columns
    np.testing.assert_allclose(places * found.weighted_sum, class_map, atol=0.05 * class_map.std())
    earlier = gradients.read_grad_cam("earlier", look, classifier, "PNEUMONIA")
    assert earlier.saliency.any()
    assert earlier.activations.shape[-1] != channels


@pytest.mark.parametrize("method", MAPS)
def test_map_from_the_process_is_the_one_made_here(small, look, network, method):
    normal = gradients.replacement(small)
    signs = small.targets["PNEUMONIA"].tolist()
    here = gradients.METHODS[method](network, look.view.pixels, normal, signs)
    apart = METHODS[method].run(look, small, "PNEUMONIA")
    assert here.any()
    np.testing.assert_allclose(apart, here, atol=1e-4 * here.max())


def test_lack_of_tensorflow_is_told(small, look, monkeypatch):
    monkeypatch.setitem(sys.modules, "keras", None)
    with pytest.raises(MissingPackageError, match="the package keras"):
        METHODS["layer_cam"].run(look, small, "PNEUMONIA")


def test_process_that_does_not_come_back_gives_a_sentence(small, look, monkeypatch):
    helpers = Helpers("tests.io.stuck", 1, 1)
    monkeypatch.setattr(gradients, "helpers", helpers)
    monkeypatch.setattr(gradients, "PATIENCE", 1)
    with pytest.raises(UsageError, match="choose a method that needs no gradients"):
        METHODS["layer_cam"].run(look, small, "PNEUMONIA")
    helpers.end()


def test_home_made_network_is_loaded_from_its_own_home(home_made, sample_films):
    look = home_made.look(sample_films[-1].open())
    found = gradients.read_grad_cam("last", look, home_made, "PNEUMONIA")
    shipped = gradients.read_grad_cam("last", look, load_classifier("baseline"), "PNEUMONIA")
    np.testing.assert_allclose(found.saliency, shipped.saliency, atol=1e-5)
