"""Two readers: one goes by what is in the lungs, one by how far they reach."""

import cv2
import numpy as np
import pytest

from tests.evaluation.probes.drawn import Reader, draw
from xray_core.evaluation.probes.films import LungFinder
from xray_core.evaluation.probes.outline import mean_lungs, probe_outline

BODY, NORMAL, ILL = 220, 60, 150


def chest(opaque, seed):
    """A film of 224 with striped lungs: an ill one's are brighter, and end higher."""
    rng = np.random.default_rng(seed)
    pixels = np.full((224, 224), BODY, np.uint8)
    level = (ILL if opaque else NORMAL) + rng.integers(-5, 6)
    pixels[lungs_of(120 if opaque else 190)] = level
    return pixels


def lungs_of(end):
    inside = np.zeros((224, 224), bool)
    inside[40:end, 30:90] = inside[40:end, 134:194] = True
    return inside


def find_lungs(pixels):
    """The drawn lungs, by their darkness."""
    return (pixels < 190).astype(np.float32)


def inner(pixels):
    """Brightness in the middle of the lungs' upper part, which every outline has."""
    return (float(pixels[70:90, 50:70].mean()) - 105) / 10


def reach(pixels):
    """How far down the lungs are dark."""
    return 3.0 if pixels[170, 60] > 190 else -3.0


def tone_free(classify):
    return Reader(classify, find_lungs)


@pytest.fixture
def films():
    kinds = [kind for kind in ("normal", "virus") for _ in range(8)]
    return [draw(chest(kind == "virus", k), kind, patient=str(k)) for k, kind in enumerate(kinds)]


def probe(reader, films, **options):
    return probe_outline(reader, films, LungFinder(reader), **options)


def test_who_goes_by_the_outline_is_found_out(films):
    found = probe(tone_free(reach), films, cell=4)
    assert found["n"] == 16
    assert found["outline"]["value"] == 6
    assert found["content"]["value"] == 0
    assert found["disagree"]["value"] == 0
    assert found["blank"]["value"] == 1
    assert found["cells"]["normal in pneumonia"]["log_odds"] == 3
    assert found["cells"]["pneumonia in normal"]["called"]["value"] == 0


def test_who_goes_by_the_content_is_not_blamed(films):
    """The film's own tone is kept, so a reader of the lungs' texture is needed."""

    def stripes(pixels):
        return float(pixels[60:100, 40:80].std()) / 10 - 1

    def striped(film):
        pixels = film.open().pixels.copy()
        pixels[:, ::8][pixels[:, ::8] < 190] += 30
        return draw(pixels, film.kind, patient=film.patient)

    changed = [striped(film) if film.opaque else film for film in films]
    found = probe(tone_free(stripes), changed, cell=4)
    assert found["content"]["value"] > 0.5
    assert abs(found["ratio"]["value"]) < 0.5
    assert found["disagree"]["value"] == 1
    assert found["blank"]["value"] == 0


def test_a_patient_lends_one_film_and_a_cell_is_no_larger_than_films_allow(films):
    twice = [
        *films,
        *(draw(chest(film.opaque, 99), film.kind, patient=film.patient) for film in films),
    ]
    assert probe(tone_free(inner), twice, cell=70)["n"] == 16
    assert probe(tone_free(inner), twice, cell=2)["n"] == 8


def test_the_seed_draws_other_pairs(films):
    def all_of_it(pixels):
        return float(pixels.mean())

    found = [probe(tone_free(all_of_it), films, cell=2, seed=seed)["cells"] for seed in (0, 0, 1)]
    assert found[0] == found[1] != found[2]


def test_mean_lungs_average_what_lies_at_the_same_place_of_the_box():
    film = chest(False, 0)
    wider = cv2.resize(film, (224, 224))[:, 10:]
    wider = cv2.resize(wider, (224, 224))
    pair = [(film, find_lungs(film)), (wider, find_lungs(wider))]
    mean, mask = mean_lungs(pair)
    x, y, width, height = cv2.boundingRect((mask > 0).astype(np.uint8))
    assert (x, y, width, height) == (32, 32, 160, 160)
    assert mean[112, 50] < mean[112, 112]  # dark lung, bright middle
    assert mask[112, 50] == 1
    assert mask[112, 112] == 0
