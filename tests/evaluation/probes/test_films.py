import cv2
import numpy as np
import pytest

from tests.evaluation.probes.drawn import Reader, draw
from tests.fakes import write_film
from xray_core.datasets.catalogue import open_folder
from xray_core.errors import DataError
from xray_core.evaluation.probes.films import (
    LungFinder,
    answers,
    children,
    one_a_patient,
    read_adults,
    with_lungs,
)

HEAD = "image,label,labelled_by,view,patient,split\n"


@pytest.fixture
def adults(tmp_path):
    rows = [
        "a.png,normal,radiologists,PA,1,valid",
        "b.png,pneumonia,radiologists,AP,2,valid",
        "c.png,other_abnormal,radiologists,AP,2,valid",
        "d.png,normal,text mining,PA,3,valid",
        "e.png,normal,radiologists,PA,4,test",
    ]
    (tmp_path / "labels.csv").write_text(HEAD + "\n".join(rows) + "\n")
    write_film(tmp_path / "images/b.png", 200)
    return tmp_path


def test_read_adults_takes_what_radiologists_have_labelled(adults):
    films = read_adults(adults)
    assert [(film.name, film.kind, film.opaque, film.view, film.patient) for film in films] == [
        ("a.png", "normal", False, "PA", "1"),
        ("b.png", "pneumonia", True, "AP", "2"),
        ("c.png", "other_abnormal", False, "AP", "2"),
    ]
    assert films[1].open().pixels[0, 0] == 200
    assert [film.name for film in read_adults(adults, "test")] == ["e.png"]


def test_a_film_that_is_absent_is_named(adults):
    with pytest.raises(DataError, match=r"The film a\.png could not be read"):
        read_adults(adults)[0].open()


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (None, "with the columns image, label, labelled_by"),
        ("image,label\na.png,normal\n", "with the columns image, label, labelled_by"),
        (HEAD, "labelled films of the split 'valid'"),
    ],
)
def test_read_adults_says_what_it_expects(tmp_path, table, message):
    if table:
        (tmp_path / "labels.csv").write_text(table)
    with pytest.raises(DataError, match=message):
        read_adults(tmp_path)


def test_answers_come_in_order_with_score_and_word():
    films = [draw(level) for level in (10, 200, 100)]
    given = answers(Reader(lambda pixels: pixels.mean() - 100), [film.open for film in films])
    assert given.score.tolist() == [-90, 100, 0]
    assert given.called.tolist() == [False, True, False]


def test_children_know_where_their_masks_lie(tmp_path):
    write_film(tmp_path / "train/NORMAL/IM-0001-0001.png", 20)
    write_film(tmp_path / "train/PNEUMONIA/unknown.png", 20)
    write_film(tmp_path / "train/PNEUMONIA/person1_virus_4.png", 30)
    drawn = np.zeros((8, 8), np.uint8)
    drawn[2:4] = 255
    (tmp_path / "masks/train/NORMAL").mkdir(parents=True)
    cv2.imwrite(str(tmp_path / "masks/train/NORMAL/IM-0001-0001.png"), drawn)
    films = children(open_folder(tmp_path).samples)
    normal, virus = sorted(films, key=lambda film: film.kind)
    assert (normal.kind, normal.patient, virus.kind) == ("normal", "normal-1", "virus")
    found = with_lungs(
        LungFinder(Reader(np.mean), tmp_path / "masks"), films, lambda film, _, mask: mask.sum()
    )
    assert found == [(normal, 16)]


def test_without_masks_the_classifier_finds_the_lungs():
    def halves(pixels):
        return np.full((4, 4), pixels.mean() / 255, np.float32)

    find = LungFinder(Reader(np.mean, halves))
    assert find(draw(255), draw(255).open()).mean() == 1


def test_one_a_patient_keeps_those_of_whom_nothing_is_known():
    films = [
        draw(1, name=name, patient=who)
        for name, who in zip("abcd", ["x", "", "x", ""], strict=True)
    ]
    assert [film.name for film in one_a_patient(films)] == ["a", "b", "d"]
