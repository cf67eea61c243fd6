"""A tiny folder in the Kaggle layout, drawn: its films tell their patients."""

import cv2
import numpy as np
import pytest

from xray_core.experiments.settings import RunSettings


@pytest.fixture(scope="session")
def drawn_folder(tmp_path_factory):
    """20 normal films of as many children, 40 pneumonias of 10; a test of 4 and 6."""
    root = tmp_path_factory.mktemp("drawn films")
    rng = np.random.default_rng(0)
    for split, normal, ill in (("train", 20, 40), ("test", 4, 6)):
        for number in range(normal):
            put(root / split / "NORMAL" / f"IM-{number:04d}-0001.png", rng, 0)
        for number in range(ill):
            kind = ("bacteria", "virus")[number // 4 % 2]
            name = f"person{number // 4}_{kind}_{number}.png"
            put(root / split / "PNEUMONIA" / name, rng, 90)
    return root


def put(path, rng, bright):
    film = rng.normal(90, 20, (64, 64))
    film[20:44, 20:44] += bright
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), np.clip(film, 0, 255).astype(np.uint8))


@pytest.fixture
def settings(drawn_folder):
    return RunSettings(source=str(drawn_folder), channels=(4, 8), epochs=2)
