"""Tells what a training would, without one: ``python -m tests.experiments.pretend FOLDER``.

What it does is the name of the folder's run in ``XRAY_PRETEND``: 'quick', 'slow' (until it is
stopped), 'deaf' (also then), 'fat', 'broken', 'dies'.
"""

import json
import os
import signal
import sys
import time
from pathlib import Path

from xray_core.training.live import EVENTS, SETTINGS, StoppedError, Teller, end_with_caller


def main(folder):
    end_with_caller()
    job = json.loads((folder / SETTINGS).read_text())
    does = os.environ["XRAY_PRETEND"]
    tell = Teller(folder / EVENTS)
    signal.signal(signal.SIGTERM, signal.SIG_IGN if does == "deaf" else tell.stop)
    before = (folder / "epochs").read_text() if (folder / "epochs").exists() else "0"
    try:
        tell("begun", epoch=int(before), steps=2, steps_in_all=4)
        if does == "broken":
            tell("failed", problem="Expected films, found none: choose others.")
            return
        if does == "dies":
            os.kill(os.getpid(), signal.SIGKILL)
        held = bytearray(150 * 2**20) if does == "fat" else b""
        epochs = int(before)
        while epochs < 2:
            tell("step", step=2 * epochs + 1, loss=0.5, accuracy=0.5)
            while does in ("slow", "deaf", "fat") and not (before != "0" and held == b""):
                tell.check()
                (folder / "epochs").write_text("1")
                time.sleep(0.02)
            tell("step", step=2 * epochs + 2, loss=0.4, accuracy=0.75)
            epochs += 1
            tell("epoch", epoch=epochs, loss=0.45, accuracy=0.6, val_loss=0.5, val_auc=0.7)
        tell("done", results={"validation": {"n": len(job["validation"])}, "test": None})
    except StoppedError:
        tell.say("stopped")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
