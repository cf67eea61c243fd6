"""What all tests of the pages share."""

import functools
import gc

import pytest
from streamlit.components.v2 import manifest_scanner


@pytest.fixture(scope="session", autouse=True)
def installed_components_are_looked_for_once():
    """Each run of a page in a test reads the metadata of every installed package: most of its time.

    None is installed while tests run, so the first answer holds.
    """
    with pytest.MonkeyPatch.context() as patch:
        once = functools.cache(manifest_scanner.scan_component_manifests)
        patch.setattr(manifest_scanner, "scan_component_manifests", once)
        yield


@pytest.fixture(scope="module", autouse=True)
def garbage_is_sought_among_what_a_page_has_made():
    """Each run of a page ends with a full collection, half a second once TensorFlow is loaded."""
    gc.freeze()
    yield
    gc.unfreeze()
