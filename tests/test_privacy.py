"""Nothing of an upload stays behind: not on the disk, not in the log, not on an error's page."""

import asyncio
import hashlib
import json
import os
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from tests.browser.driver import ROOT, serve
from tests.io.test_dicom import write_dicom
from tests.load.visitor import visit
from xray_core.inference.model_card import MODELS
from xray_core.io.images import thumbnail

PERSON = "ZEBRA^QUAGGA7731"
PICTURES = (b"\xff\xd8\xff", b"\x89PNG", b"RIFF", b"II*\0", b"MM\0*", b"BM")
SHARED_PLACES = (ROOT, Path("/dev/shm"), Path("/var/tmp"))
NOT_OURS = {".git", ".venv", "__pycache__", ".pytest_cache", ".ruff_cache"}


@pytest.fixture(scope="module")
def marks():
    """What identifies the upload: in its header, and 64 of its pixels."""
    return PERSON.encode(), np.random.default_rng(7731).bytes(64)


@pytest.fixture(scope="module")
def film(sample_films, marks):
    """A real film as DICOM, marked in its header and its first row of pixels."""
    pixels = thumbnail(sample_films[0].open().pixels, 800).copy()
    pixels[0, :64] = np.frombuffer(marks[1], np.uint8)
    return write_dicom(pixels, PatientName=PERSON, PatientID=PERSON, StudyDescription=PERSON)


def explain(address, data):
    """Upload a film, and return all that the app sends for it."""

    async def upload():
        async with visit(address, "Explain") as visitor:
            await visitor.upload("film", data)
            return visitor.received

    # in a thread of its own: the browser of other tests has a loop running in this one
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(lambda: asyncio.run(upload())).result()


def changed_files(since, *places):
    """Files below some folders that were written since a time."""
    for place in places:
        for folder, inner, files in os.walk(place):
            inner[:] = [name for name in inner if name not in NOT_OURS]
            for path in (Path(folder, name) for name in files):
                with suppress(OSError):  # another program's, gone meanwhile
                    if path.is_file() and path.stat().st_mtime >= since:
                        yield path


@pytest.fixture
def private(tmp_path):
    """Folders of the app's own for all that a program may want to write, and its log."""
    home, temporary = tmp_path / "home", tmp_path / "temporary"
    home.mkdir()
    temporary.mkdir()
    return home, temporary, tmp_path / "log"


def test_upload_leaves_no_mark_on_disk_in_the_log_or_on_the_page(private, film, marks):
    home, temporary, log = private
    started = time.time()
    with serve(log, HOME=str(home), TMPDIR=str(temporary)) as address:
        sent = explain(address, film)
        found = {path: path.read_bytes() for path in changed_files(started, home, temporary)}
    found |= {path: path.read_bytes() for path in changed_files(started, *SHARED_PLACES)}
    found[log] = log.read_bytes()
    assert marks[1] in film
    assert [path for path, content in found.items() if any(mark in content for mark in marks)] == []
    ours = [content for path, content in found.items() if home in path.parents]
    ours += [content for path, content in found.items() if temporary in path.parents]
    assert not any(content.startswith(PICTURES) for content in ours)
    assert hashlib.sha256(film).hexdigest().encode() in sent  # it was answered
    assert b"QUAGGA" not in sent


def test_fault_in_the_middle_of_an_upload_is_calm_on_the_page_and_discreet_in_the_log(
    private, film, marks, tmp_path
):
    home, temporary, log = private
    models = tmp_path / "models"
    shutil.copytree(MODELS, models)
    _make_a_fault(models / "quality")
    with serve(log, HOME=str(home), TMPDIR=str(temporary), XRAY_MODELS=str(models)) as address:
        sent = explain(address, film)
    assert b"Something went wrong" in sent
    assert not any(mark in sent for mark in (b"Traceback", b'File "', b"KeyError", b"QUAGGA"))
    written = log.read_bytes()
    assert b"Traceback" in written
    assert not any(mark in written for mark in marks)


def _make_a_fault(folder):
    """A gate that its card vouches for, and that fails when it is asked."""
    with np.load(folder / "gate.npz") as weights:
        broken = {name: weights[name] for name in weights if name != "least"}
    np.savez(folder / "gate.npz", **broken)
    card = json.loads((folder / "card.json").read_text())
    digest = hashlib.sha256((folder / "gate.npz").read_bytes()).hexdigest()
    (folder / "card.json").write_text(json.dumps(card | {"files": {"gate.npz": digest}}))
