import json

import pytest

from tests.fakes import FakeClassifier, write_film
from tests.site.made import make_film, make_row
from xray_core.errors import DataError
from xray_core.site.answers import answer_film, answer_films, tidy
from xray_core.site.films import read_films


@pytest.fixture
def films(tmp_path):
    for k in range(6):
        write_film(tmp_path / "films" / "NORMAL" / f"{k}.png", 10 * k)
        write_film(tmp_path / "films" / "PNEUMONIA" / f"{k}.png", 255 - 10 * k, width=40 + 20 * k)
    return read_films(tmp_path / "films").films


def test_answer_film_keeps_numbers_and_no_pixels(films):
    row = answer_film(FakeClassifier(), films[3])
    assert row["score"] == pytest.approx(10 * (30 / 255 - 0.5))
    assert row["refused"] is False
    assert len(row["bands"]) == 6
    assert set(json.loads(json.dumps(row))) == set(row)


def test_answer_films_counts_refused_films_too(films):
    answers = answer_films(FakeClassifier(), films)
    assert len(answers.rows) == 12
    assert sum(row["refused"] for row in answers.rows) == 5
    assert answers.truth.sum() == 6
    assert answers.score[answers.truth].min() > answers.score[~answers.truth].max()


def test_answer_films_goes_on_where_it_was_stopped(films, tmp_path):
    part = tmp_path / "report.json.part"
    classifier = FakeClassifier()

    def stop_after_four(rows, total, initial):
        for k, row in enumerate(rows):
            if k == 4:
                raise KeyboardInterrupt
            yield row

    with pytest.raises(KeyboardInterrupt):
        answer_films(classifier, films, part=part, progress=stop_after_four)
    seen = []

    def note(rows, total, initial):
        seen.append((total, initial))
        return rows

    again = FakeClassifier()
    answers = answer_films(again, films, part=part, progress=note)
    assert seen == [(12, 4)]
    assert again.runs == 8
    assert answers.score.tolist() == answer_films(FakeClassifier(), films).score.tolist()
    assert not part.exists()


def test_unreadable_films_are_left_out_and_said(films, tmp_path):
    (tmp_path / "films" / "NORMAL" / "0.png").write_bytes(b"no film")
    answers = answer_films(FakeClassifier(), films)
    assert len(answers.films) == 11
    assert [row["file"] for row in answers.unreadable] == ["NORMAL/0.png"]
    assert answers.notes[0].startswith("1 file could not be read")


def test_films_none_of_which_can_be_read_are_refused(tmp_path):
    for k in range(3):
        path = tmp_path / "NORMAL" / f"{k}.png"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"no film")
    with pytest.raises(DataError, match="none of 3 can"):
        answer_films(FakeClassifier(), read_films(tmp_path).films)


def test_duplicates_count_once():
    films = [make_film(k, k > 1) for k in range(4)]
    rows = [make_row(0, 1), make_row(0, 1), make_row(2, 3), make_row(3, 4)]
    answers = tidy(films, rows)
    assert [film.name for film in answers.films] == [films[k].name for k in (0, 2, 3)]
    assert "1 film lay there twice" in answers.notes[0]


def test_the_same_film_with_two_labels_is_refused():
    films = [make_film(0, False), make_film(1, True)]
    with pytest.raises(
        DataError, match=r"'NORMAL/0\.png' and 'PNEUMONIA/1\.png' are the same file"
    ):
        tidy(films, [make_row(0, 1), make_row(0, 1)])


def test_patients_of_both_classes_and_unknown_patients_are_said():
    rows = [make_row(k, k) for k in range(4)]
    both = tidy([make_film(k, k > 1, f"p{k % 2}") for k in range(4)], rows)
    assert [note for note in both.notes if "2 patients" in note]
    nobody = tidy([make_film(k, k > 1) for k in range(4)], rows)
    assert [note for note in nobody.notes if note.startswith("Nothing tells which films")]
