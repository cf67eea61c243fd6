"""The regions of evidence: a table, and numbered outlines on the film."""

import math

import streamlit as st

from xray_core import palette
from xray_core.overlay import outline
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


def draw_outlines(figure, regions, width, height, pictures):
    """Outline and number the regions on each picture of a film viewer."""
    for region in regions:
        for curve in outline(region.mask.astype("float32"), height, width):
            for axis in range(1, pictures + 1):
                suffix = "" if axis == 1 else axis
                figure.add_scatter(
                    x=curve[:, 0],
                    y=curve[:, 1],
                    mode="lines+text",
                    text=[str(region.number)] + [""] * (len(curve) - 1),
                    textposition="top center",
                    textfont={"color": "white", "size": 16},
                    line={"color": palette.VIRUS, "width": 1.5},
                    hoverinfo="skip",
                    xaxis=f"x{suffix}",
                    yaxis=f"y{suffix}",
                )
    return figure


def _brighter(levels):
    if math.isnan(levels):
        return "No lung there"
    return f"{abs(levels):.0f} grey levels {'brighter' if levels >= 0 else 'darker'}"
