"""Browsing a catalogue: filters, pages of films, one click to explain one."""

import streamlit as st

from xray_core.dataset import SOURCES, open_catalogue
from xray_core.ui import cache, state
from xray_core.ui.frame import EXPLAIN
from xray_core.wording import SPLITS as SPLIT_TITLES
from xray_core.wording import SUBTYPES, truth_of

PAGE = 12
_SIDE = 320


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


def draw_tile(sample, remark=""):
    """Draw a film with its truth, a remark, its details and the way to its explanation."""
    jpeg, width, height, size = cache.sample_tile(sample, _SIDE)
    truth = truth_of(sample.label, sample.subtype)
    key = f"{sample.split}/{sample.label}/{sample.name}"
    with st.container(gap="xsmall"):
        st.image(jpeg, width="stretch", alt=f"Chest film {sample.name}: {truth}")
        st.markdown(f"**{truth}**" + (f", {remark}" if remark else ""))
        with st.container(horizontal=True, gap="xsmall"):
            if st.button("Explain", key=f"explain {key}"):
                st.switch_page(EXPLAIN, query_params=state.address(sample))
            with st.popover("Details", type="tertiary"):
                st.markdown(
                    f"**{sample.name}**\n\n"
                    f"- {SPLIT_TITLES[sample.split]} split, class {sample.label.capitalize()}\n"
                    f"- Patient {sample.patient or 'not known'}\n"
                    f"- {width:,} × {height:,} pixels, {size / 1000:,.0f} kB"
                )
