"""What a run says of itself, from what its program tells."""

import base64
import io
import json
import zipfile

import pytest

from xray_core.experiments.run import FILES, Run
from xray_core.training.live import EVENTS


@pytest.fixture
def run(settings, tmp_path):
    return Run("home-1", "Mine", settings, tmp_path, expected=100.0)


def tell(run, *events, end="\n"):
    with (run.folder / EVENTS).open("a") as file:
        file.write("\n".join(json.dumps({"at": 0.0, **event}) for event in events) + end)


def step(number, at=0.0):
    return {"kind": "step", "step": number, "loss": 1 / number, "accuracy": 0.5, "at": at}


BEGUN = {"kind": "begun", "epoch": 0, "steps": 2, "steps_in_all": 8}


def test_nothing_is_known_before_it_begins(run):
    assert run.progress.steps == []
    assert run.progress.seconds_left == 100.0


def test_a_half_written_line_waits_for_its_end(run):
    line = json.dumps({"at": 0.0, **step(1)})
    tell(run, BEGUN, end=f"\n{line[:20]}")
    assert run.progress.steps == []
    with (run.folder / EVENTS).open("a") as file:
        file.write(f"{line[20:]}\n")
    assert run.progress.steps == [(1, 1.0, 0.5)]


def test_steps_after_the_last_whole_epoch_are_told_anew(run):
    tell(run, BEGUN, step(1), step(2), {"kind": "epoch", "epoch": 1, "loss": 0.7}, step(3))
    assert [number for number, _, _ in run.progress.steps] == [1, 2, 3]
    tell(run, {**BEGUN, "epoch": 1})
    assert [number for number, _, _ in run.progress.steps] == [1, 2]
    assert run.progress.epochs == [{"epoch": 1, "loss": 0.7}]


def test_what_is_left_follows_its_own_pace(run):
    run.state = "running"
    tell(run, BEGUN, step(1, at=5.0), step(2, at=10.0))
    assert run.progress.steps[-1][0] == 2
    run.count(10.0)
    assert run.progress.seconds == 10.0
    assert run.progress.seconds_left == pytest.approx(6 * 5 + 100 / 5)


def test_the_share_rises_to_the_end(run):
    shares = []
    for event in (
        {"kind": "stage", "words": "Reading films", "read": 0.5},
        BEGUN,
        step(4),
        step(8),
        {"kind": "stage", "words": "Measuring"},
        {"kind": "done", "results": {"validation": {}}},
    ):
        tell(run, event)
        shares.append(run.progress.share)
    assert shares == pytest.approx([0.05, 0.05, 0.5, 0.9, 0.9, 1.0])


def test_before_its_first_step_what_is_left_is_what_was_expected(run):
    run.state = "running"
    tell(run, {"kind": "stage", "words": "Reading films", "read": 0.5})
    assert run.progress.stage == "Reading films"
    run.count(500.0)
    assert run.progress.seconds_left == pytest.approx(95.0)


def test_wrong_films_come_as_pictures(run):
    film = {"name": "a.png", "label": "NORMAL", "split": "train", "probability": 0.9}
    tell(run, {"kind": "wrong", "films": [{**film, "picture": base64.b64encode(b"jpeg").decode()}]})
    assert run.progress.wrong == [{**film, "picture": b"jpeg"}]


def test_files_are_one_archive(run):
    folder = run.home / run.name
    folder.mkdir(parents=True)
    for name in FILES:
        (folder / name).write_text(name)
    with zipfile.ZipFile(io.BytesIO(run.files())) as archive:
        assert archive.namelist() == [f"home-1/{name}" for name in FILES]
        assert archive.read("home-1/card.json") == b"card.json"
