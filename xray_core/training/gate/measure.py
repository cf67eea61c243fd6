"""Fit the gate on all cases and without some of them, measure what it refuses, write its folder."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from xray_core.inference.model_card import LITERT_FILE, model_folder, read_card
from xray_core.inference.quality_gate import ACCEPTED, GATE_FILE, KINDS
from xray_core.inference.segmentation import SEGMENTATION
from xray_core.training.config import GateConfig
from xray_core.training.export import sha256
from xray_core.training.gate.fit import fit, refuses, warns
from xray_core.training.gate.sources import SOURCES

PARTS = ("fit", "validation")
FOLDS = 4

Rows = tuple[np.ndarray, np.ndarray]
"""Described pictures and, for each, the place of its kind in KINDS."""


def family_of(name: str) -> str:
    """The family of a source by its name among the cases."""
    families = {f"{source.package} {source.part}": source.family for source in SOURCES}
    return families.get(name, name)


def measure_sources(cases: Mapping[str, Rows], config: GateConfig) -> dict[str, list[int]]:
    """Refuse every source by a gate fitted without it, a quarter of each family's at a time.

    Returns, by family, how many are refused, and of how many.
    """
    seen: dict[str, int] = {}
    folds: list[list[str]] = [[] for _ in range(FOLDS)]
    for name in [name for name in cases if name not in PARTS]:
        place = seen[family_of(name)] = seen.get(family_of(name), -1) + 1
        folds[place % FOLDS].append(name)
    return _measure_without(folds, cases, config)


def measure_families(cases: Mapping[str, Rows], config: GateConfig) -> dict[str, list[int]]:
    """Refuse every family by a gate fitted without all of it; see `measure_sources`."""
    families: dict[str, list[str]] = {}
    for name in [name for name in cases if name not in PARTS]:
        families.setdefault(family_of(name), []).append(name)
    return _measure_without(families.values(), cases, config)


def _measure_without(
    groups: Iterable[Sequence[str]], cases: Mapping[str, Rows], config: GateConfig
) -> dict[str, list[int]]:
    results: dict[str, list[np.ndarray]] = {}
    for group in groups:
        weights = fit_cases(cases, config, without=group)
        for name in group:
            refused = refuses(weights, cases[name][0])
            results.setdefault(family_of(name), []).append(refused)
    return {family: _count(np.concatenate(refused)) for family, refused in sorted(results.items())}


def _count(hits: np.ndarray) -> list[int]:
    return [int(hits.sum()), len(hits)]


def _count_kinds(hits: np.ndarray, kinds: np.ndarray, names: Sequence[str]) -> dict[str, list[int]]:
    """How many cases of each kind are hit, of how many; a kind without a case is left out."""
    counts = {name: _count(hits[kinds == index]) for index, name in enumerate(names)}
    return {name: count for name, count in counts.items() if count[1]}


def fit_cases(
    cases: Mapping[str, Rows], config: GateConfig, without: Sequence[str] = ()
) -> dict[str, np.ndarray]:
    """Fit on all cases but the validation films and the sources named."""
    used = [part for name, part in cases.items() if name not in ("validation", *without)]
    rows = np.concatenate([rows for rows, _ in used])
    kinds = np.concatenate([kinds for _, kinds in used])
    return fit(rows, kinds, *cases["validation"], config)


def write_gate(
    cases: Mapping[str, Rows],
    test: Mapping[str, np.ndarray],
    out: str | Path,
    config: GateConfig,
    kept_back: Mapping[str, np.ndarray] | None = None,
) -> dict[str, Any]:
    """Fit on collected cases, measure, write the folder; returns the card.

    The films of the cases' validation set the thresholds; ``kept_back``, films by kind, are of
    patients that no fit and no threshold has seen.
    """
    weights: dict[str, Any] = fit_cases(cases, config)
    rows, kinds = cases["validation"]
    kept_back = kept_back or {}
    out = Path(out)
    out.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(out / GATE_FILE, **weights)
    segmentation = read_card(model_folder(SEGMENTATION))
    card = {
        "kind": "quality",
        "config": asdict(config),
        "kinds": list(KINDS),
        "segmentation": segmentation["files"][LITERT_FILE],
        "counts": {name: len(part[1]) for name, part in cases.items()},
        "refused": {
            "held-out patients": _count_kinds(refuses(weights, rows), kinds, KINDS),
            "kept back": {name: _count(refuses(weights, r)) for name, r in kept_back.items()},
            "sources held out": measure_sources(cases, config),
            "families held out": measure_families(cases, config),
            "official test": {name: _count(refuses(weights, r)) for name, r in test.items()},
        },
        "warned of as an adult's": {
            "held-out patients": _count_kinds(warns(weights, rows), kinds, ACCEPTED),
            "kept back": {name: _count(warns(weights, r)) for name, r in kept_back.items()},
            "official test": {"child": _count(warns(weights, test["as they are"]))},
        },
        "files": {GATE_FILE: sha256(out / GATE_FILE)},
    }
    (out / "card.json").write_text(json.dumps(card, indent=1, ensure_ascii=False) + "\n")
    return card
