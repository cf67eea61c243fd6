"""Many films through the real page: answered, sorted, re-sorted, and one of them explained."""

import io
import re
import statistics
import time
import zipfile

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from benchmarks.app import resident_megabytes
from tests.browser.driver import DRAWN, settle
from xray_core.io.images import encode_jpeg
from xray_core.ui.triage.pile import _ROW_HEIGHT

pytestmark = pytest.mark.browser

MANY = 500
HEADING = 35  # pixels of the table


def pack(films):
    """A ZIP archive of bytes by name."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in films.items():
            archive.writestr(name, data)
    return {"name": "films.zip", "mimeType": "application/zip", "buffer": file.getvalue()}


def upload(page, archive, count, stop=False):
    page.locator("input[type=file]").first.set_input_files([archive])
    if stop:
        page.get_by_test_id("stMain").get_by_role("button", name="Stop").click()
        page.get_by_role("button", name="Go on with the other").click()
    page.get_by_text(f"{count} films of {count}").wait_for(timeout=300_000)
    settle(page)


def pill(page, answer):
    """The text of the button that counts an answer."""
    return page.get_by_text(re.compile(f"^{answer}: ")).first.inner_text()


def test_triage_stops_goes_on_sorts_re_sorts_and_explains(open_view, sample_films, app_log):
    small = {
        f"{copy}/{sample.name}": encode_jpeg(
            np.asarray(Image.fromarray(sample.open().pixels).resize((224, 224)))
        )
        for sample in sample_films
        for copy in range(12)  # long enough to be stopped
    }
    page = open_view("Triage")
    upload(page, pack(small), len(small), stop=True)
    before = pill(page, "Looks like pneumonia")
    slider = page.get_by_role("slider").first
    slider.focus()
    slider.press("End")
    page.get_by_text("Looks like pneumonia: 0").wait_for()
    assert before != "Looks like pneumonia: 0"
    slider.press("Home")
    page.get_by_text("Looks normal: 0").wait_for()
    settle(page)
    # The table is drawn on a canvas: a click can only name a place on it, and nothing tells when
    # the new order is drawn.
    page.wait_for_timeout(1000)
    place = page.locator("[data-testid=stDataFrame] canvas").first.bounding_box()
    page.mouse.click(place["x"] + 243, place["y"] + 72)
    page.get_by_role("heading", level=1, name="Explain a film").wait_for()
    page.locator(DRAWN).wait_for(timeout=30_000)
    page.get_by_text("bacteria").first.wait_for()
    assert sample_films[-1].name not in page.url + app_log.read_text()


@pytest.mark.parametrize("row", [0, 2])
def test_a_click_on_a_row_opens_the_film_of_that_row(open_view, sample_films, row):
    films = {film.name: film.read() for film in sample_films[::4]}
    page = open_view("Triage")
    upload(page, pack(films), len(films))
    page.wait_for_timeout(1000)  # the table's first drawing, which nothing tells of
    with page.expect_download() as download:
        page.get_by_role("button", name="Download as CSV", exact=True).click()
    name = pd.read_csv(download.value.path())["file"][row]  # in the order of the table
    table = page.locator("[data-testid=stDataFrame] canvas").first
    place = table.bounding_box()
    page.mouse.click(place["x"] + 243, place["y"] + HEADING + (row + 0.5) * _ROW_HEIGHT)
    page.get_by_role("heading", level=1, name="Explain a film").wait_for()
    page.locator(DRAWN).wait_for(timeout=60_000)
    settle(page)
    assert page.get_by_role("radio", name=name).is_checked()


@pytest.mark.slow
def test_triage_of_500_films_strains_neither_browser_nor_server(open_view, official_films, host):
    files = sorted(official_films.glob("test/*/*.jpeg"))
    step = len(files) / MANY
    films = {file.name: file.read_bytes() for file in (files[int(i * step)] for i in range(MANY))}
    page = open_view("Triage")
    before, start = resident_megabytes(host), time.monotonic()
    upload(page, pack(films), MANY)
    seconds = time.monotonic() - start
    grown = resident_megabytes(host) - before
    heap = page.evaluate("performance.memory.usedJSHeapSize / 1e6")
    moves = []
    slider = page.get_by_role("slider").first
    slider.focus()
    for _ in range(3):
        counted, moved = pill(page, "Looks normal"), time.monotonic()
        slider.press("PageUp")
        page.get_by_text(counted, exact=True).wait_for(state="detached", timeout=60_000)
        moves.append(time.monotonic() - moved)
    print(
        f"\n{MANY} films in {seconds:.1f} s; the server grew by {grown:.0f} MB, the browser holds "
        f"{heap:.0f} MB; slider {[round(move, 2) for move in moves]} s"
    )
    assert grown < 150
    assert heap < 150
    assert statistics.median(moves) < 0.5
