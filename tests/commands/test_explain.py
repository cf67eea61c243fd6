"""Tests of `python -m xray_core explain`."""

import json

import numpy as np
import pydicom
import pytest
from PIL import Image
from pypdf import PdfReader

from xray_core.__main__ import main


def explain(film, folder, capsys, **options):
    """Run the command; returns the map and the line it prints."""
    (folder / "film.jpeg").write_bytes(film.read())
    saliency = folder / "map.npy"
    words = [word for name, value in options.items() for word in (f"--{name}", value)]
    out = ["--out", str(folder / "overlay.png"), "--saliency", str(saliency)]
    assert main(["explain", str(folder / "film.jpeg"), *out, *words]) == 0
    told = capsys.readouterr()
    assert told.err.startswith(("The answer ", "With "))
    return np.load(saliency), json.loads(told.out)


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
    assert "evidence for normal" in same["evidence"] or "speaks for normal" in same["evidence"]
    told = ("target", "evidence", "regions")
    assert [same.pop(name) for name in told] != [answer.pop(name) for name in told]
    assert same == answer


def test_explain_writes_report_and_capture_on_request(sample_films, tmp_path, capsys):
    files = {"report": tmp_path / "report.pdf", "capture": tmp_path / "capture.dcm"}
    options = {name: str(path) for name, path in files.items()}
    _, answer = explain(sample_films[-1], tmp_path, capsys, **options, title="Case 7")
    (page,) = PdfReader(files["report"]).pages
    assert "Case 7" in page.extract_text()
    assert answer["evidence"].split(",")[0] in " ".join(page.extract_text().split())
    assert pydicom.dcmread(files["capture"]).pixel_array.ndim == 3
    assert answer["regions"][0]["lung"] in ("right", "left")


@pytest.mark.parametrize(
    ("option", "message"),
    [
        (["--target", "tea"], "Expected a target out of"),
        (["--method", "tea"], "Expected a method out of"),
        (["--saliency", "map.txt"], "ends in .npy"),
        (["--report", "report.txt"], "ends in .pdf"),
        (["--capture", "capture.png"], "ends in .dcm"),
    ],
)
def test_explain_refuses_bad_usage(option, message, sample_films, tmp_path, capsys):
    (tmp_path / "a.jpeg").write_bytes(sample_films[0].read())
    words = ["explain", str(tmp_path / "a.jpeg"), "--out", str(tmp_path / "a.png"), *option]
    assert main(words) == 2
    assert message in capsys.readouterr().err
