"""A clock on work that cannot be interrupted, such as a decoder's, and places for such work."""

import threading
from concurrent.futures import Future
from contextlib import contextmanager

from xray_core.limits import MAX_READERS

_places = threading.BoundedSemaphore(MAX_READERS)


@contextmanager
def hold_place(seconds):
    """Hold one of the MAX_READERS places; TimeoutError where none becomes free in time."""
    if not _places.acquire(timeout=seconds):
        raise TimeoutError
    try:
        yield
    finally:
        _places.release()


def run_within(seconds, function, *arguments):
    """Run a function, and stop waiting for it when its time is over.

    A thread cannot be ended from outside: one that was given up keeps its place among the
    MAX_READERS until it is done, so that no number of such files fills the memory.

    Parameters
    ----------
    seconds : float
        For the function; as long again may pass until it has a place.
    function, arguments

    Returns
    -------
    What the function returns; its exceptions come through.

    Raises
    ------
    TimeoutError
    """
    places, outcome = _places, Future()
    if not places.acquire(timeout=seconds):
        raise TimeoutError

    def work():
        try:
            outcome.set_result(function(*arguments))
        except BaseException as error:
            outcome.set_exception(error)
        finally:
            places.release()

    threading.Thread(target=work, daemon=True).start()
    return outcome.result(timeout=seconds)
