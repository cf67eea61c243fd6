"""Time the app as a visitor meets it.

Seconds from a second `make app` to the first page and the first explained film; milliseconds from a
slider's move to the new picture; the server's memory after ten films.
"""

import statistics
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from playwright.sync_api import FilePayload, Page

from benchmarks import startup
from benchmarks.report import save_part
from tests.browser.driver import DESKTOP, DRAWN, launch, serve, settle
from xray_core.datasets.catalogue import open_catalogue

FILMS = 10
# From the event of the slider to a changed picture on the canvas, frame by frame.
MOVE = """async (viewer, value) => {
    const slider = viewer.querySelector('input[name=strength]');
    const canvas = [...viewer.querySelectorAll('canvas')].at(-1);
    const look = () => {
        const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
        let sum = 0;
        for (let at = 0; at < data.length; at += 4099) sum = (sum * 31 + data[at]) % 1000000007;
        return sum;
    };
    const before = look(), start = performance.now();
    slider.value = value;
    slider.dispatchEvent(new Event('input', {bubbles: true}));
    while (look() === before) {
        if (performance.now() - start > 5000) throw new Error('the picture did not change');
        await new Promise(requestAnimationFrame);
    }
    return performance.now() - start;
}"""


def measure_slider(page: Page) -> list[float]:
    """Milliseconds from each of some moves to the new picture."""
    viewer = page.locator(DRAWN)
    return [viewer.evaluate(MOVE, value) for value in (80, 20, 70, 10, 60, 30, 90, 40)]


def open_ten_films(page: Page, host: str) -> None:
    """Upload films one after another and wait until each is explained."""
    page.goto(f"{host}/Explain")
    settle(page)
    for sample in open_catalogue("samples").samples[:FILMS]:
        page.locator("input[type=file]").first.set_input_files(
            FilePayload(name=sample.name, mimeType="image/jpeg", buffer=sample.read())
        )
        page.locator("label", has_text=sample.name).first.wait_for(timeout=60_000)
        settle(page)
        page.locator(DRAWN).wait_for(timeout=60_000)


def resident_megabytes(host: str) -> float:
    """Memory that the server at an address holds, in MB of a million bytes; Linux only."""
    option = f"--server.port={host.rsplit(':')[-1]}".encode()
    (server,) = (
        process.parent
        for process in Path("/proc").glob("[0-9]*/cmdline")
        if option in process.read_bytes().split(b"\0")
    )
    status = (server / "status").read_text()
    kilobytes = next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS"))
    return int(kilobytes) * 1024 / 1e6


def measure_app(runs: int, out: str | Path) -> None:
    """Measure everything, print the figures and save them as the part 'app'."""
    with launch() as browser, tempfile.TemporaryDirectory() as scratch:
        starts = [startup.measure(browser) for _ in range(runs)]
        with serve(Path(scratch) / "log") as host:
            page = browser.new_page(**DESKTOP)
            open_ten_films(page, host)
            memory = resident_megabytes(host)
            moves = measure_slider(page)
            page.close()
    figures: dict[str, Any] = {
        "starts": runs,
        "first_page_seconds": _middle_and_range([run[0] for run in starts]),
        "first_film_seconds": _middle_and_range([run[1] for run in starts]),
        "slider_milliseconds": _middle_and_range(moves),
        "memory_megabytes": round(memory),
    }
    print(save_part(out, "app", figures)["app"])


def _middle_and_range(values: Sequence[float]) -> list[float]:
    return [round(value, 2) for value in (statistics.median(values), min(values), max(values))]
