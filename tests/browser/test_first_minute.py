"""The first minute on the page Explain: answer and film on one screen, and every way in."""

import base64

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.browser.driver import DRAWN, PHONE, settle
from tests.browser.test_app import upload, wait_for_answer
from tests.browser.test_film_viewer import draw_by_finger, measure
from xray_core.io.images import encode_jpeg
from xray_core.io.limits import MAX_BYTES

pytestmark = pytest.mark.browser

SCREENS = {
    "phone": PHONE,
    "laptop": {"viewport": {"width": 1280, "height": 720}},
    "large": {"viewport": {"width": 1920, "height": 1080}},
}
# What is seen of the film itself, its answer and the caveat: film, heading, scale, caveat.
TOGETHER = (
    f"{DRAWN} canvas >> visible=true",
    ".st-key-verdict h2",
    ".probability-scale",
    ".st-key-verdict [data-testid=stElementContainer] >> nth=0",
)
# Drops or pastes a file somewhere on the page, as a visitor does.
BRING = """(target, {event, name, content}) => {
    const bytes = Uint8Array.from(atob(content), (one) => one.charCodeAt(0));
    const transfer = new DataTransfer();
    transfer.items.add(new File([bytes], name, {type: 'image/jpeg'}));
    const options = {bubbles: true, cancelable: true};
    const happens = event === 'paste'
        ? new ClipboardEvent('paste', {...options, clipboardData: transfer})
        : new DragEvent(event, {...options, dataTransfer: transfer});
    target.dispatchEvent(happens);
}"""


@pytest.fixture(scope="module")
def film(sample_films):
    return next(film for film in sample_films if film.label == "PNEUMONIA")


def bring(page, event, name, data):
    content = base64.b64encode(data).decode()
    page.locator("h1").first.evaluate(BRING, {"event": event, "name": name, "content": content})


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_film_and_answer_stand_above_the_fold_together(open_view, film, screen, scheme):
    page = open_view("Explain", **SCREENS[screen], color_scheme=scheme)
    upload(page, ("child.jpeg", film.read()))
    wait_for_answer(page)
    height = page.viewport_size["height"]
    seen = page.locator(TOGETHER[0]).first.bounding_box()
    assert seen["width"] * seen["height"] > 0.2 * page.viewport_size["width"] * height
    for part in TOGETHER:
        box = page.locator(part).first.bounding_box()
        assert box["y"] >= 0, part
        assert box["y"] + box["height"] <= height, part
    assert page.evaluate("scrollY") == 0


def test_square_film_leaves_the_answer_above_the_fold_of_a_phone(open_view, film):
    pixels = film.open().pixels
    missing = pixels.shape[1] - pixels.shape[0]
    page = open_view("Explain", **PHONE)
    upload(page, ("square.jpeg", encode_jpeg(np.pad(pixels, ((missing // 2,) * 2, (0, 0))))))
    wait_for_answer(page)
    box = page.locator(".probability-scale").bounding_box()
    assert box["y"] + box["height"] <= page.viewport_size["height"]


@pytest.mark.parametrize("event", ["drop", "paste"])
def test_whole_page_takes_a_film(open_view, film, event):
    page = open_view("Explain")
    settle(page)
    if event == "drop":
        veil = page.get_by_text("Let go: the film opens here")
        for _ in range(40):  # as a browser does all the while a file is held over the page
            bring(page, "dragover", "child.jpeg", film.read())
            if veil.is_visible():
                break
            page.wait_for_timeout(250)
        assert veil.is_visible()
    bring(page, event, "child.jpeg", film.read())
    wait_for_answer(page)
    assert page.get_by_text("Let go: the film opens here").is_hidden()
    page.get_by_role("button", name="Next film").wait_for()
    # and one more, though a film is open
    bring(page, event, "another.jpeg", encode_jpeg(film.open().pixels[:-9]))
    page.get_by_text("another.jpeg").first.wait_for()


def test_a_page_that_takes_no_film_lets_a_drop_alone(open_view, film):
    page = open_view("Explain")
    settle(page)
    page.get_by_role("link", name="Audit").click()
    page.get_by_role("heading", level=1, name="What is odd").wait_for()
    settle(page)
    bring(page, "dragover", "child.jpeg", film.read())
    assert page.get_by_text("Let go: the film opens here").count() == 0


def test_own_film_is_two_taps_away(open_view, film):
    page = open_view("", **PHONE)
    page.get_by_role("button", name="Menu ·").wait_for()
    settle(page)
    page.get_by_role("link", name="Explain your own film").tap()
    page.get_by_role("button", name="Open a film").wait_for()
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Open a film").tap()
    chooser.value.set_files([{"name": "a.jpeg", "mimeType": "image/jpeg", "buffer": film.read()}])
    wait_for_answer(page)
    with page.expect_file_chooser():
        page.get_by_role("button", name="Next film").tap()


def test_phone_offers_its_camera(open_view, film):
    page = open_view("Explain", **PHONE)
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Take a photo").tap()
    chooser.value.set_files([{"name": "a.jpeg", "mimeType": "image/jpeg", "buffer": film.read()}])
    wait_for_answer(page)


def test_too_large_a_file_gets_its_sentence_and_the_others_are_opened(open_view, film, tmp_path):
    large = tmp_path / "large.png"
    with large.open("wb") as file:
        file.truncate(MAX_BYTES + 6 * 2**20)
    small = tmp_path / "small.jpeg"
    small.write_bytes(film.read())
    page = open_view("Explain")
    page.get_by_role("button", name="Open a film").wait_for()
    page.locator("input[type=file]").set_input_files([large, small])
    wait_for_answer(page)
    sentence = page.get_by_role("alert").filter(has_text="'large.png' has 70 MB")
    sentence.wait_for()
    assert sentence.bounding_box()["y"] < 300
    upload(page, ("again.jpeg", film.read()))
    expect(sentence).to_have_count(0)
    page.locator("input[type=file]").set_input_files([large])
    sentence.wait_for()


def test_sideways_film_is_shown_with_its_reason_and_judged_when_turned(open_view, film):
    pixels = film.open().pixels.T[::-1]
    page = open_view("Explain")
    upload(page, ("sideways.jpeg", encode_jpeg(pixels)))
    page.get_by_role("heading", name="No answer").wait_for()
    page.locator(DRAWN).wait_for()
    page.get_by_role("button", name="Rotate by 90°").click()
    page.get_by_role("heading", name="Looks like pneumonia").wait_for()
    settle(page)  # the picture may be drawn anew below the pointer
    page.get_by_role("button", name="Reset").click()
    page.get_by_role("heading", name="No answer").wait_for()


def test_inverting_and_reset_change_the_picture_and_not_the_answer(open_view, film):
    page = open_view("Explain")
    upload(page, ("child.jpeg", film.read()))
    before = wait_for_answer(page)
    page.keyboard.press("e")
    light = measure(page)[1]["light"]
    page.get_by_role("button", name="Invert").click()
    pressed = page.locator("[data-turn=invert][aria-pressed=true]")
    pressed.wait_for()
    page.locator(DRAWN).wait_for()
    assert abs(measure(page)[1]["light"] + light - 255) < 3
    assert wait_for_answer(page) == before
    page.get_by_role("button", name="Reset").click()
    expect(pressed).to_have_count(0)


def test_presentation_fills_a_projector_and_steps_by_keys(open_view):
    page = open_view("Explain", viewport={"width": 1280, "height": 720})
    page.get_by_role("button", name="Begin here").click()
    wait_for_answer(page)
    small = page.locator(".st-key-verdict h2").evaluate("one => getComputedStyle(one).fontSize")
    page.get_by_role("button", name="Present").click()
    page.locator(".presenting").wait_for(state="attached")
    page.wait_for_timeout(500)
    large = page.locator(".st-key-verdict h2").evaluate("one => getComputedStyle(one).fontSize")
    assert float(large[:-2]) > 1.3 * float(small[:-2])
    assert page.get_by_role("link", name="Triage").is_hidden()
    assert page.get_by_text("Not a medical device").is_visible()
    for part in TOGETHER[:3]:
        box = page.locator(part).first.bounding_box()
        assert box["y"] + box["height"] <= 720, part
    first = page.url
    page.keyboard.press("ArrowLeft")
    page.wait_for_function("before => location.href !== before", arg=first)
    wait_for_answer(page)
    page.keyboard.press("ArrowRight")
    page.wait_for_url(first)
    wait_for_answer(page)
    colour = measure(page)[1]["colour"]
    page.keyboard.press(" ")
    assert measure(page)[1]["colour"] == 0 < colour
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Triage").wait_for()


def test_a_finger_steps_from_film_to_film_in_presentation_only(open_view):
    page = open_view("Explain", viewport={"width": 1180, "height": 820}, has_touch=True)
    page.get_by_role("button", name="Begin here").tap()
    wait_for_answer(page)
    first = page.url

    def swipe(left):
        box = page.locator(f"{DRAWN} canvas >> visible=true").first.bounding_box()
        middle = box["y"] + box["height"] / 2
        ways = [0.8, 0.6, 0.4, 0.2] if left else [0.2, 0.4, 0.6, 0.8]
        draw_by_finger(page, [(box["x"] + way * box["width"], middle) for way in ways])

    swipe(left=True)
    page.wait_for_timeout(1500)
    settle(page)
    assert page.url == first
    page.get_by_role("button", name="Present").click()
    page.locator(".presenting").wait_for(state="attached", timeout=60_000)
    page.wait_for_timeout(500)
    swipe(left=True)
    page.wait_for_function("before => location.href !== before", arg=first)
    wait_for_answer(page)
    assert page.locator(".presenting").count() == 1
    swipe(left=False)
    page.wait_for_url(first)
