"""Pages without a network and without downloads: drawn films, a made-up model, its real report."""

import json
from dataclasses import dataclass

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from tests import ROOT
from tests.fakes import FakeClassifier, make_look
from xray_core import classifier as classifiers
from xray_core.datasets.catalogue import load_sample_table, parse_name
from xray_core.evaluation import drawn_films
from xray_core.evaluation.evaluate import evaluate, save_report
from xray_core.inference.model_card import load_card
from xray_core.inference.segmentation import SEGMENTATION
from xray_core.io.images import encode_jpeg
from xray_core.io.radiograph import load_radiograph

POINTS = [
    {"name": "balanced", "threshold": 0.4, "meaning": "Both errors weigh the same."},
    {"name": "screening", "threshold": 0.1, "meaning": "Misses few, alarms often."},
]
REPORTS = {}  # of the made-up models, by name
REFUSAL = "No lungs were found."


def make_classifier(name):
    """Calls a bright film pneumonia, and refuses an almost black one; counts how often it ran."""
    return FakeClassifier(
        load_card(name), refuses=lambda film: film.pixels.mean() / 255 < 0.05, refusal=REFUSAL
    )


def draw_film(brightness, width=300, height=240):
    """Return a JPEG of one grey level with a rim."""
    pixels = np.full((height, width), round(255 * brightness), np.uint8)
    pixels[: height // 8] //= 2
    return encode_jpeg(pixels)


def write_card(folder, title):
    folder.mkdir(parents=True)
    card = {
        "kind": "classification",
        "title": title,
        "summary": f"{title} in one sentence.",
        "classes": ["normal", "bacteria", "virus"],
        "field_of_view": "film",
        "image_size": 8,  # as a fake Look has it
        "calibration": {"temperature": 1.0, "bias": 0.0},
        "operating_points": POINTS,
        "uncertain": {"band": [0.35, 0.45]},
        "training": {"times_shown": {"normal": 1.95, "bacteria": 0.7, "virus": 1.3}},
    }
    (folder / "card.json").write_text(json.dumps(card))
    epochs = [{"epoch": n, "loss": 1 / n, "val_loss": 1.2 / n, "val_auc": 0.9} for n in (1, 2, 3)]
    (folder / "history.json").write_text(json.dumps({"epochs": epochs}))


@dataclass(frozen=True)
class DrawnSample:
    """What `evaluate` needs of a Sample, drawn instead of read."""

    name: str
    label: str
    subtype: str
    brightness: float
    patient: str = ""
    split: str = "test"

    def open(self):
        return load_radiograph(draw_film(self.brightness), self.name)


@pytest.fixture(autouse=True)
def fresh_caches():
    st.cache_data.clear()
    st.cache_resource.clear()


@pytest.fixture
def model(tmp_path, monkeypatch):
    """Two model folders with the report the real evaluation writes for them."""
    home = tmp_path / "models"
    monkeypatch.setenv("XRAY_MODELS", str(home))
    samples = [DrawnSample(f"{n}.jpeg", "NORMAL", "normal", 0.05 + n * 0.04) for n in range(10)]
    samples += [DrawnSample(f"p{n}.jpeg", "PNEUMONIA", "virus", 0.3 + n * 0.06) for n in range(10)]
    (home / SEGMENTATION).mkdir(parents=True)
    results = {"test": {"n": 600, "dice_mean": 0.96}}
    lungs_card = {"kind": "segmentation", "results": results}
    (home / SEGMENTATION / "card.json").write_text(json.dumps(lungs_card))
    made = {}
    for name, title in (("lungs", "Lungs first"), ("baseline", "Small network")):
        write_card(home / name, title)
        made[name] = make_classifier(name)
        if name not in REPORTS:  # a tenth of a second, and always the same
            REPORTS[name] = evaluate(made[name], samples)
        save_report(REPORTS[name], home / name / "evaluation.json")
        made[name].runs = made[name].maps = 0
    monkeypatch.setattr(drawn_films, "_segmenter", lambda: lambda film: make_look().lungs)
    monkeypatch.setattr(classifiers, "load_classifier", lambda name=None: made[name or "lungs"])
    return made["lungs"]


@pytest.fixture
def no_model(tmp_path, monkeypatch):
    monkeypatch.setenv("XRAY_MODELS", str(tmp_path / "nothing"))


@pytest.fixture
def samples(tmp_path, monkeypatch):
    """Drawn films under the sample films' names: pneumonia bright, normal dark."""
    monkeypatch.setenv("XRAY_HOME", str(tmp_path / "home"))
    for row in load_sample_table():
        path = tmp_path / "home" / "samples" / "val" / row["label"] / row["name"]
        path.parent.mkdir(parents=True, exist_ok=True)
        brightness = {"normal": 0.2, "bacteria": 0.8}.get(parse_name(row["name"])[0], 0.7)
        path.write_bytes(draw_film(brightness))
    return load_sample_table()


@pytest.fixture
def no_samples(tmp_path, monkeypatch):
    monkeypatch.setenv("XRAY_HOME", str(tmp_path / "empty"))


@pytest.fixture
def open_page(monkeypatch):
    """Run the app and go to a page, as a visitor does."""
    monkeypatch.chdir(ROOT)
    monkeypatch.delenv("XRAY_DATA", raising=False)

    def open_page(path, **query):
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=20)
        if path != "app.py":
            app.switch_page(path)
        for name, value in query.items():
            app.query_params[name] = value
        return app.run()

    return open_page
