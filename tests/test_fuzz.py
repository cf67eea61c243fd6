"""A short run of both fuzzers; `make fuzz` runs them for longer."""

import random
import subprocess
import sys
import tracemalloc
from importlib.util import find_spec

import pytest

from tests import ROOT
from tests.fuzz.by_property import PROPERTIES, QUICK, SEEDS, check
from tests.fuzz.reader import answer, answer_archive, damage
from tests.fuzz.seeds import make_archive

pytestmark = pytest.mark.filterwarnings("ignore")  # of libraries, about what we break on purpose


@pytest.mark.parametrize("name", SEEDS)
def test_seed_is_a_valid_film(name):
    assert answer(SEEDS[name]) is not None


@pytest.mark.parametrize("name", SEEDS)
def test_damaged_film_is_a_film_or_a_sentence(name):
    rng = random.Random(name)
    for _ in range(60):
        answer(damage(SEEDS[name], rng))


@pytest.mark.parametrize(
    ("function", "strategies"), PROPERTIES, ids=[function.__name__ for function, _ in PROPERTIES]
)
def test_property_holds(function, strategies):
    check(function, strategies, QUICK)


def test_valid_archive_is_answered():
    answer_archive(make_archive())


def test_memory_of_damaged_headers_stays_bounded():
    rng = random.Random(1)
    tracemalloc.start()
    try:
        for name in ("png", "tiff", "bmp", "dicom"):
            for _ in range(40):
                answer(damage(SEEDS[name], rng))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 2**30


def test_coverage_guided_fuzzer_finds_nothing_in_a_few_seconds(tmp_path):
    if find_spec("atheris") is None:
        pytest.skip("needs atheris: install requirements-fuzz.txt")
    # through a shell: a program begins with the peak memory of the one that starts it, and this
    # one may have trained a network before
    fuzz = [sys.executable, "-m", "tests.fuzz", "atheris", "--seconds", "5"]
    command = ["sh", "-c", '"$@"; exit $?', "sh", *fuzz]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert run.returncode == 0, run.stderr[-3000:]
    assert "stat::number_of_executed_units" in run.stderr
