import re
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import numpy as np
import pytest
from pypdf import PdfReader

from tests.fakes import make_analysis
from tests.io.test_dicom import MARKER, write_dicom
from xray_core.classifier import INVERTED_BACK
from xray_core.errors import UsageError
from xray_core.inference.model_card import load_card, load_evaluation
from xray_core.io.radiograph import load_radiograph
from xray_core.reporting.film_json import LEFT_OUT
from xray_core.reporting.film_pdf import LONGEST_SIDE, LONGEST_TITLE, film_report
from xray_core.reporting.text.regions import describe_evidence
from xray_core.reporting.wording import DISCLAIMER, measured
from xray_core.saliency.annotation import annotate
from xray_core.saliency.regions import find_evidence
from xray_core.types import Radiograph


@pytest.fixture(scope="module")
def card():
    return load_card("lungs")


def report(analysis, card, **options):
    return PdfReader(BytesIO(film_report(analysis, card, **options)))


def text_of(pdf):
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pdf.pages))


def test_report_tells_answer_operating_point_regions_and_notice(card):
    analysis = make_analysis(reasons=("A remark.",))
    text = text_of(report(analysis, card))
    assert "Looks like pneumonia" in text
    assert "The probability of pneumonia, 93%, is at or above the operating point of 50%" in text
    assert f"Operating point balanced: {card.default_operating_point.meaning}" in text
    assert describe_evidence(find_evidence(analysis)) in text
    assert "1 Right middle zone" in text
    assert "A remark." in text
    assert text.count(DISCLAIMER) == 1
    assert text.lower().count("medical device") == 1


def test_report_says_what_supports_the_map(card):
    text = text_of(report(make_analysis(), card, support="The answer rests on this region."))
    assert "The answer rests on this region." in text
    assert "rests on" not in text_of(report(make_analysis(), card))


def test_report_is_one_page_for_a_film_of_usual_shape(card):
    assert len(report(make_analysis(reasons=("A remark.",)), card).pages) == 1


def test_report_follows_the_operating_point(card):
    analysis = make_analysis(probability=0.15)
    screening = next(point for point in card.operating_points if point.name == "screening")
    assert "Looks normal" in text_of(report(analysis, card))
    text = text_of(report(analysis, card, point=screening))
    assert "Looks like pneumonia" in text
    tested = load_evaluation("lungs")["operating_points"]["screening"]
    assert measured(tested["specificity"]) in text


def test_report_quotes_the_model_s_card_and_its_test(card):
    text = text_of(report(make_analysis(), card))
    evaluation = load_evaluation("lungs")
    for part in ("intended_use", "excluded_use", "data"):
        assert card.raw["about"][part] in text
    for measure in ("accuracy", "auc", "sensitivity", "specificity", "ece"):
        assert measured(evaluation[measure]) in text
    assert f"{evaluation['data']['n']:,} films" in text


def test_report_says_when_a_model_has_no_test(card, monkeypatch, tmp_path):
    monkeypatch.setenv("XRAY_MODELS", str(tmp_path))
    assert "No test results are on record" in text_of(report(make_analysis(), card))


def test_report_shows_film_and_overlay(card):
    pixels = np.random.default_rng(0).integers(0, 255, (6, 8)).astype(np.uint8)
    film = Radiograph(np.kron(pixels, np.ones((50, 50), np.uint8)), "film", "0" * 64)
    analysis = make_analysis(film)
    images = [np.asarray(each.image, int) for each in report(analysis, card).pages[0].images]
    images.sort(key=np.ndim)  # the grey film, then the overlay: a page's pictures have no order
    overlay = annotate(analysis, find_evidence(analysis).regions)
    assert len(images) == 2
    assert np.abs(np.broadcast_to(images[0], film.pixels.shape) - film.pixels).mean() < 2
    assert np.abs(images[1] - overlay).mean() < 4


def test_report_shrinks_a_large_film(card):
    film = Radiograph(np.full((3000, 2000), 80, np.uint8), "film", "0" * 64)
    pdf = report(make_analysis(film), card)
    assert {max(each.image.size) for each in pdf.pages[0].images} == {LONGEST_SIDE}


def test_report_has_nothing_of_the_file_s_name_or_header(card):
    source = load_radiograph(write_dicom(PatientAge="011Y"), f"{MARKER}.dcm")
    assert any("11-year-old" in warning for warning in source.warnings)
    analysis = make_analysis(source, reasons=(*source.warnings, "A remark."))
    data = film_report(analysis, card)
    text = text_of(PdfReader(BytesIO(data)))
    for word in (MARKER, "11-year", "2001", source.digest[:8]):
        assert word not in text
        assert word.encode() not in data
    assert LEFT_OUT in text
    assert "A remark." in text


def test_report_keeps_what_the_picture_itself_said(card):
    film = Radiograph(np.full((24, 30), 9, np.uint8), "f", "0" * 64, warnings=(INVERTED_BACK,))
    text = text_of(report(make_analysis(film, reasons=(INVERTED_BACK,)), card))
    assert INVERTED_BACK in text
    assert LEFT_OUT not in text


def test_report_says_neither_who_made_it_nor_when(card):
    pdf = report(make_analysis(), card, title="Case 7")
    assert dict(pdf.metadata) == {"/Title": "Report on one chest film"}
    assert pdf.xmp_metadata is None
    assert film_report(make_analysis(), card) == film_report(make_analysis(), card)


def test_report_shows_the_title_as_it_was_typed(card):
    title = "Case 7 <b>& Ödön–Zoë</b> <img src='x'/>"
    assert title in text_of(report(make_analysis(), card, title=title))


def test_reports_for_several_visitors_at_once_are_each_their_own(card):
    analyses = [make_analysis(probability=0.6 + 0.05 * n) for n in range(8)]
    alone = [film_report(analysis, card) for analysis in analyses]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda analysis: film_report(analysis, card), analyses))
    assert together == alone
    assert len(set(alone)) == 8


@pytest.mark.parametrize(
    ("title", "message"),
    [
        ("x" * (LONGEST_TITLE + 1), f"at most {LONGEST_TITLE} letters, got {LONGEST_TITLE + 1}"),
        ("Fall 李", "Latin letters.*got '李'"),
    ],
)
def test_report_refuses_a_title_it_cannot_show(title, message, card):
    with pytest.raises(UsageError, match=message):
        film_report(make_analysis(), card, title=title)


def test_report_of_a_refused_film_gives_the_reason_and_no_number(card):
    pdf = report(make_analysis(decision="refused", reasons=("No chest is seen.",)), card)
    text = text_of(pdf)
    assert "No answer" in text
    assert "No chest is seen." in text
    assert "probability of pneumonia," not in text
    assert "strongest" not in text
    assert len(pdf.pages[0].images) == 1


def test_report_of_a_real_film(classifier, sample_films):
    analysis = classifier.analyze(sample_films[-1].open())
    pdf = report(analysis, classifier.card)
    assert describe_evidence(find_evidence(analysis)) in text_of(pdf)
    assert len(pdf.pages) == 1
