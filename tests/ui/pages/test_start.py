"""Tests of what the way from the start to the first answer loads."""

import subprocess
import sys

from .conftest import ROOT

CODE = """
import sys
from urllib.parse import parse_qs
from streamlit.testing.v1 import AppTest

app = AppTest.from_file(sys.argv[1], default_timeout=60).run()
first = next(link.proto for link in app.get("page_link") if "first film" in link.proto.label)
app.query_params.update(parse_qs(first.query_string))
app.switch_page("pages/1_Explain.py").run()
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
    assert done.stdout.splitlines() == ["Explain a film:2", ""]
