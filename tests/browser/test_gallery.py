"""The gallery shows the app as it looks: a page that has changed must be photographed again."""

import re
from io import BytesIO
from itertools import pairwise

import numpy as np
import pytest
from PIL import Image, ImageOps

from scripts.screenshots import (
    FOLDER,
    LOOKS,
    PAGE,
    WIDTHS,
    file_of,
    open_views,
    photograph,
)
from scripts.tour import FILE as TOUR
from scripts.tour import STOPS
from tests.browser.looks import TOLERANCE, difference
from xray_core.ui.pages import HOME, PAGES

TITLES = [page.title for page in PAGES]
LARGEST = 5_000_000  # bytes of all pictures together
FILES = sorted(set(FOLDER.glob("*.webp")) - {TOUR})
AGAIN = "looks different from the gallery: if it should, run `make screenshots` and look at it"


def kept(view, look):
    file = file_of(view, look)
    assert file.exists(), f"the gallery lacks {file.name}: run `make screenshots`"
    with Image.open(file) as picture:
        return picture.convert("RGB")


def test_gallery_has_every_page_in_every_look_and_nothing_else():
    shown = re.findall(r"gallery/([\w-]+\.webp)", PAGE.read_text())
    assert sorted(shown) == [file.name for file in FILES]
    titles = re.findall(r"^## (.+)$", PAGE.read_text(), re.MULTILINE)
    assert list(dict.fromkeys(title.split(",")[0] for title in titles)) == TITLES
    assert {file_of(title, look) for title in titles for look in LOOKS} == set(FILES)


def test_gallery_is_small():
    assert sum(file.stat().st_size for file in FOLDER.iterdir()) < LARGEST


@pytest.mark.parametrize("look", LOOKS)
def test_gallery_pictures_tell_nothing_but_pixels(look):
    for file in FOLDER.glob(f"*-{look}.webp"):
        with Image.open(file) as picture:
            assert picture.width == WIDTHS[look]
            assert not {"exif", "xmp", "icc_profile"} & set(picture.info)


def test_tour_moves():
    with Image.open(TOUR) as picture:
        assert picture.n_frames == len(STOPS)
        frames = []
        for number in range(picture.n_frames):
            picture.seek(number)
            frames.append(picture.convert("RGB"))
    assert all(difference(one, other) > 0.02 for one, other in pairwise(frames))


@pytest.fixture(scope="module")
def home_picture():
    return kept(HOME.title, "light")


def recompress(picture):
    file = BytesIO()
    picture.save(file, "JPEG", quality=50)
    return Image.open(file)


def move(picture, rows):
    return Image.fromarray(np.roll(np.asarray(picture), rows, axis=0))


def thicken(picture):
    """Other letters: every dark stroke a pixel wider, as another font would draw it."""
    return Image.fromarray(np.minimum(np.asarray(picture), np.roll(np.asarray(picture), 1, axis=1)))


def leave_out(picture, share=0.12):
    """The page without one block from its middle."""
    pixels = np.asarray(picture)
    start, rows = len(pixels) // 4, round(share * len(pixels))
    return Image.fromarray(np.delete(pixels, np.s_[start : start + rows], axis=0))


def widen(picture):
    """The page's content moved to the right."""
    return Image.fromarray(np.roll(np.asarray(picture), picture.width // 10, axis=1))


@pytest.mark.parametrize("change", [recompress, thicken, lambda picture: move(picture, 2)])
def test_difference_tolerates_what_another_machine_draws(change, home_picture):
    assert difference(home_picture, home_picture) == 0
    assert difference(change(home_picture), home_picture) < TOLERANCE / 2


@pytest.mark.parametrize("change", [ImageOps.invert, leave_out, widen])
def test_difference_sees_a_change_of_looks(change, home_picture):
    assert difference(change(home_picture), home_picture) > 1.5 * TOLERANCE


def test_difference_tells_any_two_pages_of_the_gallery_apart():
    for look in LOOKS:
        pictures = [kept(label, look) for label in TITLES if file_of(label, look).exists()]
        for index, picture in enumerate(pictures):
            for other in pictures[:index]:
                assert difference(picture, other) > TOLERANCE


def test_difference_refuses_pictures_of_different_widths(home_picture):
    with pytest.raises(ValueError, match="one width"):
        difference(home_picture, home_picture.resize((50, 50)))


def check(browser, host, path, look):
    context = browser.new_context(**LOOKS[look])
    try:
        for view in open_views(context.new_page(), host, [path]):
            found = difference(photograph(context.pages[0], WIDTHS[look]), kept(view, look))
            assert found <= TOLERANCE, f"{view}, {look}: {found:.0%} {AGAIN}"
    finally:
        context.close()


@pytest.mark.browser
@pytest.mark.parametrize("look", LOOKS)
def test_home_looks_as_in_the_gallery(look, browser, host):
    check(browser, host, HOME.path, look)


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("path", [page.path for page in PAGES if page is not HOME])
@pytest.mark.parametrize("look", LOOKS)
def test_page_looks_as_in_the_gallery(path, look, browser, host):
    check(browser, host, path, look)


RESTYLED = (
    "[data-testid=stMain] { background: #ffe9b0 !important }",
    ".st-key-navigation { display: none !important }",
    "[data-testid=stMainBlockContainer] { padding-left: 220px !important }",
)


@pytest.mark.browser
def test_gallery_fails_when_a_page_is_restyled(browser, host):
    context = browser.new_context(**LOOKS["light"])
    page = context.new_page()
    (view,) = open_views(page, host, [HOME.path])
    for style in RESTYLED:
        added = page.add_style_tag(content=style)
        found = difference(photograph(page, WIDTHS["light"]), kept(view, "light"))
        assert found > TOLERANCE, style
        added.evaluate("element => element.remove()")
    assert difference(photograph(page, WIDTHS["light"]), kept(view, "light")) <= TOLERANCE
    context.close()
