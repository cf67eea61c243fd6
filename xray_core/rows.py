"""The row that every table of answers is made of: the same for one film and for a folder."""

import math

COLUMNS = ("file", "label", "probability", "decision", "reasons", "model", "error")


def prediction_row(file, analysis):
    """Put an analysis into the columns of a table.

    Returns
    -------
    dict
        ``file`` str; ``label`` 'NORMAL', 'PNEUMONIA', or '' where refused; ``probability`` float,
        or None where refused; ``decision`` str; ``reasons`` list of str; ``model`` str; ``error``
        None.
    """
    prediction = analysis.prediction
    known = math.isfinite(prediction.probability)
    return {
        "file": str(file),
        "label": prediction.label,
        "probability": float(prediction.probability) if known else None,
        "decision": prediction.decision,
        "reasons": list(prediction.reasons),
        "model": prediction.model,
        "error": None,
    }


def error_row(file, error, model):
    """Put a file that could not be read into the same columns.

    It counts as refused, so that every row has a decision; ``error`` tells it from a film that was
    read and refused.
    """
    return {
        "file": str(file),
        "label": "",
        "probability": None,
        "decision": "refused",
        "reasons": [],
        "model": model,
        "error": str(error),
    }
