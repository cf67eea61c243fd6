from dataclasses import dataclass

import numpy as np
import pytest

from xray_core.errors import DataError
from xray_core.inference import similar_films


@dataclass(frozen=True)
class Film:
    name: str
    label: str = "NORMAL"
    patient: str = ""


FILMS = (Film("a"), Film("b", "PNEUMONIA", "virus-1"), Film("c"))
KNOWN = np.array([[1, 0], [0.6, 0.8], [0, 1]], np.float32)


def test_nearest_puts_the_most_alike_first():
    found = similar_films.nearest(np.array([0.6, 0.8], np.float32), KNOWN, FILMS, count=2)
    assert [film.name for film, _ in found] == ["b", "c"]
    assert found[0][1] == pytest.approx(1)


def test_nearest_leaves_the_film_itself_out():
    found = similar_films.nearest(KNOWN[1], KNOWN, FILMS, leave_out=FILMS[1])
    assert [film.name for film, _ in found] == ["c", "a"]
    assert similar_films.nearest(KNOWN[1], KNOWN[:0], ()) == []


def test_describe_counts_pneumonia_and_films_of_the_same_child():
    found = [(film, 0.9) for film in FILMS]
    text = similar_films.describe(found, "Viral pneumonia", "virus-1")
    assert "Of the 3 most similar films, 1 shows pneumonia." in text
    assert "labelled viral pneumonia" in text
    assert "1 of them is of the same child" in text
    assert "same child" not in similar_films.describe(found, "", "")


def test_features_of_real_films_have_length_one_and_find_the_film_itself(classifier, sample_films):
    class Broken:
        def open(self):
            raise DataError("gone")

    chosen = [*sample_films[:2], Broken(), sample_films[-1]]
    samples, features = similar_films.read_all(chosen, classifier)
    assert samples == (*sample_films[:2], sample_films[-1])
    np.testing.assert_allclose(np.linalg.norm(features, axis=1), 1, atol=1e-5)
    again = similar_films.read_features(classifier.look(sample_films[1].open()), classifier)
    (first, alike), *_ = similar_films.nearest(again, features, samples)
    assert first == sample_films[1]
    assert alike == pytest.approx(1, abs=1e-5)
