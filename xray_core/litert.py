"""Run a network without TensorFlow."""

import os
import queue
from contextlib import contextmanager

from ai_edge_litert.interpreter import Interpreter

THREADS = 2  # for one film at a time; with many at once one thread for each film is faster
INTERPRETERS = max(2, os.cpu_count() or 1)  # one is not for several threads at once


class LiteRtModel:
    """A LiteRT network that several threads may call.

    Parameters
    ----------
    content : bytes
        Of the ``.tflite`` file, so that what was hashed is what runs.
    threads : int
        Cores that one call uses.
    """

    def __init__(self, content, threads=THREADS):
        self._content = content
        self._threads = threads
        self._idle = queue.LifoQueue()
        for _ in range(INTERPRETERS):
            self._idle.put(None)  # made when all others are busy

    def __call__(self, values):
        """Run the network.

        Parameters
        ----------
        values : float32, (batch, rows, columns, channels)

        Returns
        -------
        dict of str to float32 array, by output name
        """
        with self._borrow() as run:
            # copies, because the next call overwrites the interpreter's own arrays
            return {name: output.copy() for name, output in run(**{self._input: values}).items()}

    @contextmanager
    def _borrow(self):
        run = self._idle.get()
        try:
            run = run or self._make()
            yield run
        finally:
            self._idle.put(run)

    def _make(self):
        interpreter = Interpreter(model_content=self._content, num_threads=self._threads)
        (signature,) = interpreter.get_signature_list()
        run = interpreter.get_signature_runner(signature)
        (self._input,) = run.get_input_details()
        return run
