"""A visitor's training, from the folder that says what to train to the network that answers."""

import io
import json
import shutil
import time
import zipfile
from dataclasses import replace

import numpy as np
import pytest

from xray_core.experiments.job import describe_job
from xray_core.experiments.runs import Runs
from xray_core.experiments.settings import RunSettings
from xray_core.training.live import EVENTS, StoppedError, Teller


@pytest.fixture(scope="module")
def folder(sample_films, tmp_path_factory):
    """The sample films as train and as test."""
    root = tmp_path_factory.mktemp("films")
    for split in ("train", "test"):
        for sample in sample_films:
            target = root / split / sample.label / sample.name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(sample.content.path, target)
    return root


@pytest.fixture(scope="module")
def settings(folder):
    return RunSettings(source=str(folder), channels=(4, 8), epochs=2)


@pytest.fixture(scope="module")
def run(settings):
    """Trained in a process of its own, as on the page."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XRAY_TRAINING_NICE", "1")
        runs = Runs()
        made = runs.visit(runs.new_key()).start(settings, "Mine")
        end = time.monotonic() + 300
        while not made.over and time.monotonic() < end:
            time.sleep(0.1)
        assert made.state == "done", (made.problem, (made.folder / "log.txt").read_text()[-2000:])
        yield made
        runs.close()


def test_its_course_is_told(run):
    found = run.progress
    assert [step for step, _, _ in found.steps] == list(range(1, 51))
    assert found.steps_in_all == 50
    assert [row["epoch"] for row in found.epochs] == [1, 2]
    first = found.epochs[0]
    steps = found.steps[:25]  # what Keras says of an epoch is the mean of its steps
    assert first["loss"] == pytest.approx(np.mean([loss for _, loss, _ in steps]), abs=1e-3)
    assert first["accuracy"] == pytest.approx(np.mean([right for _, _, right in steps]), abs=1e-3)
    assert {"val_loss", "val_accuracy", "val_auc"} < set(first)


def test_films_it_gets_wrong_come_as_pictures(run):
    import cv2

    wrong = run.progress.wrong
    assert len(wrong) == round((1 - run.progress.epochs[-1]["val_accuracy"]) * 4)
    for film in wrong:
        assert (film["probability"] > 0.5) == (film["label"] == "NORMAL")
        assert cv2.imdecode(np.frombuffer(film["picture"], np.uint8), 0).shape == (160, 160)


def test_results_are_those_of_its_own_answers(run, folder):
    from xray_core.datasets.catalogue import open_folder
    from xray_core.evaluation.evaluate import evaluate

    assert run.results["validation"]["n"] == 4
    assert run.results["adults"] is None
    assert run.results["outline"] is None
    asked = evaluate(run.classifier(), open_folder(folder).select(split="test"))
    told = run.results["test"]
    for name in ("accuracy", "sensitivity", "specificity"):
        assert told[name]["value"] == pytest.approx(asked[name]["value"], abs=0.07)
    assert told["auc"]["value"] == pytest.approx(asked["auc"]["value"], abs=0.05)
    assert told["calibration"].keys() == {"intercept", "slope"}


def test_its_network_answers_and_says_what_it_is(run, sample_films):
    card = run.classifier().card
    assert (card.name, card.title, card.home_made) == (run.name, "Mine", True)
    assert card.training["config"]["channels"] == [4, 8]
    analysis = run.classifier().analyze(sample_films[0].open())
    assert analysis.prediction.model == run.name
    assert analysis.lungs.box is not None  # by the segmentation that all models share


def test_what_is_taken_home_is_whole(run):
    import keras

    with zipfile.ZipFile(io.BytesIO(run.files())) as archive:
        names = {name.split("/")[1] for name in archive.namelist()}
        assert names == {"model.keras", "model.tflite", "card.json", "history.json"}
        archive.extractall(run.folder / "taken")
    path = run.folder / "taken" / run.name / "model.keras"
    network = keras.saving.load_model(path, compile=False)
    assert network.input_shape == (None, 64, 64, 2)


class StopsAfter(Teller):
    """Somebody asks to stop once so many epochs are over."""

    def __init__(self, path, epochs):
        super().__init__(path)
        self.epochs = epochs

    def __call__(self, kind, **facts):
        super().__call__(kind, **facts)
        if kind == "epoch" and facts["epoch"] == self.epochs:
            self.stop()


@pytest.fixture
def few_steps(monkeypatch):
    monkeypatch.setattr("xray_core.experiments.settings.FEWEST_STEPS", 4)


def train(settings, folder, teller):
    from xray_core.training.home_made import make

    folder.mkdir(exist_ok=True)
    job = describe_job(settings) | {"name": "one", "title_of_source": "samples"}
    make(job, folder, teller(folder / EVENTS))
    lines = (folder / EVENTS).read_text().splitlines()
    return json.loads(lines[-1])["results"]


def test_one_that_was_stopped_goes_on_to_the_same_end(settings, tmp_path, few_steps):
    whole = train(settings, tmp_path / "whole", Teller)
    with pytest.raises(StoppedError):
        train(settings, tmp_path / "parts", lambda path: StopsAfter(path, 1))
    assert (tmp_path / "parts" / "backup").is_dir()
    parts = train(settings, tmp_path / "parts", Teller)
    scores = [[film["score"] for film in each["test"]["films"]] for each in (whole, parts)]
    assert scores[0] == pytest.approx(scores[1], abs=1e-3)
    begun = [
        json.loads(line)["epoch"]
        for line in (tmp_path / "parts" / EVENTS).read_text().splitlines()
        if '"begun"' in line
    ]
    assert begun == [0, 1]
    assert not (tmp_path / "parts" / "backup").exists()


def test_a_first_checkpoint_that_is_not_whole_is_forgotten(tmp_path):
    from xray_core.training.home_made import forget_half_written

    backup = tmp_path / "backup"
    forget_half_written(backup)
    backup.mkdir()
    (backup / "latest.weights.h5").write_bytes(b"half")
    (backup / "training_metadata.json").write_text("{}")
    forget_half_written(backup)
    assert backup.exists()
    (backup / "training_metadata.json").unlink()
    forget_half_written(backup)
    assert not backup.exists()


def test_of_the_kind_both_sides_have_their_names(settings, tmp_path, folder):
    from xray_core.experiments.draw import draw
    from xray_core.training.classifier import labels_of
    from xray_core.training.examples import classes_of

    root = shutil.copytree(folder, tmp_path / "films")
    for film in list((root / "train" / "PNEUMONIA").iterdir()):
        name = film.name.replace("bacteria", "virus").replace("person", "person9")
        shutil.copy(film, film.with_name(name))
    drawn = draw(replace(settings, source=str(root), asks="kind"))
    classes = classes_of(drawn.learned)
    assert classes == ("bacteria", "virus")
    assert labels_of(classes) == ("BACTERIA", "VIRUS")


def test_four_classes_can_be_learned(settings, tmp_path, few_steps):
    from tests.experiments.conftest import put

    rng = np.random.default_rng(0)
    for split in ("train", "test"):
        for bright, name in enumerate(("NORMAL", "CNV", "DME", "DRUSEN")):
            for number in range(8):
                put(tmp_path / "eyes" / split / name / f"{number}.png", rng, 40 * bright)
    eyes = replace(settings, source=str(tmp_path / "eyes"), epochs=1)
    results = train(eyes, tmp_path / "run", Teller)
    card = json.loads((tmp_path / "run" / "models" / "one" / "card.json").read_text())
    assert card["classes"] == ["normal", "cnv", "dme", "drusen"]
    assert results["test"]["counts"] == {"CNV": 8, "DME": 8, "DRUSEN": 8, "NORMAL": 8}
    assert results["outline"] is None
