from dataclasses import replace

import pytest

from xray_core.inference.model_card import ModelCard
from xray_core.reporting.text import card as card_text
from xray_core.types import OperatingPoint

ABOUT = {
    "intended_use": "Learning.",
    "excluded_use": "Patients.",
    "data": "Films of children.",
    "input": "One frontal film.",
    "known_shortcuts": ["The film's shape.", "A device's style."],
    "test_readings": ["Official test: ten times.", "Other test: once."],
}


def make_card(**changes):
    raw = {
        "about": ABOUT,
        "uncertain": {"band": [0.38, 0.5], "level": 0.95},
        "validation": {"auc_jittered": 0.98766, "other_thing": 0.5},
        "files": {"model.tflite": "abc"},
    }
    card = ModelCard(
        name="lungs",
        title="Lungs first",
        summary="Small and quick.",
        classes=("normal", "bacteria", "virus"),
        other=None,
        labels=("NORMAL", "PNEUMONIA"),
        field_of_view="lungs",
        image_size=128,
        calibration={"temperature": 1.079, "bias": 0.0, "prior": 0.5},
        operating_points=(OperatingPoint("balanced", 0.5, "Both errors weigh the same."),),
        uncertain=(0.38, 0.5),
        training={
            "config": {"title": "Lungs first", "batch_size": 32, "field_of_view": "lungs"},
            "films": {"normal": 1131, "bacteria": 2155, "virus": 1156},
            "times_shown": {"normal": 1.9637},
            "initial_weights": {
                "data": "ImageNet",
                "package": "lite0 0.1",
                "licence": "Apache-2.0",
            },
        },
        raw=raw,
    )
    return replace(card, **changes)


def test_describe_tells_what_the_card_says_of_itself():
    told = card_text.describe(make_card())
    assert told["What it is for"] == "Learning."
    assert told["What it is not for"] == "Patients."
    assert told["Known shortcuts"] == "- The film's shape.\n- A device's style."
    readings = told["How often test films were read"]
    assert readings == "- Official test: ten times.\n- Other test: once."
    assert (
        "inside their hull with a narrow rim, the heart included, at 128 × 128 pixels"
        in told["What it is"]
    )
    assert "sum over bacterial pneumonia and viral pneumonia" in told["What it is"]
    assert told["Initial weights and their licence"].endswith("lite0 0.1, licence Apache-2.0.")
    assert told["Operating points"] == "- **Balanced**, from 50%: Both errors weigh the same."
    validation = told["On the validation films"]
    assert validation.startswith("- AUC, jittered: 0.988\n- Other thing: 0.5\n\n*Jittered*: ")


def test_describe_leaves_out_what_the_card_does_not_have():
    card = make_card(raw={}, uncertain=None, training={}, operating_points=())
    assert list(card_text.describe(card)) == ["What it is", "Calibration"]


def test_describe_says_when_nothing_was_pretrained():
    told = card_text.describe(make_card(training={"initial_weights": None}))
    assert told["Initial weights and their licence"] == "None: it was trained from scratch."


@pytest.mark.parametrize(
    ("calibration", "text"),
    [
        (
            {"temperature": 1.079, "bias": 0.112, "prior": 0.5},
            "divided by a temperature of 1.08 and shifted by +0.11, fitted on validation films, so "
            "that the probability means what it says where 50% of the films show pneumonia.",
        ),
        (
            {"temperature": 2.0, "bias": 0.0},
            "divided by a temperature of 2.00, fitted on validation films, so that the probability "
            "means what it says.",
        ),
    ],
)
def test_describe_calibration_names_only_the_steps_taken(calibration, text):
    told = card_text.describe(make_card(calibration=calibration))
    assert told["Calibration"] == f"The network's score is {text}"


def test_describe_band_states_its_promise():
    text = card_text.describe_band(make_card())
    assert text.startswith("Between 38% and 50% the answer is *not sure*.")
    assert "at least 95% of each class" in text


def test_describe_band_without_a_level_promises_nothing():
    text = card_text.describe_band(make_card(raw={"uncertain": {"band": [0.38, 0.5]}}))
    assert text == "Between 38% and 50% the answer is *not sure*."


def test_describe_coverage_survives_a_missing_class():
    text = card_text.describe_coverage({"uncertain": 0.0208, "positive": 0.99, "negative": None})
    assert text == (
        "Of the tested films 2% lie in the band. In it or on their own side of it: 99.0% of the "
        "pneumonias and – of the normal films."
    )


@pytest.mark.parametrize(
    ("positive", "negative", "short"),
    [
        (0.99, 0.88, "For the normal films that is less than the 95% promised"),
        (0.9, 0.88, "For the pneumonias and the normal films that is less than the 95% promised"),
    ],
)
def test_describe_coverage_owns_up_to_a_broken_promise(positive, negative, short):
    band = {"uncertain": 0.01, "positive": positive, "negative": negative}
    assert short in card_text.describe_coverage(band, 0.95)


def test_describe_coverage_compares_the_answers_outside_with_all():
    measures = {
        "wrong": {"value": 0.056, "n": 624, "interval": [0.0398, 0.0785]},
        "wrong_outside": {"value": 0.05, "n": 618, "interval": None},
    }
    band = {"uncertain": 0.01, "positive": 0.95, "negative": 0.95}
    assert "outside" not in card_text.describe_coverage(band)
    assert card_text.describe_coverage(band | measures).endswith(
        "Of the answers outside it 5.0% are wrong; if every film were answered, "
        "5.6% (4.0 to 7.8) would be."
    )


def test_describe_coverage_is_content_with_a_promise_kept():
    band = {"uncertain": 0.01, "positive": 0.95, "negative": None}
    assert "promised" not in card_text.describe_coverage(band, 0.95)


def test_list_classes_marks_what_is_not_told():
    normal, bacteria, _ = card_text.list_classes(make_card())
    assert normal == {
        "Class": "Normal",
        "Films for training": "1,131",
        "Films for validation": "–",
        "Times shown": "1.96",
    }
    assert bacteria["Times shown"] == "–"


def test_list_settings_skips_what_the_page_says_elsewhere():
    assert card_text.list_settings(make_card()) == [
        {"Setting": "Batch size", "Value": "32"},
        {"Setting": "Field of view", "Value": "lungs"},
    ]


def test_list_files_names_their_hash():
    assert card_text.list_files(make_card()) == [{"File": "model.tflite", "SHA-256": "`abc`"}]
    assert card_text.list_files(make_card(raw={})) == []


def test_describe_lungs_states_how_well_they_are_found():
    results = {"test": {"n": 624, "dice_mean": 0.9607}, "validation": {"n": 5, "dice_mean": 0.5}}
    adults = {"adults, heart left out": {"n": 141, "dice_mean": 0.986}}
    said = card_text.describe_lungs({"results": results | adults})
    assert "Dice 0.961 on 624 test films and 0.986 on 141 adults, all" in said
    assert "0.961 on 624 test films, all of" in card_text.describe_lungs({"results": results})
    assert card_text.describe_lungs({}).endswith("a network of their own.")
