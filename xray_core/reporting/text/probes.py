"""What probes found, as lines of text."""

from collections.abc import Iterator, Sequence
from typing import Any

from xray_core.reporting.wording import class_title, measured

Row = tuple[str, dict[str, Any]]


def list_probes(report: dict[str, Any]) -> list[tuple[str, list[Row]]]:
    """Every measure of a report of `xray_core.evaluation.probes.run.probe`, by probe and title."""
    makers = {
        "validation": ("Children set aside", _validation),
        "outline": ("O: lungs of one film in the outline of another", _outline),
        "projection": ("P: projection of adults' films", _projection),
        "blocks": ("V2: specificity by study numbers", _blocks),
        "restyled": ("V3: normal films in the odd device's style", _restyled),
        "device": ("V5: the odd device told from others, viral films, AUC", _device),
        "left_out": ("V4: sensitivity on the odd device's films, which were left out", _left_out),
        "sensitivity": ("S: sensitivity on children's films", _sensitivity),
        "copies": ("G: copies of a film, absolute change in log-odds", _copies),
    }
    return [
        (title, list(rows(report[name])))
        for name, (title, rows) in makers.items()
        if name in report
    ]


def table(rows: Sequence[Row]) -> list[dict[str, str]]:
    """A probe's measures as a table for a page."""
    return [
        {"Measure": name, "Films": f"{result['n']:,}", "Value (95% interval)": measured(result, 2)}
        for name, result in rows
    ]


def describe_probes(report: dict[str, Any]) -> Iterator[str]:
    """Yield the lines of a small table for each probe."""
    data, point = report["data"], report["operating_point"]
    yield (
        f"Model {report['model']} on {data['children']:,} films of children and {data['adults']:,} "
        f"of adults that it was not fitted on. Scores are log-odds; called pneumonia from a "
        f"probability of {point['threshold']:.3f} ({point['name']})."
    )
    for title, rows in list_probes(report):
        yield ""
        yield f"{title:<54}{'films':>6}  value (95% interval)"
        for name, result in rows:
            reason = f"  {result['reason']}" if "reason" in result else ""
            top = f", at most {result['max']:.2f}" if result.get("max") is not None else ""
            yield f"  {name:<52}{result['n']:>6}  {measured(result)}{top}{reason}"


def _validation(found: dict[str, Any]) -> Iterator[Row]:
    yield "AUC", found["auc"]
    yield "Specificity", found["specificity"]
    yield "Sensitivity", found["sensitivity"]


def _outline(found: dict[str, Any]) -> Iterator[Row]:
    yield "Effect of the content, log-odds", found["content"]
    yield "Effect of the outline, log-odds", found["outline"]
    yield "Outline's effect over content's", found["ratio"]
    yield "AUC of the content where they disagree", found["disagree"]
    yield "Mean normal lungs in pneumonia's outlines, called", found["blank"]


def _projection(found: dict[str, Any]) -> Iterator[Row]:
    yield "Normal films, AP less PA, log-odds", found["ap_minus_pa"]
    for name, result in found["called"].items():
        yield f"Normal films called pneumonia, {name}", result
    for name, result in found["auc"].items():
        against = "all others" if name == "all others" else f"normal, {name}"
        yield f"AUC, opacity against {against}", result


def _blocks(found: dict[str, Any]) -> Iterator[Row]:
    yield "All", found["all"]
    for name, result in found["blocks"].items():
        yield name + (", the worst" if name == found["worst"] else ""), result


def _restyled(found: dict[str, Any]) -> Iterator[Row]:
    if "change" not in found:
        yield "Change in log-odds", {"value": None, "n": 0, **found}
        return
    yield "Change in log-odds", found["change"]
    yield "Specificity before", found["before"]
    yield "Specificity after", found["after"]


def _device(found: dict[str, Any]) -> Iterator[Row]:
    yield "By the score", found["score"]
    yield "By a linear probe on the features", found["features"]


def _left_out(found: dict[str, Any]) -> Iterator[Row]:
    for name, result in found["sensitivity"].items():
        yield class_title(name), result


def _sensitivity(found: dict[str, Any]) -> Iterator[Row]:
    yield "Bacterial", found["bacteria"]
    yield "Viral", found["virus"]
    yield "Subtle", found["subtle"]


def _copies(found: dict[str, Any]) -> Iterator[Row]:
    measured_copies = {name: spread for name, spread in found.items() if spread["median"]["n"]}
    for name, spread in measured_copies.items():
        yield f"{name.capitalize()}, median", spread["median"]
        yield f"{name.capitalize()}, 95th percentile", spread["p95"] | {"max": spread["max"]}
