"""The same words everywhere, and every number with its meaning on hover."""

import ast
import re

import pytest

from tests import ROOT
from xray_core.reporting.wording import COLUMNS, METRICS

SAID = ROOT / "xray_core" / "reporting", ROOT / "xray_core" / "ui"
VIEWS = [ROOT / "app.py", *sorted((ROOT / "pages").glob("*.py")), *sorted(SAID[1].rglob("*.py"))]
TABLES_OF_DOCUMENTS = SAID[0] / "text" / "saliency_benchmark.py"
KINDS = (".py", ".html", ".js")
TEXTS = {path for folder in SAID for path in folder.rglob("*") if path.suffix in KINDS}
TEXTS = sorted((TEXTS | {*VIEWS}) - {TABLES_OF_DOCUMENTS})
# What is said elsewhere, and what is said here.
OTHER_WORDS = {
    "heatmap": "map or evidence; 'heat map' is one way to draw it, beside contour lines",
    "confidence score": "probability",
    "cut-off": "operating point or threshold",
    "cutoff": "operating point or threshold",
    "false positive": "false alarm",
    "false negative": "missed",
    "x-ray image": "film",
    "artificial intelligence": "the model or the network",
    "true positive": "found",
    "diagnosed": "called",
}
names = pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.relative_to(ROOT).as_posix())


def words_of(path):
    """Every text of a file that a visitor may read, in small letters; docstrings are not."""
    if path.suffix == ".html":
        marks = re.compile(r"<[^>]*>")
        shown = re.findall(r'(?:aria-label|title|alt|placeholder)="([^"]*)"', path.read_text())
        return [
            text.strip().lower() for text in marks.split(path.read_text()) + shown if text.strip()
        ]
    if path.suffix == ".js":
        code = re.sub(r"//.*", "", path.read_text())
        return [text[1:-1].lower() for text in re.findall(r'"[^"\n]*"|`[^`]*`', code)]
    tree = ast.parse(path.read_text())
    documented = (ast.Module, ast.FunctionDef, ast.ClassDef)
    docstrings = {
        ast.get_docstring(node, clean=False)
        for node in ast.walk(tree)
        if isinstance(node, documented)
    }
    return [
        node.value.lower()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and node.value not in docstrings
    ]


def metrics_without_help(source):
    """Lines on which a number is shown without saying what it means."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "metric"
        and "help" not in {word.arg for word in node.keywords}
    ]


@names
def test_views_say_it_in_the_project_s_words(path):
    said = [(other, text) for text in words_of(path) for other in OTHER_WORDS if other in text]
    assert said == []


@pytest.mark.parametrize("path", VIEWS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_views_say_what_each_number_means(path):
    assert metrics_without_help(path.read_text()) == []


def test_metrics_without_help_are_found():
    assert metrics_without_help("a.metric('AUC', 1, help='x')\nst.metric('AUC', 1)") == [2]


def test_words_of_reads_texts_and_no_docstrings(tmp_path):
    module = tmp_path / "module.py"
    module.write_text('"""Heatmap."""\ndef f():\n    """Cutoff."""\n    return f"A Film {1}"\n')
    assert words_of(module) == ["a film "]


def test_words_of_reads_what_a_component_shows(tmp_path):
    drawn = tmp_path / "part.html"
    drawn.write_text('<label class="cutoff">Heat map <b aria-label="X-ray image"></b></label>')
    assert words_of(drawn) == ["heat map", "x-ray image"]
    script = tmp_path / "part.js"
    script.write_text('// cutoff\nlabel.textContent = "A Film"; other = `Cutoff ${1}`;')
    assert words_of(script) == ["a film", "cutoff ${1}"]


def test_columns_that_are_explained_are_columns():
    shown = {text for path in TEXTS if path.stem != "wording" for text in words_of(path)}
    shown |= {wording.title.lower() for wording in METRICS.values()}
    assert [title for title in COLUMNS if title.lower() not in shown] == []
