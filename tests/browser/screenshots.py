"""Save a picture of every page: ``python -m tests.browser.screenshots``.

Desktop and phone, light and dark, into docs/screenshots; ``--readme`` saves only the one that the
README shows, small enough to commit.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from tests.browser.driver import DESKTOP, PHONE, ROOT, launch, serve, settle
from xray_core.dataset import open_catalogue
from xray_core.ui.frame import LABELS
from xray_core.ui.state import address

FOLDER = ROOT / "docs" / "screenshots"
README = "explain.jpg"
README_VIEW = {"width": 1360, "height": 1060}
TABS = (
    "Test results",
    "Model card",
    "Worst errors",
    "Threshold",
    "Training",
    "Against the baseline",
)


def name_of(path):
    """Return a page's address: '' for app.py, 'Data_set' for pages/2_Data_set.py."""
    return "" if path == "app.py" else Path(path).stem.partition("_")[2]


def open_views(page, host, wanted=()):
    """Open every view worth a picture, or those of the pages wanted, and yield its name."""
    sample = open_catalogue("samples").select(label="PNEUMONIA")[0]
    film = address(sample)["film"]
    for path in LABELS:
        name = name_of(path)
        if wanted and (name or "Home") not in wanted:
            continue
        page.goto(f"{host}/{name}" + (f"?film={film}" if name == "Explain" else ""))
        settle(page)
        page.wait_for_timeout(1200)
        if name == "Model":
            for tab in TABS:
                page.get_by_role("tab", name=tab).click()
                page.wait_for_timeout(700)
                yield f"model-{tab.replace(' ', '-').lower()}"
        else:
            yield name.lower() or "home"


def save(page, path):
    """Save the whole page, however long it is."""
    height = page.evaluate(
        "document.querySelector('[data-testid=stMain]').scrollHeight + "
        "(document.querySelector('[data-testid=stHeader]')?.offsetHeight ?? 0)"
    )
    width = page.viewport_size["width"]
    before = page.viewport_size
    page.set_viewport_size({"width": width, "height": max(before["height"], height)})
    page.wait_for_timeout(700)
    page.screenshot(path=path)
    page.set_viewport_size(before)


def save_readme_picture(page, host):
    """Save the explained film, small enough to commit."""
    for _ in open_views(page, host, ["Explain"]):
        page.screenshot(path=FOLDER / README, type="jpeg", quality=85)


def main(words=None):
    """Save the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--readme", action="store_true", help="only the README's picture")
    parser.add_argument("pages", nargs="*", help="only these, such as Home or Data_set")
    arguments = parser.parse_args(words)
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as scratch,
        serve(Path(scratch) / "log") as host,
        launch() as browser,
    ):
        if arguments.readme:
            page = browser.new_page(viewport=README_VIEW, color_scheme="light")
            save_readme_picture(page, host)
            return 0
        for device, options in (("desktop", DESKTOP), ("phone", PHONE)):
            for scheme in ("light", "dark"):
                page = browser.new_context(**options, color_scheme=scheme).new_page()
                for name in open_views(page, host, arguments.pages):
                    save(page, FOLDER / f"{name}-{device}-{scheme}.png")
    return 0


if __name__ == "__main__":
    sys.exit(main())
