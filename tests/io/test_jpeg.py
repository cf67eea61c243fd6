"""Which JPEG is decoded in the server itself: what is cheap, whatever it says."""

import struct
import time

import numpy as np
import pytest

from tests.io import attacks
from xray_core.io import radiograph
from xray_core.io.jpeg import MOST_NOTES, START_OF_SCAN, count_scans, is_simple
from xray_core.io.radiograph import load_radiograph

FILM = attacks.encode("JPEG")


def with_notes(marker, content):
    """The film with segments of a marker after its start."""
    pieces = [content[at : at + 65_000] for at in range(0, len(content), 65_000)]
    segments = [bytes([255, marker]) + struct.pack(">H", len(one) + 2) + one for one in pieces]
    return FILM[:2] + b"".join(segments) + FILM[2:]


def test_published_films_are_simple(sample_films):
    assert [film.name for film in sample_films if not is_simple(film.read())] == []


@pytest.mark.parametrize("marker", [0xE1, 0xE2, 0xED])
def test_notes_of_a_device_are_simple_while_they_are_few(marker):
    assert is_simple(with_notes(marker, bytes(10_000)))
    assert not is_simple(with_notes(marker, bytes(MOST_NOTES)))


def test_what_nobody_knows_is_not_simple():
    assert is_simple(FILM)
    assert not is_simple(with_notes(0xE5, b"unknown"))
    assert not is_simple(FILM.replace(b"\xff\xc0", b"\xff\xc3"))


@pytest.mark.parametrize("length", [2, 3, 1000, 1001])
def test_scans_are_counted_wherever_they_start(length):
    for seed in range(20):
        letters = np.random.default_rng(seed).choice([0xFF, 0xDA, 0], length).astype(np.uint8)
        data = letters.tobytes()
        assert count_scans(data) == data.count(START_OF_SCAN)


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")  # as the reader ignores them
@pytest.mark.parametrize("values", [1, 30, 3000])
def test_few_notes_cost_little_whatever_they_say(values, monkeypatch):
    """Fractions, the dearest that EXIF has: once each, or all entries the same ones."""
    monkeypatch.setattr(radiograph, "decode_apart", None)
    entries = [(1000 + tag, 5, values, 8) for tag in range(4000)]
    data = with_notes(0xE1, b"Exif\0\0" + attacks.tiff(entries))
    assert is_simple(data)
    started = time.thread_time()
    film = load_radiograph(data)
    assert time.thread_time() - started < 1
    np.testing.assert_array_equal(film.pixels, load_radiograph(FILM).pixels)
