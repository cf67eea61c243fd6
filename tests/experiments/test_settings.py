"""What can be chosen, and which training that is."""

from dataclasses import asdict, replace

import pytest

from xray_core.errors import UsageError
from xray_core.experiments.settings import RunSettings, validation_share

USUAL = RunSettings(source="samples")


@pytest.mark.parametrize(
    "wrong",
    [
        {"field_of_view": "heart"},
        {"asks": "age"},
        {"image_size": 96},
        {"network": "resnet"},
        {"channels": (16,)},
        {"channels": (16, 2)},
        {"channels": (8, 8, 8, 8, 8, 8)},
        {"frozen": 12},
        {"epochs": 0},
        {"epochs": 31},
        {"learning_rate": 1.0},
        {"films": -1},
        {"repeated": 0},
        {"seed": -1},
    ],
)
def test_what_is_out_of_range_is_refused_by_name(wrong):
    (name,) = wrong
    with pytest.raises(UsageError, match=rf"Expected {name} to be .*, got .*: choose another"):
        replace(USUAL, **wrong)


@pytest.mark.parametrize(
    ("choice", "changed"),
    [
        ({"field_of_view": "lungs"}, {"field_of_view"}),
        ({"image_size": 128}, {"image_size"}),
        ({"network": "efficientnet_lite0"}, {"architecture", "title"}),
        ({"channels": (8, 8)}, {"channels"}),
        ({"frozen": 3}, {"frozen"}),
        ({"class_weights": False}, {"balanced"}),
        ({"augmented": False}, {"augmented"}),
        ({"epochs": 7}, {"epochs"}),
        ({"learning_rate": 0.01}, {"learning_rate"}),
        ({"seed": 4}, {"seed"}),
    ],
)
def test_every_choice_changes_its_part_of_the_training(choice, changed):
    usual, other = (asdict(each.training_config(4000, 3000)) for each in
                    (USUAL, replace(USUAL, **choice)))  # fmt: skip
    found = {name for name in usual if usual[name] != other[name]} - {"summary"}
    assert found == changed


def test_nothing_but_opacity_is_taught():
    config = USUAL.training_config(4000, 3000)
    assert (config.exchanged, config.places_weight, config.networks) == (0, 0, 1)
    assert not config.leave_out_device


def test_an_epoch_shows_each_film_once_and_few_films_several_times():
    assert USUAL.steps(4000) == 125
    assert USUAL.steps(100) == 25


def test_of_few_patients_more_are_set_aside():
    assert validation_share(199) == 2 * validation_share(200)


def test_the_description_tells_what_was_left_out():
    told = replace(USUAL, class_weights=False, apart=False, films=500).describe()
    assert "500 films" in told
    assert "without class weights and keeping patients apart" in told
    assert "without" not in USUAL.describe()


def test_settings_come_back_from_json():
    assert RunSettings.read({**asdict(USUAL), "channels": [16, 32, 64, 128]}) == USUAL
