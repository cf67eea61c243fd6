"""Run a network without TensorFlow."""

import os
import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
from ai_edge_litert.interpreter import Interpreter

Run = Callable[[np.ndarray], dict[str, np.ndarray]]

THREADS = 2  # for one film at a time; with many at once one thread for each film is faster
INTERPRETERS = max(2, os.cpu_count() or 1)  # one is not for several threads at once


_MAKING = threading.Lock()


@contextmanager
def _without_chatter() -> Iterator[None]:
    """Keep the runtime's greeting off the standard error, which is for people.

    LiteRT writes it from C++ and has no switch for it; nothing else is written in these
    milliseconds. Without a standard error there is nothing to keep.
    """
    try:
        kept = os.dup(2)
    except OSError:
        yield
        return
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nothing)


class LiteRtModel:
    """A LiteRT network that several threads may call.

    Parameters
    ----------
    content
        Of the ``.tflite`` file, so that what was hashed is what runs.
    threads
        Cores that one call uses.
    """

    def __init__(self, content: bytes, threads: int = THREADS) -> None:
        self._content = content
        self._threads = threads
        self._idle: queue.LifoQueue[Run | None] = queue.LifoQueue()
        for _ in range(INTERPRETERS):
            self._idle.put(None)  # made when all others are busy

    def __call__(self, values: np.ndarray) -> dict[str, np.ndarray]:
        """Run the network on float32, (batch, rows, columns, channels).

        Returns
        -------
        dict of str to float32 array, by output name
        """
        run = self._idle.get()
        try:
            run = run or self._make()
            return run(values)
        finally:
            self._idle.put(run)

    def _make(self) -> Run:
        """Make an interpreter; returns a callable, for one thread at a time."""
        with _MAKING, _without_chatter():
            interpreter = Interpreter(model_content=self._content, num_threads=self._threads)
            interpreter.allocate_tensors()
        runner = interpreter.get_signature_runner()
        (name,) = runner.get_input_details()
        return lambda values: runner(**{name: values})
