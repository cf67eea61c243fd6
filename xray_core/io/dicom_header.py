"""What a DICOM header says that the models were not made for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydicom import Dataset

CHILDREN, ADULTS = (1, 5), 18
"""Years of age of the children whose films the models were trained on; of adults, from when on."""

SIDE_VIEWS = {"LL", "RL", "LLD", "RLD", "LLO", "RLO", "LAO", "RAO", "LPO", "RPO", "LATERAL", "LAT"}
OTHER_MODALITIES = {
    "CT": "computed tomography",
    "MR": "magnetic resonance",
    "US": "ultrasound",
    "MG": "mammography",
    "NM": "nuclear medicine",
    "PT": "positron emission tomography",
    "XA": "angiography",
    "OP": "a photograph of the eye",
    "SM": "microscopy",
}
SPANS = {"D": ("day", 365.25), "W": ("week", 365.25 / 7), "M": ("month", 12), "Y": ("year", 1)}
"""Units of an age, and how many of them are a year."""


def describe_header(dataset: Dataset) -> list[str]:
    """What the header says that the model was not made for, in words."""
    found = []
    modality = str(dataset.get("Modality") or "")
    if modality in OTHER_MODALITIES:
        found.append(
            f"The file says that it is {OTHER_MODALITIES[modality]}; the model was trained on "
            "radiographs."
        )
    part = re.sub(r"[^A-Z]", "", str(dataset.get("BodyPartExamined") or "").upper())
    if part and not any(word in part for word in ("CHEST", "THORAX", "LUNG", "RIB")):
        found.append("The file says that it shows another part of the body than the chest.")
    view = re.sub(r"[^A-Z]", "", str(dataset.get("ViewPosition") or "").upper())
    if view in SIDE_VIEWS:
        found.append(
            "The file says that it is a lateral or oblique view; the model was trained on frontal "
            "ones."
        )
    age = describe_age(dataset.get("PatientAge"))
    if age:
        found.append(
            f"The model was trained on children of {CHILDREN[0]}-{CHILDREN[1]} years and on "
            f"adults; this film is of {age}."
        )
    return found


def describe_age(age: str | None) -> str:
    """Say an age in words that no trained film is of.

    From a DICOM Age String such as '012Y': 'a 12-year-old'; '' for the ages of CHILDREN and ADULTS,
    or none that can be read.
    """
    match = re.fullmatch(r"\s*(\d{1,3})([DWMY])\s*", str(age or ""))
    if not match:
        return ""
    count, (span, a_year) = int(match[1]), SPANS[match[2]]
    years = count / a_year
    unknown = count == 0 and span == "year"  # what an unknown age is often filled with
    if unknown or CHILDREN[0] <= years < CHILDREN[1] + 1 or years >= ADULTS:
        return ""
    article = "an" if count in (8, 11, 18) or 80 <= count < 90 else "a"
    return f"{article} {count}-{span}-old"
