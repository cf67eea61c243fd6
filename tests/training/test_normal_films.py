"""Which films are averaged: the normal ones that the network learned from."""

from types import SimpleNamespace

import numpy as np
import pytest

from tests.fakes import write_film
from xray_core.datasets.catalogue import open_folder
from xray_core.datasets.splits import split_by_patient
from xray_core.errors import DataError
from xray_core.training.normal_films import make_normal_films
from xray_core.types import WHOLE_FILM, Box, Look, Lungs, View

NO_LUNGS = 13
PNEUMONIA = 200


class Grey:
    """A classifier whose view is the film's grey level, and its evidence a hundredth of it."""

    card = SimpleNamespace(training={"config": {"validation_share": 0.25, "seed": 3}})
    targets = {"PNEUMONIA": np.array([False, True])}  # noqa: RUF012
    network_hash = "a"

    def look(self, radiograph):
        level = float(radiograph.pixels.mean())
        box = None if level == NO_LUNGS else Box(0, 0, 1, 1)
        maps = np.stack([np.zeros((2, 2)), np.full((2, 2), level / 100)], -1).astype(np.float32)
        view = np.full((4, 4, 2), level, np.float32)
        return Look(
            Lungs(np.ones((2, 2), np.float32), box), View(view, WHOLE_FILM), maps, maps.mean((0, 1))
        )


@pytest.fixture
def films(tmp_path):
    for number in range(12):
        level = NO_LUNGS if number == 5 else 20 + 10 * number
        write_film(tmp_path / f"train/NORMAL/IM-{number:04d}-0001.png", level)
        write_film(tmp_path / f"train/PNEUMONIA/person{number}_virus_1.png", PNEUMONIA)
    return tmp_path


def test_normal_films_are_those_the_network_learned_from(films):
    kept, aside = split_by_patient(open_folder(films).samples, 0.25, 3)
    levels = [sample.open().pixels.mean() for sample in kept if sample.label == "NORMAL"]
    assert any(sample.label == "NORMAL" for sample in aside)
    levels.remove(NO_LUNGS)
    normal = make_normal_films(films, Grey())
    assert (normal.films, normal.network) == (len(levels), "a")
    np.testing.assert_allclose(normal.grey, np.mean(levels), rtol=1e-3)
    np.testing.assert_allclose(normal.evidence["PNEUMONIA"], np.mean(levels) / 100, rtol=1e-3)


def test_no_normal_film_is_a_sentence(tmp_path):
    write_film(tmp_path / "train/PNEUMONIA/person1_virus_1.png", PNEUMONIA)
    with pytest.raises(DataError, match="Expected normal films under"):
        make_normal_films(tmp_path, Grey())
