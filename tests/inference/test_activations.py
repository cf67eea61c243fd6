import json
import shutil

import numpy as np
import pytest

from tests.ui.pages.conftest import draw_film
from xray_core.classifier import load_classifier
from xray_core.errors import ModelError
from xray_core.inference.activations import read_activations, read_first_kernels
from xray_core.inference.model_card import list_models, load_card, models_home
from xray_core.io.radiograph import load_radiograph
from xray_core.types import WHOLE_FILM, View


@pytest.fixture(scope="module", params=list_models())
def seen(request, sample_films):
    classifier = load_classifier(request.param)
    film = next(film for film in sample_films if film.label == "PNEUMONIA")
    look = classifier.look(film.open())
    return look, read_activations(request.param, look.view)


def test_features_times_weights_are_the_class_maps_of_the_answer(seen):
    look, activations = seen
    np.testing.assert_allclose(activations.class_maps, look.class_maps, atol=1e-3)


def test_mean_features_times_weights_are_the_logits(seen):
    look, activations = seen
    assert np.abs(look.logits).max() > 0.1
    np.testing.assert_allclose(activations.means @ activations.weights, look.logits, atol=1e-3)


def test_stages_are_of_one_size_each_and_the_last_has_the_size_of_the_class_maps(seen):
    look, activations = seen
    sides = [len(stage) for stage in activations.stages]
    assert sides[0] == look.view.side // 2
    assert len(set(sides)) == len(sides) >= 4
    assert activations.features.shape[:2] == look.class_maps.shape[:2]


@pytest.mark.parametrize("name", list_models())
def test_first_kernels_are_those_of_the_first_convolution(name):
    kernels = read_first_kernels(name)
    first = load_card(name).raw["layers"][0]
    assert kernels.shape == (first["shape"][-1], 3, 3)
    assert np.abs(kernels).max() > 0.1


@pytest.mark.heavy
@pytest.mark.parametrize("name", list_models())
def test_layers_on_the_card_are_those_of_the_network(name):
    import keras

    from xray_core.training.export import describe_layers

    network = keras.saving.load_model(models_home() / name / "model.keras")
    layers = load_card(name).raw["layers"]
    assert layers == describe_layers(network)
    assert sum(row["parameters"] * row["times"] for row in layers) == network.count_params()
    assert layers[-1]["shape"] == [len(load_card(name).outputs)]


def test_a_film_without_lungs_is_followed_as_a_whole():
    classifier = load_classifier()
    look = classifier.look(load_radiograph(draw_film(0.5), "grey"))
    assert look.lungs.box is None
    activations = read_activations(classifier.name, look.view)
    np.testing.assert_allclose(activations.class_maps, look.class_maps, atol=1e-3)


def test_a_network_with_another_ending_is_named(tmp_path, monkeypatch):
    source = models_home()
    for name in list_models():
        shutil.copytree(source / name, tmp_path / name)
    card = tmp_path / "baseline" / "card.json"
    raw = json.loads(card.read_text())
    card.write_text(json.dumps(raw | {"classes": ["normal", "a", "b", "c", "d"]}))
    monkeypatch.setenv("XRAY_MODELS", str(tmp_path))
    with pytest.raises(ModelError, match="'baseline' does not end in one linear layer"):
        read_activations("baseline", View(np.zeros((128, 128, 2), np.float32), WHOLE_FILM))


def test_model_is_read_from_the_home_that_its_card_names(home_made):
    view = View(np.full((128, 128, 2), 0.5, np.float32), WHOLE_FILM)
    home = home_made.card.home
    found = read_activations("home-1", view, home)
    np.testing.assert_array_equal(found.features, read_activations("baseline", view).features)
    np.testing.assert_array_equal(
        read_first_kernels("home-1", home), read_first_kernels("baseline")
    )
    with pytest.raises(ModelError, match="no model 'home-1'"):
        read_activations("home-1", view)
