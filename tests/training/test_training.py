"""Tests of `xray_core.training` on drawn films and a small network."""

import json
import subprocess
import sys
from dataclasses import asdict, replace

import cv2
import numpy as np
import pytest

from xray_core.datasets.catalogue import open_folder
from xray_core.datasets.splits import split_by_patient
from xray_core.errors import DataError, UsageError
from xray_core.training.batches import Seeded, cosine_schedule
from xray_core.training.config import PRESETS, GateConfig, LungTrainingConfig, configured
from xray_core.types import Box, Lungs

SETTINGS = {
    "image_size": 32,
    "epochs": 6,
    "steps": 9,
    "batch_size": 8,
    "validation_share": 0.25,
    "seed": 1,
    "dropout": 0.2,
    "learning_rate": 0.01,
}


@pytest.fixture(scope="module")
def films(tmp_path_factory):
    """96 drawn films; the pneumonias have a bright blob."""
    root = tmp_path_factory.mktemp("films")
    rng = np.random.default_rng(0)
    for number in range(96):
        film = rng.normal(90, 20, (64, 64))
        if number % 3:
            film[20:44, 20:44] += 100
            subtype = ("bacteria", "virus")[number % 2]
            path = root / f"train/PNEUMONIA/person{number}_{subtype}_{number}.png"
        else:
            path = root / f"train/NORMAL/IM-{number:04d}-0001.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(path), np.clip(film, 0, 255).astype(np.uint8))
    return root


@pytest.fixture(scope="module")
def adults(tmp_path_factory):
    """48 drawn films of adults; opacities have a bright blob, others a dark one."""
    root = tmp_path_factory.mktemp("adults")
    rng = np.random.default_rng(1)
    (root / "images").mkdir()
    rows, boxes = ["image,label,labelled_by,view,patient,split"], ["image,x,y,w,h"]
    for number in range(48):
        film = rng.normal(90, 20, (64, 64))
        label = ("normal", "pneumonia", "other_abnormal")[number % 3]
        film[20:44, 20:44] += {"normal": 0, "pneumonia": 100, "other_abnormal": -60}[label]
        cv2.imwrite(str(root / f"images/{number}.png"), np.clip(film, 0, 255).astype(np.uint8))
        view, split = ("AP", "PA")[number // 3 % 2], ("train", "valid")[number // 24]
        rows.append(f"{number}.png,{label},radiologists,{view},p{number},{split}")
        if label == "pneumonia":
            boxes.append(f"{number}.png,0.31,0.31,0.38,0.38")
    (root / "labels.csv").write_text("\n".join(rows))
    (root / "boxes.csv").write_text("\n".join(boxes))
    return root


def config(**changes):
    return replace(PRESETS["baseline"], **{**SETTINGS, **changes})


@pytest.fixture(scope="module")
def trained(films, tmp_path_factory):

    from xray_core.training.classifier import train

    out = tmp_path_factory.mktemp("model")
    return out, train(films, out, config(), verbose=0)


def test_split_by_patient_keeps_patients_together():
    patients = [f"p{i % 10}" for i in range(50)]
    kept, aside = split_by_patient(range(50), 0.3, 0, patients.__getitem__)
    assert sorted(kept + aside) == list(range(50))
    assert len({patients[i] for i in aside}) == 3
    assert not {patients[i] for i in kept} & {patients[i] for i in aside}


def test_split_by_patient_counts_an_unknown_patient_by_film():
    kept, aside = split_by_patient(range(20), 0.25, 0, lambda film: "")
    assert (len(kept), len(aside)) == (15, 5)


def test_seeded_batches_depend_on_seed_epoch_and_step():
    import keras

    class Numbers(Seeded):
        def batch(self, rng):
            return rng.integers(1 << 40)

    one, same, other = Numbers(0, 3), Numbers(0, 3), Numbers(1, 3)
    assert [one[step] for step in range(3)] == [same[step] for step in range(3)]
    clock = same.clock()
    clock.set_model(keras.Sequential())
    clock.on_epoch_begin(1)
    values = {numbers[step] for numbers in (one, same, other) for step in range(3)}
    assert len(values) == 9


def test_cosine_schedule_warms_up_then_falls_to_zero():
    schedule = cosine_schedule(1.0, 100)
    rates = [float(schedule(step)) for step in range(101)]
    assert rates[0] == pytest.approx(0.05)
    assert max(rates) == pytest.approx(1.0, abs=0.01)
    assert rates[-1] == pytest.approx(0, abs=1e-6)


def test_several_networks_are_joined_to_their_mean():
    import keras

    from xray_core.training.classifier import join
    from xray_core.training.networks import build_classifier

    lungs = replace(PRESETS["lungs"], image_size=64, networks=2)
    options = {"stages": lungs.stages, "dropout": lungs.dropout}
    two = [build_classifier(lungs.architecture, 64, 3, **options) for _ in range(2)]
    for network in two:  # untrained ones say next to nothing
        last = network.get_layer("class_maps")
        last.set_weights([1e4 * last.get_weights()[0]])
    view = np.random.default_rng(0).normal(size=(1, 64, 64, 2)).astype(np.float32)
    names = ("class_maps", "logits")
    answers = [
        keras.Model(each.input, [each.get_layer(name).output for name in names])(view)
        for each in (*two, join(two, lungs))
    ]
    for one, other, joined in zip(*answers, strict=True):
        assert np.abs(one - other).max() > 0.01
        assert np.asarray(joined) == pytest.approx(np.asarray(one + other) / 2, abs=1e-5)


def test_joined_networks_are_parted_again():
    from xray_core.training.classifier import join
    from xray_core.training.networks import build_classifier, part_networks

    lungs = replace(PRESETS["lungs"], image_size=64, networks=2)
    options = {"stages": lungs.stages, "dropout": lungs.dropout}
    first, second, *parts = (
        build_classifier(lungs.architecture, 64, 3, **options) for _ in range(4)
    )
    part_networks(join([first, second], lungs), parts)
    for network, part in zip((first, second), parts, strict=True):
        for was, now in zip(network.get_weights(), part.get_weights(), strict=True):
            np.testing.assert_allclose(now, was, atol=1e-7)


def test_a_training_goes_on_from_another_model_and_says_so(films, trained, tmp_path):
    from xray_core.training.classifier import train

    folder, before = trained
    settings = config(start=str(folder), epochs=1, steps=1, learning_rate=1e-6)
    card = train(films, tmp_path / "on", settings, verbose=0)
    *earlier, last = epochs_of(tmp_path / "on")
    assert earlier == epochs_of(folder)
    assert last["epoch"] == 7
    history = last["val_loss"]
    scratch = epochs_of(folder)[0]["val_loss"]
    assert abs(history - epochs_of(folder)[-1]["val_loss"]) < abs(history - scratch)
    assert card["training"]["gone_on_from"] == {
        "network": before["files"]["model.keras"],
        "config": json.loads(json.dumps(before["training"]["config"])),
    }
    with pytest.raises(UsageError, match="name another model folder"):
        train(films, tmp_path / "other", config(start=str(tmp_path)), verbose=0)


def test_several_networks_are_trained_with_a_seed_each_and_written_as_one(films, trained, tmp_path):
    import keras

    from xray_core.training.classifier import train

    card = train(films, tmp_path, config(networks=2), verbose=0)
    assert card["training"]["config"]["networks"] == 2
    layers = {layer.name for layer in keras.saving.load_model(tmp_path / "model.keras").layers}
    assert {"0.conv0", "1.conv0"} <= layers
    mean, alone = epochs_of(tmp_path), epochs_of(trained[0])
    assert len(mean) == len(alone) == 6
    # the first network is the one trained alone, so the mean differs where the second seed's does
    assert all(one["val_loss"] != other["val_loss"] for one, other in zip(mean, alone, strict=True))


def epochs_of(out):
    return json.loads((out / "history.json").read_text())["epochs"]


def test_train_learns_what_can_be_seen(trained):
    out, card = trained
    assert card["classes"] == ["normal", "bacteria", "virus"]
    assert card["training"]["times_shown"]["normal"] > 1
    assert "other" not in card
    assert card["validation"]["auc_jittered"] > 0.9
    assert len(json.loads((out / "history.json").read_text())["epochs"]) == 6
    assert not (out / ".training").exists()


def test_one_run_with_adults_makes_all_that_an_answer_needs(films, adults, tmp_path):
    from xray_core.saliency.beyond_normal import load_normal
    from xray_core.training.classifier import train

    card = train(films, tmp_path, config(places_weight=0.5), adults=adults, verbose=0)
    counts = card["training"]["films"]
    assert counts["adult, normal"] == counts["adult, opacity"] == counts["adult, other"] == 8
    assert card["training"]["validation_films"]["adult, other"] == 8
    assert card["other"]["films"] == 16
    assert card["other"]["sensitivity"] > 0.6
    assert card["validation"]["auc_jittered"] > 0.9
    last = json.loads((tmp_path / "history.json").read_text())["epochs"][-1]
    assert min(last["val_auc_children"], last["val_auc_adults"]) > 0.9
    normal = load_normal((tmp_path / "normal.npz").read_bytes())
    assert normal.films == counts["normal"] + counts["adult, normal"]
    assert set(normal.evidence) == {"PNEUMONIA", "NORMAL", "bacteria", "virus", "OTHER"}


def test_trained_files_are_those_on_the_card_and_agree(trained):
    import keras

    from xray_core.inference.litert import LiteRtModel
    from xray_core.inference.model_card import read_model_file

    out, card = trained
    lite = LiteRtModel(read_model_file(out, "model.tflite", card))
    model = keras.saving.load_model(out / "model.keras", safe_mode=True)
    view = np.random.default_rng(0).normal(0, 0.5, (1, 32, 32, 2)).astype(np.float32)
    view[..., 1] = 0.5
    expected, found = model(view), lite(view)
    assert set(found) == {"logits", "class_maps"}
    np.testing.assert_allclose(found["logits"], expected["logits"], atol=0.02)
    np.testing.assert_allclose(found["class_maps"].mean((1, 2)), found["logits"], atol=1e-4)
    assert found["logits"].shape == (1, 3)


def test_network_trained_on_another_backend_gives_the_same_files(trained, tmp_path, monkeypatch):
    import keras

    from xray_core.inference.litert import LiteRtModel
    from xray_core.training.export import export_model

    out, _ = trained
    model = keras.saving.load_model(out / "model.keras", compile=False, safe_mode=True)
    monkeypatch.setattr(keras.backend, "backend", lambda: "jax")
    export_model(model, tmp_path, {})
    view = np.random.default_rng(0).normal(0, 0.5, (1, 32, 32, 2)).astype(np.float32)
    first, again = (
        LiteRtModel((folder / "model.tflite").read_bytes())(view) for folder in (out, tmp_path)
    )
    for name in ("logits", "class_maps"):
        np.testing.assert_array_equal(again[name], first[name])


def test_train_repeats_with_the_seed_also_when_killed_and_taken_up_again(films, trained, tmp_path):
    code = (
        "import os, keras, sys\n"
        "from xray_core.training.fitting import Validator\n"
        "from xray_core.training.classifier import train\n"
        "from xray_core.training.config import TrainingConfig\n"
        "class Killer(Validator):\n"
        "    def on_epoch_end(self, epoch, logs=None):\n"
        "        super().on_epoch_end(epoch, logs)\n"
        "        if epoch == 1: os._exit(9)\n"
        "import xray_core.training.fitting\n"
        "xray_core.training.fitting.Validator = Killer\n"
        f"train({str(films)!r}, {str(tmp_path)!r}, TrainingConfig(**{asdict(config())}), verbose=0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert done.returncode == 9, done.stderr.decode()[-500:]
    assert (tmp_path / ".training").exists()

    from xray_core.training.classifier import train

    with pytest.raises(UsageError, match="begun with other settings"):
        train(films, tmp_path, config(seed=5), verbose=0)
    train(films, tmp_path, config(), verbose=0)
    first, second = epochs_of(trained[0]), epochs_of(tmp_path)
    assert [row["epoch"] for row in second] == [1, 2, 3, 4, 5, 6]
    assert second[:2] == first[:2]  # another process, the same seed
    for one, other in zip(first, second, strict=True):
        assert other == pytest.approx(one, rel=1e-5)


def test_train_needs_two_classes(tmp_path):

    from xray_core.training.classifier import train

    film = tmp_path / "films/train/NORMAL/IM-0001-0001.png"
    film.parent.mkdir(parents=True)
    cv2.imwrite(str(film), np.arange(64 * 64, dtype=np.uint8).reshape(64, 64))
    with pytest.raises(DataError, match="at least two classes"):
        train(tmp_path / "films", tmp_path / "out", config(), verbose=0)


@pytest.mark.parametrize(
    ("command", "config"),
    [
        ("train", PRESETS["lungs"]),
        ("train_lungs", LungTrainingConfig()),
        ("train_gate", GateConfig()),
    ],
)
def test_every_setting_of_a_command_reaches_the_configuration(command, config):
    import argparse
    from importlib import import_module

    parser = argparse.ArgumentParser()
    import_module(f"xray_core.commands.{command}").configure(parser)
    needed = ["--data", "x", "--out", "y", *(["--masks", "z"] if command == "train_lungs" else [])]
    assert configured(config, parser.parse_args(needed)) == config
    settings = asdict(config).items()
    numbers = [name for name, value in settings if not isinstance(value, (str, bool))]
    changes = [word for name in numbers for word in (f"--{name.replace('_', '-')}", "77")]
    changed = asdict(configured(config, parser.parse_args([*needed, *changes])))
    several = [name for name in numbers if isinstance(getattr(config, name), tuple)]
    assert {name: changed[name] for name in several} == dict.fromkeys(several, (77,))
    assert {changed[name] for name in numbers if name not in several} == {77}
    for name in [name for name, value in settings if value is True]:
        denied = parser.parse_args([*needed, f"--no-{name.replace('_', '-')}"])
        assert getattr(configured(config, denied), name) is False


@pytest.mark.parametrize(
    ("folders", "classes", "labels"),
    [
        (("NORMAL", "PNEUMONIA"), ("normal", "pneumonia"), ("NORMAL", "PNEUMONIA")),
        (("TB", "NORMAL"), ("normal", "tb"), ("NORMAL", "TB")),
        (("CNV", "NORMAL", "DRUSEN"), ("normal", "cnv", "drusen"), ("NORMAL", "NOT NORMAL")),
    ],
)
def test_classes_and_labels_are_taken_from_the_folders(folders, classes, labels, tmp_path):
    from xray_core.training.classifier import labels_of
    from xray_core.training.examples import read_children

    for folder in folders:
        path = tmp_path / "train" / folder / "film.png"
        path.parent.mkdir(parents=True)
        cv2.imwrite(str(path), np.arange(64 * 64, dtype=np.uint8).reshape(64, 64))
    examples, found = read_children(tmp_path, None)
    assert found == classes
    assert labels_of(found) == labels
    kinds = {e.subtype for e in examples}
    assert kinds == ({-1} if len(classes) == 2 else {-1, 0, 1})
    assert sorted(e.opacity for e in examples) == [0] + [1] * (len(classes) - 1)


def test_train_sets_the_same_patients_aside_whichever_films_have_no_lungs(
    films, tmp_path, monkeypatch
):
    from xray_core.training import classifier

    seen = []
    shown = iter(range(96))

    def find(film):
        return Lungs(film.astype(np.float32), None if next(shown) % 5 == 0 else Box(0, 0, 1, 1))

    def fit_network(kept, *_, **__):
        seen.append({example.patient for example in kept})
        raise InterruptedError

    def views_of(validation, *_):
        seen.append({example.patient for example in validation})

    monkeypatch.setattr(classifier, "segmenter_for", lambda field: find)
    monkeypatch.setattr(classifier, "views_of", views_of)
    monkeypatch.setattr(classifier, "fit_network", fit_network)
    with pytest.raises(InterruptedError):
        classifier.train(films, tmp_path, config(field_of_view="lungs", architecture="small_cnn"))
    parts = split_by_patient(open_folder(films).select(split="train"), 0.25, 1)[::-1]
    wanted = [{film.patient for film in part} for part in parts]
    assert sum(map(len, seen)) < sum(map(len, wanted))
    assert all(found < known for found, known in zip(seen, wanted, strict=True))
