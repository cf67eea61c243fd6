"""Where the files lie that are no code of the package: the models, the app and its pages.

In a checkout they are beside the package, where people look for them. A wheel carries them inside
it, in the folder ``project``, because nothing else of an installed package has a place of its own.
"""

from pathlib import Path

PACKAGE = Path(__file__).parent
_CARRIED = PACKAGE / "project"
INSTALLED = _CARRIED.is_dir()
"""Whether this is an installed copy, and no checkout of the sources."""
PROJECT = _CARRIED if INSTALLED else PACKAGE.parent
"""The folder of ``app.py``, ``pages/``, ``.streamlit/`` and ``models/``."""
