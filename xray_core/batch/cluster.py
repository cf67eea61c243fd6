"""Score films on the workers of a Dask scheduler, with the same rows as without.

Only names go out and rows come back: a worker opens the same paths or addresses as this machine
would, so both must see the same store. The model goes to each worker once, also to those that join
later or take the place of one that died, and answers only after its hashes are checked.
"""

import asyncio
import hashlib
import json
import logging
import os
import socket
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, cast

import dask
from distributed import Client, Future, KilledWorker, LocalCluster, WorkerPlugin, get_worker
from distributed.client import FutureCancelledError
from distributed.comm import CommClosedError

import xray_core
from xray_core.batch.score import BATCH, Questions, Row, Run, batches, score_batch
from xray_core.classifier import Classifier, load_classifier
from xray_core.errors import ClusterError
from xray_core.inference.model_card import model_folder
from xray_core.inference.quality_gate import GATE
from xray_core.inference.segmentation import SEGMENTATION
from xray_core.inference.site_calibration import site_from
from xray_core.io.film_source import FilmFile

AHEAD = 3  # tasks for each thread of the workers that are under way at once
PATIENCE = 30  # seconds to wait for a scheduler, and for its first worker
MOST_FRAMES = 1000  # of a greeting; it has two or three
LOST = (CommClosedError, FutureCancelledError, asyncio.CancelledError, TimeoutError, OSError)
"""How Dask says that it has lost the scheduler."""
NOT_SHIPPED = {".keras", ".json"}  # of a model folder, besides its card


@contextmanager
def open_cluster(address: str, classifier: Classifier, questions: Questions) -> Iterator[Run]:
    """Connect to the workers and give them the model.

    Parameters
    ----------
    address
        Of a Dask scheduler, such as 'tcp://10.0.0.5:8786', or its scheduler file (.json), or
        'local' to start one here with a worker for each core.

    Yields
    ------
    callable
        From FilmFiles to their rows, in order; see `xray_core.batch.score.score_films`.

    Raises
    ------
    ClusterError
        Where no scheduler or no worker answers, where a worker's model or code is another, or
        where the scheduler goes away; what was answered until then stays in the partial table.
    """
    dask.config.set({"distributed.comm.timeouts.connect": f"{PATIENCE}s"})
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # it is told in one sentence
    with _connect(address) as client:
        try:
            client.wait_for_workers(1, timeout=PATIENCE)
        except TimeoutError as error:
            raise ClusterError(
                f"Expected a worker at the scheduler {address}, but none has come in {PATIENCE} "
                "seconds: start one with `dask worker ADDRESS`."
            ) from error
        plugin = ModelPlugin(classifier)
        try:
            client.register_plugin(plugin)
            client.submit(_score_batch, plugin.name, [], questions, pure=False).result()
        except ClusterError:
            raise
        except Exception as error:  # whatever one of them raises, and not always as what it was
            reason = str(error).partition(". ")[0]
            raise ClusterError(
                f"Expected the scheduler {address} and its workers to take the model, but one "
                f"cannot ({reason}): put this project on the PYTHONPATH of all of them and install "
                "its requirements there."
            ) from error
        yield lambda files: _run(client, address, plugin.name, files, questions)


@contextmanager
def _connect(address: str) -> Iterator[Client]:
    if address == "local":
        with (
            LocalCluster(
                n_workers=os.cpu_count(),
                threads_per_worker=1,
                dashboard_address=None,
                silence_logs=logging.CRITICAL,
            ) as cluster,
            Client(cluster) as client,
        ):
            yield client
        return
    try:
        if address.endswith(".json"):
            address = json.loads(Path(address).read_text())["address"]
        _greet(address)
        client = Client(address, timeout=PATIENCE)
    except (OSError, TimeoutError, ValueError, KeyError) as error:
        raise ClusterError(
            f"Expected a Dask scheduler at {address}, but none answers there ({error}): check the "
            "address and that `dask scheduler` runs."
        ) from error
    try:
        yield client
    finally:
        client.close(timeout=2)


def _greet(address: str) -> None:
    """Wait for the words with which a scheduler greets; OSError or ValueError where none come.

    Dask itself waits for ever where something else listens, such as a web server, which is silent
    until it is asked.
    """
    scheme, _, place = address.rpartition("://")
    host, _, port = place.rpartition(":")
    if scheme not in ("", "tcp"):
        if scheme in ("http", "https"):
            raise ValueError("that is the address of a web page, such as the dashboard")
        return
    with socket.create_connection((host.strip("[]"), int(port)), timeout=PATIENCE) as line:
        frames = line.recv(8)
    if len(frames) < 8 or int.from_bytes(frames, "little") > MOST_FRAMES:
        raise ValueError("something else listens there")


def _run(
    client: Client,
    address: str,
    plugin: str,
    files: Iterable[FilmFile],
    questions: Questions,
) -> Iterator[Row]:
    """Yield the rows of the files in order; a few tasks for each thread are under way at once."""
    tasks = batches(files, BATCH)
    ahead: deque[Future] = deque()
    most = AHEAD * max(sum(client.nthreads().values()), 1)
    try:
        while True:
            for batch in islice(tasks, most - len(ahead)):
                ahead.append(client.submit(_score_batch, plugin, batch, questions, pure=False))
            if not ahead:
                return
            yield from ahead.popleft().result()
    except KilledWorker as error:
        raise ClusterError(
            f"Expected the workers of {address} to live, but several died over the same films (out "
            "of memory?): the rows so far are kept, so run the command again with larger workers, "
            "or without --cluster."
        ) from error
    except LOST as error:
        raise ClusterError(
            f"Expected the scheduler {address} to stay, but the connection to it is lost: the rows "
            "so far are kept, so run the same command again when it is back, or without --cluster."
        ) from error


def _score_batch(plugin: str, files: list[FilmFile], questions: Questions) -> list[Row]:
    """Answer a few films on a worker."""
    loaded = cast(ModelPlugin, get_worker().plugins[plugin])
    return score_batch(loaded.load(), files, questions)


class ModelPlugin(WorkerPlugin):
    """Brings a model along to each worker.

    Attributes
    ----------
    name
        Another for every model and every version of the code.
    """

    idempotent = True

    def __init__(self, classifier: Classifier) -> None:
        self._model = classifier.name
        self._version = classifier.version
        self._site = classifier.card.raw.get("site")
        self._files = _read_model_files(classifier.name)
        self._hash = _hash(self._files)
        self._code = _hash_code()
        self.name = f"radiolucent-{self._hash[:12]}-{self._code[:12]}-{self._version}"

    def setup(self, worker: Any) -> None:
        """Called by Dask on each worker."""
        self._home = Path(worker.local_directory) / self.name
        self._lock = threading.Lock()
        self._classifier: Classifier | None = None

    def load(self) -> Classifier:
        """Return the Classifier, loaded at the first call.

        Raises
        ------
        ClusterError
            Where what arrived, or the code here, is not what was sent.
        """
        with self._lock:
            if self._classifier is None:
                self._classifier = self._unpack()
        return self._classifier

    def _unpack(self) -> Classifier:
        if _hash_code() != self._code:
            raise ClusterError(
                "Expected the same version of this project on every machine, but a worker has "
                "another: install the same on all of them."
            )
        if _hash(self._files) != self._hash:
            raise ClusterError("Expected the model that was sent, but a worker got another: again.")
        for name, content in self._files.items():
            path = self._home / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        site = site_from(self._site) if self._site else None
        classifier = load_classifier(self._model, threads=1, home=self._home, site=site)
        if classifier.version != self._version:
            raise ClusterError("Expected the model that was sent, but a worker loads another.")
        return classifier


def _read_model_files(model: str) -> dict[str, bytes]:
    """Content of the files that inference needs, by their path below the home of models."""
    files = {}
    for folder in (model, SEGMENTATION, GATE):
        for path in sorted(model_folder(folder).iterdir()):
            if path.is_file() and (path.name == "card.json" or path.suffix not in NOT_SHIPPED):
                files[f"{folder}/{path.name}"] = path.read_bytes()
    return files


def _hash(files: Mapping[str, bytes]) -> str:
    parts = hashlib.sha256()
    for name, content in sorted(files.items()):
        parts.update(hashlib.sha256(name.encode()).digest() + hashlib.sha256(content).digest())
    return parts.hexdigest()


def _hash_code() -> str:
    """Hash of the package's modules, wherever they lie in it."""
    home = Path(xray_core.__file__).parent
    modules = home.rglob("*.py")
    return _hash({path.relative_to(home).as_posix(): path.read_bytes() for path in modules})
