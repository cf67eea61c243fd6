"""One short file a command: its words and options, and whom it asks."""

from pathlib import Path

from xray_core.errors import UsageError


def require_folder_of(path: str | Path) -> None:
    """Raise UsageError where the folder is missing that a file is to be written to."""
    if not Path(path).absolute().parent.is_dir():
        raise UsageError(f"The folder of {path} does not exist; create it or choose another.")
