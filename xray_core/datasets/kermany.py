"""What was published: names, what they say, and checksums. No film is needed for any of it.

The published names are ``personN_bacteria_M`` and ``personN_virus_M``, with N counted separately
for bacteria and virus, so that person 1 with bacteria and person 1 with a virus are two children;
and ``IM-N-…`` or ``NORMAL2-IM-N-…`` for normal films, two series of studies with their own counts.
"""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

TABLES = Path(__file__).parent / "tables"
ODD_DEVICE = Path(__file__).parents[1] / "training" / "odd_device.txt"

# Of the 16 samples the one whose opacity everybody sees: dense, in one lung, with its border.
CLEAR_CASE = "person1954_bacteria_4886.jpeg"

PNEUMONIA_NAME = re.compile(r"person(\d+)_(bacteria|virus)_\d+", re.IGNORECASE)
NORMAL_NAME = re.compile(r"(NORMAL2-)?IM-(\d+)-\d+", re.IGNORECASE)
# The original publication of the same study, and its retinal companion, name class and patient.
ORIGINAL_NAME = re.compile(r"(NORMAL|BACTERIA|VIRUS|CNV|DME|DRUSEN)-(\d+)-\d+", re.IGNORECASE)


def parse_name(name: str) -> tuple[str, str]:
    """Read subtype and patient off a published file name; both '' for a name of another kind."""
    if match := PNEUMONIA_NAME.match(name):
        subtype = match[2].lower()
        return subtype, f"{subtype}-{int(match[1])}"
    if match := NORMAL_NAME.match(name):
        series = "normal2" if match[1] else "normal"
        return "normal", f"{series}-{int(match[2])}"
    if match := ORIGINAL_NAME.match(name):
        kind = match[1].lower()
        # 'study' keeps these numbers apart from the ones above, which count otherwise.
        return (kind if kind in ("normal", "bacteria", "virus") else ""), f"{kind}-study-{match[2]}"
    return "", ""


def load_manifest() -> pd.DataFrame:
    """Table of all 5,856 published films, whether or not an image is at hand.

    The columns are split, label, subtype, patient, name, and the published original's width and
    height in pixels (missing for five films).
    """
    import pandas as pd  # half a second that a prediction does not need

    table = pd.read_csv(
        TABLES / "manifest.csv.gz",
        dtype={"split": "str", "label": "str", "name": "str", "width": "Int64", "height": "Int64"},
    )
    parsed = [parse_name(name) for name in table["name"]]
    table.insert(2, "subtype", pd.Series([subtype for subtype, _ in parsed], dtype="str"))
    table.insert(3, "patient", pd.Series([patient for _, patient in parsed], dtype="str"))
    return table


def load_sample_table() -> list[dict[str, str]]:
    """Return the 16 sample films as dicts with label, name, bytes and sha256, all text."""
    with (TABLES / "samples.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def odd_device() -> frozenset[str]:
    """Names, without suffix, of the train films of one device: 160 viral, 39 bacterial, no normal.

    Its films carry a large R, the time at the top right and the tube's voltage, as in "KV59", at
    the bottom right. They were found within train alone, at 224 px: eleven voltages cut out of
    viral films, in four sizes, and 26 more that these had found, were matched with the lower right
    corner of every film, both less their blur (sigma 2). Down to a correlation of 0.80 every find
    was the device's; below, each of the best 120 by this match and 1,296 more by it and by two
    others (of the plain grey levels, and of their top-hat) was looked at, and 32 were the device's.
    A voltage that was cropped away is not found.
    """
    return frozenset(ODD_DEVICE.read_text(encoding="utf-8").split())
