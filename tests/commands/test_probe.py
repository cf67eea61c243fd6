import json

import pytest

from tests.evaluation.probes.drawn import Reader, both_lungs
from tests.fakes import write_film
from xray_core.__main__ import main


@pytest.fixture
def asked(monkeypatch):
    """Put a reader of grey levels in the place of the trained models; returns the names asked."""
    names = []

    def load_classifier(name=None):
        names.append(name)
        return Reader(lambda pixels: float(pixels.mean()) - 128, both_lungs)

    monkeypatch.setattr("xray_core.classifier.load_classifier", load_classifier)
    return names


@pytest.fixture
def folder(tmp_path):
    for k in range(6):
        write_film(tmp_path / f"films/train/NORMAL/IM-{k:04d}-0001.png", 20 + k)
        write_film(tmp_path / f"films/train/PNEUMONIA/person{k}_virus_{k}.png", 220 + k)
    return tmp_path / "films"


def run(*words):
    return main(["probe", *map(str, words)])


def test_probe_writes_the_report_and_prints_it(asked, folder, tmp_path, capsys):
    out = tmp_path / "probes.json"
    assert run("--data", folder, "--out", out, "--model", "baseline") == 0
    report = json.loads(out.read_text())
    printed = capsys.readouterr().out
    assert printed.startswith("Model reader on 6 films of children and 0 of adults")
    assert "O: lungs of one film" in printed
    assert report["data"] == {"children": 6, "adults": 0}
    assert asked == ["baseline"]


def test_probe_takes_adults_and_masks(asked, folder, tmp_path):
    (tmp_path / "adults").mkdir()
    (tmp_path / "adults/labels.csv").write_text(
        "image,label,labelled_by,view,patient,split\n1.png,normal,radiologists,PA,1,valid\n"
    )
    write_film(tmp_path / "adults/images/1.png", 100)
    (tmp_path / "masks").mkdir()
    out = tmp_path / "probes.json"
    words = ("--data", folder, "--out", out, "--adults", tmp_path / "adults")
    assert run(*words, "--masks", tmp_path / "masks") == 0
    report = json.loads(out.read_text())
    assert report["projection"]["n"] == 1
    assert report["outline"]["n"] == 0
    assert asked == [None]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--out", "nowhere/probes.json"), "The folder of nowhere/probes.json does not exist"),
        (("--masks", "nowhere"), "Expected a folder of lung masks at nowhere"),
        (("--adults", "nowhere"), "Expected nowhere/labels.csv"),
        (("--data", "nowhere"), "nowhere"),
    ],
)
def test_probe_ends_with_2_and_a_sentence(asked, folder, tmp_path, capsys, words, message):
    assert run("--data", folder, "--out", tmp_path / "probes.json", *words) == 2
    printed = capsys.readouterr()
    assert message in printed.err
    assert printed.out == ""
    assert not (tmp_path / "probes.json").exists()
