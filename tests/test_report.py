import re

import pytest

from tests.fakes import FakeClassifier, write_folder
from xray_core.evaluate import evaluate
from xray_core.report import list_measures, render_report


@pytest.fixture
def samples(tmp_path):
    return write_folder(tmp_path)


def test_list_measures_names_every_interval(samples):
    measures = dict(list_measures(evaluate(FakeClassifier(), samples)))
    assert measures["Accuracy"]["value"] == 0.75
    assert measures["Sensitivity, bacterial pneumonia"]["n"] == 3
    assert measures["Accuracy, 3 classes"]["value"] == 5 / 8


def test_render_report_shows_what_the_report_says(samples):
    page = render_report(evaluate(FakeClassifier(), samples, folder="films"))
    assert "Model grey on films/test: 8 films (4 NORMAL, 4 PNEUMONIA) of 7 patients" in page
    assert "the quality gate would have refused 1" in page
    assert "<tr><td>person1_bacteria_2.png</td><td>Bacterial pneumonia</td><td>0.0980</td>" in page
    assert page.count('class="plotly-graph-div"') == 4


def test_render_report_needs_nothing_from_outside(samples):
    page = render_report(evaluate(FakeClassifier(), samples))
    tags = re.findall(r"<(?:script|link|img|iframe)\b[^>]*>", page.partition("<body>")[2])
    assert not [tag for tag in tags if re.search(r"\b(src|href)=", tag) and "data:" not in tag]


def test_render_report_escapes_names(samples):
    page = render_report(evaluate(FakeClassifier(), samples, folder="<b>films"))
    assert "&lt;b&gt;films/test" in page
    assert "<b>films/test" not in page


def test_render_report_of_one_class_is_a_page(samples):
    normals = [sample for sample in samples if sample.label == "NORMAL"]
    page = render_report(evaluate(FakeClassifier(), normals))
    assert "both classes are needed" in page


def test_render_report_without_errors_says_so(samples):
    right = [sample for sample in samples if sample.name in ("IM-0001-0001.png",)]
    assert "No film was called wrong" in render_report(evaluate(FakeClassifier(), right))
