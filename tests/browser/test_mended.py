"""What visitors stumbled over, in a real browser."""

import re

import pytest

from tests.browser.driver import DRAWN, settle
from tests.browser.test_app import upload, wait_for_answer
from xray_core.datasets.catalogue import open_catalogue
from xray_core.inference.model_card import load_card
from xray_core.io.images import encode_jpeg
from xray_core.ui.shared.state import address

pytestmark = pytest.mark.browser

LAPTOP = {"viewport": {"width": 1280, "height": 720}}


@pytest.fixture(scope="module")
def film(sample_films):
    return address(open_catalogue("samples").select(label="PNEUMONIA")[-1])["film"]


def test_reload_keeps_film_and_model_on_a_page_without_either(open_view, film):
    page = open_view(f"Explain?film={film}&model=baseline")
    wait_for_answer(page)
    page.get_by_role("link", name="Class balance").click()
    page.get_by_role("heading", level=1, name="Class balance").wait_for()
    page.reload()
    page.get_by_role("heading", level=1, name="Class balance").wait_for()
    settle(page)
    page.get_by_role("link", name="Explain", exact=True).click()
    wait_for_answer(page)
    page.get_by_text("True label: Bacterial pneumonia").wait_for()
    page.get_by_text(f"Answered by the model {load_card('baseline').title}").wait_for()


def test_back_from_explain_leaves_no_film_on_triage(open_view):
    page = open_view("Triage")
    settle(page)
    page.get_by_role("link", name="Explain", exact=True).click()
    page.get_by_role("button", name="Begin here").click()
    wait_for_answer(page)
    assert "film=" in page.url
    for _ in range(4):
        page.go_back()
        page.wait_for_timeout(1000)
        if "Triage" in page.url:
            break
    page.get_by_role("heading", level=1, name="Triage").wait_for()
    settle(page)
    page.wait_for_function("!location.search.includes('film=')")


def test_quiz_keeps_its_buttons_on_a_laptop_s_screen(open_view, sample_films):
    page = open_view("Quiz?seed=7", **LAPTOP)
    page.locator(DRAWN).wait_for()
    settle(page)
    for name in ("Normal", "Pneumonia"):
        box = page.get_by_role("button", name=re.compile(f"^{name}")).first.bounding_box()
        assert box["y"] + box["height"] <= 720, name


def test_tour_brings_into_view_what_it_asks_to_move(open_view, sample_films):
    page = open_view("", viewport={"width": 1280, "height": 500})
    page.get_by_role("button", name="Take the tour").click()
    wait_for_answer(page)
    for place in (".st-key-film-viewer", "[class*=st-key-threshold]"):
        page.get_by_role("button", name="Next", exact=True).click()
        page.wait_for_function(
            "place => { const one = document.querySelector(place)?.getBoundingClientRect();"
            " return one && one.top < innerHeight && one.bottom > 0; }",
            arg=place,
        )


def test_logo_leads_home_and_keeps_the_visit(open_view):
    page = open_view("Audit")
    settle(page)
    page.locator(".st-key-logo a").click()
    page.get_by_role("heading", level=1, name="Radiolucent").wait_for()


@pytest.mark.parametrize("of", ["sample", "upload"])
def test_link_of_a_sample_opens_it_and_that_of_an_upload_tells_nothing(
    open_view, sample_films, film, of
):
    page = open_view(f"Explain?film={film}")
    wait_for_answer(page)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    if of == "upload":
        upload(page, ("name-of-a-patient.jpeg", sample_films[0].read()))
        page.get_by_role("heading", name="Looks normal").wait_for()
        page.locator(DRAWN).wait_for()
    page.locator(".film-viewer summary").click()
    page.get_by_role("button", name="Copy a link").click()
    told = "it opens this film" if of == "sample" else "without the film"
    page.get_by_text(told).wait_for()
    link = page.evaluate("navigator.clipboard.readText()")
    assert ("film=" in link) == (of == "sample")
    assert "patient" not in link
    page.get_by_role("button", name="Copy the picture").click()
    page.get_by_text("Copied", exact=True).wait_for()
    kinds = page.evaluate("navigator.clipboard.read().then(all => all.flatMap(one => one.types))")
    assert "image/png" in kinds


def test_focus_is_seen(open_view, film):
    page = open_view(f"Explain?film={film}")
    wait_for_answer(page)
    shown = "one => getComputedStyle(one).outlineStyle + getComputedStyle(one).outlineWidth"
    for part in (
        page.get_by_role("link", name="Triage"),
        page.get_by_role("button", name="Next film"),
        page.get_by_role("tab", name="The evidence"),
        page.get_by_role("button", name="Rotate by 90°"),
    ):
        page.keyboard.press("Tab")  # from now on the keyboard is in use
        part.focus()
        assert part.evaluate(shown) in ("solid3px", "solid2px")


def test_a_click_on_a_row_of_the_films_opens_that_film(open_view, sample_films):
    page = open_view("Explain")
    for number, sample in enumerate((sample_films[-1], sample_films[0])):
        upload(page, (f"{number}.jpeg", encode_jpeg(sample.open().pixels)))
        page.locator("label", has_text=f"{number}.jpeg").wait_for()
        wait_for_answer(page)
    page.get_by_role("heading", name="Looks normal").wait_for()
    table = page.locator("[data-testid=stDataFrame] canvas").first
    table.scroll_into_view_if_needed()
    page.wait_for_timeout(1000)
    place = table.bounding_box()
    page.mouse.click(place["x"] + 60, place["y"] + 52)
    page.get_by_role("heading", name="Looks like pneumonia").wait_for()
