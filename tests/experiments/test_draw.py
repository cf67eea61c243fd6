"""Which films are learned from, and which are set aside."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from tests.experiments.conftest import put
from xray_core.errors import DataError
from xray_core.experiments.draw import draw, key_of


def patients(samples):
    return {sample.patient for sample in samples}


def test_patients_lie_on_one_side(settings):
    drawn = draw(settings)
    assert len(drawn.learned) + len(drawn.validation) == 60
    assert not patients(drawn.learned) & patients(drawn.validation)
    assert drawn.patients == 30


def test_the_leak_splits_films_of_a_patient(settings):
    drawn = draw(replace(settings, apart=False))
    assert len(drawn.learned) + len(drawn.validation) == 60
    assert patients(drawn.learned) & patients(drawn.validation)


def test_few_films_keep_proportion_and_validation(settings):
    every, few = draw(settings), draw(replace(settings, films=12))
    assert few.validation == every.validation
    assert set(few.learned) < set(every.learned)
    labels = Counter(sample.label for sample in every.learned)
    wanted = round(12 * labels["NORMAL"] / len(every.learned))
    assert Counter(sample.label for sample in few.learned) == {
        "NORMAL": wanted,
        "PNEUMONIA": 12 - wanted,
    }
    ill = [sample for sample in few.learned if sample.label == "PNEUMONIA"]
    assert len(patients(ill)) == -(-len(ill) // 4)  # whole patients, of four films each


def test_another_seed_draws_others(settings):
    one, other = (draw(replace(settings, films=12, seed=seed)) for seed in (0, 2))
    assert one.learned != other.learned
    assert one.validation != other.validation


def test_only_patients_with_several_films(settings, drawn_folder):
    drawn = draw(replace(settings, asks="kind", repeated=4))
    assert {sample.subtype for sample in drawn.learned} == {"bacteria", "virus"}
    assert drawn.patients == 10
    with pytest.raises(DataError, match="two classes or more"):
        draw(replace(settings, repeated=2))  # normal films are one a child


def test_the_kind_is_asked_of_pneumonias_alone(settings):
    drawn = draw(replace(settings, asks="kind"))
    found = (*drawn.learned, *drawn.validation, *drawn.test)
    assert {sample.label for sample in found} == {"PNEUMONIA"}
    assert len(drawn.test) == 6


def test_test_films_of_another_class_are_left_out(settings, drawn_folder, tmp_path):
    import shutil

    root = shutil.copytree(drawn_folder, tmp_path / "films")
    put(root / "test" / "OTHER" / "one.png", np.random.default_rng(0), 0)
    drawn = draw(replace(settings, source=str(root)))
    assert {sample.label for sample in drawn.test} == {"NORMAL", "PNEUMONIA"}


def test_keys_tell_films_apart(settings):
    drawn = draw(settings)
    keys = {key_of(sample) for sample in (*drawn.learned, *drawn.validation, *drawn.test)}
    assert len(keys) == 70
