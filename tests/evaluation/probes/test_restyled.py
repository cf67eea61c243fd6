import numpy as np
import pytest

from tests.evaluation.probes.drawn import Reader, draw
from xray_core.datasets.kermany import odd_device
from xray_core.evaluation.probes.films import LungFinder, answers
from xray_core.evaluation.probes.restyled import Style, fit_style, probe_restyled, restyle

SIDE = 224
LUNGS = np.ones((SIDE, SIDE), np.float32)
OWN = sorted(odd_device())


def noise(seed, mean=120, fine=10.0):
    """A film of coarse waves and fine noise."""
    rng = np.random.default_rng(seed)
    waves = 25 * np.sin(np.linspace(0, 9, SIDE))[:, None]
    drawn = mean + waves + rng.normal(0, fine, (SIDE, SIDE))
    return np.clip(drawn, 0, 255).astype(np.uint8)


def test_restyle_without_a_change_gives_the_film():
    film = noise(0)
    levels = np.linspace(1, 250, 25)
    np.testing.assert_array_equal(restyle(film, Style(levels, levels, np.ones(6))), film)


def test_restyle_draws_one_band_more_strongly():
    film = noise(0)
    levels = np.linspace(1, 250, 25)
    gains = np.array([2, 1, 1, 1, 1, 1.0])
    sharper = restyle(film, Style(levels, levels, gains)).astype(float)
    rough = [np.diff(each, axis=1).std() for each in (film.astype(float), sharper)]
    assert rough[1] / rough[0] == pytest.approx(2, rel=0.1)
    assert sharper.mean() == pytest.approx(film.mean(), abs=0.5)


def test_a_style_that_was_fitted_is_carried_over():
    own = [("virus", (noise(k, mean=150, fine=20), LUNGS)) for k in range(4)]
    others = [("virus", (noise(10 + k), LUNGS)) for k in range(4)]
    style = fit_style(own, others)
    restyled = [(kind, (restyle(film, style), mask)) for kind, (film, mask) in others]
    left = fit_style(own, restyled)
    assert np.abs(style.after - style.before).max() > 20
    assert np.abs(left.after - left.before)[1:-1].max() < 6
    np.testing.assert_allclose(left.gains[:5], 1, atol=0.1)


def test_a_style_compares_films_of_one_kind():
    """Bacterial films of others are brighter; the device has viral ones only."""
    own = [("virus", (noise(1), LUNGS))]
    others = [("virus", (noise(2), LUNGS)), ("bacteria", (noise(3, mean=200), LUNGS))]
    style = fit_style(own, others)
    assert np.abs(style.after - style.before).max() < 4
    assert fit_style([("bacteria", own[0][1])], others[:1]) is None


def test_the_change_of_normal_films_is_measured():
    train = [draw(noise(k, mean=150), "virus", f"{OWN[k]}.jpeg") for k in range(3)]
    train += [draw(noise(10 + k), "virus", f"other{k}.jpeg") for k in range(3)]
    films = [draw(noise(20 + k), "normal", f"n{k}", patient=str(k)) for k in range(4)]
    films.append(draw(noise(30), "virus", "person"))
    reader = Reader(lambda pixels: pixels.mean() - 135, lambda pixels: LUNGS)
    given = answers(reader, [film.open for film in films])
    found = probe_restyled(reader, train, films, given, LungFinder(reader))
    assert found["change"]["value"] == pytest.approx(30, abs=3)
    assert found["change"]["n"] == 4
    assert (found["before"]["value"], found["after"]["value"]) == (1, 0)
    assert found["films"] == {"device": 3, "others": 3}


def test_without_the_device_there_is_no_style():
    films = [draw(noise(1), "virus", "other"), draw(noise(2), "normal", "n")]
    reader = Reader(np.mean, lambda pixels: LUNGS)
    given = answers(reader, [film.open for film in films])
    assert "no film" in probe_restyled(reader, films, films, given, LungFinder(reader))["reason"]
