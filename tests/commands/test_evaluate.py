import json

import pytest

from tests.fakes import FakeClassifier, write_folder
from xray_core.__main__ import main


@pytest.fixture
def asked(monkeypatch):
    """Put the fake in the place of the trained models; returns the names asked for."""
    names = []

    def load_classifier(name=None):
        names.append(name)
        return FakeClassifier()

    monkeypatch.setattr("xray_core.classifier.load_classifier", load_classifier)
    return names


@pytest.fixture
def folder(tmp_path):
    write_folder(tmp_path / "films")
    return tmp_path / "films"


def run(*words):
    return main(["evaluate", *map(str, words)])


def test_evaluate_writes_the_report_and_prints_it(asked, folder, tmp_path, capsys):
    out = tmp_path / "report.json"
    assert run("--data", folder, "--out", out) == 0
    report = json.loads(out.read_text())
    assert report["data"]["folder"] == "films"
    printed = capsys.readouterr().out.splitlines()
    assert printed[0].startswith("Model grey on films/test: 8 films")
    low, high = report["accuracy"]["interval"]
    assert f"Accuracy                             8  0.7500 ({low:.4f} to {high:.4f})" in printed
    assert any("no interval: all films are of one patient" in line for line in printed)
    assert asked == [None]


def test_evaluate_takes_a_model_by_name(asked, folder, tmp_path):
    run("--data", folder, "--out", tmp_path / "report.json", "--model", "baseline")
    assert asked == ["baseline"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--split", "val"), "no films in a split 'val'; choose --split from: test."),
        (("--data", "nowhere"), "nowhere"),
        (("--out", "nowhere/report.json"), "The folder of nowhere/report.json does not exist"),
    ],
)
def test_evaluate_ends_with_2_and_a_sentence(asked, folder, tmp_path, capsys, words, message):
    assert run("--data", folder, "--out", tmp_path / "report.json", *words) == 2
    printed = capsys.readouterr()
    assert message in printed.err
    assert printed.out == ""
    assert not (tmp_path / "report.json").exists()


def test_evaluate_of_a_broken_film_leaves_no_report(asked, folder, tmp_path, capsys):
    (folder / "test" / "NORMAL" / "IM-0002-0001.png").write_bytes(b"torn")
    assert run("--data", folder, "--out", tmp_path / "report.json") == 2
    assert "The film IM-0002-0001.png could not be read" in capsys.readouterr().err
    assert not (tmp_path / "report.json").exists()
