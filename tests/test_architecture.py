"""What `lint-imports` cannot say: what a page may hold, and what a start waits for."""

import ast
import subprocess
import sys

import pytest

from tests import ROOT


@pytest.mark.parametrize("path", [ROOT / "app.py", *sorted(ROOT.glob("pages/*.py"))], ids=str)
def test_pages_hold_views_only(path):
    lines = path.read_text().splitlines()
    assert len(lines) <= 80
    tree = ast.parse("\n".join(lines))
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]


def loaded_by(code, packages):
    """Which packages, or modules below them, Python has loaded after some lines."""
    code += (
        f"\nimport sys\nprint(*[m for m in sys.modules if m.split('.')[0] in {packages!r} "
        f"or m.rpartition('.')[0] in {packages!r}])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True
    )
    return done.stdout.splitlines()[-1].split()


def test_import_of_the_package_waits_for_nothing():
    loaded = loaded_by("import xray_core", ("xray_core", "numpy", "cv2", "PIL"))
    assert loaded == ["xray_core"]


def test_an_answer_needs_neither_tensorflow_nor_streamlit():
    answer = "import xray_core.classifier, xray_core.io.radiograph, xray_core.saliency.overlay"
    heavy = ("tensorflow", "keras", "streamlit", "pandas", "sklearn", "scipy", "dask")
    assert loaded_by(answer, heavy) == []


def test_one_command_does_not_wait_for_what_the_others_import():
    data = (
        "from xray_core.__main__ import main\n"
        "try:\n    main(['data', '--help'])\nexcept SystemExit:\n    pass"
    )
    assert loaded_by(data, ("xray_core.commands",)) == ["xray_core.commands.data"]
