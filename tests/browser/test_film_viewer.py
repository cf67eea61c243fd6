"""The film viewer in a real browser: what a visitor moves is drawn there, at once."""

import pytest

from tests.browser.driver import DRAWN, PHONE, settle
from tests.browser.test_app import open_part, upload, wait_for_answer

pytestmark = pytest.mark.browser

# How bright and how colourful each picture is, and the colour of its middle.
MEASURE = """canvases => canvases.map(canvas => {
    const {width, height} = canvas;
    const data = canvas.getContext('2d').getImageData(0, 0, width, height).data;
    let light = 0, colour = 0;
    for (let i = 0; i < data.length; i += 4) {
        light += data[i];
        const rgb = [data[i], data[i + 1], data[i + 2]];
        colour += Math.max(...rgb) - Math.min(...rgb);
    }
    const pixels = data.length / 4;
    return {width, height, light: light / pixels, colour: colour / pixels};
})"""


def measure(page):
    """Film and evidence as they are drawn now."""
    return page.locator(f"{DRAWN} canvas").evaluate_all(MEASURE)


def control(page, name):
    return page.locator(f".film-viewer [name={name}]")


def show_both(page):
    """Open what stands below the pictures, and show both."""
    page.locator(".film-viewer summary").click()
    control(page, "compare").select_option("side")


@pytest.fixture
def viewed(open_view, sample_films):
    """The page with a film explained."""

    def view(**options):
        page = open_view("Explain", **options)
        film = next(film for film in sample_films if film.label == "PNEUMONIA")
        upload(page, ("child.jpeg", film.read()))
        wait_for_answer(page)
        return page

    return view


def test_viewer_draws_film_and_evidence_in_every_way(viewed):
    page = viewed()
    show_both(page)
    film, heat = measure(page)
    assert film["width"] == heat["width"] > 300
    assert film["light"] > 30
    assert film["colour"] == 0
    assert heat["colour"] > 1
    control(page, "mode").select_option("contours")
    assert 0 < measure(page)[1]["colour"] < heat["colour"]
    control(page, "mode").select_option("mask")
    film, mask = measure(page)
    assert mask["colour"] == 0
    assert mask["light"] < film["light"] - 5
    colour = measure(page)[0]["colour"]
    for name in ("lungs", "regions", "box"):
        control(page, name).check()
        more = measure(page)[0]["colour"]
        assert more > colour, name
        colour = more


def test_viewer_draws_what_is_moved_within_100_ms_and_asks_no_server(viewed):
    page = viewed()
    show_both(page)
    page.wait_for_timeout(1000)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    untouched, before = measure(page)
    took = []
    control(page, "strength").last.focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
        took.append(float(page.locator(".film-viewer").get_attribute("data-milliseconds")))
    assert measure(page)[1]["colour"] > 1.3 * before["colour"]
    assert sorted(took)[2] < 100
    control(page, "level").focus()
    page.keyboard.press("Home")
    film, _ = measure(page)
    assert film["light"] > before["light"] + 40
    assert page.locator(".film-viewer output").all_inner_texts() == ["256", "0"]
    page.locator(".film-viewer .preset").select_option("As in the file")
    assert measure(page)[0] == untouched
    assert not asked


def test_window_presets_set_width_and_level_and_change_the_film(viewed):
    page = viewed()
    show_both(page)
    preset = page.locator(".film-viewer .preset")
    offered = preset.locator("option:not([hidden])").evaluate_all(
        "options => options.map(one => [one.textContent, one.value])"
    )
    assert next(title for title, _ in offered) == "As in the file"
    seen = {}
    for title, value in offered[::-1]:
        preset.select_option(title)
        width, level = value.split()
        assert page.locator(".film-viewer output").all_inner_texts() == [width, level]
        assert preset.input_value() == value
        seen[title] = round(measure(page)[0]["light"], 1)
    assert len(set(seen.values())) == len(offered) == 4
    assert seen["Lungs"] > seen["As in the file"] > seen["Bones and heart"]
    control(page, "level").focus()
    page.keyboard.press("ArrowRight")
    assert preset.locator("option:checked").inner_text() == "By hand"


def test_viewer_zooms_both_pictures_by_button_and_key(viewed):
    page = viewed()
    show_both(page)
    before = measure(page)
    page.locator("[data-zoom=in]").click()
    after = measure(page)
    assert page.locator(".film-viewer").get_attribute("data-zoom") == "1.50"
    assert all(
        abs(one["light"] - other["light"]) > 0.5 for one, other in zip(before, after, strict=True)
    )
    page.locator(".film-viewer canvas").first.focus()
    page.keyboard.press("ArrowLeft")
    moved = measure(page)
    assert moved[0]["light"] != after[0]["light"]
    page.keyboard.press("0")
    assert measure(page) == before


def test_viewer_swipes_from_film_to_evidence(viewed):
    page = viewed()
    page.locator(".film-viewer summary").click()
    control(page, "compare").select_option("swipe")
    control(page, "divider").focus()
    page.keyboard.press("End")
    film = measure(page)[0]["colour"]
    page.keyboard.press("Home")
    assert film == 0 < measure(page)[0]["colour"]
    canvas = page.locator(f"{DRAWN} canvas").first
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 4, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.4 * box["width"], middle, steps=3)
    page.mouse.up()
    assert control(page, "divider").input_value() == "40"
    assert page.locator(".film-viewer").get_attribute("data-zoom") in (None, "1.00")


def test_viewer_puts_the_pictures_below_one_another_on_a_phone(viewed):
    page = viewed(**PHONE)
    show_both(page)
    boxes = [canvas.bounding_box() for canvas in page.locator(".film-viewer canvas").all()]
    assert boxes[1]["y"] > boxes[0]["y"] + boxes[0]["height"]
    assert boxes[0]["width"] > 300


def test_viewer_keeps_what_was_set_when_another_method_is_chosen(viewed):
    page = viewed()
    show_both(page)
    control(page, "mode").select_option("mask")
    open_part(page, "The evidence")
    method = page.get_by_role("combobox", name="Method")
    method.scroll_into_view_if_needed()
    page.wait_for_timeout(500)  # a list that opens while the page still scrolls is closed again
    method.click()
    page.get_by_role("option", name="Evidence beyond normal", exact=True).click()
    page.get_by_text("Where the film speaks for the answer more").wait_for()
    page.locator(DRAWN).wait_for()
    assert control(page, "mode").input_value() == "mask"
    assert measure(page)[1]["colour"] == 0


def draw_by_mouse(page, places):
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place)
    page.mouse.up()


def draw_by_finger(page, places):
    finger = page.context.new_cdp_session(page)
    kinds = ["touchStart", *["touchMove"] * (len(places) - 1)]
    for kind, (x, y) in zip(kinds, places, strict=True):
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


@pytest.mark.parametrize(
    ("options", "draw"), [({}, draw_by_mouse), (PHONE, draw_by_finger)], ids=["mouse", "finger"]
)
def test_a_stroke_over_the_film_is_answered(viewed, options, draw):
    page = viewed(**options)
    open_part(page, "What if")
    page.get_by_text("Not changed yet").wait_for()
    settle(page)
    canvas = page.locator(DRAWN).nth(1).locator("canvas").first
    canvas.scroll_into_view_if_needed()
    page.wait_for_timeout(500)
    box = canvas.bounding_box()
    places = [
        (box["x"] + 0.3 * box["width"], box["y"] + (0.3 + 0.05 * step) * box["height"])
        for step in range(6)
    ]
    draw(page, places)
    page.get_by_text("Changed by 1 stroke").wait_for()
    page.get_by_text("What you drew on held").wait_for()
    page.locator(DRAWN).nth(1).wait_for()
    settle(page)
    before, after = measure(page)[2:]
    assert abs(after["light"] - before["light"]) > 0.5
    page.get_by_role("button", name="Start over").click()
    page.get_by_text("Not changed yet").wait_for()
