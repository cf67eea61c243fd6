"""Tables of test results in words for people: every value is a str."""

from collections.abc import Iterator, Mapping
from typing import Any

from xray_core.evaluation.evaluate import HEADLINE
from xray_core.reporting.wording import (
    METRICS,
    class_title,
    count,
    difference,
    measured,
    percent,
    shared,
)


def operating_points(evaluation: dict[str, Any]) -> list[dict[str, str]]:
    """What each operating point of the card does on the tested films."""
    return [
        {
            "Operating point": f"{name.capitalize()}, from {percent(point['threshold'])}",
            "Sensitivity": measured(point["sensitivity"]),
            "Specificity": measured(point["specificity"]),
            "Missed": f"{point['confusion']['fn']:,}",
            "False alarms": f"{point['confusion']['fp']:,}",
        }
        for name, point in evaluation["operating_points"].items()
    ]


def external(report: dict[str, Any]) -> list[dict[str, str]]:
    """How well the model ranks films from elsewhere, a row for each comparison.

    From `xray_core.inference.model_card.load_external`.
    """
    return [
        {
            "Films": group["name"][:1].upper() + group["name"][1:],
            "Number": f"{group['n']:,}",
            "With opacity": f"{group['positives']:,}",
            METRICS["auc"].title: measured(group["auc"]),
        }
        for group in report["groups"]
    ]


def called(report: dict[str, Any]) -> list[dict[str, str]]:
    """How many films from elsewhere the model calls pneumonia, by what they truly show."""
    return [
        {
            "Films": (group["name"][:1].upper() + group["name"][1:]).replace("_", " "),
            "Number": f"{group['n']:,}",
            "Called pneumonia": measured(group["share"]),
        }
        for group in report["called"]
    ]


def describe_outcomes(outcomes: Mapping[str, int]) -> str:
    """Say the counts in words."""
    ill, alarms = outcomes["tp"] + outcomes["fn"], outcomes["tp"] + outcomes["fp"]
    healthy = outcomes["fp"] + outcomes["tn"]
    text = (
        f"Of {ill + healthy:,} children, **{ill:,} have pneumonia**: {outcomes['tp']:,} are found, "
        f"**{outcomes['fn']:,} missed**. Of the {healthy:,} without it, {outcomes['tn']:,} are "
        f"cleared and **{outcomes['fp']:,} alarmed for nothing**."
    )
    if not alarms:
        return f"{text} Nobody is called ill."
    return f"{text} So of the {alarms:,} called ill, {outcomes['tp'] / alarms:.0%} are."


def describe_data(report: dict[str, Any]) -> str:
    """Say in two sentences what was measured on what."""
    data, point = report["data"], report["operating_point"]
    where = "/".join(filter(None, (data["folder"], data["split"])))
    share = report.get("refused_share")
    refused = f"{report['refused']:,}" + (f", {shared(share)}" if share else "")
    counts = ", ".join(f"{n:,} {label}" for label, n in data["counts"].items())
    return (
        f"Model {report['model']} on {where}: {count(data['n'], 'film')} ({counts}) of "
        f"{count(data['patients'], 'patient')}, all answered; the quality gate would have "
        f"refused {refused}. Operating point {point['name']}: pneumonia from a "
        f"probability of {point['threshold']:.3f}."
    )


def headline(report: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """A report's main measures by name; what is wrong with the probabilities before how much.

    Reports of before the calibration's intercept and slope were measured have none.
    """
    calibration = {
        f"calibration_{name}": result for name, result in report.get("calibration", {}).items()
    }
    measures = {name: report[name] for name in HEADLINE if name != "ece"}
    return measures | calibration | {"ece": report["ece"]}


def differences(results: Mapping[str, dict[str, Any]]) -> list[dict[str, str]]:
    """By how much one model is better than another, from `xray_core.evaluation.comparison`."""
    return [
        {
            "Measure": METRICS[name].title,
            "Films": f"{result['n']:,}",
            "Difference": difference(result),
        }
        for name, result in results.items()
    ]


def list_measures(report: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Everything that is one number with an interval, by title."""
    rows = [(METRICS[name].title, result) for name, result in headline(report).items()]
    for subtype, group in report["subgroups"].items():
        for name, result in group.items():
            rows.append((f"{METRICS[name].title}, {class_title(subtype).lower()}", result))
    if "three_class" in report:
        classes = report["three_class"]["classes"]
        rows.append((f"Accuracy, {len(classes)} classes", report["three_class"]["accuracy"]))
    return rows


def describe_report(report: dict[str, Any]) -> Iterator[str]:
    """Yield the lines of a small table of the report's measures."""
    yield describe_data(report)
    yield f"{'measure':<32}{'films':>6}  value (95% interval)"
    for title, result in list_measures(report):
        reason = f"  {result['reason']}" if "reason" in result else ""
        yield f"{title:<32}{result['n']:>6}  {measured(result, digits=4)}{reason}"
