"""A film with its truth and the way to its explanation."""

import streamlit as st

from xray_core.datasets.catalogue import Sample
from xray_core.reporting.wording import SPLITS, truth_of
from xray_core.ui.pages import EXPLAIN
from xray_core.ui.shared import cache, state
from xray_core.ui.shared.foreign import plain

_SIDE = 320


def draw_tile(sample: Sample, remark: str = "") -> None:
    """Draw a film with its truth, a remark, its details and the way to its explanation."""
    jpeg, width, height, size = cache.sample_tile(sample, _SIDE)
    truth = truth_of(sample.label, sample.subtype)
    key = f"{sample.split}/{sample.label}/{sample.name}"
    with st.container(gap="xsmall"):
        st.image(jpeg, width="stretch", alt=f"Chest film {sample.name}: {truth}")
        st.markdown(f"**{truth}**" + (f", {remark}" if remark else ""))
        with st.container(horizontal=True, gap="xsmall"):
            if st.button("Explain", key=f"explain {key}"):
                st.switch_page(EXPLAIN.path, query_params=state.address(sample))
            with st.popover("Details", type="tertiary"):
                st.markdown(
                    f"**{plain(sample.name)}**\n\n"
                    f"- {SPLITS[sample.split]} split, class {sample.label.capitalize()}\n"
                    f"- Patient {plain(sample.patient or 'not known')}\n"
                    f"- {width:,} × {height:,} pixels, {size / 1000:,.0f} kB"
                )
