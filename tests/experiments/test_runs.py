"""The queue, on a program that only pretends to train."""

import json
import os
import subprocess
import sys
import time
from dataclasses import replace

import pytest

from xray_core.errors import MissingPackageError, UsageError
from xray_core.experiments import cost
from xray_core.experiments.folders import PREFIX
from xray_core.experiments.plans import PLANS, plan_of
from xray_core.experiments.runs import MOST, Runs


@pytest.fixture(autouse=True)
def nothing_learned(monkeypatch):
    monkeypatch.setattr(cost, "_learned", [])


@pytest.fixture
def runs(monkeypatch):
    monkeypatch.setenv("XRAY_TRAINING_NICE", "1")
    made = Runs("tests.experiments.pretend")
    yield made
    made.close()


@pytest.fixture
def visit(runs):
    return runs.visit(runs.new_key())


def wait(condition, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.02)


def pretend(monkeypatch, does):
    monkeypatch.setenv("XRAY_PRETEND", does)


def test_a_run_ends_with_results(visit, settings, monkeypatch):
    pretend(monkeypatch, "quick")
    run = visit.start(settings, "Mine")
    wait(lambda: run.over)
    assert run.state == "done"
    assert run.results["validation"]["n"] == len(
        json.loads((run.folder / "settings.json").read_text())["validation"]
    )
    found = run.progress
    assert [step for step, _, _ in found.steps] == [1, 2, 3, 4]
    assert [row["epoch"] for row in found.epochs] == [1, 2]
    assert found.steps_in_all == 4
    assert found.seconds > 0
    assert found.seconds_left == 0


def test_one_trains_and_others_wait_in_order(runs, visit, settings, monkeypatch):
    pretend(monkeypatch, "slow")
    other = runs.visit(runs.new_key())
    first, second, third = visit.start(settings), other.start(settings), visit.start(settings)
    assert [run.state for run in (first, second, third)] == ["running", "waiting", "waiting"]
    assert [visit.ahead(run) for run in (first, second, third)] == [0, 1, 2]
    assert visit.starts_in(first) == 0
    assert 0 < visit.starts_in(second) < visit.starts_in(third)
    visit.cancel(first)
    assert first.state == "cancelled"
    assert not first.folder.exists()
    wait(lambda: second.state == "running")
    assert third.state == "waiting"
    assert visit.runs == [third]


def test_two_train_where_two_may(visit, settings, monkeypatch):
    pretend(monkeypatch, "slow")
    monkeypatch.setenv("XRAY_TRAININGS", "2")
    found = [visit.start(settings) for _ in range(3)]
    assert [run.state for run in found] == ["running", "running", "waiting"]


def test_visitors_do_not_meet(runs, visit, settings, monkeypatch):
    pretend(monkeypatch, "slow")
    run = visit.start(settings)
    other = runs.visit(runs.new_key())
    assert other.runs == []
    assert runs.find(visit.key).runs == [run]
    assert runs.find("no such key") is None
    with pytest.raises(UsageError, match="Expected a key"):
        runs.visit("short")


def test_a_stopped_run_goes_on_after_its_last_epoch(visit, settings, monkeypatch):
    pretend(monkeypatch, "slow")
    run = visit.start(settings)
    wait(lambda: run.progress.steps and (run.folder / "epochs").exists())
    visit.stop(run)
    wait(lambda: run.state == "stopped")
    spent = run.progress.seconds
    visit.go_on(run)
    wait(lambda: run.over)
    assert run.state == "done"
    assert [step for step, _, _ in run.progress.steps] == [1, 3, 4]
    assert run.progress.seconds > spent


def test_a_waiting_run_is_stopped_without_having_begun(visit, settings, monkeypatch):
    pretend(monkeypatch, "slow")
    visit.start(settings)
    run = visit.start(settings)
    visit.stop(run)
    assert run.state == "stopped"
    visit.go_on(run)
    assert run.state == "waiting"


def test_one_that_does_not_stop_is_ended(visit, settings, monkeypatch):
    pretend(monkeypatch, "deaf")
    run = visit.start(settings)
    wait(lambda: run.progress.steps)
    monkeypatch.setattr("xray_core.experiments.process.PATIENCE", 0.1)
    visit.stop(run)
    wait(lambda: run.state == "stopped")


@pytest.mark.parametrize(
    ("does", "bound", "most", "told"),
    [
        ("slow", "XRAY_TRAINING_MINUTES", "0.001", "XRAY_TRAINING_MINUTES"),
        ("fat", "XRAY_TRAINING_MB", "120", "120 MB"),
    ],
)
def test_time_and_memory_are_bounded(visit, settings, monkeypatch, does, bound, most, told):
    pretend(monkeypatch, does)
    monkeypatch.setenv(bound, most)
    run = visit.start(settings)
    wait(lambda: run.over)
    assert run.state == "failed"
    assert told in run.problem


@pytest.mark.parametrize(
    ("does", "problem"), [("broken", "found none"), ("dies", "ended before its time")]
)
def test_what_goes_wrong_is_told(visit, settings, monkeypatch, does, problem):
    pretend(monkeypatch, does)
    run = visit.start(settings)
    wait(lambda: run.over)
    assert run.state == "failed"
    assert problem in run.problem


def test_a_bound_that_is_no_number_is_told(visit, settings, monkeypatch):
    monkeypatch.setenv("XRAY_TRAINING_MB", "much")
    pretend(monkeypatch, "quick")
    with pytest.raises(UsageError, match="XRAY_TRAINING_MB to be a number above 0, got 'much'"):
        visit.start(settings)
    assert visit.runs == []


def test_without_what_trains_that_is_said(visit, settings, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(MissingPackageError, match=r"keras .*radiolucent\[train\]"):
        visit.start(settings)


def test_a_seventh_run_is_refused(visit, settings, monkeypatch):
    pretend(monkeypatch, "slow")
    for _ in range(MOST):
        visit.start(settings)
    with pytest.raises(UsageError, match="forget one of them"):
        visit.start(settings)
    visit.forget(visit.runs[-1])
    assert visit.start(settings) in visit.runs


def test_a_visit_nobody_makes_is_let_go(runs, visit, settings, monkeypatch):
    pretend(monkeypatch, "slow")
    run = visit.start(settings)
    monkeypatch.setenv("XRAY_TRAINING_KEEP", "0.001")
    wait(lambda: runs._visits == {})
    assert runs.find(visit.key) is None
    assert not run.folder.exists()
    assert runs._running == {}


def test_a_plan_starts_its_runs(visit, settings, drawn_folder, monkeypatch):
    pretend(monkeypatch, "slow")
    plan = plan_of("few")
    monkeypatch.setattr("xray_core.experiments.job.draw", lambda _: _drawn())
    found = visit.start_plan(plan, str(drawn_folder))
    assert [run.label for run in found] == ["100 films", "500 films", "all films"]
    assert [run.settings.films for run in found] == [100, 500, 0]
    assert {run.plan for run in found} == {"few"}
    visit.start_plan(plan, str(drawn_folder))
    with pytest.raises(UsageError, match="6 of 6 are kept already"):
        visit.start_plan(PLANS[0], str(drawn_folder))


def _drawn():
    from xray_core.experiments.draw import Drawn

    return Drawn((), (), (), 30)


def test_the_leak_needs_patients(visit, tmp_path):
    import numpy as np

    from tests.experiments.conftest import put

    for label in ("NORMAL", "PNEUMONIA"):
        for number in range(8):
            put(tmp_path / "train" / label / f"{number}.png", np.random.default_rng(0), 0)
    with pytest.raises(UsageError, match="tell their patients"):
        visit.start_plan(plan_of("leak"), str(tmp_path))


def test_the_program_ends_with_its_server_and_folders_go(settings, tmp_path, monkeypatch):
    """A server that is killed takes its training with it; the next one sweeps up."""
    pretend(monkeypatch, "slow")
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    code = f"""
import time
from xray_core.experiments.runs import Runs
from xray_core.experiments.settings import RunSettings
runs = Runs("tests.experiments.pretend")
visit = runs.visit(runs.new_key())
run = visit.start(RunSettings(source={settings.source!r}))
while not run.progress.steps:
    time.sleep(0.02)
print(next(iter(runs._running.values()))[0].number, flush=True)
time.sleep(60)
"""
    server = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    number = int(server.stdout.readline())
    server.kill()
    server.wait()
    server.stdout.close()
    wait(lambda: not _lives(number))
    (left,) = tmp_path.glob(f"{PREFIX}*")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    pretend(monkeypatch, "quick")
    after = Runs("tests.experiments.pretend")
    after.visit(after.new_key()).start(replace(settings, seed=1))
    assert not left.exists()
    after.close()
    assert list(tmp_path.glob(f"{PREFIX}*")) == []


def _lives(number):
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    with open(f"/proc/{number}/stat") as stat:  # a zombie has ended
        return stat.read().rsplit(")")[-1].split()[0] != "Z"


def test_the_server_loads_no_keras():
    code = (
        "import sys; import xray_core.experiments.runs, xray_core.experiments.recorded;"
        "print({'keras', 'tensorflow', 'streamlit', 'sklearn'} & set(sys.modules))"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "set()"
