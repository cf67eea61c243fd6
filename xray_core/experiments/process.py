"""The process of a run, within the bounds of time and memory that the server gives it."""

import os
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from xray_core.apart import environment
from xray_core.errors import UsageError

MODULE = "xray_core.training.live"
PATIENCE = 20.0  # seconds after being asked to stop; one step of the largest network takes one

LIMITS = {
    "XRAY_TRAININGS": 1,  # at the same time
    "XRAY_TRAINING_MINUTES": 30,  # of one
    "XRAY_TRAINING_MB": 3000,  # of memory
    "XRAY_TRAINING_NICE": 19,  # 19: only what nobody else wants; 0: like everybody else
    "XRAY_TRAINING_KEEP": 120,  # minutes without a visit after which everything of it is let go
}


def limit(name: str) -> float:
    """What the environment says of one of LIMITS, or its default."""
    said = os.environ.get(name, "")
    try:
        value = float(said or LIMITS[name])
    except ValueError:
        value = 0.0
    if not (value > 0 or (name == "XRAY_TRAINING_NICE" and said == "0")):
        raise UsageError(f"Expected {name} to be a number above 0, got '{said}': set another.")
    return value


class Process:
    """A program that trains what lies in a folder, at the lowest priority on one core."""

    def __init__(self, folder: Path, module: str = MODULE) -> None:
        quiet = {"TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1"}
        self._begun = time.monotonic()
        self._asked = 0.0
        with (folder / "log.txt").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", module, str(folder)],
                stdin=subprocess.PIPE,  # ends with this server, and the program with it
                stdout=subprocess.DEVNULL,
                stderr=log,
                env=environment() | quiet,
                start_new_session=True,  # its priority is its own, and so are signals
            )

    @property
    def seconds(self) -> float:
        """How long it has run."""
        return time.monotonic() - self._begun

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    @property
    def stopping(self) -> bool:
        """Whether it has been asked to stop."""
        return bool(self._asked)

    @property
    def number(self) -> int:
        """By which the system knows it."""
        return self._process.pid

    @property
    def code(self) -> int | None:
        return self._process.poll()

    def memory(self) -> float:
        """Megabytes that it holds; 0 where the system does not say."""
        with suppress(OSError, IndexError, ValueError):
            pages = int(Path(f"/proc/{self._process.pid}/statm").read_text().split()[1])
            return pages * os.sysconf("SC_PAGE_SIZE") / 2**20
        return 0.0

    def stop(self) -> None:
        """Ask it to end after the step in progress."""
        if not self._asked:
            self._asked = time.monotonic()
            self._process.terminate()

    def excess(self) -> str:
        """By which bound it must end now, in a sentence; '' for none."""
        minutes, most = limit("XRAY_TRAINING_MINUTES"), limit("XRAY_TRAINING_MB")
        if self.seconds > 60 * minutes:
            return (
                f"It took longer than {minutes:g} minutes, the most that this server gives a "
                "training (XRAY_TRAINING_MINUTES): choose fewer epochs, fewer films or a smaller "
                "size."
            )
        if self.memory() > most:
            return (
                f"It took more than {most:,.0f} MB of memory, the most that this server gives a "
                "training (XRAY_TRAINING_MB): choose fewer films or a smaller size."
            )
        return ""

    @property
    def patience_is_over(self) -> bool:
        """Whether it was asked to stop and has not."""
        return bool(self._asked) and time.monotonic() - self._asked > PATIENCE

    def end(self) -> None:
        """End it now."""
        self._process.kill()
        self._process.wait()
        if self._process.stdin:
            self._process.stdin.close()
