"""Browsing a catalogue: filters, pages of films, one click to explain one."""

from collections.abc import Mapping, Sequence

import streamlit as st

from xray_core.datasets.catalogue import SOURCES, Catalogue, Sample, open_catalogue
from xray_core.reporting.wording import SPLITS, SUBTYPES
from xray_core.ui.shared.film_tile import draw_tile

PAGE = 12


def choose_source() -> Catalogue:
    """The films of the source that the visitor chooses; those at hand come first."""
    catalogues = {source: open_catalogue(source) for source in SOURCES}
    titles = {
        source: catalogue.title + ("" if catalogue.samples else " (not here yet)")
        for source, catalogue in catalogues.items()
    }
    source = st.selectbox(
        "Source",
        SOURCES,
        format_func=titles.__getitem__,
        key="source",
        bind="query-params",
        width=420,
    )
    return catalogues[source]


def choose_films(catalogue: Catalogue) -> Sequence[Sample]:
    """Draw the filters and return the samples that pass them."""
    with st.container(horizontal=True, gap="medium"):
        found = catalogue.samples
        split = _choose("Split", [sample.split for sample in found], SPLITS)
        label = _choose("Class", [sample.label for sample in found], {})
        # only what the class has, so that the two cannot contradict
        found = catalogue.select(label=label)
        subtype = _choose("Subtype", [sample.subtype for sample in found], SUBTYPES)
        return catalogue.select(split, label, subtype)


def _choose(title: str, present: list[str], titles: Mapping[str, str]) -> str | None:
    return st.pills(
        title,
        list(dict.fromkeys(present)),
        format_func=lambda name: titles.get(name, name.capitalize()),
        key=title.lower(),
        bind="query-params",
    )


def draw(samples: Sequence[Sample]) -> None:
    """Draw one page of films."""
    pages = max(1, -(-len(samples) // PAGE))
    with st.container(key="gallery"):
        place = st.empty()
        page = min(st.pagination(pages, key="page"), pages) if pages > 1 else 1
        with place.container(), st.grid(6, min_column_width=150, gap="medium"):
            for sample in samples[(page - 1) * PAGE : page * PAGE]:
                draw_tile(sample)
