"""Time one film from its bytes to the answer with overlay, beside the usual way and the floor."""

import io
import json
import random
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import cv2
import numpy as np
from PIL import Image

from xray_core.classifier import Classifier
from xray_core.inference.litert import THREADS, LiteRtModel
from xray_core.inference.model_card import (
    KERAS_FILE,
    LITERT_FILE,
    load_card,
    model_folder,
    read_model_file,
)
from xray_core.inference.segmentation import SEGMENTATION
from xray_core.inference.views import view_film
from xray_core.io.images import encode_jpeg
from xray_core.io.radiograph import load_radiograph
from xray_core.types import Analysis
from xray_core.ui.film_viewer.scene import Picture, build_scene

FILM = 2000, 1500

Networks = Sequence[tuple[LiteRtModel, np.ndarray]]
"""Bare networks, each with an input for it."""


def make_film(pixels: np.ndarray) -> bytes:
    """Stretch a film to the size that is measured; returns the bytes of a JPEG."""
    return encode_jpeg(cv2.resize(pixels, FILM, interpolation=cv2.INTER_CUBIC))


def bench_latency(
    classifier: Classifier, film: bytes, rounds: int = 15, notebook: bool = True
) -> dict[str, Any]:
    """Time every way on the same film, in turns, so that a busy machine slows all of them.

    Parameters
    ----------
    classifier : Classifier
    film : bytes
        A JPEG.
    rounds : int
    notebook : bool
        Whether to load TensorFlow and time the usual way, too.

    Returns
    -------
    dict
        For each way its ``milliseconds`` (median) and ``ratio`` (median over the rounds of its
        time over that of 'ours', with the ``quartiles``), and ``rounds``.
    """
    bare = load_bare_networks(classifier.name)
    ways: dict[str, Callable[[], object]] = {
        "ours": lambda: answer_with_overlay(classifier, film),
        "answer_only": lambda: classifier.analyze(load_radiograph(film)),
        "floor_two_networks": _floor(film, bare),
        "floor_one_network": _floor(film, bare[:1]),
    }
    if notebook:
        ways["notebook"] = _notebook(classifier.name, film)
    return {"rounds": rounds, "ways": time_in_turns(ways, rounds)}


def time_in_turns(ways: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, Any]:
    """Time functions in turns; returns for each its median and its ratio to the first.

    Each round has another order, because none should always come after the slowest, which leaves
    the caches cold.
    """
    for way in ways.values():
        way()  # what is loaded once is not timed
    times: dict[str, list[float]] = {name: [] for name in ways}
    chance = random.Random(0)
    for _ in range(rounds):
        for name in chance.sample(list(ways), len(ways)):
            start = time.perf_counter()
            ways[name]()
            times[name].append(time.perf_counter() - start)
    first = next(iter(times.values()))
    return {name: _summarise(taken, first) for name, taken in times.items()}


def _summarise(taken: Sequence[float], first: Sequence[float]) -> dict[str, Any]:
    ratios = [one / other for one, other in zip(taken, first, strict=True)]
    low, _, high = statistics.quantiles(ratios, n=4)
    return {
        "milliseconds": round(1000 * statistics.median(taken), 2),
        "ratio": round(statistics.median(ratios), 3),
        "quartiles": [round(low, 3), round(high, 3)],
    }


def answer_with_overlay(classifier: Classifier, content: bytes) -> tuple[Analysis, object]:
    """From the bytes of a film to its Analysis and what the page sends to the browser for it."""
    analysis = classifier.analyze(load_radiograph(content))
    film = analysis.radiograph
    return analysis, build_scene(
        (Picture("Film", film), Picture("Evidence", film, analysis.explanation))
    )


def _floor(film: bytes, networks: Networks) -> Callable[[], None]:
    """Decode the JPEG and run each network once."""

    def decode_and_run() -> None:
        np.asarray(Image.open(io.BytesIO(film)).convert("L"))
        for network, values in networks:
            network(values)

    return decode_and_run


def load_bare_networks(name: str, threads: int = THREADS) -> Networks:
    """Load the classifier's and the segmentation's bare networks, each with an input for it."""
    card, lungs = (
        load_card(name).raw,
        json.loads((model_folder(SEGMENTATION) / "card.json").read_text()),
    )
    shapes = (
        (name, card, (card["image_size"], card["image_size"], 2)),
        (SEGMENTATION, lungs, (lungs["config"]["image_size"], lungs["config"]["image_size"], 1)),
    )
    return [
        (
            LiteRtModel(read_model_file(model_folder(folder), LITERT_FILE, facts), threads),
            np.zeros((1, *shape), np.float32),
        )
        for folder, facts, shape in shapes
    ]


def _notebook(name: str, jpeg: bytes) -> Callable[[], bytes]:
    """The usual way of a notebook, with the same network on the whole film.

    Decode in colour, `model.predict`, a sub-model rebuilt for every film under a GradientTape, the
    heat map at the film's full size, and a PNG.
    """
    import keras
    import tensorflow as tf

    model = keras.saving.load_model(model_folder(name) / KERAS_FILE, safe_mode=True)
    side = load_card(name).image_size

    def explain() -> bytes:
        picture = np.array(Image.open(io.BytesIO(jpeg)).convert("RGB"))
        film = np.array(Image.fromarray(picture).convert("L").resize((side, side)))
        view = view_film(film, None, "film", side).pixels
        model.predict(view[None], verbose=0)
        parts = [model.get_layer(layer).output for layer in ("features", "logits")]
        inner = keras.Model(model.inputs[0], parts)
        with tf.GradientTape() as tape:
            features, logits = inner(view[None])
            score = tf.reduce_max(logits)
        weights = tf.reduce_mean(tape.gradient(score, features), (0, 1, 2))
        heat = tf.nn.relu(features[0] @ weights[:, None])
        heat = tf.image.resize(heat, picture.shape[:2]).numpy()[..., 0]
        colours = cv2.applyColorMap(
            np.asarray(255 * heat / max(heat.max(), 1e-9), np.uint8), cv2.COLORMAP_JET
        )
        overlay = np.uint8(0.6 * picture + 0.4 * colours[..., ::-1])
        written = io.BytesIO()
        Image.fromarray(overlay).save(written, "PNG")
        return written.getvalue()

    return explain
