"""The regions of evidence in a table."""

import math

import streamlit as st

from xray_core.wording import percent


def draw_list(regions):
    """List the regions."""
    if not regions:
        return
    st.dataframe(
        [
            {
                "Region": region.number,
                "Place": region.place.capitalize(),
                "Share of the evidence": percent(region.share_of_evidence),
                "Share of the lung": percent(region.share_of_lung),
                "Against the mirrored area": _brighter(region.brighter),
            }
            for region in regions
        ],
        hide_index=True,
        alt="The regions of evidence, each with its place and its shares",
    )


def _brighter(levels):
    if math.isnan(levels):
        return "No lung there"
    return f"{abs(levels):.0f} grey levels {'brighter' if levels >= 0 else 'darker'}"
