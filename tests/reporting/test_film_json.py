import json

import pytest

from tests.fakes import make_analysis
from tests.inference.test_site_calibration import make_site
from tests.io.test_dicom import write_dicom
from xray_core.batch.table import COLUMNS, prediction_row
from xray_core.classifier import INVERTED_BACK
from xray_core.inference.decision import decide
from xray_core.inference.model_card import load_card
from xray_core.inference.site_calibration import site_from
from xray_core.io.radiograph import load_radiograph
from xray_core.reporting.film_json import LEFT_OUT, film_record, python_snippet, without_header


def test_film_record_is_the_row_of_predict_and_the_regions():
    analysis = make_analysis(reasons=("a remark",))
    record = film_record("film", analysis)
    assert {name: record[name] for name in COLUMNS} == prediction_row("film", analysis.prediction)
    assert record["method"] == "hires_cam"
    (region,) = record["regions"]
    assert (region["number"], region["lung"], region["zone"]) == (1, "right", "middle")
    assert "right middle zone" in record["evidence"]
    assert 0 < region["share_of_lung"] < region["share_of_evidence"] <= 1


def test_film_record_of_a_refused_film_has_no_evidence():
    record = film_record("film", make_analysis(decision="refused", reasons=("not a chest",)))
    assert (record["probability"], record["evidence"], record["regions"]) == (None, None, [])
    assert record["reasons"] == ["not a chest"]


def test_without_header_leaves_out_what_the_header_said_and_says_so():
    film = load_radiograph(write_dicom(PatientAge="011Y"), "film.dcm")
    analysis = make_analysis(film, reasons=(*film.warnings, "A remark.", INVERTED_BACK))
    assert "11-year-old" in str(film_record("film", analysis)["reasons"])
    left = without_header(analysis)
    assert left.prediction.reasons == ("A remark.", INVERTED_BACK, LEFT_OUT)
    assert left.prediction.probability == analysis.prediction.probability


def test_without_header_changes_nothing_where_the_header_said_nothing():
    analysis = make_analysis(reasons=("A remark.",))
    assert without_header(analysis) is analysis


def test_film_record_holds_nothing_that_json_lacks():
    assert (
        json.loads(json.dumps(film_record("film", make_analysis()), allow_nan=False))["file"]
        == "film"
    )


@pytest.fixture(scope="module")
def answers(classifier, sample_films):
    """Every kind of answer that the samples give, by decision."""
    found = {}
    for film in sample_films:
        analysis = classifier.analyze(film.open())
        found.setdefault(analysis.prediction.decision, (film, analysis))
    return found


@pytest.mark.parametrize("name", ["balanced", "screening"])
def test_python_snippet_gives_the_same_answer(name, answers, tmp_path, monkeypatch, capsys):
    card = load_card("lungs")
    point = next(point for point in card.operating_points if point.name == name)
    monkeypatch.chdir(tmp_path)
    for film, analysis in answers.values():
        (tmp_path / "film.jpeg").write_bytes(film.read())
        snippet = python_snippet(card, point, analysis.explanation)
        names = {}
        exec(compile(snippet, "snippet", "exec"), names)
        probability = analysis.prediction.probability
        assert names["prediction"].probability == probability
        _, decision = decide(probability, point, card.uncertain)
        assert capsys.readouterr().out.startswith(f"{decision} {probability}")
        saliency = names["analysis"].explanation.saliency
        assert (saliency == analysis.explanation.saliency).all()


@pytest.mark.parametrize("name", ["balanced", "screening"])
def test_python_snippet_says_when_a_film_is_refused(name, tmp_path, capsys):
    from PIL import Image

    card = load_card("lungs")
    point = next(point for point in card.operating_points if point.name == name)
    Image.new("L", (300, 300), 20).save(tmp_path / "black.png")
    explanation = make_analysis().explanation
    exec(python_snippet(card, point, explanation, str(tmp_path / "black.png")), {})
    assert capsys.readouterr().out.startswith("refused None ")


def test_python_snippet_names_what_was_chosen():
    card = load_card("lungs")
    snippet = python_snippet(card, card.operating_points[1], make_analysis().explanation, "a b.dcm")
    for word in ("'lungs'", "'screening'", "'hires_cam'", "'PNEUMONIA'", "'a b.dcm'"):
        assert word in snippet
    assert "decide" not in python_snippet(
        card, card.default_operating_point, make_analysis().explanation
    )


def test_python_snippet_loads_the_site_that_was_in_use(tmp_path, monkeypatch, capsys, sample_films):
    site = make_site()
    (tmp_path / "site.json").write_text(json.dumps(site))
    (tmp_path / "film.jpeg").write_bytes(sample_films[0].read())
    monkeypatch.chdir(tmp_path)
    card = site_from(site).adjust(load_card("lungs"))
    exec(python_snippet(card, card.operating_points[0], make_analysis().explanation), {})
    assert "Calibrated for St Elsewhere." in capsys.readouterr().out
