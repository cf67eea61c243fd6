"""Tests of `xray_core.inference.model_card`: a folder is whole, or a sentence says why not."""

import json
import shutil

import pytest

from xray_core import load_classifier
from xray_core.errors import ModelError
from xray_core.inference import model_card

SHIPPED = model_card.list_models()


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A copy of the default model and the lungs that a test may damage."""
    for name in (model_card.DEFAULT_MODEL, "lung_fields", "quality"):
        shutil.copytree(model_card.MODELS / name, tmp_path / name)
    monkeypatch.setenv("XRAY_MODELS", str(tmp_path))
    return tmp_path


def test_list_models_starts_with_the_default_and_leaves_the_segmentation_out():
    assert SHIPPED[0] == model_card.DEFAULT_MODEL
    assert "baseline" in SHIPPED
    assert "lung_fields" not in SHIPPED


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_folders_are_complete_and_their_files_are_those_on_the_card(name):
    card = model_card.load_card(name)
    folder = model_card.model_folder(name)
    for file in card.raw["files"]:
        assert model_card.read_model_file(folder, file, card.raw)
    assert model_card.load_history(name)["epochs"]
    assert model_card.load_evaluation(name)["model"] == name
    size = sum(path.stat().st_size for path in folder.iterdir())
    assert size < 12e6


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_cards_say_what_inference_needs(name):
    card = model_card.load_card(name)
    assert set(card.positive) < set(card.classes)
    assert set(card.training["films"]) >= set(card.classes)
    assert card.outputs[0] == "opacity"
    assert card.default_operating_point.name == "balanced"
    low, high = card.uncertain
    assert low <= card.default_operating_point.threshold <= high


def test_load_card_names_the_models_there_are():
    with pytest.raises(ModelError, match=r"no model 'nothing' in .* baseline"):
        model_card.load_card("nothing")


@pytest.mark.parametrize("name", ["../lungs", "", ".", "a/b"])
def test_load_card_takes_names_not_paths(name):
    with pytest.raises(ModelError):
        model_card.load_card(name)


@pytest.mark.parametrize("name", ["model.tflite", "normal.npz"])
def test_load_classifier_refuses_a_changed_file(home, name):
    file = home / "lungs" / name
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(content)
    with pytest.raises(ModelError, match=rf"expects {name} with SHA-256 .* restore"):
        load_classifier()


@pytest.mark.parametrize("folder", ["lungs", "lung_fields"])
def test_load_classifier_names_a_missing_file(home, folder):
    (home / folder / "model.tflite").unlink()
    with pytest.raises(ModelError, match=f"'{folder}' lacks model.tflite"):
        load_classifier()


@pytest.mark.parametrize("content", ["", "{}", "[1]", '{"kind": "classification"}'])
def test_load_card_refuses_a_garbled_card(home, content):
    (home / "lungs" / "card.json").write_text(content)
    with pytest.raises(ModelError, match=r"card|JSON"):
        model_card.load_card("lungs")


def test_version_changes_with_the_lungs(home):
    before = load_classifier().version
    card = json.loads((home / "lung_fields" / "card.json").read_text())
    (home / "lung_fields" / "card.json").write_text(json.dumps(card | {"note": "changed"}))
    assert load_classifier().version != before


def test_load_external_is_empty_where_nothing_was_measured(home):
    folder = home / model_card.DEFAULT_MODEL
    shutil.rmtree(folder / "external", ignore_errors=True)
    assert model_card.load_external(model_card.DEFAULT_MODEL) == ()
    (folder / "external").mkdir()
    for name, title in (("b", "Elsewhere"), ("a", "Adults")):
        (folder / f"external/{name}.json").write_text(json.dumps({"title": title}))
    found = model_card.load_external(model_card.DEFAULT_MODEL)
    assert [report["title"] for report in found] == ["Adults", "Elsewhere"]
