"""What glibc's heap is told; elsewhere memory is kept and goes back by itself or not."""

import ctypes
import gc
from contextlib import suppress

KEPT = 32 * 2**20  # bytes; to as much glibc goes by itself after large films
TRIM_THRESHOLD, MMAP_THRESHOLD = -1, -3


def keep_memory() -> None:
    """Let the heap keep what one film has taken for the next.

    By itself it hands a film's pages back to the system after each step, and fetching them anew
    takes 5 of the 12 ms in which a film of 2,000 x 1,500 is read.
    """
    for threshold in (TRIM_THRESHOLD, MMAP_THRESHOLD):
        ask_the_heap("mallopt", threshold, KEPT)


def give_memory_back() -> None:
    """Free what nobody holds any more, and hand its pages back to the system."""
    gc.collect()
    ask_the_heap("malloc_trim", 0)


def ask_the_heap(question: str, *values: int) -> None:
    """Call a function of glibc's heap."""
    with suppress(OSError, AttributeError):
        getattr(ctypes.CDLL("libc.so.6"), question)(*values)
