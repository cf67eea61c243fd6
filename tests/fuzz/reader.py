"""What every fuzzer asks of the reader, and ways to damage a file."""

import time

import numpy as np

from xray_core.errors import RadiographError, UsageError
from xray_core.io.radiograph import decode
from xray_core.io.zip_archive import Archive

SLOWEST = 2.0
"""Seconds of the processor that one file may take."""


def answer(data):
    """What a person gets for these bytes; fails where it is neither film nor sentence, or late."""
    started = time.process_time()
    try:
        film = decode(data, "film").pixels  # here, where its time and its branches are seen
        sentence = "expected nothing"
    except RadiographError as error:
        film, sentence = None, str(error)
    assert sentence.startswith("expected ")
    assert "\n" not in sentence
    assert film is None or film.dtype == np.uint8
    assert time.process_time() - started < SLOWEST
    return film


def answer_archive(data):
    """List and read an archive; fails where that is neither content nor a sentence, or late."""
    started = time.process_time()
    sentence = "expected nothing"
    try:
        archive = Archive(data)
        for name in archive.names:
            archive.read(name)
    except (UsageError, RadiographError) as error:
        sentence = str(error).lower()
    assert sentence.startswith("expected ")
    assert time.process_time() - started < SLOWEST


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
