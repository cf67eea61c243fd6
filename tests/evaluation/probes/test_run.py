import json

import numpy as np
import pytest

from tests.evaluation.probes.drawn import Reader, both_lungs
from tests.fakes import write_film
from xray_core.datasets.catalogue import open_folder
from xray_core.datasets.splits import split_by_patient
from xray_core.errors import DataError, ModelError
from xray_core.evaluation.probes.run import probe

ADULTS = """image,label,labelled_by,view,patient,split
1.png,normal,radiologists,PA,1,valid
2.png,pneumonia,radiologists,AP,2,valid
3.png,normal,radiologists,AP,3,valid
4.png,normal,radiologists,AP,4,test
"""


@pytest.fixture
def folder(tmp_path):
    """Twelve train films, each of its own grey level; those of val and test are torn."""
    root = tmp_path / "films"
    for k in range(6):
        write_film(root / f"train/NORMAL/IM-{k:04d}-0001.png", 20 + k, 64, 64)
        write_film(root / f"train/PNEUMONIA/person{k}_virus_{k}.png", 220 + k, 64, 64)
    for split in ("val", "test"):
        (root / split / "NORMAL").mkdir(parents=True)
        (root / split / "NORMAL/IM-0900-0001.png").write_bytes(b"torn")
    return root


@pytest.fixture
def adults(tmp_path):
    for k in range(1, 4):
        write_film(tmp_path / f"adults/images/{k}.png", 50 * k)
    (tmp_path / "adults/labels.csv").write_text(ADULTS)
    return tmp_path / "adults"


def grey(pixels):
    return float(pixels.mean()) - 128


def test_all_probes_stand_in_one_report(folder, adults):
    report = probe(Reader(grey, both_lungs), folder, adults=adults)
    assert list(report) == [
        "model",
        "operating_point",
        "data",
        "validation",
        "outline",
        "projection",
        "blocks",
        "restyled",
        "device",
        "sensitivity",
        "copies",
    ]
    assert report["data"]["adults"] == report["projection"]["n"] == 3
    assert report["validation"]["auc"]["value"] == 1
    json.dumps(report, allow_nan=False)


def test_only_films_of_patients_set_aside_are_asked_about(folder):
    asked = set()

    def score(pixels):
        asked.add(int(np.median(pixels)))
        return grey(pixels)

    report = probe(Reader(score), folder)
    samples = open_folder(folder).select(split="train")
    kept, aside = split_by_patient(samples, 0.5, 0)
    levels = [{int(each.open().pixels[0, 0]) for each in part} for part in (kept, aside)]
    assert report["data"]["children"] == len(aside) == 6
    assert asked >= levels[1]
    assert not asked & levels[0]


def test_without_adults_there_is_no_projection(folder):
    assert "projection" not in probe(Reader(grey), folder)


def test_masks_tell_the_lungs_instead_of_the_classifier(folder, tmp_path):
    (tmp_path / "masks").mkdir()
    report = probe(Reader(grey, both_lungs), folder, masks=tmp_path / "masks")
    assert report["outline"]["n"] == 0
    assert report["sensitivity"]["subtle"]["n"] == 0
    assert report["sensitivity"]["virus"]["n"] > 0
    json.dumps(report, allow_nan=False)


def test_progress_sees_every_probe(folder):
    seen = []

    def progress(steps, total):
        for step in steps:
            seen.append((step, total))
            yield step

    probe(Reader(grey), folder, progress=progress)
    assert len(seen) == seen[0][1] == 7


def test_a_card_that_says_nothing_of_its_split_is_refused(folder):
    reader = Reader(grey)
    reader.card.training = {"config": {"seed": 0}}
    with pytest.raises(ModelError, match="validation_share"):
        probe(reader, folder)


def test_films_of_one_kind_are_refused(tmp_path):
    for k in range(4):
        write_film(tmp_path / f"train/NORMAL/IM-{k:04d}-0001.png", 20)
    with pytest.raises(DataError, match="normal films and films of pneumonia"):
        probe(Reader(grey), tmp_path)
