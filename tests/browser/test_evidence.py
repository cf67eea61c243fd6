"""What supports a map, a normal film beside it, and Grad-CAM by its steps, in a real browser."""

import re
from importlib.util import find_spec

import pytest

from tests.browser.driver import DESKTOP, PHONE, settle

from .test_app import open_part, wait_for_answer

pytestmark = pytest.mark.browser

RESTS = re.compile(r"with normal lung in (its|their) place the model says (over |under )?[\d.]+%")
SIZES = pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])


def open_first_film(open_view, size):
    page = open_view("Explain", **size)
    page.get_by_role("button", name="Begin here: bacterial pneumonia").click()
    wait_for_answer(page)
    return page


def fits(page):
    """Whether nothing stands out to the right of the screen."""
    return page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@SIZES
def test_card_says_unasked_whether_the_answer_rests_on_the_map(open_view, size):
    page = open_first_film(open_view, size)
    said = page.locator(".st-key-verdict").inner_text()
    assert RESTS.search(said)
    assert re.search(r"points (at the same places|elsewhere) \(correlation -?[\d.]+\)", said)
    assert re.search(r"(stands out against|neither lung stands out)", said)
    assert fits(page)


@SIZES
def test_normal_film_stands_beside_the_film(open_view, size):
    page = open_first_film(open_view, size)
    open_part(page, "Side by side")
    page.get_by_role("radio", name="A normal film").or_(
        page.get_by_role("button", name="A normal film")
    ).first.click()
    page.get_by_text("One scale for both").or_(page.get_by_text("one scale for both")).wait_for()
    settle(page)
    for title in ("This film", "A normal film"):
        picture = page.get_by_alt_text(f"{title} with the evidence for pneumonia")
        assert picture.evaluate("image => image.naturalWidth") > 0
    assert fits(page)


@SIZES
def test_grad_cam_is_shown_by_its_steps(open_view, size):
    if not find_spec("keras"):
        pytest.skip("needs TensorFlow")
    page = open_first_film(open_view, size)
    page.get_by_role("tab", name="The evidence", exact=True).click()
    page.get_by_role("link", name=re.compile("How it sees: from the pixels")).click()
    page.get_by_role("heading", level=1, name="How it sees").wait_for()
    settle(page, 60)
    assert page.locator(".katex-display").count() == 2
    page.get_by_text("Compute it with this film's gradients").click()
    page.get_by_text("Another network").wait_for(timeout=130_000)
    settle(page, 60)
    assert page.get_by_text("it correlates 1.000 with the class map").is_visible()
    assert page.get_by_alt_text("The film with its Grad-CAM in colour").is_visible()
    assert fits(page)
