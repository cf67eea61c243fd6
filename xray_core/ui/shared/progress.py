"""How far a long work on many films is."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, TypeVar

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from xray_core.reporting.wording import count

if TYPE_CHECKING:
    from xray_core.batch.pile import Pile
    from xray_core.classifier import Classifier

_REDRAW = 0.2  # seconds between two steps of the progress bar
Item = TypeVar("Item")


def count_up(samples: Sequence[Item], place: DeltaGenerator) -> Iterator[Item]:
    """Pass the samples on, and show in a place how far they are."""
    step = max(1, len(samples) // 100)
    for number, sample in enumerate(samples):
        if number % step == 0:
            place.progress(number / len(samples), f"{number:,} of {len(samples):,} films")
        yield sample


def answer_pile(pile: Pile, classifier: Classifier) -> None:
    """Answer the films that wait, with progress and a way to stop and to go on."""
    pile.ask(classifier)
    if not pile.waiting:
        return
    if pile.stopped:
        if not st.button(f"Go on with the other {count(pile.waiting, 'film')}", type="primary"):
            return
        pile.stopped = False
    place = st.empty()
    with place.container(horizontal=True, vertical_alignment="center"):
        bar = st.progress(0.0, "Reading the films")
        st.button("Stop", on_click=pile.stop)
    shown = 0.0
    for _ in pile.answer(classifier):
        if time.monotonic() - shown > _REDRAW:
            shown = time.monotonic()
            done, total = len(pile.cases), len(pile.files)
            bar.progress(done / total, f"{done:,} of {count(total, 'film')}")
    place.empty()
