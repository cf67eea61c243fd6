"""What a training came to and what an experiment showed, in words that the numbers allow."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from xray_core.reporting.wording import METRICS, count, difference, measured, percent, shared

Result = dict[str, Any]


@dataclass(frozen=True)
class Seen:
    """The results of an experiment's runs, and how its first differs from its last.

    Attributes
    ----------
    results
        Of each run, see `xray_core.experiments.run.Run`.
    differences
        For each of 'validation', 'test' and 'before calibration', where both have answered for the
        same films: what `xray_core.evaluation.comparison.compare` gives.
    """

    results: tuple[Result, ...]
    differences: Mapping[str, Mapping[str, Result]]


def describe_run(results: Result) -> str:
    """Say what a network promises on validation, and what of that holds on the test."""
    here = results["validation"]["accuracy"]
    if not results.get("test"):
        return f"{_share(here)} on validation; there is no test to hold it against."
    there = results["test"]["accuracy"]
    both = f"{_share(here)} on validation, {_share(there)} on the test"
    if not here.get("interval") or not there.get("interval"):
        return f"{both}: too few films to say more."
    if here["interval"][0] > there["interval"][1]:
        return (
            f"{both}: part of what it learned holds for the films it was made of and not for "
            f"others.{_where(results)}"
        )
    if there["interval"][0] > here["interval"][1]:
        return f"{both}: the test is the easier one, which says nothing good about the network."
    return f"{both}: no difference beyond chance."


def _where(results: Result) -> str:
    """Which class loses."""
    lost = {
        name: results["validation"][name]["value"] - results["test"][name]["value"]
        for name in ("sensitivity", "specificity")
        if results["validation"][name]["value"] is not None
        and results["test"][name]["value"] is not None
    }
    if not lost:
        return ""
    worst = max(lost, key=lambda name: lost[name])
    words = {
        "sensitivity": "films with pneumonia that it misses",
        "specificity": "normal films that it calls ill",
    }[worst]
    return f" What it loses most are {words}."


def describe_seen(plan: str, labels: Sequence[str], seen: Seen) -> str:
    """Say what the runs of an experiment showed on this machine, and no more."""
    return {
        "imbalance": _imbalance,
        "shortcut": _shortcut,
        "leak": _leak,
        "few": _few,
        "augmentation": _augmentation,
    }[plan](labels, seen)


def _imbalance(labels: Sequence[str], seen: Seen) -> str:
    raw = [result["validation"]["before_calibration"] for result in seen.results]
    n = seen.results[0]["validation"]["n"]
    said = "; ".join(
        f"{label}: sensitivity {shared(each['sensitivity'])}, specificity "
        f"{shared(each['specificity'])}"
        for label, each in zip(labels, raw, strict=True)
    )
    found = seen.differences["before calibration"]
    ranks = seen.differences["validation"]
    return (
        f"At even odds, on {n:,} validation films: {said}. Weights changed "
        f"{_change('sensitivity', found)} and {_change('specificity', found)}. What asks no "
        f"threshold: {_change('auc', ranks)}."
    )


def _shortcut(labels: Sequence[str], seen: Seen) -> str:
    return _tell_splits(labels, seen, "the whole film against the lungs", ("auc",))


def _leak(labels: Sequence[str], seen: Seen) -> str:
    apart, both = (result["validation"] for result in seen.results)
    promised = "; ".join(
        f"{label} accuracy at even odds {shared(each['before_calibration']['accuracy'])}, AUC "
        f"{measured(each['auc'])} (n {each['n']:,})"
        for label, each in zip(labels, (apart, both), strict=True)
    )
    more, less = (
        any(_beyond(_measure(high, shown), _measure(low, shown)) for shown in SHOWN["leak"][:2])
        for high, low in (seen.results[::-1], seen.results)
    )
    if more:
        verdict = "The leak promised more, beyond chance"
    elif less:
        verdict = "The leak promised less this time, which only the choice of films explains"
    else:
        verdict = "No difference beyond chance was seen: the intervals overlap"
    words = f"On validation: {promised}. {verdict}."
    if "test" in seen.differences:
        found = seen.differences["test"]
        words += f" On the same test, apart against both sides: {_change('auc', found)}."
    return words


def _few(labels: Sequence[str], seen: Seen) -> str:
    n = seen.results[0]["validation"]["n"]
    said = "; ".join(
        f"{label}: AUC {measured(result['validation']['auc'])}, accuracy "
        f"{shared(result['validation']['accuracy'])}"
        for label, result in zip(labels, seen.results, strict=True)
    )
    words = (
        f"On the same {n:,} validation films, {said}. {labels[0]} against {labels[-1]}: "
        f"{_change('auc', seen.differences['validation'])}."
    )
    if "test" in seen.differences:
        words += f" On the test: {_change('auc', seen.differences['test'])}."
    return words


def _augmentation(labels: Sequence[str], seen: Seen) -> str:
    return _tell_splits(labels, seen, "with against without", ("auc", "accuracy"))


def _tell_splits(labels: Sequence[str], seen: Seen, against: str, measures: Sequence[str]) -> str:
    """Each run by itself, then what the first has over the last on validation and on the test."""
    said = [
        f"{label[0].upper()}{label[1:]}: {describe_run(result)}"
        for label, result in zip(labels, seen.results, strict=True)
    ]
    for split, name in (("validation", "On validation"), ("test", "On the test")):
        if found := seen.differences.get(split):
            changes = ", ".join(_change(measure, found) for measure in measures)
            said.append(f"{name}, {against}: {changes}.")
    return " ".join(said)


Shown = tuple[str, str]

SHOWN: dict[str, tuple[Shown, ...]] = {
    "imbalance": (
        ("before calibration", "sensitivity"),
        ("before calibration", "specificity"),
        ("validation", "auc"),
    ),
    "shortcut": (("validation", "auc"), ("test", "auc")),
    "leak": (("before calibration", "accuracy"), ("validation", "auc"), ("test", "auc")),
    "few": (("validation", "auc"), ("test", "auc")),
    "augmentation": (("validation", "auc"), ("test", "auc")),
}
"""Of each experiment the splits and measures that its seeds are told by."""


def describe_seeds(plan: str, labels: Sequence[str], seeds: Sequence[Seen]) -> str:
    """Say what an experiment showed with several seeds, as Markdown: a line for each measure."""
    told = [_tell_seeds(shown, labels, seeds) for shown in SHOWN[plan] if _known(shown, seeds)]
    return "\n".join(f"- {text}" for text in told)


def _known(shown: Shown, seeds: Sequence[Seen]) -> bool:
    return shown[0] != "test" or all(result["test"] for seen in seeds for result in seen.results)


def _tell_seeds(shown: Shown, labels: Sequence[str], seeds: Sequence[Seen]) -> str:
    split, name = shown
    values = "; ".join(
        f"*{label}* {', '.join(_value(seen.results[at], shown) for seen in seeds)}"
        for at, label in enumerate(labels)
    )
    higher, lower = (sum(_side(seen, shown) == side for seen in seeds) for side in (1, -1))
    where = {"test": "on the test", "validation": "on validation"}.get(split, "at even odds")
    return (
        f"**{METRICS[name].title} {where}**: {values}. Beyond chance, *{labels[0]}* was higher "
        f"than *{labels[-1]}* in {higher} of {count(len(seeds), 'seed')} and lower in {lower}."
    )


def _measure(result: Result, shown: Shown) -> Result:
    split, name = shown
    if split == "before calibration":
        found: Result = result["validation"]["before_calibration"][name]
    else:
        found = result[split][name]
    return found


def _value(result: Result, shown: Shown) -> str:
    value = _measure(result, shown)["value"]
    return "–" if value is None else f"{value:.3f}"


def _side(seen: Seen, shown: Shown) -> int:
    """1 where the first is higher beyond chance, -1 where it is lower, else 0."""
    change = seen.differences.get(shown[0], {}).get(shown[1])
    if change is not None:
        return is_beyond_chance(change) * (1 if change["value"] > 0 else -1)
    first, last = (_measure(seen.results[at], shown) for at in (0, -1))
    return _beyond(first, last) - _beyond(last, first)


def _change(name: str, found: Mapping[str, Result]) -> str:
    """'accuracy +0.031 (+0.010 to +0.052), beyond chance'."""
    title = METRICS[name].title
    title = title if title.isupper() else title.lower()
    change = found.get(name)
    if not change or change["value"] is None:
        return f"{title} (not defined)"
    chance = "beyond chance" if is_beyond_chance(change) else "not beyond chance"
    return f"{title} {difference(change)}, {chance}"


def is_beyond_chance(change: Result) -> bool:
    """Whether the interval of a difference leaves out 0."""
    interval = change.get("interval")
    return interval is not None and not interval[0] <= 0 <= interval[1]


def _beyond(high: Result, low: Result) -> bool:
    if not high.get("interval") or not low.get("interval"):
        return False
    return bool(high["interval"][0] > low["interval"][1])


def _share(result: Result) -> str:
    return percent(result["value"])
