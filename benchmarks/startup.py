"""Time a second `make app` until the first page is drawn and the first film explained.

The clock starts with `make app`, in front of a browser that is open already. The first page is
drawn when it has run to its end and every picture on it is there. Then the link "Explain a first
film" is followed; the film is explained when answer and map are on the screen. Python keeps its
bytecode, as it does unless told otherwise: the first start writes it.
"""

import os
import signal
import socket
import subprocess
import time

from playwright.sync_api import Browser

from tests.browser.driver import DESKTOP, DRAWN, ROOT, settle


def measure(browser: Browser) -> tuple[float, float]:
    """Seconds from the start of `make app` to the home page drawn, and to a film explained."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    start = time.perf_counter()
    server = subprocess.Popen(
        ["make", "app", f"PORT={port}"],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": ""},
        start_new_session=True,
    )
    try:
        page = browser.new_page(**DESKTOP)
        wait_for_port(port)
        page.goto(f"http://127.0.0.1:{port}")
        settle(page)
        drawn = time.perf_counter() - start
        page.get_by_role("link", name="Explain a first film").click()
        page.locator(DRAWN).wait_for(timeout=30_000)
        explained = time.perf_counter() - start
        page.close()
        return drawn, explained
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(timeout=20)


def wait_for_port(port: int) -> None:
    """Wait until a connection succeeds."""
    for _ in range(600):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError(f"nothing answered on port {port}")
