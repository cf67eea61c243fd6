"""The recorded experiments as Markdown, for the documents."""

from collections.abc import Iterator, Mapping
from typing import Any

from xray_core.reporting.wording import METRICS, measured, shared

COLUMNS = (
    ("validation", "accuracy"),
    ("validation", "sensitivity"),
    ("validation", "specificity"),
    ("validation", "auc"),
    ("test", "accuracy"),
    ("test", "auc"),
)


def describe_recorded(
    recorded: Mapping[str, Any] | None, titles: Mapping[str, str]
) -> Iterator[str]:
    """Yield a table of every experiment's runs, seed by seed, and what was seen.

    Parameters
    ----------
    recorded
        Of `xray_core.experiments.recorded.load`.
    titles
        Of the experiments, by name.
    """
    if recorded is None:
        yield "Nothing is recorded yet."
        return
    yield recorded["origin"]
    for name, plan in recorded["plans"].items():
        yield ""
        yield f"### {titles[name]}"
        yield ""
        raw = name == "imbalance"
        heads = [f"{METRICS[measure].title}, {split}" for split, measure in COLUMNS]
        yield _row("run", "seed", "n", *heads)
        yield _row(*["---"] * (3 + len(heads)))
        for run in plan["runs"]:
            results = run["results"]
            counts = [results[split]["n"] for split in ("validation", "test") if results[split]]
            cells = [_cell(results, split, measure, raw) for split, measure in COLUMNS]
            yield _row(run["label"], run["seed"], " + ".join(map(str, counts)), *cells)
        yield ""
        yield plan["seen"]
        for each in plan["each"]:
            yield ""
            yield f"Seed {each['seed']}. {each['sentence']}"


def _cell(results: Mapping[str, Any], split: str, measure: str, raw: bool) -> str:
    report = results[split]
    if not report:
        return "–"
    if raw and measure in report["before_calibration"]:
        report = report["before_calibration"]
    result = report[measure]
    return measured(result) if measure == "auc" else shared(result)


def _row(*cells: object) -> str:
    return f"| {' | '.join(map(str, cells))} |"
