"""Tests of what the way from the start to the first answer loads."""

import subprocess
import sys

from .conftest import ROOT

CODE = """
import sys
from streamlit.testing.v1 import AppTest

app = AppTest.from_file(sys.argv[1], default_timeout=60).run()
next(button for button in app.button if button.label == "Explain a first film").click()
app.run()
print(app.title[0].value, len(app.get("bidi_component")), sep=":")
print(*({"pandas", "pyarrow", "tensorflow"} & set(sys.modules)), sep=",")
"""


def test_first_answer_waits_for_no_library_that_it_does_not_need(sample_films):
    done = subprocess.run(
        [sys.executable, "-c", CODE, str(ROOT / "app.py")],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=True,
    )
    assert done.stdout.splitlines() == ["Explain a film:1", ""]
