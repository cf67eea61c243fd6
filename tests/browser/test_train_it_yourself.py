"""A network is trained on real films in the browser, from the first setting to its answer."""

import shutil
import time

import pytest
from playwright.sync_api import expect

from tests.browser.driver import CHROMIUM, DESKTOP, DRAWN, serve, settle
from xray_core.datasets.catalogue import open_catalogue
from xray_core.ui.shared.state import address

pytestmark = pytest.mark.browser

# milliseconds; other tests take the same cores
PATIENCE = 120_000
POINTS = "() => document.querySelectorAll('.js-plotly-plot')[0]?.data[0].x.length ?? 0"


@pytest.fixture(scope="module")
def trained_on(tmp_path_factory, sample_films):
    """The sample films in the Kaggle layout, to learn from and to be tested on."""
    folder = tmp_path_factory.mktemp("films")
    for sample in sample_films:
        for split in ("train", "test"):
            file = folder / split / sample.label / sample.name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(sample.read())
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def visits(browser):
    """Fresh visits of a server, each unknown to the others."""
    contexts = []

    def visit(url):
        contexts.append(browser.new_context(**DESKTOP))
        page = contexts[-1].new_page()
        page.goto(url)
        settle(page, 60)
        return page

    yield visit
    for context in contexts:
        context.close()


@pytest.fixture
def host(trained_on, tmp_path):
    if CHROMIUM is None:
        pytest.skip("needs Chromium: install Debian's package chromium")
    with serve(tmp_path / "log", XRAY_DATA=str(trained_on), XRAY_TRAINING_NICE="1") as host:
        yield host


def part(page, name):
    page.get_by_role("tab", name=name, exact=True).click()
    settle(page)


def train(page):
    page.get_by_role("button", name="Train it", exact=True).click()
    page.get_by_role("tab", name="Watch", selected=True).wait_for()


def lower(page, slider, by):
    """Move a slider to the left, step by step."""
    slider = page.get_by_role("slider", name=slider)
    slider.focus()
    for _ in range(by):
        slider.press("ArrowLeft")
    settle(page)


def wait_until_more(page, points, patience=PATIENCE):
    """Wait until the curve by step has more points than it had; how many it has then."""
    page.wait_for_function(f"() => ({POINTS})() > {points}", timeout=patience)
    return page.evaluate(POINTS)


def compare(page):
    """Go from a training that is done to what came of it."""
    settle(page)
    page.get_by_role("button", name="Compare", exact=True).click()
    expect(page.get_by_text("on validation,").first).to_be_visible(timeout=30_000)
    settle(page)


def test_network_is_trained_and_answers_for_its_visitor_alone(visits, host):
    sample = open_catalogue("samples").select(label="PNEUMONIA")[0]
    film = f"film={address(sample)['film']}"
    page = visits(f"{host}/Train_it_yourself?{film}")
    lower(page, "Epochs", by=3)
    lower(page, "Blocks", by=2)
    train(page)
    part(page, "Choose")
    train(page)
    page.get_by_role("radio", name="Small network · Waiting").click()
    expect(page.get_by_text("One training is before it")).to_be_visible()
    settle(page)  # what could be done to the other is gone
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("One training is before it")).to_have_count(0)

    first = wait_until_more(page, 0)
    assert wait_until_more(page, first) > first
    expect(page.get_by_text("Done after")).to_be_visible(timeout=PATIENCE)
    compare(page)

    page.get_by_role("button", name="Try it on Explain").click()
    page.get_by_role("heading", level=1, name="Explain a film").wait_for(timeout=30_000)
    for again in (False, True):
        if again:
            page.reload()
        page.locator(DRAWN).wait_for(timeout=30_000)
        settle(page)
        expect(page.get_by_text("Answered by the model Small network (home-made)")).to_be_visible()

    (named,) = (each for each in page.url.split("&") if each.startswith("model="))
    other = visits(f"{host}/Explain?{film}&{named}")
    other.locator(DRAWN).wait_for(timeout=30_000)
    settle(other)
    expect(other.get_by_text("The model that the address names is not here")).to_be_visible()
    expect(other.get_by_text("home-made")).to_have_count(0)


@pytest.mark.slow
def test_defaults_train_on_real_films_to_their_end(visits, official_films, tmp_path):
    with serve(tmp_path / "log", XRAY_DATA=str(official_films), XRAY_TRAINING_NICE="1") as host:
        page = visits(f"{host}/Train_it_yourself")
        begun = time.monotonic()
        train(page)
        points = 0
        for _ in range(3):
            points = wait_until_more(page, points, 600_000)
        expect(page.get_by_text("Done after")).to_be_visible(timeout=1_200_000)
        print(f"trained in {time.monotonic() - begun:.0f} s")
        compare(page)
        expect(page.get_by_text("On the test it finds")).to_be_visible()
