"""What a validation, a calibration and a watch on a site's films say, in plain sentences."""

from collections.abc import Mapping
from typing import Any

from xray_core.reporting.wording import count, difference, listed, measured, percent, shared

GOOD, POOR = 0.9, 0.8
"""AUC from which ranking is called good, and below which it is called poor."""
WIDE = 0.1  # half the width of an interval from which a share is called hardly known
FAR_BANDS = (0.8, 1.25)
"""Energies of a band, against the films the network learned from, that are called alike."""


def describe_validation(report: Mapping[str, Any]) -> list[str]:
    """Say what the model is good for on these films, how sure that is, and what would settle it."""
    return [
        _describe_ranking(report),
        _describe_point(report),
        _describe_zero(report),
        _describe_benefit(report),
        _describe_need(report),
        _describe_drift(report),
        *_describe_groups(report),
        *report["notes"],
    ]


def _describe_ranking(report: Mapping[str, Any]) -> str:
    auc, data = report["auc"], report["data"]
    low, high = auc["interval"] or (0.0, 1.0)
    films = (
        f"{data['counts']['NORMAL']:,} normal films and {data['counts']['PNEUMONIA']:,} with "
        f"pneumonia, of {count(data['patients'], 'patient')}"
    )
    if low >= GOOD:
        said = "The model ranks these films well: with a zero that fits, it can sort them."
    elif high < POOR:
        said = (
            "The model ranks these films badly, and no calibration mends that: it is of little use "
            "here, whatever its threshold."
        )
    elif high - low > 2 * WIDE:
        said = "How well the model ranks these films is not known yet: there are too few."
    elif auc["value"] >= GOOD:
        said = "The model seems to rank these films well; the interval leaves some doubt."
    else:
        said = "The model ranks these films so-so: it sorts a pile, and errs often on single films."
    return f"{said} AUC {measured(auc)} on {films}."


def _describe_point(report: Mapping[str, Any]) -> str:
    point, sites = report["operating_point"], report["site"]
    what = f"calibrated for {sites}" if sites else "as the model comes"
    wide = any(
        high - low > 2 * WIDE
        for low, high in (
            report[name]["interval"] or (0, 1) for name in ("sensitivity", "specificity")
        )
    )
    unsure = " These are hardly known: the intervals are wide." if wide else ""
    return (
        f"Called pneumonia from {percent(point['threshold'])} on, {what}: it finds "
        f"{shared(report['sensitivity'])} of the pneumonias and clears "
        f"{shared(report['specificity'])} of the normal films; in brackets 95% intervals.{unsure}"
    )


def _describe_zero(report: Mapping[str, Any]) -> str:
    intercept, slope = (report["calibration"][name] for name in ("intercept", "slope"))
    low, high = intercept["interval"] or (-9.0, 9.0)
    steep = f", slope {measured(slope, 2)}" if slope["value"] is not None else ""
    figures = f"Calibration intercept {difference(intercept, 2)}{steep}."
    if low <= 0 <= high:
        return f"Nothing shows that the zero of its score is wrong here. {figures}"
    way = "low" if low > 0 else "high"
    return (
        f"The zero of its score is wrong here: the probabilities are too {way}. "
        f"Calibrating on the site's own films moves it. {figures}"
    )


def _describe_benefit(report: Mapping[str, Any]) -> str:
    curve = report["net_benefit"]
    better = [
        threshold
        for threshold, model, everyone in zip(
            curve["threshold"], curve["model"], curve["all"], strict=True
        )
        if model > max(everyone, 0.0) + 1e-12
    ]
    where = (
        f"Where {percent(curve['prevalence'])} of the films show pneumonia"
        if report["prevalence_given"]
        else f"At the mix of these films, {percent(curve['prevalence'])} pneumonia, which is "
        "seldom that of the ward"
    )
    if not better:
        return f"{where}, it is never better than treating all or none: no net benefit."
    unbroken = len(better) == sum(better[0] <= t <= better[-1] for t in curve["threshold"])
    who = "whoever acts" if unbroken else "some who act"
    return (
        f"{where}, acting on it has more net benefit than treating all or none for {who} "
        f"from a probability between {percent(better[0])} and {percent(better[-1])} on."
    )


def _describe_need(report: Mapping[str, Any]) -> str:
    counts = report["data"]["counts"]
    here = {"sensitivity": counts["PNEUMONIA"], "specificity": counts["NORMAL"]}
    kinds = {"sensitivity": "films with pneumonia", "specificity": "normal films"}
    lacking = [
        f"{n:,} {kinds[name]} (here {here[name]:,})"
        for name, n in report["needed"].items()
        if n > here[name]
    ]
    if not lacking:
        return "There are enough films: both shares are known to within 5 points or about that."
    return f"To know both shares to within 5 points would take about {listed(lacking)}."


def _describe_drift(report: Mapping[str, Any]) -> str:
    drift, share = report["drift"], report["refused_share"]
    parts = [f"The gate would refuse {shared(share)} of the films"]
    parts.append(
        f"their median distance to films it knows is {drift['distance']['p50']:.2f} of the largest "
        "it accepts"
    )
    low, high = FAR_BANDS
    odd = [f"{k + 1} ({x:.2f})" for k, x in enumerate(drift["bands"]) if not low <= x <= high]
    if drift["bands"]:
        parts.append(
            f"bands of detail unlike those it learned from, 1 being alike: {listed(odd)} of "
            f"{len(drift['bands'])}, finest first"
            if odd
            else "every band of detail is about as strong as in the films it learned from"
        )
    return "; ".join(parts) + "."


def _describe_groups(report: Mapping[str, Any]) -> list[str]:
    groups = report["groups"]
    if not groups:
        return []
    mix = listed([f"{group['name'] or 'unknown'} {group['n']:,}" for group in groups])
    said = [f"Mix by {report['by']}: {mix}."]
    bounds = [
        (group["name"], *group["auc"]["interval"])
        for group in groups
        if group.get("auc", {}).get("interval")
    ]
    for name, low, high in bounds:
        if all(high < other for _, other, _ in bounds if other != low) and len(bounds) > 1:
            said.append(f"Among {name} films it ranks worse than among all others.")
    return said


def tripod_items(report: Mapping[str, Any]) -> list[dict[str, str]]:
    """What TRIPOD+AI asks of the report of a validation, as far as the films tell.

    References
    ----------
    Collins et al., "TRIPOD+AI statement", BMJ 2024.
    """
    data, point = report["data"], report["operating_point"]
    rows = {
        "Kind of study": "External validation of an existing model; nothing was fitted on these "
        "films"
        + (
            f", but the calibration comes from films of {report['site']}: are these others?"
            if report["site"]
            else "."
        ),
        "Participants": f"{count(data['n'], 'film')} of {count(data['patients'], 'patient')}; "
        "how they were chosen and whom they stand for is to be said by whoever brought them.",
        "Outcome": f"Labelled {data['counts']['NORMAL']:,} normal and "
        f"{data['counts']['PNEUMONIA']:,} pneumonia by whoever brought them; who read them, how, "
        "and whether blinded to the model, is to be added.",
        "Predictors": "The pixels of one frontal chest film; nothing else.",
        "Sample size": f"As many as were brought; for shares to within 5 points about "
        f"{report['needed']['sensitivity']:,} films with pneumonia and "
        f"{report['needed']['specificity']:,} normal ones are needed.",
        "Missing data": f"{count(data['unreadable'], 'file')} could not be read and is left out; "
        "films that the gate would refuse were answered and count.",
        "Model": f"{report['model']}, network SHA-256 {report['network'][:16]}…",
        "Measures": f"Discrimination by AUC; calibration by intercept and slope at equal classes; "
        f"sensitivity and specificity at the operating point {point['name']}; net benefit. "
        "Intervals of 95%: Wilson's for shares, else a bootstrap over patients.",
        "Fairness": f"Compared by {report['by']}."
        if report["by"]
        else "No groups were compared: name a column, such as age, sex, device or projection.",
    }
    return [{"item": item, "report": text} for item, text in rows.items()]


def describe_calibration(site: Mapping[str, Any]) -> list[str]:
    """Say what was fitted, what it is worth on films it has not seen, and what it is not."""
    films = site["films"]
    fitted = f"{films['normal']:,} normal films and {films['pneumonia']:,} with pneumonia"
    if site["kind"] == "threshold":
        (point,) = site["operating_points"]
        return [
            f"Fitted on {films['normal']:,} normal films alone: a threshold, and no probability. "
            f"{point['meaning']}",
            "With 20 films of pneumonia beside them an intercept could be fitted.",
        ]
    steep = f" and multiplied by {site['slope']:.2f}" if site["slope"] != 1 else ""
    said = [
        f"Fitted on {fitted}, of {count(films['patients'], 'patient')}: the log-odds are moved by "
        f"{site['intercept']:+.2f}{steep}.",
        "Before, and after on films it was not fitted on (cross-fitted over patients): accuracy "
        f"{shared(site['before']['accuracy'])}, then {shared(site['after']['accuracy'])}; log "
        f"loss, both classes alike, {measured(site['before']['balanced_log_loss'])}, then "
        f"{measured(site['after']['balanced_log_loss'])}; "
        f"intercept {difference(site['before']['intercept'], 2)}, then "
        f"{difference(site['after']['intercept'], 2)}.",
    ]
    low, high = site["gain"]["interval"] or (-1.0, 1.0)
    if low > 0:
        said.append("On other films of the site this helps: the log loss falls.")
    elif high < 0:
        said.append("On other films of the site this makes it worse: do not use it.")
    else:
        said.append("Whether this helps on other films is not sure: the log loss may be the same.")
    if (site["auc"]["interval"] or (0, 1))[1] < POOR:
        said.append(
            f"The model ranks these films badly, AUC {measured(site['auc'])}: a calibration makes "
            "its probabilities honest, and does not make it useful here."
        )
    return said


def describe_watch(watch: Mapping[str, Any]) -> list[str]:
    """Say whether a pile looks like what was validated."""
    n, rate = watch["films"], watch["false_alarm_rate"]
    odd = [test["name"] for test in watch["tests"] if test["alarm"]]
    once = (
        f"A pile that is no different raises an alarm in at most {percent(rate)} of all cases; "
        f"{count(n, 'film')} were compared with {watch['reference_films']:,}."
    )
    if odd:
        first = (
            f"Alarm: this pile does not look like what was validated. Different: {listed(odd)}. "
            "Label some of its films and validate again before its answers are believed."
        )
    else:
        first = (
            "No alarm: this pile looks like a mix of the films that were validated. That does not "
            "prove that the answers are as good."
        )
    tests = "; ".join(f"{test['name']} p = {test['p']:.3f}" for test in watch["tests"])
    share = (
        f"The mix that fits best has {percent(watch['pneumonia'])} pneumonia (by the scores alone)."
    )
    return [first, share, f"{once} {tests}.", *watch["notes"]]


def groups(report: Mapping[str, Any]) -> list[dict[str, str]]:
    """What was measured of each group; '–' where it has too few films."""
    unknown = {"value": None}
    return [
        {
            "Group": group["name"] or "unknown",
            "Films": f"{group['n']:,}",
            "Pneumonia": f"{group['positives']:,}",
            "AUC": measured(group.get("auc", unknown)),
            "Sensitivity": shared(group.get("sensitivity", unknown)),
            "Specificity": shared(group.get("specificity", unknown)),
        }
        for group in report["groups"]
    ]
