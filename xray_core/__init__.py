"""Read, classify and explain chest radiographs; see `load_radiograph` and `load_classifier`."""

import importlib

_HOMES = {
    "load_radiograph": "xray_core.io.radiograph",
    "load_classifier": "xray_core.classifier",
}
__all__ = [*_HOMES]


def __getattr__(name):
    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'xray_core' has no attribute '{name}'")
