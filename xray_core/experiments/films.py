"""Which films at hand a network can be trained on."""

from collections import Counter
from dataclasses import dataclass, field

from xray_core.datasets.catalogue import (
    PNEUMONIAMNIST,
    SPLITS,
    Catalogue,
    open_catalogue,
    open_folder,
)
from xray_core.errors import DataError

TRAINABLE = ("folder", "kaggle", *PNEUMONIAMNIST, "samples")
"""Sources that may have a train split; the first that is available is the one to propose."""

FEWEST = 8  # films of each class


@dataclass(frozen=True)
class Offer:
    """A source of films, and whether a network can learn from it.

    Attributes
    ----------
    title, source
    available
        Whether its train split has two classes or more, each of FEWEST films or more.
    films
        For each split the films of each class.
    patients
        Of the train split, as far as names tell.
    patients_known
        Whether names tell which films are of one patient.
    note
        Why it is not available and what to do, or ''.
    """

    title: str
    source: str
    available: bool
    films: dict[str, dict[str, int]] = field(default_factory=dict)
    patients: int = 0
    patients_known: bool = False
    note: str = ""

    @property
    def to_learn(self) -> int:
        """Films of the train split."""
        return sum(self.films.get("train", {}).values())


def list_offers() -> tuple[Offer, ...]:
    """Every source of TRAINABLE, what is at hand and what is not, with a note."""
    return tuple(map(offer, TRAINABLE))


def offer(source: str) -> Offer:
    """What a source of TRAINABLE, or a folder in the Kaggle layout, has to learn from."""
    try:
        catalogue = open_catalogue(source) if source in TRAINABLE else open_folder(source)
    except DataError as error:
        return Offer(source, source, False, note=str(error))
    films = {split: _count(catalogue, split) for split in SPLITS}
    train = catalogue.select(split="train")
    names = {sample.patient for sample in train}
    known = "" not in names and bool(train)
    note = catalogue.note if not catalogue.samples else _lacking(films["train"])
    return Offer(
        catalogue.title,
        source,
        not note,
        {split: counts for split, counts in films.items() if counts},
        len(names) if known else len(train),
        known,
        note,
    )


def require_offer(source: str) -> Offer:
    """The offer of a source; DataError where a network cannot learn from it."""
    found = offer(source)
    if not found.available:
        raise DataError(found.note)
    return found


def _count(catalogue: Catalogue, split: str) -> dict[str, int]:
    return dict(Counter(sample.label for sample in catalogue.select(split=split)))


def _lacking(train: dict[str, int]) -> str:
    """What a train split lacks to learn from, in a sentence; '' for nothing."""
    if len(train) >= 2 and min(train.values()) >= FEWEST:
        return ""
    found = ", ".join(f"{count} of {name}" for name, count in train.items()) or "none"
    return (
        f"To learn takes a folder train with at least {FEWEST} films of each of two classes or "
        f"more, found {found}: choose other films."
    )
