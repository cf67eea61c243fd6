"""How far a long work on many films is."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

from streamlit.delta_generator import DeltaGenerator

Item = TypeVar("Item")


def count_up(samples: Sequence[Item], place: DeltaGenerator) -> Iterator[Item]:
    """Pass the samples on, and show in a place how far they are."""
    step = max(1, len(samples) // 100)
    for number, sample in enumerate(samples):
        if number % step == 0:
            place.progress(number / len(samples), f"{number:,} of {len(samples):,} films")
        yield sample
