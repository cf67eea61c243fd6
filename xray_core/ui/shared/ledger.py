"""How many bytes of strangers' files all visits keep together."""

import threading
import weakref

from xray_core.errors import UsageError
from xray_core.io.limits import MAX_SERVER_BYTES

FULL = (
    "Expected a film while there is room for it, but the visits of others fill what the server "
    "keeps: try again in some minutes, or forget films of your own."
)

_lock = threading.RLock()  # a finalizer may run while it is held
_kept = 0


def keep(owner: object, size: int) -> None:
    """Count bytes for as long as their owner lives.

    Raises
    ------
    UsageError
        There is no room; whoever asks must let go of the owner.
    """
    with _lock:
        if total() + size > MAX_SERVER_BYTES:
            raise UsageError(FULL)
        _add(size)
    weakref.finalize(owner, _add, -size)


def total() -> int:
    """Bytes that are kept now."""
    return _kept


def _add(size: int) -> None:
    global _kept
    with _lock:
        _kept += size
