"""What is installed only on demand, and the sentence for those who have not asked for it.

The package alone answers for films. Whatever else it can do needs packages that most who answer for
films can do without: each belongs to an extra, ``pip install "radiolucent[EXTRA]"``.
"""

import importlib.util
import re

from xray_core.errors import MissingPackageError

EXTRAS = {
    "streamlit": "app",
    "plotly": "app",
    "keras": "train",
    "tensorflow": "train",
    "pandas": "measure",
    "scipy": "measure",
    "sklearn": "measure",
    "pyarrow": "parquet",
    "dask": "cluster",
    "distributed": "cluster",
    "fsspec": "cluster",
}
"""The extra that brings a package, by the name the package is imported under."""


def require(package: str) -> None:
    """Raise MissingPackageError where a package of EXTRAS is not installed; imports nothing."""
    if importlib.util.find_spec(package) is None:
        raise MissingPackageError(_sentence(package))


def explain_missing(error: ImportError) -> MissingPackageError | None:
    """Say what to install where an import failed for want of an extra or of a system library.

    Returns
    -------
    MissingPackageError or None
        None where the import failed for another reason, which then is a bug.
    """
    package = (error.name or "").partition(".")[0]
    if isinstance(error, ModuleNotFoundError) and package in EXTRAS:
        return MissingPackageError(_sentence(package))
    library = re.match(r"(\S+): cannot open shared object file", str(error))
    if library:
        return MissingPackageError(
            f"Expected the system library {library[1]}, which is absent: install it (for OpenCV on "
            "Debian and Ubuntu: apt-get install libgl1 libglib2.0-0) and try again."
        )
    return None


def _sentence(package: str) -> str:
    return (
        f"Expected the package {package} for this, but it is not installed: run "
        f'`pip install "radiolucent[{EXTRAS[package]}]"` and try again.'
    )
