"""Tests of `xray_core.training.segmenter` on drawn chests, with a small network."""

import json

import cv2
import numpy as np
import pytest

from xray_core.__main__ import main
from xray_core.errors import DataError
from xray_core.training import segmenter

SIDE = 96


def write_chest(films, masks, rng):
    """Draw two dark lungs beside a bright heart, and where they are."""
    mask = np.zeros((SIDE, SIDE), np.uint8)
    for x in (28, 68):
        cv2.ellipse(mask, (x, 48), (14, 30), 0, 0, 360, 255, -1)
    film = np.where(mask > 0, 60, 170) + rng.normal(0, 6, mask.shape)
    for path, picture in ((films, np.clip(film, 0, 255)), (masks, mask)):
        path.parent.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(path), picture.astype(np.uint8))


@pytest.fixture
def chests(tmp_path):
    rng = np.random.default_rng(0)
    for split, count in (("train", 20), ("test", 3)):
        for number in range(count):
            name = f"{split}/NORMAL/IM-{number:04d}-0001.png"
            write_chest(tmp_path / "films" / name, tmp_path / "masks" / name, rng)
    for number in range(5):
        places = (tmp_path / "adults" / part / f"{number}.png" for part in ("images", "masks"))
        write_chest(*places, rng)
    return tmp_path


def build_small(size):
    """A network with the layers by which the trained one is known, of as many channels in all."""
    import keras

    film = keras.Input((size, size, 1))
    seen = keras.layers.Conv2D(8, 3, 2, "same", activation="relu")(film)
    for name, channels in zip(segmenter.STAGE_ENDS, (24, 40, 80, 112), strict=True):
        seen = keras.layers.Conv2D(channels, 1, activation="relu", name=name)(seen)
    return keras.Model(film, keras.layers.Conv2D(1, 1)(seen))


def test_mask_that_leaves_the_heart_out_is_not_believed_between_the_lungs(chests):
    pair = segmenter.read_adults(chests / "adults")[0]
    middle = pair.mask.shape[1] // 2
    assert pair.mask.any()
    assert not pair.trusted[middle, middle]
    assert pair.trusted[pair.mask > 0].all()
    assert pair.trusted[0].all()


def test_films_without_masks_are_a_sentence(chests):
    with pytest.raises(DataError, match="Expected masks at"):
        segmenter.read_children(chests / "films", chests / "adults", "train")


def test_loss_counts_only_where_the_mask_is_believed():
    mask, logits = np.zeros((1, 8, 8)), np.full((1, 8, 8, 1), -20.0)
    logits[0, :4] = 20  # wrong in the upper half

    def loss(trusted):
        target = np.stack([mask, np.broadcast_to(trusted, mask.shape)], -1)
        return float(segmenter.overlap_loss(target.astype(np.float32), logits.astype(np.float32)))

    assert loss(np.ones((8, 8))) > 10
    assert loss(np.arange(8)[:, None] >= 4) < 0.01


def test_training_writes_a_segmenter_and_what_it_reached(chests, monkeypatch, capsys):
    from xray_core.inference.litert import LiteRtModel

    monkeypatch.setattr(segmenter, "build_segmenter", build_small)
    monkeypatch.setattr(segmenter, "fetch_weights", lambda: None)
    monkeypatch.setattr(segmenter, "load_weights", lambda model, path: None)
    out = chests / "model"
    words = [
        *("--data", chests / "films", "--masks", chests / "masks", "--adults", chests / "adults"),
        *("--out", out, "--image-size", 64, "--epochs", 2, "--steps", 3, "--batch-size", 4),
    ]
    assert main(["train-lungs", *map(str, words)]) == 0
    card = json.loads((out / "card.json").read_text())
    results = card["results"]
    assert {name: result["n"] for name, result in results.items()} == {
        "validation": 2, "test": 3, "adults, heart left out": 1, "adults, heart counted as error": 1
    }  # fmt: skip
    assert "test: mean Dice" in capsys.readouterr().out
    assert card["config"]["steps"] == 3
    losses = json.loads((out / "history.json").read_text())["loss"]
    assert len(losses) == 2
    assert losses[1] < losses[0]
    network = LiteRtModel((out / "model.tflite").read_bytes())
    outputs = network(np.zeros((1, 64, 64, 1), np.float32))
    assert outputs["lung"].shape == (1, 32, 32, 1)
    assert outputs["features"].shape == (1, 256)
