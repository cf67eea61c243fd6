"""Does this month's pile look like what was validated? An alarm with a stated false-alarm rate.

How many of the films show pneumonia changes with the season and is no reason for an alarm; a mix of
validated normals and pneumonias that no season explains is one. So each quantity is compared with
the best mix of the two classes of the reference, by the largest distance between the distribution
functions (Kolmogorov and Smirnov's). What such distances are without any drift is found out by
drawing films of both sides anew from the reference, and the alarm is Holm's over the quantities.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from xray_core.errors import UsageError
from xray_core.evaluation.evaluate import plain
from xray_core.reporting.text.site import describe_watch
from xray_core.site.validate import SCHEMA as VALIDATION
from xray_core.types import LABELS

SCHEMA = "radiolucent-watch-1"
FALSE_ALARMS = 0.01
DRAWS = 999
LEAST = 20
"""Films of a pile, and of each class of the reference, below which nothing is compared."""
SHARES = np.linspace(0, 1, 21)
"""Shares of pneumonia among which the mix is sought."""
NAMES = {"score": "scores", "refused": "refusals", "distance": "distances to known films"}
"""What is compared; scores of films that are not refused."""
COLUMNS = ("probability", "decision")


def watch(
    reference: Mapping[str, Any],
    rows: Sequence[Mapping[str, Any]],
    *,
    false_alarms: float = FALSE_ALARMS,
    draws: int = DRAWS,
    seed: int = 0,
) -> dict[str, Any]:
    """Compare a pile with the films of a validation.

    Parameters
    ----------
    reference
        The report of `xray_core.site.validate.validate`.
    rows
        Of a table of ``score``: ``probability``, None where refused, and ``decision``; and
        ``distance`` where it was asked for, ``error``, ``model`` and ``site``.
    false_alarms
        Share of piles without drift that raise an alarm, at most; in (0, 1).
    draws
        From the reference; no p-value is smaller than one over so many and one.

    Returns
    -------
    dict
        ``alarm``; ``tests``, of each quantity ``name``, ``statistic``, ``p`` and ``alarm``;
        ``pneumonia``, the share of the best mix; ``films``, ``reference_films``,
        ``false_alarm_rate``, ``notes`` and ``sentences``.

    Raises
    ------
    UsageError
        Where the films are too few, or were answered by another model or calibration.

    References
    ----------
    Abadie, "Bootstrap tests for distributional treatment effects", JASA 2002; Holm, Scandinavian
    Journal of Statistics 1979.
    """
    if not 0 < false_alarms < 1:
        raise UsageError(
            f"Expected a false-alarm rate between 0 and 1, got {false_alarms:g}: write 1% as 0.01."
        )
    names = [name for name in NAMES if name != "distance" or _tells_distance(rows)]
    month, unreadable = _read_month(reference, rows, names)
    normal, pneumonia = _read_reference(reference, names)
    tests, share = _compare(normal, pneumonia, month, draws, seed)
    p = np.array([p for _, p in tests])
    alarms = _holm(p, false_alarms)
    notes = []
    if "distance" not in names:
        notes.append("The table does not tell distances: answer with `score --distance`.")
    if unreadable:
        notes.append(f"Files that could not be read and are not compared: {unreadable:,}.")
    found = {
        "schema": SCHEMA,
        "reference": reference["title"],
        "films": len(month),
        "reference_films": len(normal) + len(pneumonia),
        "pneumonia": share,
        "false_alarm_rate": false_alarms,
        "alarm": bool(alarms.any()),
        "tests": [
            {"name": NAMES[name], "statistic": statistic, "p": p, "alarm": bool(alarm)}
            for name, (statistic, p), alarm in zip(names, tests, alarms, strict=True)
        ],
        "notes": notes,
    }
    return plain(found | {"sentences": describe_watch(found)})


def read_reference(path: str | Path) -> dict[str, Any]:
    """Read a report of ``validate``; UsageError where it is none."""
    try:
        return parse_reference(Path(path).read_bytes(), str(path))
    except OSError as error:
        raise UsageError(
            f"Expected a report of `validate` at {path} and could not read it ({error.strerror}): "
            "check its path."
        ) from error


def parse_reference(content: bytes, name: str = "report.json") -> dict[str, Any]:
    """Read the content of a report of ``validate``; UsageError where it is none."""
    try:
        report: dict[str, Any] = json.loads(content)
        if report["schema"] == VALIDATION:
            return report
    except (ValueError, KeyError, TypeError, RecursionError):
        pass
    raise UsageError(
        f"Expected a report as `validate` writes it, but '{name}' is none: choose another, or run "
        "`validate` on labelled films."
    )


def read_table(path: str | Path) -> list[dict[str, Any]]:
    """Read a table as ``score`` writes it; UsageError where it is none."""
    import pandas as pd

    path = Path(path)
    try:
        read = pd.read_parquet if path.suffix.lower() == ".parquet" else pd.read_csv
        table = read(path)
    except (OSError, ValueError) as error:  # what pandas and pyarrow raise are kinds of these
        raise UsageError(
            f"Expected a table of `score` at {path} and could not read it ({error}): check its "
            "path."
        ) from error
    missing = [column for column in COLUMNS if column not in table]
    if missing:
        raise UsageError(
            f"Expected the column '{missing[0]}' in {path.name}, which has "
            f"{', '.join(map(str, table))}: bring a table that `score` has written."
        )
    table = table.astype(object).where(table.notna(), None)
    rows: list[dict[str, Any]] = table.to_dict("records")
    return rows


def _tells_distance(rows: Sequence[Mapping[str, Any]]) -> bool:
    return any(row.get("distance") is not None for row in rows)


def _read_month(
    reference: Mapping[str, Any], rows: Sequence[Mapping[str, Any]], names: Sequence[str]
) -> tuple[np.ndarray, int]:
    films = [row for row in rows if not row.get("error")]
    for key, what in (("model", "model"), ("site", "calibration")):
        others = {row.get(key) or "" for row in films} - {reference[key]}
        if others:
            raise UsageError(
                f"Expected answers of the {what} that was validated, "
                f"'{reference[key] or 'its own'}', but the table has those of "
                f"'{others.pop() or 'its own'}': answer again with that one, or validate with this."
            )
    _require(len(films), "in the pile")
    table = [
        (row["probability"], row["decision"] == "refused", row.get("distance")) for row in films
    ]
    return _columns(table, names), len(rows) - len(films)


def _read_reference(
    reference: Mapping[str, Any], names: Sequence[str]
) -> tuple[np.ndarray, np.ndarray]:
    found = []
    for label in LABELS:
        films = [film for film in reference["films"] if film["label"] == label]
        _require(len(films), f"labelled {label} in the reference")
        table = [(film["probability"], film["refused"], film["distance"]) for film in films]
        found.append(_columns(table, names))
    return found[0], found[1]


def _require(films: int, where: str) -> None:
    if films < LEAST:
        raise UsageError(
            f"Expected at least {LEAST} films {where} to compare, got {films}: bring "
            f"{LEAST - films} more."
        )


def _columns(table: Sequence[tuple[Any, bool, Any]], names: Sequence[str]) -> np.ndarray:
    """float (films, quantities): nan where a film does not tell, as the score of one refused."""
    columns = {
        "score": [np.nan if no or said is None else said for said, no, _ in table],
        "refused": [no for _, no, _ in table],
        "distance": [np.nan if far is None else far for *_, far in table],
    }
    return np.array([columns[name] for name in names], dtype=float).T


def _compare(
    normal: np.ndarray, pneumonia: np.ndarray, month: np.ndarray, draws: int, seed: int
) -> tuple[list[tuple[float, float]], float]:
    """Statistic and p-value of each quantity, and the share of pneumonia that fits best."""
    generator = np.random.default_rng(seed)
    normal, pneumonia, month = _rank(normal, pneumonia, month)
    observed, share = _distances(normal, pneumonia, month)
    beyond = np.zeros(len(observed))
    for _ in range(draws):
        ill = generator.random(len(month)) < share
        well, sick = (_draw(generator, side, len(month)) for side in (normal, pneumonia))
        drawn = np.where(ill[:, None], sick, well)
        again = [_draw(generator, side, len(side)) for side in (normal, pneumonia)]
        beyond += _distances(again[0], again[1], drawn)[0] >= observed - 1e-12
    return list(zip(observed, (1 + beyond) / (draws + 1), strict=True)), share


def _rank(*sides: np.ndarray) -> list[np.ndarray]:
    """Each value's place among all that occur in its column, int; -1 for nan."""
    pooled = np.concatenate(sides)
    ranks = np.full(pooled.shape, -1)
    for k in range(pooled.shape[1]):
        told = ~np.isnan(pooled[:, k])
        ranks[told, k] = np.unique(pooled[told, k], return_inverse=True)[1]
    return np.split(ranks, np.cumsum([len(side) for side in sides])[:-1])


def _draw(generator: np.random.Generator, films: np.ndarray, n: int) -> np.ndarray:
    return films[generator.integers(len(films), size=n)]


def _distances(
    normal: np.ndarray, pneumonia: np.ndarray, month: np.ndarray
) -> tuple[np.ndarray, float]:
    """Largest distance of each quantity to the mix whose scores, the first of them, fit best."""
    share, distances = 0.0, []
    for k in range(month.shape[1]):
        places = 1 + max(int(side[:, k].max(initial=-1)) for side in (normal, pneumonia, month))
        well, ill, here = (_distribution(side[:, k], places) for side in (normal, pneumonia, month))
        if k == 0:
            gaps = np.abs(here - well - SHARES[:, None] * (ill - well)).max(axis=1, initial=0.0)
            share = float(SHARES[gaps.argmin()])
        distances.append(np.abs(here - well - share * (ill - well)).max(initial=0.0))
    return np.array(distances), share


def _distribution(ranks: np.ndarray, places: int) -> np.ndarray:
    """The distribution function at each place."""
    counts = np.bincount(ranks[ranks >= 0], minlength=places)
    return np.cumsum(counts) / max(counts.sum(), 1)


def _holm(p: np.ndarray, level: float) -> np.ndarray:
    """Which of the p-values are significant, bool; the chance of any by accident is the level."""
    order = np.argsort(p)
    passed = p[order] <= level / np.arange(len(p), 0, -1)
    alarms = np.zeros(len(p), dtype=bool)
    alarms[order] = np.cumprod(passed).astype(bool)
    return alarms
