"""Run a network without TensorFlow."""

import os
import queue
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
from ai_edge_litert.interpreter import Interpreter

Run = Callable[[np.ndarray], dict[str, np.ndarray]]

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

    def __init__(self, content: bytes, threads: int = THREADS) -> None:
        self._content = content
        self._threads = threads
        self._idle: queue.LifoQueue[Run | None] = queue.LifoQueue()
        for _ in range(INTERPRETERS):
            self._idle.put(None)  # made when all others are busy

    def __call__(self, values: np.ndarray) -> dict[str, np.ndarray]:
        """Run the network.

        Parameters
        ----------
        values : float32, (batch, rows, columns, channels)

        Returns
        -------
        dict of str to float32 array, by output name
        """
        with self._borrow() as run:
            return run(values)

    @contextmanager
    def _borrow(self) -> Iterator[Run]:
        run = self._idle.get()
        try:
            run = run or self._make()
            yield run
        finally:
            self._idle.put(run)

    def _make(self) -> Run:
        """Make an interpreter; returns a callable, for one thread at a time."""
        interpreter = Interpreter(model_content=self._content, num_threads=self._threads)
        signature = interpreter.get_signature_runner()  # knows the names
        (input_at,) = (tensor["index"] for tensor in signature.get_input_details().values())
        outputs = {name: t["index"] for name, t in signature.get_output_details().items()}
        shape: tuple[int, ...] | None = None

        def run(values: np.ndarray) -> dict[str, np.ndarray]:
            nonlocal shape
            if values.shape != shape:  # the runner of the signature does this at every call
                shape = None
                interpreter.resize_tensor_input(input_at, values.shape)
                interpreter.allocate_tensors()
                shape = values.shape
            interpreter.set_tensor(input_at, values)
            interpreter.invoke()
            return {name: interpreter.get_tensor(at) for name, at in outputs.items()}  # copies

        return run
