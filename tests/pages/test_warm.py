import subprocess
import sys

from .conftest import ROOT

CODE = """
import sys
from xray_core.ui import warm
before = "pandas" in sys.modules
warm.wait()
warm.start()
warm.start()
warm.wait()
print(before, "pandas" in sys.modules, "plotly.graph_objects" in sys.modules)
"""


def test_warm_loads_what_other_pages_need_in_the_background():
    done = subprocess.run(
        [sys.executable, "-c", CODE], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert done.stdout.split() == ["False", "True", "True"]
