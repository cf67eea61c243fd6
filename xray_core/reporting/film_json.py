"""One film's answer to keep: as a JSON record, and as the code that gives it again."""

import math
from dataclasses import replace

from xray_core.batch.table import prediction_row
from xray_core.classifier import INVERTED_BACK

LEFT_OUT = (
    "The file's header says something that the model was not made for; headers are left out here."
)


def without_header(analysis):
    """Leave out what the film's file says in its header, such as an age, but say that it is so.

    Parameters
    ----------
    analysis : Analysis

    Returns
    -------
    Analysis
        Among its reasons, LEFT_OUT in place of those from the header.
    """
    header = set(analysis.radiograph.warnings) - {INVERTED_BACK}
    reasons = tuple(each for each in analysis.prediction.reasons if each not in header)
    if len(reasons) == len(analysis.prediction.reasons):
        return analysis
    return replace(analysis, prediction=replace(analysis.prediction, reasons=(*reasons, LEFT_OUT)))


def film_record(file, analysis, regions, summary):
    """Put an analysis with its regions into one object: what ``explain`` prints.

    Parameters
    ----------
    file : str
        What to call the film.
    analysis : Analysis
    regions, summary : tuple of Region, str
        See `xray_core.saliency.regions.describe_regions`.

    Returns
    -------
    dict
        The columns of `xray_core.batch.table.prediction_row`, then ``method`` and ``target`` str,
        ``evidence`` str, the summary, and ``regions`` list of dict. Nothing in it is nan.
    """
    refused = analysis.prediction.decision == "refused"
    return {
        **prediction_row(file, analysis.prediction),
        "method": analysis.explanation.method,
        "target": analysis.explanation.target,
        "evidence": None if refused else summary,
        "regions": [] if refused else [_region(region) for region in regions],
    }


def _region(region):
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


def python_snippet(card, point, explanation, file="film.jpeg"):
    """Write the Python that answers for a film as the page does.

    Parameters
    ----------
    card : ModelCard
    point : OperatingPoint
        One of the card's.
    explanation : Explanation
        The one to get again; its method and target are named.
    file : str
        Path of the film.

    Returns
    -------
    str
        Prints the decision, the probability (nan where refused) and the reasons.
    """
    method, target = explanation.method, explanation.target
    default = point.name == card.default_operating_point.name
    lines = [
        "from xray_core import load_classifier, load_radiograph",
        *([] if default else ["from xray_core.classifier import decide"]),
        "",
        f"classifier = load_classifier({card.name!r})",
        f"radiograph = load_radiograph({file!r})",
        f"analysis = classifier.analyze(radiograph, method={method!r}, target={target!r})",
        "prediction = analysis.prediction",
        "decision = prediction.decision",
    ]
    if not default:
        lines += [
            'if decision != "refused":',
            "    points = {point.name: point for point in classifier.card.operating_points}",
            "    _, decision = decide(",
            f"        prediction.probability, points[{point.name!r}], classifier.card.uncertain",
            "    )",
        ]
    lines += ["print(decision, prediction.probability, *prediction.reasons)"]
    return "\n".join(lines) + "\n"
