"""What other pages will need, loaded while the visitor looks at the first."""

import importlib
import threading

# Half a second together, and on the way to the first explained film.
_LATER = ("pandas", "pyarrow", "plotly.graph_objects")


def _load():
    for name in _LATER:
        importlib.import_module(name)


_thread = threading.Thread(target=_load, name="warm", daemon=True)
_begun = threading.Lock()  # taken once for the server, never given back


def start():
    """Import what other pages need in the background; the second call does nothing."""
    if _begun.acquire(blocking=False):
        _thread.start()


def wait():
    """Wait until nothing is half loaded: plotly takes pandas from `sys.modules` as it is."""
    if _thread.is_alive():
        _thread.join()
