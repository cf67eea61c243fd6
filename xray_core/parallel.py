"""Work on many films at once, in order and with bounded memory."""

import os
from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

import cv2

Item = TypeVar("Item")
Result = TypeVar("Result")


def map_in_order(
    function: Callable[[Item], Result], items: Iterable[Item], workers: int | None = None
) -> Generator[Result, None, None]:
    """Yield ``function(item)`` for each item, in order, from a few threads.

    Decoding and inference release the interpreter lock, so threads keep all cores busy. At most
    twice as many items as workers are ahead of the caller, however many there are. An exception of
    ``function`` arrives where its result would have, and cancels what has not begun.
    """
    workers = workers or os.cpu_count() or 1
    cv2.setNumThreads(1)  # the other cores are busy with other films
    with ThreadPoolExecutor(workers) as pool:
        ahead: deque[Future[Result]] = deque()
        try:
            for item in items:
                ahead.append(pool.submit(function, item))
                if len(ahead) > 2 * workers:
                    yield ahead.popleft().result()
            while ahead:
                yield ahead.popleft().result()
        finally:
            for future in ahead:
                future.cancel()
