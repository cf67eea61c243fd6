"""Files that attack the reader cost their visitor a sentence, and others nothing."""

import os
import re
import signal
import threading
import time
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.io import attacks
from tests.io.test_dicom import write_dicom
from xray_core.apart import Helper, HelperLostError, Helpers
from xray_core.errors import RadiographError, UsageError
from xray_core.heap import KEPT
from xray_core.io import decoders, radiograph
from xray_core.io.film_source import open_dropped
from xray_core.io.limits import MAX_DECODER_BYTES
from xray_core.io.radiograph import load_radiograph

GREY = np.tile(np.arange(200, dtype=np.uint16), (240, 1)) * 16
ATTACKS = {
    "one huge tile": (attacks.huge_tile, "4 times its own size in a tile"),
    "many pages": (attacks.many_directories, "of one frame, but 'film' has 1000"),
    "many strips": (attacks.many_offsets, "65,536 values"),
    "many comments": (attacks.many_comments, "60,000 parts"),
    "many chunks": (attacks.many_chunks, "damaged"),
    "many fractions": (attacks.many_rationals, None),
    "the same fractions often": (attacks.overlapping_rationals, None),
    "an endless window": (lambda: attacks.endless_window(write_dicom(GREY)), "16 kB in an element"),
    "many items": (lambda: attacks.many_items(write_dicom(GREY)), "60,000 parts"),
    "many items of known length": (
        lambda: attacks.many_items_of_known_length(write_dicom(GREY)),
        "512 kB in an element",
    ),
    "many elements": (lambda: attacks.many_elements(write_dicom(GREY)), "60,000 parts"),
}


@pytest.fixture
def helper():
    helper = Helper(decoders.decoders._module)
    helper.ask({"name": "warm"}, attacks.encode("PNG"), 30)
    yield helper
    helper.end()


def spent(process):
    """Seconds of a core that a process has taken."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")


def patience():
    """Two seconds, or longer where others keep the machine busy."""
    return 2 * max(1, os.getloadavg()[0] / os.cpu_count())


def peak(process):
    """Most megabytes that a process has held."""
    return held(process, "VmHWM")


def held(process, field="VmRSS"):
    """Megabytes that a process holds."""
    status = Path(f"/proc/{process}/status").read_text()
    return int(re.search(rf"{field}:\s+(\d+)", status)[1]) / 1024


@pytest.mark.parametrize("name", ATTACKS)
def test_attack_is_answered_soon_and_within_its_memory(helper, name):
    make, sentence = ATTACKS[name]
    data = make()
    before = spent(helper._process.pid)
    answer, pixels = helper.ask({"name": "film"}, data, 60)
    assert spent(helper._process.pid) - before < 2
    assert peak(helper._process.pid) < 1000
    if sentence:
        assert sentence in answer["error"]
    else:  # the film is read without its EXIF
        assert bytes(pixels) == attacks.FILM.tobytes()


def test_others_are_answered_while_attacks_go_on():
    films = [attacks.encode("JPEG"), attacks.encode("PNG"), write_dicom(GREY)]
    for film in films:
        load_radiograph(film)
    bad = [attacks.many_items(write_dicom(GREY)), attacks.many_directories()]
    over = threading.Event()

    def attack(data):
        while not over.is_set():
            with pytest.raises(RadiographError):
                load_radiograph(data)

    attackers = [threading.Thread(target=attack, args=(data,)) for data in bad * 2]
    for attacker in attackers:
        attacker.start()
    try:
        for film in films:
            started = time.monotonic()
            assert load_radiograph(film).width == 200
            assert time.monotonic() - started < patience()
    finally:
        over.set()
        for attacker in attackers:
            attacker.join()


def test_archive_of_many_paged_films_says_so_of_each():
    started = time.monotonic()
    for film in open_dropped(attacks.tiffs_in_an_archive(), "films.zip"):
        with pytest.raises(RadiographError, match=r"of one frame, but '.*tif' has 1000"):
            film.open()
    assert time.monotonic() - started < 2 * patience()  # half of it to make the archive


def test_archive_of_equal_names_is_refused_before_they_are_numbered():
    data = attacks.equal_names()
    started = time.monotonic()
    with pytest.raises(UsageError, match=r"at most 10,000 files, but 'films.zip' has 60,000"):
        open_dropped(data, "films.zip")
    assert time.monotonic() - started < patience()


def test_decoder_that_dies_gives_a_sentence_and_is_replaced(monkeypatch):
    pool = Helpers(decoders.decoders._module, 1, 60)
    monkeypatch.setattr(decoders, "decoders", pool)
    film = attacks.encode("PNG")
    load_radiograph(film)
    helper = pool._idle.get()
    os.kill(helper._process.pid, signal.SIGKILL)
    pool._idle.put(helper)
    with monkeypatch.context() as patch:
        patch.setattr(Helper, "alive", True)  # as it was when the film was given to it
        with pytest.raises(RadiographError, match="'film' takes more or breaks its decoder"):
            load_radiograph(film, "film")
    assert load_radiograph(film).width == 200
    pool.end()


def test_films_in_a_row_leave_nothing_in_their_decoder(helper):
    """A TIFF's library leaves each in a cycle; 23 of the largest were once the end of a decoder."""
    film = BytesIO()
    Image.fromarray(np.zeros((3000, 3000), np.uint8)).save(film, "TIFF")
    helper.ask({"name": "film"}, film.getvalue(), 30)
    helper.ask({"name": "other"}, attacks.encode("PNG"), 30)
    before = held(helper._process.pid)
    for _ in range(4):
        answer, _ = helper.ask({"name": "film"}, film.getvalue(), 30)
        assert answer["shape"] == [3000, 3000]
    helper.ask({"name": "other"}, attacks.encode("PNG"), 30)  # it has tidied up before it listens
    assert held(helper._process.pid) - before < 8


def test_decoder_that_does_not_come_back_is_ended_in_time(monkeypatch):
    pool = Helpers("tests.io.stuck", 1, 60)
    monkeypatch.setattr(decoders, "decoders", pool)
    monkeypatch.setattr(decoders, "MAX_SECONDS", 1)
    started = time.monotonic()
    with pytest.raises(RadiographError, match=r"within 20 s, but 'slow.png' takes longer"):
        load_radiograph(attacks.encode("PNG"), "slow.png")
    assert time.monotonic() - started < 3 + patience()
    pool.end()


def test_work_beyond_the_memory_of_a_film_is_lost_not_the_caller():
    greedy = Helper("tests.io.greedy")
    answer, _ = greedy.ask({"bytes": MAX_DECODER_BYTES // 2}, b"", 30)
    assert answer["had"]
    answer, _ = greedy.ask({"bytes": 2 * MAX_DECODER_BYTES}, b"", 30)
    assert not answer["had"]
    greedy.end()
    with pytest.raises(HelperLostError):
        greedy.ask({"bytes": 1}, b"", 30)


def test_memory_goes_back_when_nothing_was_asked_for_a_while():
    helper = Helper("tests.io.greedy")
    helper.ask({"bytes": 1}, b"", 30)
    before = held(helper._process.pid)
    helper.ask({"bytes": 1}, bytes(KEPT // 2), 30)
    deadline = time.monotonic() + 10
    while held(helper._process.pid) - before > 4:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    helper.end()


def test_film_is_the_same_apart_and_here(sample_films):
    data = sample_films[0].read()
    here, apart = radiograph.decode(data, "film"), decoders.decode_apart(data, "film")
    np.testing.assert_array_equal(here[0], apart[0])
    assert here[1:] == apart[1:]
