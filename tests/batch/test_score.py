import csv
import json
import os
import signal
import subprocess
import sys
import time
import zipfile

import pyarrow.parquet
import pytest
from PIL import Image

from tests import ROOT
from tests.fakes import FakeClassifier, write_film
from xray_core.batch.score import Questions, score_films
from xray_core.batch.table import COLUMNS
from xray_core.errors import DataError, UsageError
from xray_core.io.radiograph import load_radiograph

SLOW_RUN = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # shells have it ignored in the background
from tests.fakes import FakeClassifier
from xray_core.batch.score import score_films
score_films(FakeClassifier(delay=0.04), sys.argv[1], sys.argv[2])
"""


@pytest.fixture
def folder(tmp_path):
    """Six files: three films, one refused, two unreadable."""
    films = tmp_path / "films"
    write_film(films / "b.png", 204)
    write_film(films / "a" / "z.png", 51)
    write_film(films / "a.png", 102)
    write_film(films / "c" / "wide.png", 20, width=60)
    (films / "notes.txt").write_text("no film")
    (films / "torn.png").write_bytes((films / "b.png").read_bytes()[:60])
    return films


def read(table):
    with open(table, newline="", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def stop_after(count):
    """A progress that stops the run after so many rows, as a person's Ctrl-C would."""

    def progress(rows, total, initial):
        for number, row in enumerate(rows, start=1):
            yield row
            if number == count:
                raise KeyboardInterrupt

    return progress


def run_until_stopped(classifier, folder, table, count, **options):
    with pytest.raises(KeyboardInterrupt):
        score_films(classifier, folder, table, progress=stop_after(count), **options)
    assert not table.exists()


def test_score_films_has_a_row_for_every_file(folder, tmp_path):
    summary = score_films(FakeClassifier(), folder, tmp_path / "table.csv")
    rows = read(tmp_path / "table.csv")
    assert tuple(rows[0]) == COLUMNS
    assert [row["file"] for row in rows] == [
        "a/z.png",
        "a.png",
        "b.png",
        "c/wide.png",
        "notes.txt",
        "torn.png",
    ]
    assert [row["decision"] for row in rows[:4]] == ["normal", "uncertain", "pneumonia", "refused"]
    assert float(rows[2]["probability"]) == 0.8
    assert rows[3]["probability"] == ""
    assert rows[3]["reasons"] == "wider than high"
    assert [bool(row["error"]) for row in rows] == [False] * 4 + [True] * 2
    assert "notes.txt" in rows[4]["error"]
    assert summary == {"files": 6, "resumed": 0, "errors": 2, "refused": 1}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["films", "table.csv"]


def test_score_films_without_gate_answers_what_the_gate_refuses(folder, tmp_path):
    summary = score_films(
        FakeClassifier(), folder, tmp_path / "table.csv", questions=Questions(gate=False)
    )
    assert summary["refused"] == 0
    assert read(tmp_path / "table.csv")[3]["label"] == "NORMAL"


def test_score_films_writes_parquet_with_types(folder, tmp_path):
    score_films(FakeClassifier(), folder, tmp_path / "table.parquet")
    table = pyarrow.parquet.read_table(tmp_path / "table.parquet")
    rows = table.to_pylist()
    assert tuple(table.column_names) == COLUMNS
    assert rows[2] == {
        "file": "b.png",
        "label": "PNEUMONIA",
        "probability": 0.8,
        "decision": "pneumonia",
        "reasons": [],
        "model": "grey",
        "error": None,
    }
    assert (rows[3]["probability"], rows[3]["reasons"]) == (None, ["wider than high"])


def test_score_films_does_not_score_its_own_table(folder):
    for _ in range(2):
        assert score_films(FakeClassifier(), folder, folder / "table.csv")["files"] == 6


def test_score_films_stopped_again_and_again_loses_and_doubles_nothing(tmp_path):
    folder, table, whole = tmp_path / "films", tmp_path / "table.csv", tmp_path / "whole.csv"
    for number in range(120):
        write_film(folder / f"{number:03}.png", number)
    (folder / "060.png").write_bytes(b"no film")
    score_films(FakeClassifier(), folder, whole)
    part = tmp_path / "table.csv.part"
    kept = []
    for rows, stop in ((10, signal.SIGKILL), (30, signal.SIGTERM), (50, signal.SIGINT)):
        with subprocess.Popen(
            [sys.executable, "-c", SLOW_RUN, folder, table], cwd=ROOT, stderr=subprocess.DEVNULL
        ) as run:
            deadline = time.monotonic() + 30
            while not part.exists() or part.read_bytes().count(b"\n") <= rows:
                assert run.poll() is None, "the run ended before it could be killed"
                assert time.monotonic() < deadline
                time.sleep(0.005)
            os.kill(run.pid, stop)
        assert not table.exists()
        kept.append(part.read_bytes().count(b"\n") - 1)
    summary = score_films(FakeClassifier(), folder, table)
    assert kept == sorted(kept)
    assert kept[-1] <= summary["resumed"] < 120
    assert table.read_bytes() == whole.read_bytes()
    assert not part.exists()


@pytest.mark.parametrize(
    "torn", [b'{"file": "c/wi', b"\0\0\0\0", b'{"file": "c/wide.png"}', b"7\n"]
)
def test_score_films_drops_a_torn_line(folder, tmp_path, torn):
    table, whole = tmp_path / "table.csv", tmp_path / "whole.csv"
    score_films(FakeClassifier(), folder, whole)
    run_until_stopped(FakeClassifier(), folder, table, 3)
    part = tmp_path / "table.csv.part"
    lines = part.read_bytes().splitlines(keepends=True)[:4]
    part.write_bytes(b"".join(lines) + torn)
    assert score_films(FakeClassifier(), folder, table)["resumed"] == 3
    assert table.read_bytes() == whole.read_bytes()


def test_score_films_starts_again_where_the_header_is_torn(folder, tmp_path):
    (tmp_path / "table.csv.part").write_bytes(b'{"folder": "/x')
    assert score_films(FakeClassifier(), folder, tmp_path / "table.csv")["files"] == 6


def test_score_films_resumes_without_answering_twice(folder, tmp_path):
    table = tmp_path / "table.csv"
    run_until_stopped(FakeClassifier(), folder, table, 4)
    with open(tmp_path / "table.csv.part", "rb") as lines:
        done = [json.loads(line)["file"] for line in list(lines)[1:]]
    asked = []

    class Counting(FakeClassifier):
        def analyze(self, radiograph, gate=True, method=None):
            asked.append(radiograph.name)
            return super().analyze(radiograph, gate)

    summary = score_films(Counting(), folder, table)
    assert summary["resumed"] == len(done) == 4
    assert asked == []  # the two files left cannot be read
    assert summary["files"] == 6


@pytest.mark.parametrize("change", ["model", "version", "gate"])
def test_score_films_starts_again_for_other_answers(folder, tmp_path, change):
    table = tmp_path / "table.csv"
    run_until_stopped(FakeClassifier(), folder, table, 4)
    other = FakeClassifier(name="other" if change == "model" else "grey")
    if change == "version":
        other.version = "2"
    assert (
        score_films(other, folder, table, questions=Questions(gate=change != "gate"))["resumed"]
        == 0
    )
    assert len(read(table)) == 6


def test_score_films_goes_on_where_a_changed_folder_still_agrees(folder, tmp_path):
    table = tmp_path / "table.csv"
    run_until_stopped(FakeClassifier(), folder, table, 4)
    write_film(folder / "aa.png", 10)
    (folder / "b.png").unlink()
    assert score_films(FakeClassifier(), folder, table)["resumed"] == 2
    assert [row["file"] for row in read(table)] == [
        "a/z.png",
        "a.png",
        "aa.png",
        "c/wide.png",
        "notes.txt",
        "torn.png",
    ]


def test_score_films_answers_again_what_has_changed_under_the_same_name(folder, tmp_path):
    table = tmp_path / "table.csv"
    run_until_stopped(FakeClassifier(), folder, table, 4)
    write_film(folder / "b.png", 51)
    assert score_films(FakeClassifier(), folder, table)["resumed"] == 2
    assert read(table)[2]["decision"] == "normal"


def test_score_films_lets_one_run_at_a_time_write_a_table(folder, tmp_path):
    table = tmp_path / "table.csv"

    def progress(rows, total, initial):
        with pytest.raises(UsageError, match=r"write table.csv, but another run is at it"):
            score_films(FakeClassifier(), folder, table)
        return rows

    assert score_films(FakeClassifier(), folder, table, progress=progress)["files"] == 6
    assert score_films(FakeClassifier(), folder, table)["files"] == 6


def test_score_films_tells_progress_what_is_done(folder, tmp_path):
    table, calls = tmp_path / "table.csv", []
    run_until_stopped(FakeClassifier(), folder, table, 2)

    def progress(rows, total, initial):
        calls.append((total, initial))
        return rows

    score_films(FakeClassifier(), folder, table, progress=progress)
    assert calls == [(6, 2)]


def test_score_films_spells_out_names_that_are_no_text(tmp_path):
    folder = tmp_path / "films"
    write_film(folder / "a.png", 10)
    try:
        os.rename(folder / "a.png", os.fsencode(folder) + b"/\xff.png")
    except OSError:
        pytest.skip("this file system takes only text as names")
    (tmp_path / "list.txt").write_bytes(b"films/\xff.png\nfilms/\xfe.png\n")
    for table in (tmp_path / "table.csv", tmp_path / "table.parquet"):
        assert score_films(FakeClassifier(), folder, table)["errors"] == 0
        assert score_films(FakeClassifier(), tmp_path / "list.txt", table)["errors"] == 1
    film, gone = read(tmp_path / "table.csv")
    assert (film["file"], film["error"]) == ("films/\\udcff.png", "")
    assert (gone["file"], "films/\\udcfe.png" in gone["error"]) == ("films/\\udcfe.png", True)


@pytest.mark.parametrize(
    ("films", "table", "message"),
    [
        ("nowhere", "table.csv", "is not a folder"),
        ("films", "table.xlsx", r"ends in .csv or .parquet, got 'table.xlsx'"),
        ("films", "nowhere/table.csv", "for the table does not exist"),
        ("films", "taken.csv", "taken.csv is a folder; choose another name"),
        ("films", f"{'x' * 248}.csv", "does not take one .+; choose another"),
    ],
)
def test_score_films_says_what_is_wrong(folder, tmp_path, films, table, message):
    (tmp_path / "taken.csv").mkdir()
    with pytest.raises(UsageError, match=message):
        score_films(FakeClassifier(), tmp_path / films, tmp_path / table)


def test_score_films_of_nothing_is_an_error(tmp_path):
    (tmp_path / "films").mkdir()
    with pytest.raises(DataError, match="holds no file"):
        score_films(FakeClassifier(), tmp_path / "films", tmp_path / "table.csv")


def test_score_films_adds_where_the_evidence_lies(sample_films, classifier, tmp_path):
    film = next(film for film in sample_films if film.label == "PNEUMONIA")
    (tmp_path / "films").mkdir()
    (tmp_path / "films" / film.name).write_bytes(film.read())
    (tmp_path / "films" / "torn.png").write_bytes(b"no film")
    questions = Questions(regions=True)
    score_films(classifier, tmp_path / "films", tmp_path / "table.parquet", questions=questions)
    score_films(classifier, tmp_path / "films", tmp_path / "table.csv", questions=questions)
    good, torn = pyarrow.parquet.read_table(tmp_path / "table.parquet").to_pylist()
    flat, _ = read(tmp_path / "table.csv")
    assert all(place.endswith(" zone") for place in good["places"])
    assert 0 < sum(good["shares"]) <= 1.001
    assert len(good["places"]) == len(good["shares"]) > 0
    assert flat["places"] == "; ".join(good["places"])
    assert torn["places"] == torn["shares"] == []


def test_score_films_starts_again_for_other_questions(folder, tmp_path):
    table = tmp_path / "table.csv"
    run_until_stopped(FakeClassifier(), folder, table, 4)
    summary = score_films(FakeClassifier(), folder, table, questions=Questions(gate=False))
    assert summary["resumed"] == 0
    assert read(table)[0]["decision"] != "refused"


def test_score_gives_a_large_film_the_probability_that_predict_gives_it(
    sample_films, classifier, tmp_path
):
    wide = Image.fromarray(sample_films[0].open().pixels).resize((2000, 1500))
    file = tmp_path / "films/wide.jpeg"
    file.parent.mkdir()
    wide.save(file, quality=90)
    score_films(classifier, file.parent, tmp_path / "table.csv", questions=Questions(gate=False))
    alone = classifier.predict(load_radiograph(file))
    assert float(read(tmp_path / "table.csv")[0]["probability"]) == alone.probability


def test_score_films_reads_a_zip_archive_without_unpacking_it(tmp_path):
    folder = tmp_path / "films"
    for name, level in (("a/1.png", 20), ("b/2.png", 230)):
        write_film(folder / name, level)
    path = tmp_path / "films.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted(folder.rglob("*.png")):
            archive.write(file, file.relative_to(folder))
        archive.writestr("c.zip", b"PK\x03\x04")
    score_films(FakeClassifier(), folder, tmp_path / "folder.csv")
    summary = score_films(FakeClassifier(), path, tmp_path / "archive.csv")
    assert summary["errors"] == 1
    rows = (tmp_path / "archive.csv").read_text().splitlines()
    assert rows[:3] == (tmp_path / "folder.csv").read_text().splitlines()
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "archive.csv", "films", "films.zip", "folder.csv",
    ]  # fmt: skip
