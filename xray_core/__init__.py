"""Read, classify and explain chest radiographs; see `load_radiograph` and `load_classifier`.

Nothing is imported before it is asked for, so that `import xray_core` costs nothing.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from xray_core.classifier import Classifier as Classifier
    from xray_core.classifier import load_classifier as load_classifier
    from xray_core.errors import XrayError as XrayError
    from xray_core.io.radiograph import load_radiograph as load_radiograph
    from xray_core.types import Analysis as Analysis
    from xray_core.types import Explanation as Explanation
    from xray_core.types import Prediction as Prediction
    from xray_core.types import Radiograph as Radiograph

__version__ = "0.1.0"

_HOMES = {
    "load_radiograph": "xray_core.io.radiograph",
    "load_classifier": "xray_core.classifier",
    "Classifier": "xray_core.classifier",
    "Radiograph": "xray_core.types",
    "Analysis": "xray_core.types",
    "Prediction": "xray_core.types",
    "Explanation": "xray_core.types",
    "XrayError": "xray_core.errors",
}
__all__ = ["__version__", *_HOMES]  # pyright: ignore[reportUnsupportedDunderAll]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'xray_core' has no attribute '{name}'")


def __dir__() -> list[str]:
    return sorted(__all__)
