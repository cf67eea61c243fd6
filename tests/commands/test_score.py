import sys

import pytest

from tests.fakes import FakeClassifier, write_film
from xray_core.__main__ import main


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """One film that is answered, one that is refused, one file that is no film."""
    monkeypatch.setattr("xray_core.classifier.load_classifier", lambda *_, **__: FakeClassifier())
    write_film(tmp_path / "films" / "a.png", 204)
    write_film(tmp_path / "films" / "b.png", 51, width=60)
    (tmp_path / "films" / "c.txt").write_text("no film")
    return tmp_path / "films"


def run(*words):
    return main(["score", *map(str, words)])


def test_score_writes_a_table_and_says_what_is_in_it(folder, tmp_path, capsys):
    table = tmp_path / "table.csv"
    assert run(folder, "--out", table) == 0
    assert table.read_text().splitlines()[:2] == [
        "file,label,probability,decision,reasons,model,error",
        "a.png,PNEUMONIA,0.8,pneumonia,,grey,",
    ]
    printed = capsys.readouterr().out
    assert printed.startswith(f"3 files in {table}: 1 could not be read, 1 were refused;")


def test_score_without_gate_answers_every_film(folder, tmp_path, capsys):
    run(folder, "--out", tmp_path / "table.csv", "--no-gate")
    assert "1 could not be read, 0 were refused" in capsys.readouterr().out


def test_score_ends_with_2_and_a_sentence(folder, tmp_path, capsys):
    assert run(folder, "--out", tmp_path / "table.json") == 2
    assert "ends in .csv or .parquet, got 'table.json'" in capsys.readouterr().err


def test_score_takes_a_list(folder, tmp_path):
    listed = tmp_path / "list.txt"
    listed.write_text("films/a.png\n")
    assert run(listed, "--out", tmp_path / "table.csv") == 0
    head, row = (tmp_path / "table.csv").read_text().splitlines()
    assert head.startswith("file,label,probability")
    assert row.startswith("films/a.png,PNEUMONIA,0.8")


def test_score_stopped_by_hand_says_how_to_go_on(folder, tmp_path, capsys, monkeypatch):
    def stop(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("xray_core.batch.score.score_batch", stop)
    assert run(folder, "--out", tmp_path / "table.csv") == 130
    assert "rows so far are kept; the same command goes on" in capsys.readouterr().err


def test_score_says_what_a_cluster_needs(folder, tmp_path, capsys, monkeypatch):
    monkeypatch.delitem(sys.modules, "xray_core.batch.cluster", raising=False)
    monkeypatch.setitem(sys.modules, "dask", None)
    assert run(folder, "--out", tmp_path / "table.csv", "--cluster", "local") == 2
    assert 'pip install "radiolucent[cluster]"' in capsys.readouterr().err
