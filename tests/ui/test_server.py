"""The real server keeps uploads in memory, tells strangers nothing, and lets go of ended visits."""

import asyncio
import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import requests
from streamlit import net_util
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from tests.browser.driver import run_app
from tests.io.attacks import encode
from tests.io.test_dicom import write_dicom
from tests.load.visitor import visit
from xray_core.errors import UsageError
from xray_core.io.limits import MAX_ARRIVING_BYTES, MAX_SERVER_BYTES
from xray_core.places import PROJECT
from xray_core.reporting.wording import DECISIONS
from xray_core.ui import server
from xray_core.ui.shared import ledger

LARGE = write_dicom(np.random.default_rng(0).integers(0, 4096, (2000, 2100)).astype(np.uint16))


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    """The app's process and its address; who has left is not waited for."""
    with run_app(
        tmp_path_factory.mktemp("server") / "log",
        STREAMLIT_SERVER_DISCONNECTED_SESSION_TTL="1",
    ) as (process, address):
        yield process.pid, address


def in_a_thread(job):
    """Run a coroutine where no loop is running yet."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(lambda: asyncio.run(job())).result()


def written(process):
    return int(re.search(r"write_bytes: (\d+)", Path(f"/proc/{process}/io").read_text())[1])


def open_files(process):
    """Names of what a process holds open, also of what is nowhere else any more."""
    names = set()
    for link in Path(f"/proc/{process}/fd").iterdir():
        try:
            names.add(str(link.readlink()))
        except OSError:  # closed meanwhile
            continue
    return {name for name in names if name.startswith("/") and not name.startswith("/dev/")}


def test_large_upload_touches_no_file(running):
    process, address = running
    assert len(LARGE) > 8 * 2**20
    seen, over = set(), threading.Event()

    def watch():
        while not over.is_set():
            seen.update(open_files(process))
            time.sleep(0.002)

    async def upload():
        async with visit(address, "Explain") as visitor:
            before = written(process), open_files(process)
            watcher = threading.Thread(target=watch)
            watcher.start()
            await visitor.upload("film", LARGE)
            over.set()
            watcher.join()
            return before, visitor.headings

    (bytes_before, files_before), headings = in_a_thread(upload)
    assert DECISIONS["refused"] in headings  # noise is no film, but it was read
    passing = {name for name in seen - files_before if not name.startswith(str(PROJECT))}
    assert {name for name in passing if "deleted" in name or "/tmp" in name} == set()
    assert written(process) - bytes_before < 2**20


def test_film_of_a_closed_visit_is_gone_and_so_is_its_picture(running):
    _, address = running

    async def look():
        async with visit(address, "Explain") as visitor:
            await visitor.upload("film.png", encode("PNG"))
            return set(re.findall(rb"/media/[0-9a-f]+\.\w+", visitor.received))

    pictures = [picture.decode() for picture in in_a_thread(look)]
    deadline = time.monotonic() + 15
    while any(requests.get(address + picture, timeout=5).ok for picture in pictures):
        assert time.monotonic() < deadline
        time.sleep(0.3)


def test_every_answer_carries_the_headers_and_strangers_see_no_figures(running):
    _, address = running
    for place in ("/", "/_stcore/health", "/media/none.png"):
        headers = requests.get(address + place, timeout=5).headers
        assert {name: headers[name] for name in server.HEADERS} == server.HEADERS
    assert requests.get(f"{address}/_stcore/metrics", timeout=5).status_code == 404


def test_foreign_page_is_turned_away_without_asking_the_internet(running, monkeypatch):
    _, address = running
    started = time.monotonic()
    with pytest.raises(InvalidStatus):
        connect(address.replace("http", "ws") + "/_stcore/stream", origin="https://example.org")
    assert time.monotonic() - started < 1
    asked = []
    monkeypatch.setattr(net_util, "_make_blocking_http_get", lambda *a, **k: asked.append(a))
    monkeypatch.setattr(net_util, "_external_ip", None)

    async def start():
        async with server.lifespan(None):
            return net_util.get_external_ip()

    assert in_a_thread(start) == "127.0.0.1"
    assert asked == []


class TestUploads:
    @pytest.fixture
    def uploaded(self, monkeypatch):
        """What the visits have sent that no page has taken, by visit."""
        files = {}
        runtime = SimpleNamespace(uploaded_file_mgr=SimpleNamespace(file_storage=files))
        monkeypatch.setattr(server, "get_instance", lambda: runtime)
        return files

    def put(self, visit="one", size=100):
        """Status and text of the answer to an upload."""
        sent = []

        async def app(scope, receive, send):
            await server.PlainTextResponse("taken")(scope, receive, send)

        async def send(message):
            sent.append(message)

        scope = {
            "type": "http",
            "method": "PUT",
            "path": f"/_stcore/upload_file/{visit}/file",
            "headers": [(b"content-length", str(size).encode())],
        }
        in_a_thread(lambda: server.Guard(app)(scope, None, send))
        return sent[0]["status"], sent[1]["body"].decode()

    def test_is_taken_while_there_is_room(self, uploaded):
        assert self.put() == (200, "taken")

    def test_of_one_visit_is_bounded(self, uploaded, monkeypatch):
        monkeypatch.setattr(server, "MAX_VISIT_BYTES", 1000)
        uploaded["one"] = {"a": SimpleNamespace(data=b"x" * 950)}
        assert self.put() == (503, server.FULL)
        assert self.put("two") == (200, "taken")

    def test_of_all_visits_is_bounded(self, uploaded):
        whole = bytes(MAX_ARRIVING_BYTES // 4)
        for number in range(4):
            uploaded[str(number)] = {"a": SimpleNamespace(data=whole)}
        assert self.put() == (503, server.FULL)
        uploaded.popitem()
        assert self.put() == (200, "taken")


class TestLedger:
    class Owner:
        """Whatever keeps bytes."""

    def test_counts_for_as_long_as_the_owner_lives(self):
        before, owner = ledger.total(), self.Owner()
        ledger.keep(owner, 1000)
        assert ledger.total() == before + 1000
        del owner
        assert ledger.total() == before

    def test_refuses_what_there_is_no_room_for(self):
        before, owner = ledger.total(), self.Owner()
        with pytest.raises(UsageError, match="the visits of others fill"):
            ledger.keep(owner, MAX_SERVER_BYTES + 1)
        assert ledger.total() == before


def test_silent_visit_is_ended_and_one_that_moves_is_not(monkeypatch):
    now = [0.0]
    monkeypatch.setattr(server.time, "monotonic", lambda: now[0])
    closed, ended = [], []

    def session(name):
        return SimpleNamespace(id=name, shutdown=lambda: ended.append(name))

    async def close(code):
        closed.append(code)

    visits = [
        SimpleNamespace(
            session=session(name),
            script_run_count=1,
            client=SimpleNamespace(_websocket=SimpleNamespace(close=close)),
        )
        for name in ("silent", "moving")
    ]
    old = SimpleNamespace(session=session("closed"))
    expired = [[("closed", old)], [], []]
    manager = SimpleNamespace(
        _session_storage=SimpleNamespace(_cache=SimpleNamespace(expire=lambda: expired.pop(0))),
        list_active_sessions=lambda: visits,
    )
    runtime = SimpleNamespace(
        _session_mgr=manager,
        close_session=lambda name: visits.pop([v.session.id for v in visits].index(name)),
        media_file_mgr=SimpleNamespace(remove_orphaned_files=lambda: None),
    )
    monkeypatch.setattr(server, "get_instance", lambda: runtime)
    runs = {}

    async def look():
        server.let_go(runs)
        assert ended == ["closed"]
        now[0] = server.MAX_SILENCE - 1
        visits[1].script_run_count = 2
        server.let_go(runs)
        now[0] = server.MAX_SILENCE + 1
        server.let_go(runs)
        await asyncio.sleep(0)

    in_a_thread(look)
    assert ended == ["closed", "silent"]
    assert [visit.session.id for visit in visits] == ["moving"]
    assert closed == [1001]
