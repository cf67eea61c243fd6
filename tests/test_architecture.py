"""The two rules that keep the house in order."""

import ast
import subprocess
import sys

import pytest

from tests import ROOT

DOORS = {"app.py", "pages", "xray_core/ui"}


def modules(folder):
    return sorted(folder.rglob("*.py"))


def imports(path, anywhere):
    """Top packages a file imports: at import time, or anywhere."""
    tree = ast.parse(path.read_text())
    nodes = ast.walk(tree) if anywhere else tree.body
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


@pytest.mark.parametrize("path", modules(ROOT / "xray_core"), ids=str)
def test_streamlit_is_imported_by_the_doors_only(path):
    inside = path.relative_to(ROOT).as_posix()
    uses = any(name.split(".")[0] == "streamlit" for name in imports(path, anywhere=True))
    assert not uses or inside.startswith("xray_core/ui/")


@pytest.mark.parametrize("path", modules(ROOT / "xray_core"), ids=str)
def test_tensorflow_is_imported_by_the_trainers_only(path):
    inside = path.relative_to(ROOT / "xray_core").with_suffix("").as_posix()
    heavy = {"tensorflow", "keras"}
    uses = any(name.split(".")[0] in heavy for name in imports(path, anywhere=False))
    assert not uses or inside.startswith("training/")


@pytest.mark.parametrize("path", [ROOT / "app.py", *modules(ROOT / "pages")], ids=str)
def test_pages_hold_views_only(path):
    lines = path.read_text().splitlines()
    assert len(lines) <= 80
    tree = ast.parse("\n".join(lines))
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]


def test_an_answer_needs_neither_tensorflow_nor_streamlit():
    code = (
        "import sys, xray_core.classifier, xray_core.io.radiograph, xray_core.saliency.overlay\n"
        "print([m for m in ('tensorflow', 'keras', 'streamlit', 'pandas') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert done.stdout.strip() == "[]"


def test_one_command_does_not_wait_for_what_the_others_import():
    code = (
        "import sys\nfrom xray_core.__main__ import main\n"
        "try:\n    main(['data', '--help'])\nexcept SystemExit:\n    pass\n"
        "print([m for m in sys.modules if m.startswith('xray_core.commands.')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert done.stdout.endswith("['xray_core.commands.data']\n")
