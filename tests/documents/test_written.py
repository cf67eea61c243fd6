"""What documents take from measurements and code is what these say now: `make docs` writes it."""

import json
import re

import pytest

from scripts.api_document import describe_api
from scripts.prove_site import SITE_FILE
from scripts.write_documents import load_saliency_report, written_documents
from tests import ROOT
from xray_core.inference.model_card import DEFAULT_MODEL, load_card

DOCUMENTS = (
    "README.md",
    "docs/api.md",
    "docs/at_your_hospital.md",
    "docs/experiments_live.md",
    "docs/saliency.md",
    "docs/scale.md",
)


@pytest.fixture(scope="module")
def written():
    return written_documents()


def test_documents_with_made_parts_are_these(written):
    assert {path.relative_to(ROOT).as_posix() for path in written} == set(DOCUMENTS)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_document_is_what_make_docs_writes(document, written):
    assert (ROOT / document).read_text() == written[ROOT / document]


def test_saliency_report_is_of_the_shipped_network():
    """After a training, run `bench saliency` again, then `make docs`."""
    shipped = load_card(DEFAULT_MODEL).raw["files"]["model.tflite"]
    assert load_saliency_report()["model"] == {"name": DEFAULT_MODEL, "network": shipped}


def test_site_report_is_of_the_shipped_network():
    """After a training, run `python -m scripts.prove_site` again, then `make docs`."""
    shipped = load_card(DEFAULT_MODEL).raw["files"]["model.tflite"]
    assert json.loads((ROOT / SITE_FILE).read_text())["network"] == shipped


def test_reference_tells_parameters_with_their_shapes():
    lines = list(describe_api())
    at = lines.index("## load_radiograph")
    assert lines[at + 3].startswith("def load_radiograph(source")
    assert "- `pixels` (uint8, (rows, columns)): Grey levels." in lines
    assert not [line for line in lines if re.search(r"(?<!`)``(?!`)|^---", line)]
