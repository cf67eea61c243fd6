"""One film's answer to keep: as a JSON record, and as the code that gives it again."""

import math
from dataclasses import replace
from typing import Any

from xray_core.batch.table import prediction_row
from xray_core.classifier import INVERTED_BACK
from xray_core.inference.model_card import ModelCard
from xray_core.reporting.text.regions import describe_evidence
from xray_core.saliency.regions import Region, find_evidence
from xray_core.types import Analysis, Explanation, OperatingPoint

LEFT_OUT = (
    "The file's header says something that the model was not made for; headers are left out here."
)


def without_header(analysis: Analysis) -> Analysis:
    """Leave out what the film's file says in its header, such as an age, but say that it is so."""
    header = set(analysis.radiograph.warnings) - {INVERTED_BACK}
    prediction = analysis.prediction
    remarks = tuple(each for each in prediction.remarks if each not in header)
    if len(remarks) == len(prediction.remarks):
        return analysis
    return replace(analysis, prediction=replace(prediction, remarks=(*remarks, LEFT_OUT)))


def film_record(file: str, analysis: Analysis) -> dict[str, Any]:
    """Put an analysis with its regions into one object: what ``explain`` prints.

    Returns
    -------
    dict
        The columns of `xray_core.batch.table.prediction_row`, then ``method`` and ``target`` str,
        ``evidence`` str, the summary, and ``regions`` list of dict; of a refused film the last two
        are empty. Nothing in it is nan.
    """
    refused = analysis.prediction.refused
    found = None if refused else find_evidence(analysis)
    return {
        **prediction_row(file, analysis.prediction),
        "method": analysis.explanation.method,
        "target": analysis.explanation.target,
        "evidence": None if found is None else describe_evidence(found),
        "regions": [] if found is None else [_region(region) for region in found.regions],
    }


def _region(region: Region) -> dict[str, Any]:
    return {
        "number": region.number,
        "lung": region.lung,
        "zone": region.zone,
        "share_of_evidence": region.share_of_evidence,
        "share_of_lung": region.share_of_lung,
        "times_the_mean": region.density,
        "grey_levels_above_mirrored": None if math.isnan(region.brighter) else region.brighter,
        "opaque": region.opaque,
    }


def python_snippet(
    card: ModelCard, point: OperatingPoint, explanation: Explanation, file: str = "film.jpeg"
) -> str:
    """Write the Python that answers for a film as the page does.

    Parameters
    ----------
    point
        One of the card's.
    explanation
        The one to get again; its method and target are named.
    file
        Path of the film.

    Returns
    -------
    str
        Prints the decision, the probability (None where refused) and the reasons.
    """
    method, target = explanation.method, explanation.target
    site = ', site=load_site("site.json")' if card.site else ""
    default = point.name == card.default_operating_point.name
    home = ', home=Path("where its ZIP archive was unpacked")' if card.home_made else ""
    lines = [
        *(["from pathlib import Path", ""] if card.home_made else []),
        "from xray_core import load_classifier, load_radiograph",
        *(["from xray_core.inference.site_calibration import load_site"] if card.site else []),
        *([] if default else ["from xray_core.classifier import decide"]),
        "",
        f"classifier = load_classifier({card.name!r}{home}{site})",
        f"radiograph = load_radiograph({file!r})",
        f"analysis = classifier.analyze(radiograph, method={method!r}, target={target!r})",
        "prediction = analysis.prediction",
        "decision = prediction.decision",
        "probability = None if prediction.refused else prediction.probability",
    ]
    if not default:
        lines += [
            "if not prediction.refused:",
            "    points = {point.name: point for point in classifier.card.operating_points}",
            f"    point = points[{point.name!r}]",
            "    _, decision = decide(probability, point, classifier.card.uncertain)",
        ]
    lines += ["print(decision, probability, *prediction.reasons)"]
    return "\n".join(lines) + "\n"
