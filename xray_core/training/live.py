"""One training of a visitor, as a program: ``python -m xray_core.training.live FOLDER``.

``FOLDER/settings.json`` says what to train; what happens goes to ``FOLDER/events.jsonl``, one JSON
object a line; the model to ``FOLDER/models/NAME``. On SIGTERM it ends after the step in progress,
and begins again after its last whole epoch when it is called again. It ends when its standard
input does: whoever started it is gone then.
"""

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

Item = TypeVar("Item")

SETTINGS, EVENTS = "settings.json", "events.jsonl"
EVERY = 2.0  # seconds between two words about the films read


class StoppedError(Exception):
    """Somebody has asked to stop."""


class Teller:
    """Tells whoever watches what happens, and knows whether to stop."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._begun = time.monotonic()
        self._stop = threading.Event()

    def __call__(self, kind: str, **facts: Any) -> None:
        """Tell one thing; StoppedError where somebody has asked to stop."""
        self.check()
        self.say(kind, **facts)

    def say(self, kind: str, **facts: Any) -> None:
        """Tell one thing whatever was asked."""
        seconds = round(time.monotonic() - self._begun, 2)
        line = json.dumps({"kind": kind, "at": seconds, **facts}, allow_nan=False)
        with self._path.open("a", encoding="utf-8") as file:
            file.write(f"{line}\n")

    def stop(self, *_: object) -> None:
        self._stop.set()

    def check(self) -> None:
        if self._stop.is_set():
            raise StoppedError

    def along(self, items: Iterable[Item], words: str, total: int) -> Iterator[Item]:
        """Go through items, telling now and then how far it is."""
        told = -EVERY
        for number, item in enumerate(items):
            self.check()
            if time.monotonic() - told >= EVERY:
                told = time.monotonic()
                said = f"{words}: {number:,} of {total:,}"
                self("stage", words=said, read=round(number / max(total, 1), 3))
            yield item


def lower(core: int | None, nice: int) -> None:
    """Take one core only, and that, at a niceness of 19, only where nobody else wants it."""
    os.nice(nice)
    if nice >= 19:
        with suppress(OSError, AttributeError):  # not every system has these
            os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    with suppress(OSError):
        Path("/proc/self/autogroup").write_text(str(nice))
    with suppress(OSError, AttributeError):
        cores = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, {cores[-1 - (core or 0) % len(cores)]})


def end_with_caller() -> None:
    """End this program when its standard input ends."""

    def watch() -> None:
        with suppress(OSError):
            while os.read(0, 1):
                pass
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def main(folder: Path) -> int:
    """Train what the folder says."""
    end_with_caller()
    job = json.loads((folder / SETTINGS).read_text(encoding="utf-8"))
    lower(job.get("core"), int(job.get("nice", 19)))
    tell = Teller(folder / EVENTS)
    signal.signal(signal.SIGTERM, tell.stop)
    from xray_core.errors import XrayError

    try:
        tell("stage", words="Starting")
        from xray_core.training.home_made import make  # Keras: some seconds, at lowest priority

        make(job, folder, tell)
    except StoppedError:
        tell.say("stopped")
    except XrayError as error:
        tell.say("failed", problem=str(error))
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
