"""The main paths through the real app with the shipped model, in a real browser."""

import io
import json
import re
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image
from pypdf import PdfReader

from tests.browser.driver import DRAWN, settle
from xray_core.io.images import encode_jpeg
from xray_core.reporting.wording import DECISIONS

pytestmark = pytest.mark.browser

ANSWER = re.compile("|".join(DECISIONS.values()))


def upload(page, *files):
    page.locator("input[type=file]").set_input_files(
        [{"name": name, "mimeType": "image/jpeg", "buffer": data} for name, data in files]
    )


def wait_for_answer(page):
    answer = page.get_by_role("heading", name=ANSWER)
    answer.wait_for(timeout=30_000)
    page.locator(DRAWN).wait_for(timeout=30_000)
    settle(page)
    return answer.inner_text()


@pytest.fixture(scope="module")
def pneumonia(sample_films):
    return next(film for film in sample_films if film.label == "PNEUMONIA")


@pytest.fixture(scope="module")
def wide_film(pneumonia):
    """The same film, 3,000 pixels wide."""
    pixels = pneumonia.open().pixels
    height = round(3000 * pixels.shape[0] / pixels.shape[1])
    return encode_jpeg(cv2.resize(pixels, (3000, height), interpolation=cv2.INTER_CUBIC))


def test_upload_of_a_full_size_film_is_answered_and_explained(open_view, pneumonia):
    page = open_view("Explain")
    upload(page, ("child.jpeg", pneumonia.read()))
    wait_for_answer(page)
    assert page.get_by_text("operating point").first.is_visible()


def take(page, label):
    with page.expect_download() as download:
        page.get_by_role("button", name=label).click()
    return download.value


def open_part(page, title):
    """Open one of the tabs below the film."""
    page.get_by_role("tab", name=title, exact=True).click()
    page.wait_for_timeout(500)
    settle(page)


def test_take_away_is_the_film_without_its_file_s_name(open_view, wide_film):
    page = open_view("Explain")
    upload(page, ("name-of-a-patient.jpeg", wide_film))
    wait_for_answer(page)
    open_part(page, "Take it with you")
    download = take(page, "Overlay as PNG")
    assert download.suggested_filename == "film-evidence.png"
    with Image.open(download.path()) as overlay, Image.open(io.BytesIO(wide_film)) as film:
        assert overlay.format == "PNG"
        assert overlay.size == film.size
        red, green, blue = np.asarray(overlay.convert("RGB"), int).transpose(2, 0, 1)
    coloured = (np.abs(red - green) > 30) | (np.abs(green - blue) > 30)
    assert 0 < coloured.mean() < 1
    title = page.get_by_role("textbox", name="What to call the film")
    title.fill("Case 7")
    title.press("Enter")
    page.wait_for_timeout(1000)  # the page runs again with the title; a click meanwhile is lost
    settle(page)
    answer = json.loads(Path(take(page, "Answer as JSON").path()).read_text())
    assert (answer["file"], answer["decision"]) == ("Case 7", "pneumonia")
    download = take(page, "Report as PDF")
    assert download.suggested_filename == "Case 7-report.pdf"
    text = PdfReader(download.path()).pages[0].extract_text()
    assert "Case 7" in text
    assert "name-of-a-patient" not in text
    assert answer["evidence"].split(",")[0] in " ".join(text.split())


def test_upload_survives_a_change_of_page(open_view, pneumonia):
    page = open_view("Explain")
    upload(page, ("child.jpeg", pneumonia.read()))
    before = wait_for_answer(page)
    page.get_by_role("link", name="Model").click()
    page.get_by_role("heading", level=1, name="Model").wait_for()
    page.get_by_role("link", name="Explain").click()
    page.get_by_role("heading", level=1, name="Explain a film").wait_for()
    assert wait_for_answer(page) == before


def test_upload_leaves_no_trace_in_address_or_log(open_view, pneumonia, app_log):
    page = open_view("Explain")
    upload(page, ("name-of-a-patient.jpeg", pneumonia.read()))
    wait_for_answer(page)
    assert "patient" not in page.url
    assert "name-of-a-patient" not in app_log.read_text()


def test_broken_file_gives_a_sentence(open_view):
    page = open_view("Explain")
    upload(page, ("broken.jpeg", b"\xff\xd8\xff\xe0 this is no film"))
    warning = page.get_by_role("alert").filter(has_text="broken.jpeg")
    warning.wait_for(timeout=30_000)
    assert "Traceback" not in page.inner_text("body")


def test_sample_is_explained_with_its_true_label_and_an_address_to_share(open_view):
    page = open_view("Explain")
    page.get_by_role("button", name="Begin here: bacterial pneumonia").click()
    wait_for_answer(page)
    assert page.get_by_text("True label: Bacterial pneumonia").is_visible()
    page.reload()
    wait_for_answer(page)
    assert page.get_by_text("True label: Bacterial pneumonia").is_visible()


def test_home_leads_to_a_first_explained_film_with_one_click(open_view):
    page = open_view()
    page.get_by_role("link", name="Explain a first film").click()
    page.get_by_role("heading", level=1, name="Explain a film").wait_for()
    wait_for_answer(page)


def test_gallery_filters_and_explains(open_view):
    page = open_view("Data_set")
    page.get_by_text("16 films of 16").wait_for()
    page.get_by_role("radio", name="Pneumonia", exact=True).or_(
        page.get_by_role("button", name="Pneumonia", exact=True)
    ).first.click()
    page.get_by_text("8 films of 16").wait_for()
    settle(page)
    films = page.locator(".st-key-gallery img")
    assert films.count() == 8
    assert films.first.evaluate("image => image.naturalWidth") > 0
    assert "class=Pneumonia" in page.url
    page.get_by_role("button", name="Explain", exact=True).first.click()
    wait_for_answer(page)
