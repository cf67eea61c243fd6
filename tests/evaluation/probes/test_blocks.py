import numpy as np
import pytest

from tests.evaluation.probes.drawn import draw
from xray_core.evaluation.probes import blocks
from xray_core.evaluation.probes.blocks import probe_blocks
from xray_core.evaluation.probes.films import Answers


@pytest.fixture
def found(monkeypatch):
    monkeypatch.setattr(blocks, "FEWEST", 2)
    called = {
        "IM-0115-0001.jpeg": False,
        "IM-0199-0001.jpeg": False,
        "IM-0200-0001.jpeg": True,
        "NORMAL2-IM-0115-0001.jpeg": True,
        "NORMAL2-IM-0120-0001.jpeg": False,
    }
    films = [draw(1, name=name) for name in called]
    films.append(draw(1, "virus", name="person1_virus_2.jpeg"))
    return probe_blocks(films, Answers(np.zeros(6), np.array([*called.values(), True])))


def test_blocks_are_of_a_series_and_a_hundred_studies(found):
    assert {name: (block["value"], block["n"]) for name, block in found["blocks"].items()} == {
        "IM 0100-0199": (1, 2),
        "IM 0200-0299": (0, 1),
        "NORMAL2-IM 0100-0199": (0.5, 2),
    }
    assert (found["all"]["value"], found["all"]["n"]) == (0.6, 5)


def test_a_small_block_is_not_the_worst(found):
    assert found["worst"] == "NORMAL2-IM 0100-0199"


def test_without_a_large_block_there_is_no_worst():
    assert probe_blocks([], Answers(np.zeros(0), np.zeros(0, bool)))["worst"] is None
