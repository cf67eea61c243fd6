"""Browsing a catalogue: filters, pages of films, one click to explain one."""

import streamlit as st

from xray_core.datasets.catalogue import SOURCES, open_catalogue
from xray_core.reporting.wording import SPLITS as SPLIT_TITLES
from xray_core.reporting.wording import SUBTYPES
from xray_core.ui.shared.film_tile import draw_tile

PAGE = 12


def choose_source():
    """Return the Catalogue chosen; the sources' order is theirs, the films at hand come first."""
    catalogues = {source: open_catalogue(source) for source in SOURCES}
    source = st.selectbox(
        "Source",
        SOURCES,
        format_func=lambda source: (
            catalogues[source].title + ("" if catalogues[source].samples else " (not here yet)")
        ),
        key="source",
        bind="query-params",
        width=420,
    )
    return catalogues[source]


def choose_films(catalogue):
    """Draw the filters and return the samples that pass them."""
    present = {
        name: list(dict.fromkeys(getattr(sample, name) for sample in catalogue.samples))
        for name in ("split", "label", "subtype")
    }
    with st.container(horizontal=True, gap="medium"):
        split = _choose("Split", present["split"], SPLIT_TITLES)
        label = _choose("Class", present["label"], {})
        subtype = _choose("Subtype", present["subtype"], SUBTYPES)
    return catalogue.select(split, label, subtype)


def _choose(title, options, titles):
    return st.pills(
        title,
        options,
        format_func=lambda name: titles.get(name, name.capitalize()),
        key=title.lower(),
        bind="query-params",
    )


def draw(samples):
    """Draw one page of films."""
    pages = max(1, -(-len(samples) // PAGE))
    with st.container(key="gallery"):
        place = st.empty()
        page = min(st.pagination(pages, key="page"), pages) if pages > 1 else 1
        with place.container(), st.grid(6, min_column_width=150, gap="medium"):
            for sample in samples[(page - 1) * PAGE : page * PAGE]:
                draw_tile(sample)
