"""docs/saliency.md states what the shipped model's maps are worth.

`python -m tests.documents.test_saliency` writes its tables from models/lungs/saliency.json.
"""

import json

from tests import ROOT
from xray_core.inference.model_card import DEFAULT_MODEL, load_card, model_folder
from xray_core.reporting.text.saliency_benchmark import SALIENCY_FILE, describe

DOCUMENT = ROOT / "docs" / "saliency.md"
BEGIN, END = "<!-- tables -->\n", "<!-- /tables -->"


def load_report():
    return json.loads((model_folder(DEFAULT_MODEL) / SALIENCY_FILE).read_text())


def tables():
    return "\n".join(describe(load_report())) + "\n"


def test_document_states_the_tables_of_the_shipped_report():
    _, _, rest = DOCUMENT.read_text().partition(BEGIN)
    assert rest.partition(END)[0] == tables()


def test_report_is_of_the_shipped_network():
    """After a training, run `bench saliency` again, then this module."""
    shipped = load_card(DEFAULT_MODEL).raw["files"]["model.tflite"]
    assert load_report()["model"] == {"name": DEFAULT_MODEL, "network": shipped}


if __name__ == "__main__":
    before, _, rest = DOCUMENT.read_text().partition(BEGIN)
    DOCUMENT.write_text(before + BEGIN + tables() + END + rest.partition(END)[2])
