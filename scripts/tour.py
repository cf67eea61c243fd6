"""Make the README's picture that moves: ``python -m scripts.tour``.

The pages one after the other, each scrolled to what is worth a look; it clicks nothing, so that it
keeps working when a page changes.
"""

import sys
import tempfile
from collections.abc import Iterator
from io import BytesIO

from PIL import Image
from playwright.sync_api import Page

from scripts.screenshots import FOLDER, SEED, name_of, rest, serve_samples
from tests.browser.driver import launch
from xray_core.datasets.catalogue import open_catalogue
from xray_core.ui.pages import CLASS_BALANCE, EXPLAIN, HOME, HOW_IT_SEES, MODEL, QUIZ
from xray_core.ui.shared.state import address

FILE = FOLDER / "tour.webp"
VIEWPORT = {"width": 1200, "height": 800}
WIDTH = 900
SECONDS = 2.5
STOPS = (
    (HOME, 0),
    (EXPLAIN, 0),
    (EXPLAIN, 420),
    (EXPLAIN, 1100),
    (HOW_IT_SEES, 0),
    (HOW_IT_SEES, 900),
    (CLASS_BALANCE, 0),
    (QUIZ, 0),
    (MODEL, 0),
)


def film(page: Page, host: str) -> Iterator[Image.Image]:
    """Yield a picture, (WIDTH wide), for each of STOPS."""
    sample = open_catalogue("samples").select(label="PNEUMONIA")[0]
    shown = None
    for stop, rows in STOPS:
        if stop != shown:
            page.goto(f"{host}/{name_of(stop.path)}?film={address(sample)['film']}&seed={SEED}")
            rest(page)
            shown = stop
        scroll = "rows => document.querySelector('[data-testid=stMain]').scrollTo(0, rows)"
        page.evaluate(scroll, rows)
        rest(page)
        with Image.open(BytesIO(page.screenshot(animations="disabled"))) as picture:
            size = WIDTH, round(picture.height * WIDTH / picture.width)
            yield picture.convert("RGB").resize(size, Image.Resampling.LANCZOS)


def main() -> int:
    """Make the picture anew."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as scratch,
        serve_samples(scratch) as host,
        launch() as browser,
    ):
        page = browser.new_page(viewport=VIEWPORT, color_scheme="light")
        first, *others = film(page, host)
    first.save(
        FILE,
        save_all=True,
        append_images=others,
        duration=round(1000 * SECONDS),
        loop=0,
        quality=55,
        method=6,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
