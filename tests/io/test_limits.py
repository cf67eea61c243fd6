"""A reader that does not come back is given up, and cannot pile up."""

import threading
import time

import pytest

from xray_core.errors import RadiographError
from xray_core.io import limits, radiograph
from xray_core.io.limits import run_within
from xray_core.io.radiograph import load_radiograph


@pytest.fixture
def stuck():
    """A function that waits until the test is over."""
    over = threading.Event()
    yield lambda *arguments: over.wait(30)
    over.set()


def test_result_comes_through():
    assert run_within(5, divmod, 7, 2) == (3, 1)


def test_exception_comes_through_as_it_is():
    with pytest.raises(ZeroDivisionError):
        run_within(5, divmod, 7, 0)


def test_film_that_takes_too_long_gives_a_sentence_in_time(monkeypatch, stuck):
    monkeypatch.setattr(radiograph, "_decode", stuck)
    monkeypatch.setattr(radiograph, "MAX_SECONDS", 0.2)
    started = time.monotonic()
    with pytest.raises(RadiographError, match=r"within 0\.2 s, but 'slow.png' takes longer"):
        load_radiograph(b"a film", "slow.png")
    assert time.monotonic() - started < 5


def test_work_given_up_keeps_its_place_until_it_is_done(monkeypatch, stuck):
    monkeypatch.setattr(limits, "_places", threading.BoundedSemaphore(1))
    with pytest.raises(TimeoutError):
        run_within(0.1, stuck)
    started = []
    with pytest.raises(TimeoutError):
        run_within(0.1, started.append, "second")
    assert started == []
