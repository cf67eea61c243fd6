"""Load the app: ``python -m tests.load [--visitors 50] [--films 1000]``.

First every visitor uploads a film of their own at the same time, has it explained by every method,
and checks that the answer is theirs; when they have left, their memory must be back. Then one
visitor uploads many films in a row. Ends with an error where an answer is missing, is another's or
is wrong, or where memory grows.
"""

import argparse
import asyncio
import re
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from tests.browser.driver import run_app
from tests.load.visitor import visit
from xray_core import load_classifier, load_radiograph
from xray_core.datasets.catalogue import open_catalogue
from xray_core.io.images import encode_jpeg
from xray_core.reporting.wording import DECISIONS
from xray_core.saliency.registry import METHODS

MOST_AFTERWARDS = 350
"""Megabytes that the server may hold when all visits are gone."""
LEAVING = 8
"""Seconds until a visit that has ended is gone, here: one, and the server's next look."""
MOST_GROWTH = 100
"""Megabytes by which memory may grow over the second half of the films in a row."""


def make_films(count):
    """Films that all differ: the samples, each a little brighter than the time before."""
    samples = [sample.open().pixels for sample in open_catalogue("samples").samples]
    for number in range(count):
        pixels = samples[number % len(samples)].astype(np.int16) + number // len(samples) % 40
        pixels[0, 0] = number % 256  # after the brightest step they differ here
        yield encode_jpeg(np.clip(pixels, 0, 255).astype(np.uint8))


def memory_of(server, field):
    """Megabytes that the app holds (VmRSS) or has held at most (VmHWM)."""
    status = Path(f"/proc/{server.pid}/status").read_text()
    return int(re.search(rf"{field}:\s+(\d+) kB", status)[1]) / 1024


async def explain_one(address, number, film, others, heading):
    """Upload one film in a visit of its own; returns seconds until it was explained."""
    async with visit(address, "Explain") as visitor:
        started = time.monotonic()
        await visitor.upload(f"{number}.jpeg", film)
        seconds = time.monotonic() - started
        assert visitor.saw(film), f"visitor {number} got no answer"
        assert not any(map(visitor.saw, others)), f"visitor {number} got another's answer"
        assert heading in visitor.headings, f"visitor {number} got {visitor.headings}"
        await visitor.open_tab("The evidence")
        for place, method in enumerate(METHODS.values()):
            await visitor.choose("Method", place)
            said = f"**{method.title}.**".encode()
            assert visitor.saw(film), f"visitor {number} got nothing by {method.title}"
            assert said in visitor.received, f"visitor {number} got no map by {method.title}"
        return seconds


async def load_at_once(server, address, count):
    films = list(make_films(count))
    classifier = load_classifier()
    headings = [
        DECISIONS[classifier.analyze(load_radiograph(film)).prediction.decision] for film in films
    ]
    async with visit(address, "Explain") as first:  # loads the model for everyone
        await first.upload("first.jpeg", next(make_films(1)))
    before = memory_of(server, "VmRSS")
    visits = [
        explain_one(address, number, film, films[:number] + films[number + 1 :], heading)
        for number, (film, heading) in enumerate(zip(films, headings, strict=True))
    ]
    started = time.monotonic()
    seconds = sorted(await asyncio.gather(*visits))
    taken = time.monotonic() - started
    await asyncio.sleep(LEAVING)
    after = memory_of(server, "VmRSS")
    print(
        f"{count} visitors at once: all explained by {len(METHODS)} methods in {taken:.1f} s, each "
        f"its own; a visitor waited {seconds[len(seconds) // 2]:.1f} s for the first (median), at "
        f"most {seconds[-1]:.1f} s; memory {before:.0f} MB before, "
        f"{memory_of(server, 'VmHWM'):.0f} MB at most, {after:.0f} MB when they were gone",
        flush=True,
    )
    if after > MOST_AFTERWARDS:
        sys.exit(f"expected at most {MOST_AFTERWARDS} MB when all visits are gone")


async def load_in_a_row(server, address, count):
    held = []
    async with visit(address, "Explain") as visitor:
        for number, film in enumerate(make_films(count)):
            await visitor.upload(f"{number}.jpeg", film)
            assert visitor.saw(film), f"film {number} got no answer"
            held.append(memory_of(server, "VmRSS"))
    tenths = [round(held[int(count * tenth / 10) - 1]) for tenth in range(1, 11)]
    print(f"{count} films in a row: memory after each tenth, MB: {tenths}")
    if tenths[-1] - tenths[4] > MOST_GROWTH:
        sys.exit(f"expected at most {MOST_GROWTH} MB more over the second half")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--visitors", type=int, default=50)
    parser.add_argument("--films", type=int, default=1000)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        with run_app(log, STREAMLIT_SERVER_DISCONNECTED_SESSION_TTL="1") as (server, address):
            asyncio.run(load_at_once(server, address, arguments.visitors))
            if arguments.films:
                asyncio.run(load_in_a_row(server, address, arguments.films))
        if "Traceback" in log.read_text():
            sys.exit(f"the app's log has an error:\n{log.read_text()[-3000:]}")


if __name__ == "__main__":
    main()
