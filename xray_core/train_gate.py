"""Fit the quality gate, and measure it on what it has not seen."""

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from xray_core import gate_cases
from xray_core.classifier import load_examiner
from xray_core.dataset import open_folder
from xray_core.errors import DataError, XrayError
from xray_core.lungs import reduce_film
from xray_core.pipeline import map_in_order
from xray_core.quality import ACCEPTED, GATE_FILE, KINDS, Gate, describe_film
from xray_core.radiographs import load_radiograph

SEEN_DIRECTIONS = 48  # main directions of the accepted films that distances are measured along


@dataclass(frozen=True)
class GateConfig:
    films: int = 1600
    validation_share: float = 0.25
    drawn: int = 1500
    hidden: int = 64
    epochs: int = 20
    batch_size: int = 128
    learning_rate: float = 2e-3
    weight_decay: float = 1e-3
    jitter: float = 0.15
    refused: float = 0.003
    farthest: float = 0.001
    seed: int = 0


def make_rows(examine, pictures, progress=iter):
    """Describe reduced films; float32 (films, numbers)."""
    rows = map_in_order(lambda film: describe_film(film, *examine(film)), progress(pictures))
    return np.stack(list(rows))


def film_cases(films, adult, examine, rng, spoiled=0.6):
    """Films as they are and worn, and spoiled in every way: (pictures, kinds).

    Parameters
    ----------
    films : list of uint8 (224, 224)
    adult : bool
    spoiled : float
        Films spoiled in each way, as a share of all.
    """
    cases = []
    kind = KINDS.index("adult" if adult else "child")
    for film in films:
        cases += [(film, kind), (gate_cases.wear(film, rng), kind)]
        for turns, name in ((1, "turned by 90°"), (3, "turned by 90°"), (2, "upside down")):
            if rng.random() < spoiled:
                cases.append((np.rot90(_maybe_worn(film, rng), turns).copy(), KINDS.index(name)))
        if rng.random() < spoiled:
            cases.append((255 - _maybe_worn(film, rng), KINDS.index("inverted")))
        if rng.random() < spoiled:
            part = gate_cases.crop(film, examine(film)[0].mask, rng)
            if part is not None:
                cases.append((part, KINDS.index("cropped")))
    return [picture for picture, _ in cases], np.array([kind for _, kind in cases])


def _maybe_worn(film, rng):
    return gate_cases.wear(film, rng) if rng.random() < 0.5 else film


def other_cases(folder):
    """Pictures that are no films, by source: {name of the subfolder: list of uint8 (224, 224)}."""
    sources = {}
    for path in sorted(Path(folder).glob("*/*")):
        try:
            pixels = load_radiograph(path).pixels
        except XrayError:
            continue
        sources.setdefault(path.parent.name, []).append(reduce_film(pixels))
    if not sources:
        raise DataError(
            f"Expected pictures in subfolders of {folder}, one for each source, found none."
        )
    return sources


def fit(rows, kinds, validation, config):
    """Fit the gate.

    Parameters
    ----------
    rows, kinds : (cases, numbers), (cases,)
    validation : (films, numbers)
        Accepted films of other patients, which set both thresholds.

    Returns
    -------
    dict of str to float32 array, for `xray_core.quality.Gate`
    """
    rng = np.random.default_rng(config.seed)
    weights = {"mean": rows.mean(0), "scale": rows.std(0) + 1e-3}
    standard = np.clip((rows - weights["mean"]) / weights["scale"], -8, 8)
    weights |= _fit_network(standard, kinds, config, rng)
    good = standard[kinds < len(ACCEPTED)]
    weights["centre"] = good.mean(0)
    _, lengths, directions = np.linalg.svd(good - weights["centre"], full_matrices=False)
    variances = np.square(lengths) / len(good)
    weights["directions"] = directions[:SEEN_DIRECTIONS].T
    weights["spread"] = np.sqrt(variances[:SEEN_DIRECTIONS])
    weights["rest"] = variances[SEEN_DIRECTIONS:].mean()
    gate = Gate(weights)
    accepted = gate.shares(validation)[:, : len(ACCEPTED)].sum(axis=1)
    weights["least"] = min(np.quantile(accepted, config.refused), 0.9)
    weights["farthest"] = np.quantile(gate.distances(validation), 1 - config.farthest) * 1.05
    return {name: np.asarray(value, np.float32) for name, value in weights.items()}


def _fit_network(rows, kinds, config, rng):
    """One hidden layer, Adam, cross-entropy with equal weight for each kind."""
    numbers, outputs = rows.shape[1], len(KINDS)
    sizes = {"hidden": (numbers, config.hidden), "output": (config.hidden, outputs)}
    weights = {name: rng.normal(0, np.sqrt(2 / size[0]), size) for name, size in sizes.items()}
    weights |= {f"{name}_bias": np.zeros(size[1]) for name, size in sizes.items()}
    first, second = ({name: np.zeros_like(w) for name, w in weights.items()} for _ in range(2))
    counts = np.bincount(kinds, minlength=outputs)
    balance = (len(kinds) / (outputs * np.maximum(counts, 1)))[kinds]
    balance = np.sqrt(balance)
    steps = config.epochs * (len(rows) // config.batch_size)
    for step in range(1, steps + 1):
        picked = rng.integers(len(rows), size=config.batch_size)
        x = rows[picked] + rng.normal(0, config.jitter, (config.batch_size, numbers))
        hidden = np.maximum(x @ weights["hidden"] + weights["hidden_bias"], 0)
        kept = (rng.random(hidden.shape) > 0.2) / 0.8
        scores = (hidden * kept) @ weights["output"] + weights["output_bias"]
        shares = np.exp(scores - scores.max(1, keepdims=True))
        shares /= shares.sum(1, keepdims=True)
        error = (shares - np.eye(outputs)[kinds[picked]]) * balance[picked, None]
        error /= config.batch_size
        back = (error @ weights["output"].T) * kept * (hidden > 0)
        slopes = {
            "output": (hidden * kept).T @ error,
            "output_bias": error.sum(0),
            "hidden": x.T @ back,
            "hidden_bias": back.sum(0),
        }
        rate = config.learning_rate * 0.5 * (1 + np.cos(np.pi * step / steps))
        for name, slope in slopes.items():
            first[name] += 0.1 * (slope - first[name])
            second[name] += 0.001 * (np.square(slope) - second[name])
            move = (first[name] / (1 - 0.9**step)) / (
                np.sqrt(second[name] / (1 - 0.999**step)) + 1e-8
            )
            weights[name] -= rate * (move + config.weight_decay * weights[name])
    return weights


def refuses(weights, rows):
    """Which rows the gate refuses, bool (films,)."""
    gate = Gate(weights)
    accepted = gate.shares(rows)[:, : len(ACCEPTED)].sum(axis=1)
    return (accepted < weights["least"]) | (gate.distances(rows) > weights["farthest"])


def collect(data, adults, negatives, config, progress=iter):
    """Make the rows of all cases.

    Returns
    -------
    dict of str to (rows, kinds)
        'fit' and 'validation' (patients apart), and each source of negatives.
    """
    from xray_core.training import split_by_patient

    rng = np.random.default_rng(config.seed)
    examine = load_examiner()
    samples = open_folder(data).select(split="train")
    if len(samples) > config.films:
        samples = [samples[i] for i in rng.permutation(len(samples))[: config.films]]
    parts = split_by_patient(
        samples, [s.patient for s in samples], config.validation_share, config.seed
    )
    grown = sorted(path for folder in adults for path in Path(folder).glob("*.*"))
    grown_parts = split_by_patient(
        grown, [p.stem for p in grown], config.validation_share, config.seed
    )
    cases = {}
    for name, children, adult_paths in zip(("fit", "validation"), parts, grown_parts, strict=True):
        pictures, kinds = [], []
        for films, adult in (
            ([reduce_film(s.open().pixels) for s in children], False),
            ([reduce_film(load_radiograph(p).pixels) for p in adult_paths], True),
        ):
            if films:
                made = film_cases(films, adult, examine, rng, 0.4)
                pictures += made[0]
                kinds.append(made[1])
        cases[name] = (make_rows(examine, pictures, progress), np.concatenate(kinds))
    sources = other_cases(negatives)
    sources["drawn"] = [gate_cases.draw_other(rng) for _ in range(config.drawn)]
    for name, pictures in sources.items():
        rows = make_rows(examine, pictures, progress)
        cases[name] = (rows, np.full(len(rows), KINDS.index("other")))
    return cases


def measure_unseen_sources(cases, config):
    """Refuse each source of negatives by a gate fitted without it: {name: [refused, n]}."""
    results = {}
    sources = [name for name in cases if name not in ("fit", "validation")]
    for left_out in sources:
        weights = fit_cases(cases, config, without=left_out)
        refused = refuses(weights, cases[left_out][0])
        results[left_out] = [int(refused.sum()), len(refused)]
    return results


def fit_cases(cases, config, without=None):
    """Fit on all cases but the validation films and one source."""
    used = [part for name, part in cases.items() if name not in ("validation", without)]
    rows = np.concatenate([rows for rows, _ in used])
    kinds = np.concatenate([kinds for _, kinds in used])
    held_rows, held_kinds = cases["validation"]
    return fit(rows, kinds, held_rows[held_kinds < len(ACCEPTED)], config)


def train_gate(data, adults, negatives, out, config, progress=iter):
    """Fit the gate, measure it and write its folder.

    Returns
    -------
    dict, the card
    """
    return write_gate(collect(data, adults, negatives, config, progress), out, config)


def write_gate(cases, out, config):
    """Fit on collected cases, measure, write the folder; returns the card."""
    weights = fit_cases(cases, config)
    rows, kinds = cases["validation"]
    refused = refuses(weights, rows)
    validation = {
        name: [int(refused[kinds == index].sum()), int((kinds == index).sum())]
        for index, name in enumerate(KINDS)
        if (kinds == index).any()
    }
    out = Path(out)
    out.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(out / GATE_FILE, **weights)
    card = {
        "kind": "quality",
        "config": asdict(config),
        "kinds": list(KINDS),
        "counts": {name: len(part[1]) for name, part in cases.items()},
        "refused": {
            "validation": validation,
            "sources left out": measure_unseen_sources(cases, config),
        },
        "files": {GATE_FILE: hashlib.sha256((out / GATE_FILE).read_bytes()).hexdigest()},
    }
    (out / "card.json").write_text(json.dumps(card, indent=1) + "\n")
    return card
