"""How the model does on the films: sentences first, then the figures, then what to take away."""

import json
from typing import Any

import streamlit as st

from xray_core.errors import XrayError
from xray_core.inference.model_card import ModelCard
from xray_core.io.images import encode_jpeg, fit_within
from xray_core.reporting.figures import results
from xray_core.reporting.figures import site as figures
from xray_core.reporting.site_pdf import validation_report
from xray_core.reporting.text.evaluation import headline, operating_points
from xray_core.reporting.wording import METRICS, measured, percent
from xray_core.site.visit import SiteFilms
from xray_core.ui.shared import charts, state, tables
from xray_core.ui.shared.foreign import plain

_WORST = 6
_SIDE = 320
_TILES = ("auc", "sensitivity", "specificity", "calibration_intercept", "calibration_slope")


def draw(films: SiteFilms, card: ModelCard) -> None:
    """Draw the validation, and offer it as PDF and JSON."""
    st.header("How it does here", anchor=False)
    prevalence = st.slider(
        "Where the answers would be used, films that show pneumonia",
        min_value=1,
        max_value=80,
        value=10,
        format="%d%%",
        key=state.SITE_PREVALENCE,
        persist_state="session",
        help="It moves the net benefit; everything else is the same at any prevalence.",
        width=420,
    )
    report = films.validate(card, prevalence / 100)
    st.markdown("\n".join(f"- {plain(text)}" for text in report["sentences"]))
    measures = headline(report)
    with st.grid(5, min_column_width=150):
        for name in _TILES:
            result = measures[name]
            st.metric(
                METRICS[name].title,
                measured(result, 2).partition(" (")[0],
                help=METRICS[name].meaning,
                border=True,
            )
    tables.small_table(
        operating_points(report), alt="What each operating point does", title="Operating points"
    )
    left, right = st.columns(2, gap="large")
    with left:
        charts.draw(
            results.reliability(report),
            title="Do the probabilities mean what they say?",
            alt="Observed share of pneumonia over the stated probability",
        )
    with right:
        charts.draw(
            figures.decision_curve(report["net_benefit"]),
            title="Is acting on it worth it?",
            alt="Net benefit of the model, of treating all and of treating none",
        )
    _draw_worst(films, report)
    with st.container(horizontal=True):
        st.download_button(
            "Report as PDF",
            lambda: validation_report(report, films.by_name()),
            "validation.pdf",
            "application/pdf",
            on_click="ignore",
        )
        st.download_button(
            "Report as JSON",
            lambda: json.dumps(report, indent=1, allow_nan=False).encode(),
            "validation.json",
            "application/json",
            on_click="ignore",
            help="With the films' file names and the model's answers. The page Triage and the "
            "command monitor compare later piles with it.",
        )


def _draw_worst(films: SiteFilms, report: dict[str, Any]) -> None:
    if not report["worst"]:
        return
    st.header("Its surest errors here", anchor=False)
    named = films.by_name()
    with st.container(key="gallery"), st.grid(6, min_column_width=150, gap="medium"):
        for error in report["worst"][:_WORST]:
            truth = error["label"].capitalize()
            with st.container(gap="xsmall"):
                try:
                    pixels = fit_within(named[error["file"]].open().pixels, _SIDE)
                except XrayError:
                    continue
                st.image(encode_jpeg(pixels), width="stretch", alt=f"Chest film: {truth}")
                st.markdown(
                    f"**{truth}**, probability of pneumonia {percent(error['probability'])}"
                )
                st.caption(plain(error["file"]))
