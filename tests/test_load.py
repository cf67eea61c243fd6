"""Visitors at once and films in a row, in small; `make load` does it in full."""

import subprocess
import sys

import pytest

from tests import ROOT


def load(*options):
    command = [sys.executable, "-m", "tests.load", *options]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=3600)


@pytest.mark.usefixtures("sample_films")
@pytest.mark.parametrize(
    ("visitors", "films"),
    [("4", "10"), pytest.param("50", "1000", marks=pytest.mark.slow)],
)
def test_every_visitor_gets_their_own_answer_and_memory_stays_flat(visitors, films):
    done = load("--visitors", visitors, "--films", films)
    assert done.returncode == 0, done.stderr[-3000:]
    assert f"{visitors} visitors at once: all explained by 7 methods" in done.stdout
    assert f"{films} films in a row" in done.stdout
