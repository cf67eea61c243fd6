"""Which films a measurement takes."""

from types import SimpleNamespace

import pytest
from PIL import Image

from xray_core.datasets.catalogue import open_folder
from xray_core.errors import UsageError
from xray_core.evaluation.films import ASIDE, load_normal_adults, select_split, spread


def test_spread_takes_films_evenly_over_all():
    assert spread(range(10), 3) == [0, 3, 6]
    assert spread(range(10), 10) == spread(range(10), None) == spread(range(10), 20) == range(10)


def test_select_split_takes_aside_the_patients_that_a_training_did(tmp_path):
    for split, count in (("train", 20), ("test", 3)):
        for number in range(count):
            path = tmp_path / split / "NORMAL" / f"IM-{number // 2:04}-{number:04}.jpeg"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
    films = open_folder(tmp_path)
    card = SimpleNamespace(training={"config": {"validation_share": 0.3, "seed": 0}})
    assert select_split(films, "test", card) == films.select(split="test")
    aside = select_split(films, ASIDE, card)
    assert len(aside) == 6
    assert {film.split for film in aside} == {"train"}
    assert len({film.patient for film in aside}) == 3
    other = SimpleNamespace(training={"config": {"validation_share": 0.3, "seed": 1}})
    assert select_split(films, ASIDE, other) != aside


def test_load_normal_adults_takes_what_the_table_calls_normal(tmp_path):
    (tmp_path / "images").mkdir()
    Image.linear_gradient("L").save(tmp_path / "images" / "a.png")
    (tmp_path / "labels.csv").write_text("image,label\na.png,NORMAL\nb.png,PNEUMONIA\n")
    assert [film.name for film in load_normal_adults(tmp_path)] == ["a.png"]


def test_load_normal_adults_says_where_none_is_normal(tmp_path):
    (tmp_path / "labels.csv").write_text("image,label\na.png,effusion\n")
    with pytest.raises(UsageError, match="whose label is 'normal'"):
        load_normal_adults(tmp_path)


def test_load_normal_adults_without_a_table_says_what_it_expected(tmp_path):
    with pytest.raises(UsageError, match=r"Expected a table .*labels\.csv with the columns"):
        load_normal_adults(tmp_path)
