"""A kernel that is moved over a film: every number on the page is the convolution's."""

import re

import cv2
import numpy as np
import pytest
from playwright.sync_api import expect

from tests.browser.driver import PHONE, settle
from xray_core.inference.views import reduce_film
from xray_core.ui.shared.state import address

pytestmark = pytest.mark.browser
SIDE = 64
EDGES = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])


@pytest.fixture(scope="module")
def film(sample_films):
    return next(film for film in sample_films if film.label == "PNEUMONIA")


@pytest.fixture
def open_bench(open_view, film):
    def open_bench(**options):
        page = open_view(f"How_it_sees?film={address(film)['film']}", **options)
        result = page.locator(".bench .result strong")
        result.wait_for(timeout=120_000)
        settle(page)
        result.scroll_into_view_if_needed()
        return page, result

    return open_bench


def number(locator):
    return float(locator.inner_text().replace("−", "-").replace(",", ""))


def test_sums_are_those_of_the_convolution(open_bench, film):
    small = cv2.resize(reduce_film(film.open().pixels), (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    sums = cv2.filter2D(
        small.astype(np.float64), -1, EDGES.astype(np.float64), borderType=cv2.BORDER_REPLICATE
    )
    page, result = open_bench()
    column, row = SIDE // 3, SIDE // 2
    assert number(result) == sums[row, column]
    page.locator(".bench .film").focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    assert number(result) == sums[row + 1, column + 3]
    shown = [int(cell) for cell in page.locator(".bench .pixels span").all_inner_texts()]
    assert shown == small[row : row + 3, column + 2 : column + 5].ravel().tolist()
    for _ in range(SIDE):
        page.keyboard.press("ArrowLeft")
    assert number(result) == sums[row + 1, 0]
    words = page.locator(".bench .map").get_attribute("aria-label")
    assert f"{max(0, int(sums.max())):,} white" in words


def test_kernel_can_be_chosen_and_changed_and_pooling_halves_the_map(open_bench):
    page, result = open_bench()
    page.locator(".bench [name=kernel]").select_option("Nothing: the film itself")
    middle = int(page.locator(".bench .pixels span").nth(4).inner_text())
    assert number(result) == middle
    page.get_by_label("Kernel, row 2, column 2").fill("-0.5")
    assert number(result) == pytest.approx(-middle / 2, abs=0.051)
    expect(page.locator(".bench .result")).to_contain_text("which ReLU makes 0")
    size = page.locator(".bench .size").nth(1)
    expect(size).to_have_text("64 × 64")
    page.locator(".bench [name=pool]").check()
    expect(size).to_have_text("32 × 32")
    learned = page.locator(".bench option", has_text=re.compile("^Learned by"))
    assert learned.count() > 8


def test_finger_moves_the_kernel_on_a_phone(open_bench):
    page, _ = open_bench(**PHONE)
    film = page.locator(".bench .film")
    film.scroll_into_view_if_needed()
    box = film.bounding_box()
    assert box["width"] <= 390
    before = page.locator(".bench .pixels").inner_text()
    page.touchscreen.tap(box["x"] + box["width"] * 0.8, box["y"] + box["height"] * 0.3)
    expect(page.locator(".bench .pixels")).not_to_have_text(before)
