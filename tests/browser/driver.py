"""The real app in a real browser: start it on a free port, open pages, wait until drawn."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests import ROOT

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESKTOP = {"viewport": {"width": 1440, "height": 900}}
# The film viewer with its pictures decoded.
DRAWN = ".film-viewer[data-ready=yes]"
PHONE = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
    "user_agent": "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/140.0 Mobile",
}


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@contextmanager
def serve(log, **environment):
    """Run the app, and give its address; everything it prints goes to the file ``log``."""
    with run_app(log, **environment) as (_, address):
        yield address


@contextmanager
def run_app(log, **environment):
    """Run the app, and give its process and its address."""
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", "app.py", f"--server.port={port}"]
    command += ["--server.address=127.0.0.1", "--server.fileWatcherType=none"]
    with Path(log).open("w") as output:
        server = subprocess.Popen(
            command, cwd=ROOT, stdout=output, stderr=output, env=os.environ | environment
        )
        try:
            address = f"http://127.0.0.1:{port}"
            wait_until_healthy(server, address)
            yield server, address
        finally:
            server.terminate()
            server.wait(timeout=20)


def wait_until_healthy(server, address, seconds=60):
    for _ in range(seconds * 5):
        if server.poll() is not None:
            raise RuntimeError(f"the app ended with {server.returncode} before it answered")
        try:
            if urllib.request.urlopen(f"{address}/_stcore/health", timeout=2).status == 200:
                return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError(f"the app did not answer within {seconds} s")


@contextmanager
def launch():
    """Start Chromium from the system."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


def settle(page, seconds=30):
    """Wait until the page has run, nothing of it fades and every picture on it is there."""
    patience = 1000 * seconds
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for(
        timeout=patience
    )
    page.locator("[data-testid=stTitle], h1").first.wait_for(timeout=patience)
    page.wait_for_function("!document.querySelector('[data-stale=true]')", timeout=patience)
    page.wait_for_timeout(200)  # what faded is back, and what listens to keys is there
    page.wait_for_function(
        "[...document.images].every(image => image.complete && image.naturalWidth > 0)",
        timeout=patience,
    )
