"""Run a network without TensorFlow."""

import queue
from contextlib import contextmanager

from ai_edge_litert.interpreter import Interpreter

THREADS = 2
INTERPRETERS = 2  # one is not for several threads at once; more only cost memory on two cores


class LiteRtModel:
    """A LiteRT network that several threads may call.

    Parameters
    ----------
    content : bytes
        Of the ``.tflite`` file, so that what was hashed is what runs.
    """

    def __init__(self, content):
        self._content = content
        self._idle = queue.LifoQueue()
        for _ in range(INTERPRETERS):
            self._idle.put(None)  # made on first use

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
        interpreter = Interpreter(model_content=self._content, num_threads=THREADS)
        (signature,) = interpreter.get_signature_list()
        run = interpreter.get_signature_runner(signature)
        (self._input,) = run.get_input_details()
        return run
