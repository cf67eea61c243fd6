"""Where runs lie while a server lives, and what is swept up after one that was killed."""

import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

PREFIX = "radiolucent-runs-"


def make_home() -> Path:
    """A folder that only who runs this server can read; those of dead servers go."""
    _sweep()
    return Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))


def _sweep() -> None:
    """Remove what servers left behind that were killed."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with suppress(OSError, ValueError):
            number = int(folder.name.removeprefix(PREFIX).partition("-")[0])
            if folder.stat().st_uid == os.getuid() and not _lives(number):
                shutil.rmtree(folder, ignore_errors=True)


def _lives(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
