"""Whatever the bytes, the reader gives a film or a sentence, and soon."""

import random
import time
import tracemalloc

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.seeds import make_seeds
from xray_core.archives import Archive
from xray_core.errors import RadiographError, UsageError
from xray_core.radiographs import load_radiograph

pytestmark = pytest.mark.filterwarnings("ignore")  # of libraries, about what we break on purpose
SEEDS = make_seeds()
SLOWEST = 2.0  # seconds
QUICK = settings(
    max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)


def answer(data):
    """What a person gets for these bytes; fails where it is neither film nor sentence, or late."""
    started = time.perf_counter()
    try:
        film = load_radiograph(data, "film")
        sentence = "expected nothing"
    except RadiographError as error:
        film, sentence = None, str(error)
    assert sentence.startswith("expected ")
    assert "\n" not in sentence
    assert film is None or film.pixels.dtype == np.uint8
    assert time.perf_counter() - started < SLOWEST
    return film


def damage(data, rng):
    """Overwrite, cut out, double or cut off parts of a file, most often near its start."""
    data = bytearray(data)
    for _ in range(rng.choice([1, 1, 2, 4, 8, 16])):
        if not data:
            break
        reach = min(len(data), rng.choice([40, 200, 600, len(data)]))
        place = rng.randrange(reach)
        way = rng.random()
        if way < 0.6:
            data[place] = rng.choice([0, 1, 127, 128, 254, 255, rng.randrange(256)])
        elif way < 0.75:
            data[place : place + 4] = rng.choice(
                [b"\xff\xff\xff\xff", b"\0\0\0\0", b"\x7f\xff\xff\xff"]
            )
        elif way < 0.85:
            del data[place : place + rng.randrange(1, 30)]
        elif way < 0.95:
            data[place:place] = data[place : place + rng.randrange(1, 60)]
        else:
            del data[place:]
    return bytes(data)


@pytest.mark.parametrize("name", SEEDS)
def test_seed_is_a_valid_film(name):
    assert answer(SEEDS[name]) is not None


@pytest.mark.parametrize("name", SEEDS)
@QUICK
@given(seed=st.integers(0, 2**32))
def test_damaged_film_is_a_film_or_a_sentence(name, seed):
    answer(damage(SEEDS[name], random.Random(seed)))


@QUICK
@given(
    data=st.binary(max_size=400), start=st.sampled_from([b"", *(s[:16] for s in SEEDS.values())])
)
def test_arbitrary_bytes_are_a_film_or_a_sentence(data, start):
    answer(start + data)


@QUICK
@given(data=st.binary(max_size=300), start=st.sampled_from([b"PK\x03\x04", b"PK\x05\x06", b""]))
def test_arbitrary_archive_is_a_list_or_a_sentence(data, start):
    sentence = "expected nothing"
    try:
        archive = Archive(start + data)
        for name in archive.names:
            archive.read(name)
    except (UsageError, RadiographError) as error:
        sentence = str(error).lower()
    assert sentence.startswith("expected ")


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
