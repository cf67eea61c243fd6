"""Where a model fails, said from its test reports."""

from typing import Any

from xray_core.evaluation.drawn_films import Judged
from xray_core.reporting.wording import DECISIONS, class_title, count, measured, percent, verdict


def describe_errors(evaluation: dict[str, Any]) -> str:
    """Say how many films of the test were called wrong, on which side, at the operating point."""
    confusion = evaluation["confusion"]
    missed, alarms = confusion["fn"], confusion["fp"]
    ill, healthy = confusion["tp"] + missed, confusion["tn"] + alarms
    return (
        f"On the official test it misses {missed:,} of {count(ill, 'film')} with pneumonia and "
        f"raises {count(alarms, 'false alarm')} on {count(healthy, 'normal film')}."
    )


def describe_probability(evaluation: dict[str, Any]) -> str:
    """Name the bin of films whose stated probability was furthest from the truth.

    Bins of a reliability curve hold about equally many films. '' where there is none.
    """
    bins = evaluation["reliability"]
    rows = list(zip(bins["probability"], bins["observed"], bins["n"], strict=True))
    if not rows:
        return ""
    said, was, films = max(rows, key=lambda row: abs(row[0] - row[1]))
    high = "high" if said > was else "low"
    return (
        f"Its probabilities are furthest off where it says about {percent(said)}: of these "
        f"{count(films, 'test film')}, {percent(was)} show pneumonia, so there it is too {high}."
    )


def list_kinds(evaluation: dict[str, Any]) -> list[dict[str, str]]:
    """Sensitivity for each kind of pneumonia."""
    return [
        {
            "Kind": class_title(name),
            "Films": f"{result['sensitivity']['n']:,}",
            "Sensitivity": measured(result["sensitivity"]),
        }
        for name, result in evaluation.get("subgroups", {}).items()
    ]


def describe_kinds(evaluation: dict[str, Any]) -> str:
    """Say which class is most often taken for another; '' for a model of two classes."""
    report = evaluation.get("three_class")
    if not report:
        return ""
    classes, confusion = report["classes"], report["confusion"]
    errors = {
        (truth, answer): confusion[row][column]
        for row, truth in enumerate(classes)
        for column, answer in enumerate(classes)
        if row != column
    }
    (truth, answer), films = max(errors.items(), key=lambda item: item[1])
    total = sum(confusion[classes.index(truth)])
    return (
        f"Which kind it is, it knows less well: the right one of {len(classes)} classes in "
        f"{measured(report['accuracy'])} of the films. Most often it takes "
        f"{class_title(truth).lower()} for {class_title(answer).lower()}: {films:,} of {total:,} "
        "films. A film shows where the lung is dense, not which germ did it."
    )


def describe_external(report: dict[str, Any]) -> str:
    """Say what films from elsewhere cost: where it guesses, and how the projection moves it.

    From `xray_core.inference.model_card.load_external`.
    """
    known = [group for group in report["groups"] if group["auc"].get("interval")]
    lost = [group["name"] for group in known if group["auc"]["interval"][0] <= 0.5]
    said = []
    if lost:
        said.append(
            "An AUC of 0.5 is guessing, and the interval reaches it in "
            f"{len(lost)} of {count(len(known), 'comparison')}: {', '.join(lost)}."
        )
    if "ap_minus_pa" in report:
        said.append(
            "A normal film taken lying (AP) scores "
            f"{measured(report['ap_minus_pa'], 2)} log-odds above one taken standing (PA)."
        )
    return " ".join(said)


def describe_drawn(judged: Judged) -> str:
    """Say what a network answers for a drawn film, and how often it errs on films drawn so."""
    said, label = judged.analysis.prediction, judged.film.label
    told = DECISIONS[said.decision].lower()
    if not said.refused:
        told += f", {percent(said.probability)} ({percent(judged.before)} as it came)"
    return (
        f"Its answer: *{told}* – {verdict(said.decision, label)}. Of {count(judged.n, 'film')} "
        f"drawn so it calls {judged.wrong} wrong and gives no answer for {judged.unsure}."
    )
