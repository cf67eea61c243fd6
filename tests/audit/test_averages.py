from dataclasses import dataclass

import numpy as np
import pytest

from xray_core.audit import averages
from xray_core.errors import RadiographError
from xray_core.reporting.figures import averages as figures
from xray_core.types import Radiograph


@dataclass(frozen=True)
class Film:
    level: int
    label: str = "NORMAL"
    subtype: str = "normal"
    width: int = 300

    def open(self):
        if self.level < 0:
            raise RadiographError("broken")
        pixels = np.full((150, self.width), self.level, np.uint8)
        return Radiograph(pixels, "film", "0")


def test_average_is_the_mean_of_the_films_that_can_be_read():
    average = averages.average_class("Normal", [Film(10), Film(20), Film(-1)])
    assert average.films == 2
    assert (average.mean == 15).all()
    assert list(average.measures["brightness"]) == [10, 20]
    assert list(average.measures["contrast"]) == [0, 0]
    assert list(average.measures["aspect"]) == [2, 2]


def test_average_of_nothing_is_none():
    assert averages.average_class("Normal", [Film(-1)]) is None


def test_by_class_tells_the_kinds_apart():
    ill = Film(1, "PNEUMONIA", "virus")
    assert averages.by_class([Film(1), ill, Film(2)]) == {
        ("NORMAL", "normal"): (Film(1), Film(2)),
        ("PNEUMONIA", "virus"): (ill,),
    }


def test_spread_takes_films_from_the_first_to_the_last():
    taken = averages.spread(range(1000), 5)
    assert taken == (0, 250, 500, 749, 999)
    assert averages.spread(range(3), 5) == (0, 1, 2)


@pytest.mark.parametrize("measure", averages.MEASURES)
def test_compare_draws_every_film_of_every_class(measure):
    made = [
        averages.average_class("Normal", [Film(10), Film(20)]),
        averages.average_class("Viral pneumonia", [Film(30, width=450)]),
    ]
    figure = figures.compare(made, measure)
    assert [trace.name for trace in figure.data] == ["Normal", "Viral pneumonia"]
    assert [len(trace.x) for trace in figure.data] == [2, 1]
    assert averages.MEASURES[measure] in figures.describe(made, measure)


def test_describe_gives_the_medians():
    made = [averages.average_class("Normal", [Film(10), Film(20)])]
    assert figures.describe(made, "brightness").endswith("normal 15.")
