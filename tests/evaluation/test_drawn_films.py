"""Tests of `xray_core.evaluation.drawn_films`, with drawn lungs."""

import cv2
import numpy as np
import pytest

from tests.fakes import FakeClassifier, make_look
from xray_core.datasets.catalogue import LABELS
from xray_core.evaluation import drawn_films
from xray_core.evaluation.drawn_films import CASES, FILMS, SIDE, judge, list_drawn

LUNGS = make_look().lungs
FINDINGS = [name for name, case in CASES.items() if case.finding]


@pytest.fixture
def segmenter(monkeypatch):
    monkeypatch.setattr(drawn_films, "_segmenter", lambda: lambda film: LUNGS)
    drawn_films._draw.cache_clear()
    drawn_films._reduce.cache_clear()
    yield
    drawn_films._draw.cache_clear()
    drawn_films._reduce.cache_clear()


@pytest.fixture
def films(segmenter, sample_films):
    return list_drawn()


def draw(name, film):
    mask = cv2.resize(LUNGS.mask, film.shape[::-1])
    return CASES[name].draw(film, mask, LUNGS.box, np.random.default_rng(0))


@pytest.mark.parametrize("name", CASES)
def test_case_changes_the_film_and_is_drawn_the_same_again(name):
    film = np.tile(np.linspace(40, 160, 280).astype(np.uint8), (224, 1))
    film[:, ::3] += 40  # fine detail
    changed = draw(name, film)
    assert changed.dtype == np.uint8
    assert changed.shape == film.shape
    assert np.abs(changed.astype(int) - film).max() > 8
    assert np.array_equal(changed, draw(name, film))


@pytest.mark.parametrize("name", FINDINGS)
def test_finding_brightens_the_chest_and_nothing_darkens(name):
    film = np.full((224, 224), 70, np.uint8)
    film[:, 100:124] = 180  # soft tissue, towards which haze goes
    film[200:] = 180
    more = draw(name, film).astype(int) - film
    assert more.min() >= 0
    assert more.max() > 8
    assert more[:4].max() <= 1  # above the lungs


def test_fainter_haze_is_half_of_it():
    film = np.full((224, 224), 70, np.uint8)
    film[:, 100:124] = 180
    strong, faint = (draw(name, film).astype(float).sum() for name in ("haze", "faint-haze"))
    bare = film.astype(float).sum()
    assert (faint - bare) / (strong - bare) == pytest.approx(0.5, abs=0.05)


def test_drawn_films_tell_their_truth_and_that_they_are_drawn(films):
    assert len(films) == FILMS * len(CASES)
    assert len({film.name for film in films}) == len(films)
    for film in films:
        case = CASES[film.content.case]
        assert film.source == "drawn"
        assert film.done.startswith("Drawn: ")
        if case.finding:
            assert (film.label, film.subtype) == ("PNEUMONIA", case.finding)
            assert film.content.film.label == "NORMAL"
        else:
            assert film.label == film.content.film.label
    assert "virus" in {film.subtype for film in films}
    spoiled = {film.label for film in films if not CASES[film.content.case].finding}
    assert spoiled == set(LABELS)


def test_drawn_film_opens_small_and_differs_from_its_source(films):
    for film in films[:: FILMS + 1]:
        drawn, source = film.open(), film.content.film.open()
        assert max(drawn.pixels.shape) == SIDE
        assert drawn.width / drawn.height == pytest.approx(source.width / source.height, abs=0.02)
        small = cv2.resize(source.pixels, drawn.pixels.shape[::-1], interpolation=cv2.INTER_AREA)
        assert np.abs(drawn.pixels.astype(int) - small).mean() > 0.1


def test_judge_counts_errors_and_shows_the_worst_film(films):
    """The made-up network goes by brightness, and refuses nothing or what is dark."""
    network = FakeClassifier(refuses=lambda film: False)
    judged = judge(films, network)
    assert sum(each.n for each in judged) == len(films)
    assert [each.wrong for each in judged] == sorted((e.wrong for e in judged), reverse=True)
    for each in judged:
        same = [film for film in films if CASES[film.content.case].title == each.title]
        said = {film.name: network.predict(film.open()) for film in same}
        wrong = [f for f in same if said[f.name].answer.upper() not in (f.label, "UNCERTAIN")]
        unsure = [film for film in same if said[film.name].answer == "uncertain"]
        assert (each.wrong, each.unsure) == (len(wrong), len(unsure))
        off = {
            film.name: abs(said[film.name].probability - (film.label == "PNEUMONIA"))
            for film in same
        }
        assert off[each.film.name] == max(off.values())
        assert each.before == network.predict(each.film.content.film.open()).probability


def test_judge_counts_refused_films_as_unanswered_and_shows_another_first(films):
    case = [film for film in films if film.content.case == "bright"]
    network = FakeClassifier(refuses=lambda film: film.pixels.mean() > darkest)
    levels = sorted(film.open().pixels.mean() for film in case)
    darkest = levels[0] + 0.01
    (judged,) = judge(case, network)
    assert judged.unsure >= FILMS - 1
    assert not judged.analysis.prediction.refused


def test_there_are_no_drawn_films_without_samples(monkeypatch, tmp_path):
    monkeypatch.setenv("XRAY_HOME", str(tmp_path))
    assert list_drawn() == ()
