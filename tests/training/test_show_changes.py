import numpy as np
import pytest

from xray_core.inference.views import view_film
from xray_core.training.augment import CHANGES, show_changes
from xray_core.types import Box, Lungs

RNG = np.random.default_rng(0)
FILM = np.clip(np.arange(224)[:, None] / 2 + RNG.normal(60, 9, (224, 224)), 0, 255).astype(np.uint8)
MASK = np.zeros((56, 56), np.float32)
MASK[10:40, 10:46] = 1
LUNGS = Lungs(MASK, Box(0.15, 0.15, 0.85, 0.75))


@pytest.fixture(scope="module")
def changed():
    return show_changes(FILM, LUNGS, 64, seed=1)


def test_the_first_is_the_film_as_it_is(changed):
    film, view = changed["As it is"]
    np.testing.assert_array_equal(film, FILM)
    np.testing.assert_array_equal(view.pixels, view_film(FILM, LUNGS, "lungs", 64).pixels)


def test_every_change_changes_the_film_in_its_own_way(changed):
    assert list(changed) == list(CHANGES)
    films = [film.tobytes() for film, _ in changed.values()]
    assert len(set(films)) == len(CHANGES)


def test_a_change_of_tone_keeps_the_order_of_the_grey_levels(changed):
    toned = changed["Tone"][0]
    assert (np.diff([toned[level == FILM].mean() for level in np.unique(FILM)]) >= 0).all()


def test_the_network_hardly_sees_a_change_of_tone(changed):
    plain, toned = changed["As it is"], changed["Tone"]
    film = np.abs(plain[0].astype(float) - toned[0]).mean() / plain[0].std()
    view = np.abs(plain[1].grey - toned[1].grey).mean() / plain[1].grey.std()
    assert view < film


def test_a_seed_repeats_the_changes_and_another_makes_others():
    def films(seed):
        return [film.tobytes() for film, _ in show_changes(FILM, LUNGS, 64, seed).values()]

    assert films(1) == films(1)
    assert films(1)[1:] != films(2)[1:]


def test_without_lungs_the_view_is_the_whole_film():
    view = show_changes(FILM, None, 64, seed=1)["As it is"][1]
    np.testing.assert_array_equal(view.pixels, view_film(FILM, None, "film", 64).pixels)
