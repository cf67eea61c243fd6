"""Make the README's picture that moves: ``python -m scripts.tour``.

The pages one after the other, each scrolled to what is worth a look. It clicks nothing but tabs,
and finds everything by the name that it bears on its page; where one has gone, it stops.
"""

import sys
import tempfile
from collections.abc import Iterator
from io import BytesIO
from urllib.parse import urlencode

from PIL import Image
from playwright.sync_api import Page

from scripts.screenshots import FOLDER, SEED, name_of, rest, serve_samples
from tests.browser.driver import launch
from xray_core.ui.pages import (
    CLASS_BALANCE,
    EXPLAIN,
    HOME,
    HOW_IT_SEES,
    MODEL,
    QUIZ,
    WHERE_IT_FAILS,
)
from xray_core.ui.shared import state

FILE = FOLDER / "tour.webp"
VIEWPORT = {"width": 1200, "height": 800}
WIDTH = 900
SECONDS = 2.5
# The page; one of its tabs, or none; and what is brought to the top, the page itself if nothing is.
STOPS = (
    (HOME, "", ""),
    (EXPLAIN, "", ""),
    (EXPLAIN, "Side by side", "Details"),
    (HOW_IT_SEES, "", ""),
    (HOW_IT_SEES, "", "What its layers make of it"),
    (QUIZ, "", ""),
    (MODEL, "Threshold", ""),
    (WHERE_IT_FAILS, "", "Drawn films"),
    (CLASS_BALANCE, "", "What augmentation looks like"),
)


def film(page: Page, host: str) -> Iterator[Image.Image]:
    """Yield a picture, (WIDTH wide), for each of STOPS."""
    sample = state.first_film()
    assert sample is not None, "the tour needs the sample films"
    shown = None
    for stop, tab, heading in STOPS:
        if stop != shown:
            query = urlencode(state.address(sample) | {"seed": SEED})
            page.goto(f"{host}/{name_of(stop.path)}?{query}")
            rest(page)
            shown = stop
        if tab:
            page.get_by_role("tab", name=tab, exact=True).click()
            rest(page)
        if heading:
            place = page.get_by_role("heading", name=heading)
            place.evaluate("one => one.scrollIntoView({block: 'start', behavior: 'instant'})")
            rest(page)
        else:
            page.evaluate("document.querySelector('[data-testid=stMain]').scrollTo(0, 0)")
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
