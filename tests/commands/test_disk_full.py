"""A full disk ends a command with a sentence, and the next run goes on."""

import subprocess
import sys

import pytest

from tests import ROOT
from tests.fakes import write_film

# No file may grow over a limit, which the system answers as it does a full disk.
FULL = """
import resource, signal, sys
from tests import ROOT
from tests.fakes import FakeClassifier
from tests import ROOT
from xray_core import classifier
from xray_core.__main__ import main

classifier.load_classifier = lambda *_, **__: FakeClassifier()
if limit := int(sys.argv[1]):
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
sys.exit(main(sys.argv[2:]))
"""


@pytest.fixture
def films(tmp_path):
    for number in range(60):
        write_film(tmp_path / "films" / f"{number:03d}.png", 4 * number)
    return tmp_path / "films"


def score(films, limit):
    command = [sys.executable, "-c", FULL, str(limit), "score", str(films)]
    command += ["--out", str(films.parent / "table.csv")]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)


def test_score_on_a_full_disk_says_so_and_goes_on_when_there_is_room(films):
    stopped = score(films, 5000)
    assert stopped.returncode == 2, stopped.stderr
    assert "room to write" in stopped.stderr
    assert "Traceback" not in stopped.stderr
    assert not (films.parent / "table.csv").exists()
    finished = score(films, 0)
    assert finished.returncode == 0, finished.stderr
    rows = (films.parent / "table.csv").read_text().splitlines()[1:]
    assert [row.split(",")[0] for row in rows] == [f"{n:03d}.png" for n in range(60)]
