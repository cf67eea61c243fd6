from io import BytesIO

import numpy as np
import pytest

from tests.site.made import CARD, make_answers
from xray_core.io.film_source import FilmFile, InMemory
from xray_core.io.images import encode_jpeg
from xray_core.reporting.site_pdf import validation_report
from xray_core.reporting.wording import DISCLAIMER
from xray_core.site.calibrate import calibrate
from xray_core.site.validate import validate

pypdf = pytest.importorskip("pypdf")


@pytest.fixture(scope="module")
def answers():
    return make_answers(60, 40, shift=1.5, groups=("A", "B"))


@pytest.fixture(scope="module")
def report(answers):
    return validate(CARD, answers, title="Здесь", by="device")


def read(content):
    document = pypdf.PdfReader(BytesIO(content))
    text = " ".join(" ".join(page.extract_text() for page in document.pages).split())
    return document, text


def test_report_says_it_first_in_sentences(report):
    _, text = read(validation_report(report, {}))
    assert DISCLAIMER in text
    assert "The zero of its score is wrong here" in text
    for heading in ("At each operating point", "By device", "What TRIPOD+AI asks"):
        assert heading in text
    assert "????" in text  # letters that the font lacks


def test_report_shows_the_worst_errors_that_can_be_opened(report):
    film = encode_jpeg(np.full((90, 120), 90, np.uint8))
    name = report["worst"][0]["file"]
    document, text = read(validation_report(report, {name: FilmFile(name, InMemory(film))}))
    assert "The surest errors" in text
    assert sum(len(page.images) for page in document.pages) == 1
    assert "The surest errors" not in read(validation_report(report, {}))[1]


def test_report_describes_a_calibration_if_there_is_one(report, answers):
    site = calibrate(CARD, answers, title="x")
    assert (
        "What calibrating on these films is worth" in read(validation_report(report, {}, site))[1]
    )


def test_report_has_no_date_and_is_always_the_same(report):
    assert validation_report(report, {}) == validation_report(report, {})
    assert set(pypdf.PdfReader(BytesIO(validation_report(report, {}))).metadata) <= {
        "/Title",
        "/Producer",
    }
