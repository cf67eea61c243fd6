import csv
import io
import zipfile

import numpy as np
import pyarrow.parquet
import pytest
from PIL import Image

from tests.fakes import BALANCED, SCREENING, FakeClassifier, write_film
from xray_core.batch import pile as triage
from xray_core.batch.pile import Pile, count_decisions, sort_cases, write_table

BAND = (0.4, 0.6)


def film(level, width=40, height=50):
    file = io.BytesIO()
    Image.fromarray(np.full((height, width), level, np.uint8)).save(file, "PNG")
    return file.getvalue()


def pack(**files):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in files.items():
            archive.writestr(f"{name}.png", data)
    return file.getvalue()


@pytest.fixture
def pile():
    """A bright, a dark and an uncertain film, one that is refused and one that is none."""
    pile = Pile()
    pile.add("dark.png", film(51))
    pile.add("torn.png", film(51)[:60])
    pile.add("more.zip", pack(bright=film(230), wide=film(20, width=60)))
    pile.add("middle.png", film(128))
    return pile


def run(pile, classifier=None):
    return list(pile.answer(classifier or FakeClassifier()))


def names(decided):
    return [row["file"] for _, row in decided]


def test_pile_answers_loose_films_and_those_of_an_archive(pile):
    run(pile)
    assert [case.row["file"] for case in pile.cases] == [
        "dark.png",
        "torn.png",
        "bright.png",
        "wide.png",
        "middle.png",
    ]
    assert pile.waiting == 0
    assert [case.row["decision"] for case in pile.cases][2:4] == ["pneumonia", "refused"]
    assert "torn.png" in pile.cases[1].row["error"]


def test_pile_keeps_a_small_picture_of_each_film_and_no_pixels(pile):
    pile.add("large.png", film(200, 1000, 1500))
    run(pile)
    assert pile.cases[1].thumbnail == b""
    with Image.open(io.BytesIO(pile.cases[-1].thumbnail)) as picture:
        assert picture.size == (43, 64)
    assert len(pile.cases[-1].thumbnail) < 2000


def test_pile_goes_on_where_it_was_left(pile):
    asked = []

    class Counting(FakeClassifier):
        def analyze(self, radiograph, gate=True, method=None):
            asked.append(radiograph.name)
            return super().analyze(radiograph, gate)

    answers = pile.answer(Counting())
    next(answers)
    next(answers)
    answers.close()
    assert len(pile.cases) == 2
    run(pile, Counting())
    assert pile.waiting == 0
    assert [case.row["file"] for case in pile.cases][3:] == ["wide.png", "middle.png"]
    assert asked.count("dark.png") == 1


def test_pile_answers_each_film_once_when_a_page_runs_again_before_its_last_run_has_ended(pile):
    first, second = pile.answer(FakeClassifier()), pile.answer(FakeClassifier())
    next(first)
    next(second)
    assert list(first) == []
    list(second)
    assert [case.file for case in pile.cases] == pile.files


def test_pile_takes_no_answer_once_it_is_stopped(pile):
    answers = pile.answer(FakeClassifier())
    next(answers)
    pile.stop()
    assert list(answers) == []
    assert (pile.waiting, pile.stopped) == (4, True)
    run(pile)
    assert [case.file for case in pile.cases] == pile.files


def test_pile_starts_again_for_another_model(pile):
    run(pile)
    other = FakeClassifier()
    other.version = "2"
    pile.ask(other)
    assert pile.waiting == 5
    assert len(run(pile, other)) == 5


def test_pile_takes_no_more_films_than_it_may(monkeypatch):
    monkeypatch.setattr(triage, "MAX_FILMS", 3)
    pile = Pile()
    pile.add("many.zip", pack(a=film(1), b=film(2)))
    assert not pile.problems
    pile.add("more.zip", pack(c=film(3), d=film(4)))
    pile.add("e.png", film(5))
    assert [file.name for file in pile.files] == ["a.png", "b.png", "c.png"]
    assert len(pile.problems) == 1


def test_pile_takes_no_more_bytes_than_it_may(monkeypatch):
    monkeypatch.setattr(triage, "MAX_PILE_BYTES", 250)
    pile = Pile()
    pile.add("a.png", b"\x89PNG" + bytes(196))
    pile.add("b.png", b"\x89PNG" + bytes(196))
    assert (pile.size, len(pile.files), len(pile.problems)) == (200, 1, 1)


def test_pile_says_when_an_archive_is_broken():
    pile = Pile()
    pile.add("broken.zip", pack(a=film(1))[:-30])
    assert not pile.files
    assert "'broken.zip' is damaged" in pile.problems[0]


def test_sort_cases_puts_the_most_probable_first_and_films_without_answer_last(pile):
    run(pile)
    decided = sort_cases(pile.cases, BALANCED, BAND)
    assert names(decided) == ["bright.png", "middle.png", "dark.png", "torn.png", "wide.png"]
    assert [row["decision"] for _, row in decided] == [
        "pneumonia",
        "uncertain",
        "normal",
        "refused",
        "refused",
    ]


def test_sort_cases_decides_again_at_another_point_without_the_network(pile):
    pile.add("low.png", film(89))
    run(pile)
    for point, decision in ((BALANCED, "normal"), (SCREENING, "pneumonia")):
        row = next(
            row for _, row in sort_cases(pile.cases, point, BAND) if row["file"] == "low.png"
        )
        assert (row["decision"], row["threshold"]) == (decision, point.threshold)
    assert "threshold" not in pile.cases[0].row


def test_count_decisions(pile):
    run(pile)
    counts = count_decisions(sort_cases(pile.cases, BALANCED, BAND))
    assert counts == {"normal": 1, "pneumonia": 1, "uncertain": 1, "refused": 2}


def test_write_table_as_csv_and_parquet_hold_the_same(pile):
    run(pile)
    decided = sort_cases(pile.cases, SCREENING, BAND)
    rows = list(csv.DictReader(io.StringIO(write_table(decided, ".csv").decode())))
    table = pyarrow.parquet.read_table(io.BytesIO(write_table(decided, ".parquet"))).to_pylist()
    assert tuple(rows[0]) == tuple(table[0]) == triage.TABLE_COLUMNS
    assert [row["file"] for row in rows] == [row["file"] for row in table] == names(decided)
    assert (float(rows[0]["threshold"]), table[0]["threshold"]) == (0.3, 0.3)
    assert (rows[-1]["probability"], table[-1]["probability"]) == ("", None)
    assert (rows[-1]["reasons"], table[-1]["reasons"]) == ("wider than high", ["wider than high"])


def test_samples_are_read_when_their_turn_comes(tmp_path):
    from xray_core.datasets.catalogue import Sample
    from xray_core.io.film_source import OnDisk

    path = write_film(tmp_path / "a.png", 230)
    sample = Sample(
        "a.png",
        OnDisk(str(path)),
        source="samples",
        split="val",
        label="NORMAL",
        subtype="normal",
        patient="",
    )
    pile = Pile()
    pile.add_samples([sample])
    run(pile)
    assert pile.size == 0
    assert pile.cases[0].file is sample
    assert pile.cases[0].row["decision"] == "pneumonia"
