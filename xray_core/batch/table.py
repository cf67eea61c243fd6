"""The row that every table of answers is made of: the same for one film and for a folder."""

import csv
import io
import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from xray_core.types import Prediction

COLUMNS = ("file", "label", "probability", "decision", "reasons", "model", "error")
NUMBERS = ("probability", "threshold", "distance")
FORMULAS = ("=", "+", "-", "@", "\t")
"""How a cell of CSV begins that a spreadsheet takes for a formula."""
LISTS = {"reasons": "string", "places": "string", "shares": "float64"}
"""Columns of a table that are no text."""


def prediction_row(file: str | Path, prediction: Prediction) -> dict[str, Any]:
    """Put a Prediction into the columns of a table.

    Returns
    -------
    dict
        ``file`` str; ``label`` 'NORMAL', 'PNEUMONIA', or '' where refused; ``probability`` float,
        or None where refused or where a site gives none; ``decision`` str; ``reasons`` list of str;
        ``model`` str; ``error`` None; and ``site`` str where a site's calibration is in use.
    """
    shown = not prediction.refused
    known = shown and not math.isnan(prediction.probability)
    row = {
        "file": str(file),
        "label": prediction.label if shown else "",
        "probability": float(prediction.probability) if known else None,
        "decision": prediction.decision,
        "reasons": list(prediction.reasons),
        "model": prediction.model,
        "error": None,
    }
    return row | {"site": prediction.site} if prediction.site else row


def error_row(file: str | Path, error: Exception, model: str) -> dict[str, Any]:
    """Put a file that could not be read into the same columns.

    It counts as refused, so that every row has a decision; ``error`` tells it from a film that was
    read and refused.
    """
    # a name in it may have bytes that are no text
    text = str(error).encode("utf-8", "backslashreplace").decode()
    return dict(zip(COLUMNS, (str(file), "", None, "refused", [], model, text), strict=True))


@contextmanager
def open_table(
    file: BinaryIO, suffix: str, columns: Sequence[str] = COLUMNS
) -> Iterator[Callable[[list[dict[str, Any]]], None]]:
    """Open a table for writing in parts, so that memory stays small however many rows there are.

    Parameters
    ----------
    file : binary file
        Open for writing; it is left open.
    suffix : '.csv' or '.parquet'

    Yields
    ------
    callable
        Appends rows: a list of dict.
    """
    if suffix == ".csv":
        text = io.TextIOWrapper(file, encoding="utf-8", newline="")
        writer = csv.DictWriter(text, columns, lineterminator="\n")
        writer.writeheader()
        yield lambda rows: writer.writerows(map(_flat, rows))
        text.detach()
        return
    import pyarrow
    from pyarrow.parquet import ParquetWriter

    types = dict.fromkeys(NUMBERS, pyarrow.float64())
    types |= {name: pyarrow.list_(getattr(pyarrow, kind)()) for name, kind in LISTS.items()}
    schema = pyarrow.schema([(name, types.get(name, pyarrow.string())) for name in columns])
    with ParquetWriter(file, schema) as writer:
        yield lambda rows: writer.write_table(pyarrow.Table.from_pylist(rows, schema))


def _flat(row: dict[str, Any]) -> dict[str, Any]:
    row = row | {name: "; ".join(map(str, row[name])) for name in LISTS.keys() & row}
    return {name: _no_formula(value) for name, value in row.items()}


def _no_formula(value: Any) -> Any:
    """A cell that a spreadsheet would compute becomes one that it shows, after an apostrophe."""
    if not isinstance(value, str):
        return value
    value = value.replace("\r", " ")  # which the csv module leaves bare, as if a row ended
    return f"'{value}" if value.startswith(FORMULAS) else value
