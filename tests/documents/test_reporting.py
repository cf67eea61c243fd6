"""docs/reporting.md answers every item of both checklists, with a place or a reason."""

import re

import pytest

from tests import ROOT

DOCUMENT = (ROOT / "docs" / "reporting.md").read_text()
LETTERS = {3: "abc", 5: "ab", 6: "abc", 8: "abc", 9: "abc", 12: "abcdefg", 18: "abcdef"}
LETTERS |= {20: "abc", 23: "ab", 27: "abc"}
TRIPOD = [f"{item}{letter}" for item in range(1, 28) for letter in LETTERS.get(item, [""])]
CLAIM = [str(item) for item in range(1, 45)]


def rows_of(title):
    """The rows of a checklist: item, what it asks for, where it stands."""
    part = DOCUMENT.split(f"## {title}\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| (\d+[a-g]?) \| (.+?) \| (.+) \|$", part, re.MULTILINE)
    assert rows
    return rows


@pytest.mark.parametrize(("title", "items"), [("TRIPOD+AI", TRIPOD), ("CLAIM 2024", CLAIM)])
def test_every_item_is_answered_once_and_in_order(title, items):
    assert [item for item, _, _ in rows_of(title)] == items


@pytest.mark.parametrize("title", ["TRIPOD+AI", "CLAIM 2024"])
def test_what_is_not_done_has_a_reason(title):
    for item, _, where in rows_of(title):
        assert re.search(r"\w", where.replace("*not done*", "")), item
