"""Scoring on a real Dask scheduler with real worker processes, some of which are killed."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

import numpy as np
import pytest
from PIL import Image

from tests import ROOT
from xray_core.batch.score import Questions, score_films
from xray_core.errors import ClusterError
from xray_core.inference.model_card import list_models

cluster = pytest.importorskip(
    "xray_core.batch.cluster", reason="needs the package dask[distributed]"
)
dask = pytest.importorskip("dask")
pytestmark = [
    pytest.mark.skipif(not list_models(), reason="needs a trained model in models/"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

QUESTIONS = Questions(gate=False)


@pytest.fixture(scope="module")
def films(tmp_path_factory):
    """Many drawn pictures, one of them broken; without the gate each gets a probability."""
    folder = tmp_path_factory.mktemp("films")
    rng = np.random.default_rng(0)
    for number in range(120):
        coarse = rng.integers(0, 255, (7, 7), np.uint8)
        picture = Image.fromarray(coarse).resize((224, 224), Image.Resampling.BICUBIC)
        picture.save(folder / f"{number:03}.png")
    (folder / "060.png").write_bytes(b"no film")
    return folder


@pytest.fixture(scope="module")
def whole(films, classifier, tmp_path_factory):
    """The table of a run without a cluster."""
    table = tmp_path_factory.mktemp("whole") / "table.csv"
    score_films(classifier, films, table, questions=QUESTIONS)
    return table.read_bytes()


def start(*words, folder=ROOT):
    return subprocess.Popen(
        [sys.executable, "-m", *words],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


@pytest.fixture
def scheduler(tmp_path, request):
    """A scheduler with two workers, each a process of its own.

    Yields its address, the processes, and the file that names the address.
    The parameter is the folder that they are started in, this project's by default.
    """
    found = tmp_path / "scheduler.json"
    scheduler = start(
        *("distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0"),
        *("--no-dashboard", "--scheduler-file", str(found)),
    )
    processes = [scheduler]
    try:
        deadline = time.monotonic() + 30
        while not found.exists() or not found.stat().st_size:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        address = json.loads(found.read_text())["address"]
        for _ in range(2):
            processes.append(
                start(
                    *("distributed.cli.dask_worker", address, "--nthreads", "1", "--no-nanny"),
                    *("--no-dashboard", "--local-directory", str(tmp_path)),
                    folder=getattr(request, "param", ROOT),
                )
            )
        yield address, processes, found
    finally:
        for process in processes:
            process.kill()
            process.wait()


def after(count, act):
    """A progress that does something after so many rows."""

    def progress(rows, total, initial):
        for number, row in enumerate(rows, start=1):
            yield row
            if number == count:
                act()

    return progress


def test_worker_killed_in_the_middle_loses_and_doubles_nothing(
    films, whole, classifier, scheduler, tmp_path
):
    _, (_, worker, other), found = scheduler
    killed = []

    def kill():
        os.kill(worker.pid, signal.SIGKILL)
        killed.append(worker.wait())

    table = tmp_path / "table.csv"
    with cluster.open_cluster(str(found), classifier, QUESTIONS) as run:
        score_films(
            classifier, films, table, questions=QUESTIONS, run=run, progress=after(20, kill)
        )
    assert killed == [-signal.SIGKILL]
    assert other.poll() is None
    assert table.read_bytes() == whole


def test_scheduler_that_goes_away_leaves_a_table_to_go_on_with(
    films, whole, classifier, scheduler, tmp_path
):
    address, (process, *_), _ = scheduler
    table = tmp_path / "table.csv"

    def kill():
        dask.config.set({"distributed.comm.timeouts.connect": "2s"})
        process.kill()

    def score():
        with cluster.open_cluster(address, classifier, QUESTIONS) as run:
            stop = after(20, kill)
            score_films(classifier, films, table, questions=QUESTIONS, run=run, progress=stop)

    with pytest.raises(ClusterError, match="connection to it is lost: the rows so far are kept"):
        score()
    assert not table.exists()
    summary = score_films(classifier, films, table, questions=QUESTIONS)
    assert 20 <= summary["resumed"] < 120
    assert table.read_bytes() == whole


def test_no_scheduler_is_told_in_a_sentence(classifier, monkeypatch):
    monkeypatch.setattr(cluster, "PATIENCE", 1)
    with (
        pytest.raises(ClusterError, match="none answers there"),
        cluster.open_cluster("tcp://127.0.0.1:9", classifier, QUESTIONS),
    ):
        pass


@pytest.mark.parametrize("scheduler", ["/"], indirect=True)
def test_workers_without_this_project_are_told_in_a_sentence(classifier, scheduler):
    address, *_ = scheduler
    with (
        pytest.raises(ClusterError, match=r"'xray_core'.+ put this project on the PYTHONPATH"),
        cluster.open_cluster(address, classifier, QUESTIONS),
    ):
        pass


class FakeWorker:
    def __init__(self, folder):
        self.local_directory = folder


def test_model_plugin_brings_the_model_along(classifier, tmp_path):
    plugin = cluster.ModelPlugin(classifier)
    plugin.setup(FakeWorker(tmp_path))
    arrived = plugin.load()
    assert (arrived.version, arrived is plugin.load()) == (classifier.version, True)
    assert not list(tmp_path.rglob("*.keras"))


@pytest.mark.parametrize(
    ("attribute", "value", "message"),
    [
        ("_hash", "0", "a worker got another"),
        ("_code", "0", "install the same on all"),
        ("_version", "0", "a worker loads another"),
    ],
)
def test_model_plugin_refuses_what_was_not_sent(classifier, tmp_path, attribute, value, message):
    plugin = cluster.ModelPlugin(classifier)
    setattr(plugin, attribute, value)
    plugin.setup(FakeWorker(tmp_path))
    with pytest.raises(ClusterError, match=message):
        plugin.load()


@pytest.mark.slow
def test_local_cluster_gives_the_same_table(films, whole, tmp_path):
    table = tmp_path / "table.csv"
    done = subprocess.run(
        [
            *(sys.executable, "-m", "xray_core", "score", films, "--out", table),
            *("--no-gate", "--cluster", "local"),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert table.read_bytes() == whole


@pytest.mark.parametrize("scheme", ["tcp://", ""])
def test_web_server_instead_of_a_scheduler_is_told_within_its_patience(
    films, classifier, tmp_path, monkeypatch, scheme
):
    monkeypatch.setattr(cluster, "PATIENCE", 1)
    server = HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    started = time.monotonic()
    try:
        with (
            pytest.raises(ClusterError, match="none answers there"),
            cluster.open_cluster(f"{scheme}127.0.0.1:{server.server_port}", classifier, QUESTIONS),
        ):
            pass
    finally:
        server.shutdown()
        server.server_close()
    assert time.monotonic() - started < 10


def test_address_of_a_page_is_told(classifier):
    with (
        pytest.raises(ClusterError, match="the address of a web page"),
        cluster.open_cluster("http://127.0.0.1:8787/status", classifier, QUESTIONS),
    ):
        pass
