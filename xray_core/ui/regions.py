"""The regions of evidence: a sentence, a table, and numbered outlines on the film."""

import math

import cv2
import streamlit as st

from xray_core import palette
from xray_core.overlay import outline
from xray_core.regions import evidence_outside, find_regions, summarise
from xray_core.saliency import saliency_on_film
from xray_core.wording import percent

_SIDE = 512  # regions are found on a copy of the film that is no longer than this


def find(analysis):
    """Return the regions of an analysis and the sentence that sums them up."""
    pixels, explanation = analysis.radiograph.pixels, analysis.explanation
    factor = min(1, _SIDE / max(pixels.shape))
    size = max(1, round(pixels.shape[1] * factor)), max(1, round(pixels.shape[0] * factor))
    film = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    lungs = cv2.resize(analysis.lungs.mask, size)
    saliency = saliency_on_film(explanation, *film.shape)
    regions = find_regions(saliency, lungs, film) if explanation.positive else ()
    outside = evidence_outside(saliency, lungs)
    return regions, summarise(regions, outside, explanation.positive)


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
