"""Is what lies on the disk what was published? One report per source."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from xray_core.datasets.catalogue import (
    SPLITS,
    Sample,
    pneumoniamnist_archive,
    require_catalogue,
)
from xray_core.datasets.download import PNEUMONIAMNIST_MD5, is_sample_intact, sample_path
from xray_core.datasets.kermany import load_manifest, load_sample_table
from xray_core.errors import XrayError
from xray_core.parallel import map_in_order

Progress = Callable[[Iterable], Iterable]
PNEUMONIAMNIST_FILMS = {"train": 4708, "val": 524, "test": 624}


@dataclass(frozen=True, slots=True)
class Verification:
    """What was found in one source.

    Attributes
    ----------
    source
    films
        How many were looked at.
    problems
        One phrase per bad file; empty where all is well.
    """

    source: str
    films: int
    problems: tuple[str, ...]

    @property
    def ok(self) -> bool:
        return not self.problems


def verify(source: str, progress: Progress = iter) -> Verification:
    """Check every file of a source.

    The sample films and the PneumoniaMNIST archive against their published checksums; a folder's
    films against the published names, and that each can be read. A folder of other films, none of
    which has a published name, is only checked for readable films.

    Parameters
    ----------
    source
        One of `xray_core.datasets.catalogue.SOURCES`, or a folder's path.
    progress
        Wraps an iterable, as `tqdm` does.

    Raises
    ------
    DataError
        Where the source is not set up.
    """
    if source == "samples":
        return _verify_samples(progress)
    if source == "pneumoniamnist":
        return _verify_pneumoniamnist()
    samples = require_catalogue(source).samples
    problems = (*_against_manifest(samples), *_unreadable(samples, progress))
    return Verification(source, len(samples), problems)


def _verify_samples(progress: Progress) -> Verification:
    table = load_sample_table()
    problems = []
    for row in progress(table):
        if not is_sample_intact(row):
            what = "not the published film" if sample_path(row).exists() else "missing"
            problems.append(f"{row['name']}: {what}")
    return Verification("samples", len(table), tuple(problems))


def _verify_pneumoniamnist() -> Verification:
    archive = pneumoniamnist_archive()
    if not archive.exists():
        require_catalogue("pneumoniamnist")  # says how to get it
    with archive.open("rb") as file:
        digest = hashlib.file_digest(file, "md5").hexdigest()
    published = PNEUMONIAMNIST_MD5[224]
    if digest != published:
        problem = f"{archive.name}: checksum {digest}, published is {published}"
        return Verification("pneumoniamnist", 0, (problem,))
    samples = require_catalogue("pneumoniamnist").samples
    counts = Counter(sample.split for sample in samples)
    problems = [
        f"{split}: {counts[split]} films, published are {PNEUMONIAMNIST_FILMS[split]}"
        for split in SPLITS
        if counts[split] != PNEUMONIAMNIST_FILMS[split]
    ]
    return Verification("pneumoniamnist", len(samples), tuple(problems))


def _against_manifest(samples: Sequence[Sample]) -> list[str]:
    manifest = load_manifest()
    published = set(zip(manifest["split"], manifest["label"], manifest["name"], strict=True))
    found = {(sample.split, sample.label, sample.name) for sample in samples}
    if not found & published:
        return []
    present = {split for split, _, _ in found}
    absent = Counter(split for split, _, _ in published if split not in present)
    problems = [f"{split}: the whole split is missing ({n} films)" for split, n in absent.items()]
    missing = {film for film in published - found if film[0] in present}
    problems += ["/".join(film) + ": missing" for film in sorted(missing)]
    problems += ["/".join(film) + ": not a published film" for film in sorted(found - published)]
    return problems


def _unreadable(samples: Sequence[Sample], progress: Progress) -> list[str]:
    errors = map_in_order(_reading_error, progress(samples))
    return [error for error in errors if error]


def _reading_error(sample: Sample) -> str | None:
    try:
        sample.open()
    except XrayError as error:
        return f"{sample.split}/{sample.label}/{sample.name}: {error}"
    return None
