"""Work done apart: in processes of its own, which may hang, fill or die and are then ended.

A helper is a program that answers one question after the other: a few words as JSON, and bytes.
Nothing is pickled, so that a helper that was taken over can say no more than a wrong answer.
"""

import atexit
import gc
import io
import json
import os
import queue
import select
import struct
import subprocess
import sys
import threading
import weakref
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from xray_core.heap import give_memory_back, keep_memory
from xray_core.places import PACKAGE

Words = dict[str, Any]
Message = tuple[Words, bytes | memoryview]

_HEADER = struct.Struct("<IQ")  # lengths of the words and of the bytes
_PIPE = 2**20  # bytes on the way; a film is some megabytes
_MOST = 2**20, 2**28  # words and bytes that are believed


class HelperLostError(Exception):
    """A helper has ended in the middle of its work."""


def environment() -> dict[str, str]:
    """This process's, in which another Python finds this package wherever it lies."""
    path = os.pathsep.join([str(PACKAGE.parent), *filter(None, [os.getenv("PYTHONPATH")])])
    return {**os.environ, "PYTHONPATH": path}


class Helper:
    """One such program, ``python -m module``, which calls `serve`."""

    def __init__(self, module: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # libraries quote there what they were given
            env=environment(),
            bufsize=0,
            pipesize=_PIPE,
            start_new_session=True,  # a signal to the terminal's programs is the caller's business
        )
        _running.add(self)
        self._questions: Any = self._process.stdin
        self._answers: Any = io.BufferedReader(self._process.stdout)

    def ask(self, words: Words, data: bytes, seconds: float) -> Message:
        """Ask a question, and wait so long for the answer.

        Raises
        ------
        TimeoutError, HelperLostError
            The helper has ended.
        """
        late = threading.Event()

        def give_up() -> None:
            late.set()
            self._process.kill()

        clock = threading.Timer(seconds, give_up)
        clock.daemon = True
        clock.start()
        try:
            _send(self._questions, words, data)
            return _receive(self._answers)
        except (OSError, EOFError, ValueError) as error:  # a ValueError where it was ended before
            self.end()
            raise (TimeoutError if late.is_set() else HelperLostError) from error
        finally:
            clock.cancel()

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def end(self) -> None:
        """End the program now."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._questions, self._answers):
            with suppress(OSError):  # of what was still on the way
                pipe.close()


class Turns:
    """Places for work at the same time, given in the order in which they were asked for.

    With a semaphore whoever comes again and again can keep out who waits.
    """

    def __init__(self, places: int) -> None:
        self._free = places
        self._waiting: deque[threading.Lock] = deque()
        self._lock = threading.Lock()

    @contextmanager
    def take(self, patience: float) -> Iterator[None]:
        """Hold a place; TimeoutError where none becomes free in so many seconds."""
        turn = threading.Lock()
        with self._lock:
            if self._free:
                self._free -= 1
            else:
                turn.acquire()
                self._waiting.append(turn)
        if not turn.acquire(timeout=patience):
            with self._lock:
                if turn in self._waiting:
                    self._waiting.remove(turn)
                    raise TimeoutError
        try:
            yield
        finally:
            with self._lock:
                if self._waiting:
                    self._waiting.popleft().release()
                else:
                    self._free += 1


_running: weakref.WeakSet[Helper] = weakref.WeakSet()


@atexit.register
def end_all() -> None:
    """End every helper, also those that are at work: nobody waits for their answers any more."""
    for helper in list(_running):
        helper.end()


class Helpers:
    """Helpers of one kind that several threads may ask.

    Parameters
    ----------
    module
    most
        That work at the same time.
    patience
        Seconds that a question waits until one of them is free.
    idle
        Seconds without a question after which they end; None for never.
    """

    def __init__(self, module: str, most: int, patience: float, idle: float | None = None) -> None:
        self._module = module
        self._patience = patience
        self._idle_seconds = idle
        self._places = Turns(most)
        self._idle: queue.SimpleQueue[Helper] = queue.SimpleQueue()
        self._clock: threading.Timer | None = None
        self._lock = threading.Lock()

    def warm(self) -> None:
        """Have a helper ready before it is asked."""
        if self._idle.empty():
            self._idle.put(Helper(self._module))

    def ask(self, words: Words, data: bytes, seconds: float) -> Message:
        """Ask whichever helper is free, see `Helper.ask`."""
        with self._places.take(self._patience):
            helper = self._ready()
            try:
                answer = helper.ask(words, data, seconds)
            except (TimeoutError, HelperLostError):
                self.warm()
                raise
            self._idle.put(helper)
            self._wind_clock()
            return answer

    def _ready(self) -> Helper:
        """A helper with nothing to do; one that has ended meanwhile is no answer's fault."""
        with suppress(queue.Empty):
            while True:
                helper = self._idle.get_nowait()
                if helper.alive:
                    return helper
                helper.end()
        return Helper(self._module)

    def end(self) -> None:
        """End the helpers that have nothing to do."""
        with suppress(queue.Empty):
            while True:
                self._idle.get_nowait().end()

    def _wind_clock(self) -> None:
        if self._idle_seconds is None:
            return
        with self._lock:
            if self._clock:
                self._clock.cancel()
            self._clock = threading.Timer(self._idle_seconds, self.end)
            self._clock.daemon = True
            self._clock.start()


def serve(answer: Callable[[Words, bytes], Message], pause: float = 10) -> None:
    """Answer questions until the asking process is gone; called by a helper's program.

    After so many seconds without a question the memory goes back to the system; were it after each,
    a DICOM of 6 MB would be read in 22 ms instead of 9.
    """
    questions = os.fdopen(0, "rb")
    answers = os.fdopen(os.dup(1), "wb", 0)
    os.dup2(2, 1)  # whatever else a library prints goes nowhere
    keep_memory()
    gc.freeze()  # what is loaded stays, and need not be looked through each time
    with suppress(EOFError, BrokenPipeError):
        while True:
            _send(answers, *answer(*_receive(questions)))
            # Libraries leave a film's bytes in cycles: few objects, many megabytes. By itself
            # Python finds them after dozens of films, and until then each counts against the next.
            gc.collect()
            if not select.select([questions], [], [], pause)[0]:
                give_memory_back()


def limit_memory(more: int) -> None:
    """Let this process take so many more bytes of address space, where the system can say so."""
    with suppress(ImportError, OSError):
        import resource

        with open("/proc/self/statm") as pages:
            held = int(pages.read().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (held + more, held + more))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # what it held must not reach a disk


def _send(pipe: Any, words: Words, data: bytes | memoryview) -> None:
    text, content = json.dumps(words).encode(), memoryview(data).cast("B")
    for view in (memoryview(_HEADER.pack(len(text), len(content)) + text), content):
        while view:
            view = view[pipe.write(view) :]


def _receive(pipe: Any) -> tuple[Words, bytes]:
    length, size = _HEADER.unpack(_read(pipe, _HEADER.size))
    if length > _MOST[0] or size > _MOST[1]:
        raise EOFError
    return json.loads(_read(pipe, length)), _read(pipe, size)


def _read(pipe: Any, size: int) -> bytes:
    content: bytes = pipe.read(size)
    if len(content) < size:
        raise EOFError
    return content
