"""The app for someone who listens, uses the keyboard only, or gets dizzy from motion."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from scripts.screenshots import name_of
from tests.browser.driver import DESKTOP, PHONE, settle
from xray_core.datasets.catalogue import open_catalogue
from xray_core.ui.pages import PAGES
from xray_core.ui.shared.state import address

pytestmark = pytest.mark.browser


def address_of(path):
    """The fullest view of a page: with a film, or with the quiz at its end."""
    name = name_of(path)
    if name in ("Explain", "How_it_sees"):
        sample = open_catalogue("samples").select(label="PNEUMONIA")[0]
        return f"{name}?film={address(sample)['film']}"
    return f"{name}?seed=7&answers=npnpnpnpnp" if name == "Quiz" else name


def violations(page):
    """What axe finds that is more than minor, a skipped heading too: rule and element's HTML."""
    return [
        (violation["id"], node["html"])
        for violation in Axe().run(page).response["violations"]
        if violation["impact"] != "minor"  # one of Streamlit's own: the upload area's role
        for node in violation["nodes"]
    ]


@pytest.mark.parametrize("path", [page.path for page in PAGES])
def test_page_fits_a_phone_and_has_no_violation(open_view, path):
    page = open_view(address_of(path), **PHONE, color_scheme="dark")
    settle(page)
    overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(overflow) <= 0
    assert "Traceback" not in page.inner_text("body")
    assert page.get_by_text("Not a medical device").count() == 1
    assert violations(page) == []
    page.set_viewport_size(DESKTOP["viewport"])
    page.emulate_media(color_scheme="light")
    page.wait_for_function(
        "getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor"
        " === 'rgb(251, 251, 249)'"
    )
    settle(page)
    assert violations(page) == []


def test_axe_would_see_a_violation(open_view):
    page = open_view("Audit")
    settle(page)
    page.evaluate("document.querySelector('h1').innerHTML = '<img src=data:,>'")
    assert ("image-alt", '<img src="data:,">') in violations(page)
    assert not any(rule == "heading-order" for rule, _ in violations(page))
    page.evaluate("document.querySelector('h2').outerHTML = '<h3>Too deep</h3>'")
    assert ("heading-order", "<h3>Too deep</h3>") in violations(page)


def test_every_picture_says_what_it_shows(open_view, sample_films):
    page = open_view(address_of("pages/7_How_it_sees.py"))
    page.get_by_text("From the sums to the probability").wait_for()
    settle(page)
    main = page.locator("[data-testid=stMain]")
    pictures = main.locator("[class*=lightbox] img")
    pictures.nth(3).wait_for()
    texts = pictures.evaluate_all("all => all.map(one => one.alt)")
    assert all(len(text) > 10 for text in texts)
    assert len(set(texts)) == len(texts)


def test_keyboard_skips_the_navigation(open_view):
    page = open_view("Audit")
    settle(page)
    page.keyboard.press("Tab")
    for _ in range(3):  # the toolbar comes first
        if page.evaluate("document.activeElement.className") == "skip":
            break
        page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    assert skip.evaluate("one => one === document.activeElement")
    assert skip.bounding_box()["x"] >= 0
    page.keyboard.press("Enter")
    page.wait_for_function("document.activeElement.id === 'content'")


def test_keyboard_opens_the_menu_of_a_phone(open_view):
    page = open_view("Audit", **PHONE)
    settle(page)
    menu = page.get_by_role("button", name="Menu ·")
    menu.focus()
    page.keyboard.press("Enter")
    link = page.get_by_role("link", name="Quiz")
    link.wait_for()
    link.focus()
    page.keyboard.press("Enter")
    page.get_by_role("heading", level=1, name="Quiz").wait_for()


def test_keyboard_answers_the_quiz_and_a_reload_keeps_it(open_view, sample_films):
    page = open_view("Quiz?seed=7")
    page.get_by_text("Film 1 of 10").wait_for()
    settle(page)
    for number, key in enumerate("npn", 2):
        page.keyboard.press(key)
        page.get_by_text(f"Film {number} of 10").wait_for()
        settle(page)
    page.wait_for_url("**answers=npn**")
    page.reload()
    page.get_by_text("Film 4 of 10").wait_for()


def test_nothing_moves_for_who_asked_for_calm(open_view):
    def moving(page):
        settle(page)
        return page.get_by_role("heading", level=1).evaluate(
            "one => { one.style.transition = 'opacity 1s'; one.style.animation = 'spin 1s';"
            " const style = getComputedStyle(one);"
            " return style.transitionDuration === '1s' || style.animationName === 'spin'; }"
        )

    assert moving(open_view("Audit"))
    assert not moving(open_view("Audit", reduced_motion="reduce"))


def test_film_lies_on_dark_ground_in_the_light(open_view, sample_films):
    page = open_view("Quiz?seed=7", color_scheme="light")
    box = page.locator(".film-viewer")
    expect(box).to_have_css("background-color", "rgb(11, 13, 16)")
