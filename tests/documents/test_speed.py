"""The documents state the measured speed."""

import json

import pytest

from benchmarks.report import SPEED_FILE, describe_scale, describe_speed
from tests import ROOT

TABLES = {"README.md": ("speed", describe_speed), "docs/scale.md": ("scale", describe_scale)}


def written(path):
    """The document with its table as the figures say."""
    mark, describe = TABLES[path]
    text = (ROOT / path).read_text()
    before, rest = text.split(f"<!-- {mark} -->\n")
    _, after = rest.split(f"<!-- /{mark} -->")
    table = "\n".join(describe(json.loads((ROOT / SPEED_FILE).read_text())))
    return f"{before}<!-- {mark} -->\n{table}\n<!-- /{mark} -->{after}"


@pytest.mark.parametrize("path", TABLES)
def test_document_states_the_measured_speed(path):
    assert (ROOT / path).read_text() == written(path)


if __name__ == "__main__":
    for path in TABLES:
        (ROOT / path).write_text(written(path))
