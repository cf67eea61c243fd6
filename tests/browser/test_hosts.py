"""The app as a Hugging Face Space starts and shows it, as far as one machine can tell.

With the container's words and environment, without rights where we may give them up, on another
port, inside another page.
"""

import os
import re
import shlex
import subprocess
import sys
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import psutil
import pytest

from tests import ROOT
from tests.browser.driver import DESKTOP, DRAWN, free_port, wait_until_healthy
from tests.browser.test_app import ANSWER
from xray_core.datasets.catalogue import data_home

pytestmark = pytest.mark.browser
OUTER = "space.localhost"  # every browser takes it for this machine
CONTAINER = (ROOT / "deploy" / "Containerfile").read_text()


def container(port):
    """The container's command and environment, with this machine's places."""
    (command,) = re.findall(r"^CMD (\[.+\])$", CONTAINER, re.MULTILINE)
    words = [word.strip('",') for word in shlex.split(command.strip("[]"))]
    assert words[0] == "python"
    told = [f"--server.port={port}" if "server.port" in word else word for word in words[1:]]
    assert told != words[1:]
    pairs = shlex.split(" ".join(re.findall(r"^ENV (.+)$", CONTAINER, re.MULTILINE)))
    environment = dict(pair.split("=", 1) for pair in pairs)
    here = {"PYTHONPATH": str(ROOT), "XRAY_HOME": str(data_home()), "PATH": os.environ["PATH"]}
    return [sys.executable, *told], environment | here


def space_variables(port):
    """What docs/serving.md tells to set in a Space, with the page of this test around the app."""
    text = (ROOT / "docs" / "serving.md").read_text().partition("### A Hugging Face Space")[2]
    pairs = re.findall(r"^    ([A-Z_]+)=(\S+)$", text.partition("###")[0], re.MULTILINE)
    assert len(pairs) == 2
    around = f"http://{OUTER}:{port}"
    return {name: value.replace("https://huggingface.co", around) for name, value in pairs}


def nobody():
    """Who may write nothing here, where we may become somebody else and he may read."""
    needed = (ROOT, data_home(), Path(sys.executable).resolve())
    places = {place for each in needed for place in (each, *each.parents)}
    if os.geteuid() or not all(place.stat().st_mode & 0o001 for place in places):
        return {}
    return {"user": 10001, "group": 10001, "extra_groups": []}


@contextmanager
def space(log, **changes):
    port = free_port()
    command, environment = container(port)
    with log.open("w") as output:
        server = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment | changes,
            stdout=output,
            stderr=output,
            **nobody(),
        )
        try:
            address = f"http://127.0.0.1:{port}"
            wait_until_healthy(server, address)
            yield server.pid, address
        finally:
            server.terminate()
            server.wait(timeout=20)


@contextmanager
def page_around(browser, address, port):
    """A page of another origin with the app inside it."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            frame = f'<iframe src="{address}/Explain" style="width:1400px;height:850px">'
            self.wfile.write(frame.encode())

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", port), Page) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            with browser.new_context(**DESKTOP) as context:
                page = context.new_page()
                page.goto(f"http://{OUTER}:{port}/")
                yield page
        finally:
            server.shutdown()


def test_space_answers_an_upload_inside_another_page_and_stays_small(
    browser, tmp_path, sample_films
):
    film = sample_films[-1]
    port = free_port()
    with (
        space(tmp_path / "log", **space_variables(port)) as (pid, address),
        page_around(browser, address, port) as page,
    ):
        app = page.frame_locator("iframe")
        app.get_by_role("button", name="Open a film").wait_for(timeout=120_000)
        app.locator("input[type=file]").set_input_files(
            [{"name": "child.jpeg", "mimeType": "image/jpeg", "buffer": film.read()}]
        )
        app.get_by_role("heading", name=ANSWER).wait_for(timeout=120_000)
        app.locator(DRAWN).wait_for(timeout=120_000)
        server = psutil.Process(pid)
        processes = [server, *server.children(recursive=True)]
        megabytes = sum(process.memory_info().rss for process in processes) / 1e6
    print(f"\nserver and helpers after one film: {megabytes:.0f} MB")
    assert len(processes) > 1
    assert megabytes < 1000
    assert "Traceback" not in (tmp_path / "log").read_text()


def test_app_is_shown_inside_no_other_page_unasked(browser, tmp_path):
    with (
        space(tmp_path / "log") as (_, address),
        page_around(browser, address, free_port()) as page,
    ):
        page.wait_for_timeout(5000)
        assert page.frame_locator("iframe").get_by_role("heading", level=1).count() == 0
