"""Tests of `python -m xray_core explain`."""

import json

import numpy as np
import pytest
from PIL import Image

from xray_core.__main__ import main


def explain(film, folder, capsys, **options):
    """Run the command; returns the map and the line it prints."""
    (folder / "film.jpeg").write_bytes(film.read())
    saliency = folder / "map.npy"
    words = [word for name, value in options.items() for word in (f"--{name}", value)]
    out = ["--out", str(folder / "overlay.png"), "--saliency", str(saliency)]
    assert main(["explain", str(folder / "film.jpeg"), *out, *words]) == 0
    return np.load(saliency), json.loads(capsys.readouterr().out)


def test_explain_writes_map_and_overlay_at_the_film_s_size(sample_films, tmp_path, capsys):
    film = sample_films[-1]
    saliency, answer = explain(film, tmp_path, capsys)
    assert answer["decision"] == "pneumonia"
    assert saliency.dtype == np.float32
    assert saliency.shape == film.open().pixels.shape
    assert saliency.min() == 0 < saliency.max()
    with Image.open(tmp_path / "overlay.png") as overlay:
        assert overlay.size == saliency.shape[::-1]


def test_explain_asks_for_another_target_on_request(sample_films, tmp_path, capsys):
    film = sample_films[-1]
    plain, answer = explain(film, tmp_path, capsys)
    named, _ = explain(film, tmp_path, capsys, target="PNEUMONIA")
    np.testing.assert_array_equal(plain, named)
    normal, same = explain(film, tmp_path, capsys, target="NORMAL")
    assert np.corrcoef(plain.ravel(), normal.ravel())[0, 1] < 0.9
    assert same == answer


@pytest.mark.parametrize(
    ("option", "message"),
    [
        (["--target", "tea"], "Expected a target out of"),
        (["--method", "tea"], "Expected a method out of"),
        (["--saliency", "map.txt"], "ends in .npy"),
    ],
)
def test_explain_refuses_bad_usage(option, message, sample_films, tmp_path, capsys):
    (tmp_path / "a.jpeg").write_bytes(sample_films[0].read())
    words = ["explain", str(tmp_path / "a.jpeg"), "--out", str(tmp_path / "a.png"), *option]
    assert main(words) == 2
    assert message in capsys.readouterr().err
