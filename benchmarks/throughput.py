"""Count films a second in bulk, beside what decoding and bare networks would reach."""

import io
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import Image

from benchmarks.latency import Networks, load_bare_networks
from xray_core.batch.score import score_films
from xray_core.classifier import Classifier
from xray_core.datasets.catalogue import Sample
from xray_core.inference.model_card import KERAS_FILE, load_card, model_folder
from xray_core.inference.views import FILM_SIZE, reduce_film, view_film
from xray_core.io.images import encode_jpeg
from xray_core.parallel import map_in_order

FILMS = 256
LOOP = 32  # of them for the `predict` loop, which takes long


def bench_throughput(
    classifier: Classifier, samples: Sequence[Sample], rounds: int = 5, notebook: bool = True
) -> dict[str, Any]:
    """Score a folder of films of each size, in turns with the bare work and a `predict` loop.

    Parameters
    ----------
    classifier : Classifier
    samples : sequence of Sample
        Full-size films; repeated until there are FILMS.
    rounds : int
    notebook : bool
        Whether to load TensorFlow and time a loop over `model.predict`, too.

    Returns
    -------
    dict
        For 'small' (224 × 224) and 'full' size, for each way, ``films_per_second`` (median) and
        ``share`` (median over the rounds of the scoring's rate over that way's). The ways are
        'score', 'decode_and_forward', 'bare' (no film is fed to the networks) and 'predict_loop'.
    """
    report: dict[str, Any] = {"films": FILMS, "rounds": rounds, "sizes": {}}
    networks = load_bare_networks(classifier.name, threads=1)
    predict = _predict_loop(classifier.name) if notebook else None
    for size in ("small", "full"):
        with tempfile.TemporaryDirectory() as folder:
            files = _lay_out(samples, Path(folder) / "films", size)
            table = Path(folder) / "table.csv"
            ways: dict[str, Callable[[], object]] = {
                "score": partial(score_films, classifier, Path(folder) / "films", table),
                "decode_and_forward": partial(_decode_and_forward, networks, files),
                "bare": partial(_decode_and_forward, networks, files, feed=False),
            }
            if predict:
                ways["predict_loop"] = partial(predict, files[:LOOP])
            report["sizes"][size] = _time(ways, rounds)
    return report


def _time(ways: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, Any]:
    seconds: dict[str, list[float]] = {name: [] for name in ways}  # for a film
    for round_ in range(rounds + 1):
        for name, way in ways.items():
            films = LOOP if name == "predict_loop" else FILMS
            start = time.perf_counter()
            way()
            if round_:  # the first warms up
                seconds[name].append((time.perf_counter() - start) / films)
    ours = seconds["score"]
    return {
        name: {
            "films_per_second": round(1 / statistics.median(taken), 1),
            "share": round(
                statistics.median(one / our for one, our in zip(taken, ours, strict=True)), 3
            ),
        }
        for name, taken in seconds.items()
    }


def _lay_out(samples: Sequence[Sample], folder: Path, size: str) -> list[Path]:
    """Write FILMS films; at small size squeezed to a square, as copies of this data often are."""
    folder.mkdir()
    for number in range(FILMS):
        sample = samples[number % len(samples)]
        data = sample.read()
        if size == "small":
            squeezed = Image.fromarray(sample.open().pixels).resize((FILM_SIZE, FILM_SIZE))
            data = encode_jpeg(np.asarray(squeezed))
        (folder / f"{number:03}.jpeg").write_bytes(data)
    return sorted(folder.iterdir())


def _decode_and_forward(networks: Networks, files: Sequence[Path], feed: bool = True) -> None:
    """Decode and shrink every film and run each network once, with scoring's number of threads.

    Without ``feed`` the networks see the same picture again and again, so that no step of Python
    lies between the film and the answer.
    """

    def run(file: Path) -> None:
        film = reduce_film(np.asarray(Image.open(io.BytesIO(file.read_bytes())).convert("L")))
        for network, still in networks:
            network(_feed(film, still.shape) if feed else still)

    for _ in map_in_order(run, files):
        pass


def _feed(film: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """The whole film as a network takes it, float32 (1, rows, columns, channels)."""
    small = cv2.resize(film, (shape[1], shape[2]), interpolation=cv2.INTER_AREA)
    view = (small.astype(np.float32) - 127) / 128
    return cv2.merge([view] * shape[3]).reshape(shape)


def _predict_loop(name: str) -> Callable[[Sequence[Path]], None]:
    import keras

    model = keras.saving.load_model(model_folder(name) / KERAS_FILE, safe_mode=True)
    side = load_card(name).image_size

    def predict(files: Sequence[Path]) -> None:
        for file in files:
            film = Image.open(file).convert("L").resize((side, side))
            view = view_film(np.asarray(film), None, "film", side)
            model.predict(view.pixels[None], verbose=0)

    return predict
