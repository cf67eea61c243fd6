"""Make the gallery anew: ``python -m scripts.screenshots``.

Every page of the app with the sample films, and every tab of it, on a desktop in light and dark and
on a phone, into docs/gallery with a page that shows them. `scripts.tour` makes the README's.
"""

import argparse
import re
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, ViewportSize

from tests.browser.driver import DESKTOP, PHONE, ROOT, launch, serve, settle
from xray_core.datasets.catalogue import open_catalogue
from xray_core.ui.pages import PAGES
from xray_core.ui.shared.state import address

LABELS = {page.path: page.title for page in PAGES}
FOLDER = ROOT / "docs" / "gallery"
PAGE = ROOT / "docs" / "gallery.md"
LOOKS = {
    "light": DESKTOP | {"color_scheme": "light"},
    "dark": DESKTOP | {"color_scheme": "dark"},
    "phone": PHONE | {"color_scheme": "light", "device_scale_factor": 1},
}
WIDTHS = {"light": 1080, "dark": 1080, "phone": 390}
TALLEST = 4000  # rows of the page; what is below is not shown
QUALITY = 50
SEED = "7"  # of the quiz, which would otherwise draw other films each time


@contextmanager
def serve_samples(scratch: str | Path) -> Iterator[str]:
    """Run the app with nothing but the sample films, whatever else this machine has."""
    home = Path(scratch) / "home"
    for sample in open_catalogue("samples").samples:
        file = home / "samples" / sample.split / sample.label / sample.name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(sample.read())
    with serve(Path(scratch) / "log", XRAY_HOME=str(home), XRAY_DATA="") as host:
        yield host


def name_of(path: str) -> str:
    """Return a page's address: '' for app.py, 'Data_set' for pages/2_Data_set.py."""
    return "" if path == "app.py" else Path(path).stem.partition("_")[2]


def open_views(page: Page, host: str, wanted: Sequence[str] = tuple(LABELS)) -> Iterator[str]:
    """Open the pages wanted and each of their tabs, and yield the view's title.

    Parameters
    ----------
    page, host
    wanted : sequence of str
        Paths out of LABELS.
    """
    sample = open_catalogue("samples").select(label="PNEUMONIA")[0]
    for path in wanted:
        page.goto(f"{host}/{name_of(path)}?film={address(sample)['film']}&seed={SEED}")
        rest(page)
        tabs = page.get_by_role("tab")
        titles = [tabs.nth(index).inner_text().strip() for index in range(tabs.count())]
        if not titles:
            yield LABELS[path]
        for title in titles:
            page.get_by_role("tab", name=title, exact=True).click()
            rest(page)
            yield f"{LABELS[path]}, {title.lower()}"


def rest(page: Page, seconds: int = 60) -> None:
    """Wait until nothing on the page changes any more."""
    settle(page, seconds)
    look = "() => [document.body.innerHTML.length, document.body.scrollHeight].join()"
    before = None
    for _ in range(seconds * 2):
        page.wait_for_timeout(500)
        busy = page.locator("[data-testid=stSpinner], [data-testid=stSkeleton]").count()
        if (now := page.evaluate(look)) == before and not busy:
            return
        before = now
    raise RuntimeError(f"the page {page.url} did not come to rest within {seconds} s")


def photograph(page: Page, width: int) -> Image.Image:
    """Return a picture of the whole page at most TALLEST rows high, ``width`` pixels wide."""
    height = page.evaluate(
        "document.querySelector('[data-testid=stMain]').scrollHeight + "
        "(document.querySelector('[data-testid=stHeader]')?.offsetHeight ?? 0)"
    )
    before = page.viewport_size
    assert before is not None
    full = min(max(before["height"], height), TALLEST)
    page.set_viewport_size(ViewportSize(width=before["width"], height=full))
    rest(page)
    with Image.open(BytesIO(page.screenshot(animations="disabled"))) as picture:
        size = width, round(picture.height * width / picture.width)
        shown = picture.convert("RGB").resize(size, Image.Resampling.LANCZOS)
    page.set_viewport_size(before)
    return shown


def file_of(view: str, look: str) -> Path:
    """Return the gallery's file for a view: 'model-test-results-dark.webp'."""
    words = re.sub(r"[^a-z0-9]+", "-", view.lower()).strip("-")
    return FOLDER / f"{words}-{look}.webp"


def write_page(views: Sequence[str]) -> None:
    """Write the page that shows the gallery."""
    lines = [
        "# Gallery",
        "",
        "Every page in light, in dark and on a phone; `make screenshots` makes it anew, and the",
        "tests compare it with the app, so that a change in looks is seen in review. Films:",
        "Kermany et al., Mendeley Data, CC BY 4.0, with the app's own drawing over them.",
        "",
    ]
    for view in views:
        pictures = [
            f'<img src="gallery/{file_of(view, look).name}" width="{share}%" alt="{view}, {look}">'
            for look, share in (("light", 38), ("dark", 38), ("phone", 18))
        ]
        lines += [f"## {view}", "", *pictures, ""]
    PAGE.write_text("\n".join(lines))


def _listed() -> list[str]:
    """Return the titles of the views that the gallery's page shows already."""
    return re.findall(r"^## (.+)$", PAGE.read_text(), re.MULTILINE) if PAGE.exists() else []


def _page_of(view: str) -> str:
    return view.partition(",")[0]


def main(words: Sequence[str] | None = None) -> int:
    """Make the gallery anew, or only some pages of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pages", nargs="*", help="only these, such as Home or 'Data set'")
    arguments = parser.parse_args(words)
    wanted = [path for path in LABELS if not arguments.pages or LABELS[path] in arguments.pages]
    FOLDER.mkdir(parents=True, exist_ok=True)
    made = []
    with (
        tempfile.TemporaryDirectory() as scratch,
        serve_samples(scratch) as host,
        launch() as browser,
    ):
        for look, options in LOOKS.items():
            page = browser.new_context(**options).new_page()
            for view in open_views(page, host, wanted):
                photograph(page, WIDTHS[look]).save(file_of(view, look), quality=QUALITY, method=6)
                made.append(view)
            page.context.close()
    fresh = {LABELS[path] for path in wanted}
    views = [view for view in _listed() if _page_of(view) not in fresh] + list(dict.fromkeys(made))
    views = [view for label in LABELS.values() for view in views if _page_of(view) == label]
    for file in set(FOLDER.glob("*-*.webp")) - {file_of(v, look) for v in views for look in LOOKS}:
        file.unlink()
    write_page(views)
    return 0


if __name__ == "__main__":
    sys.exit(main())
