"""The same words everywhere, and every number with its meaning on hover."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
VIEWS = [
    ROOT / "app.py",
    *sorted((ROOT / "pages").glob("*.py")),
    *sorted((ROOT / "xray_core" / "ui").glob("*.py")),
]
TEXTS = [
    *VIEWS,
    *(
        ROOT / "xray_core" / f"{name}.py"
        for name in ("wording", "card_text", "audit_text", "figures", "result_figures")
    ),
    *(ROOT / "xray_core" / f"{name}.py" for name in ("result_tables", "report_pdf", "regions")),
]
# What is said elsewhere, and what is said here.
OTHER_WORDS = {
    "heatmap": "map or evidence",
    "heat map": "map or evidence",
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
    """Every text of a module that a visitor may read, in small letters; docstrings are not."""
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
