"""The charts of trainings, the visitor's own and recorded ones alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

from xray_core.reporting.figures import experiments as figures
from xray_core.reporting.wording import METRICS, count
from xray_core.ui.shared import charts

if TYPE_CHECKING:
    from xray_core.experiments.plans import Plan

_AT_EVEN_ODDS = {
    "sensitivity": ("validation", "before_calibration", "sensitivity"),
    "specificity": ("validation", "before_calibration", "specificity"),
}


def draw_curves(
    title: str,
    steps: Sequence[Sequence[float]],
    epochs: Sequence[Mapping[str, Any]],
    epochs_in_all: int,
    steps_in_all: int,
) -> None:
    """Draw loss and accuracy of a training, see `figures.live_curves`."""
    drawn = figures.live_curves(steps, epochs, epochs_in_all, steps_in_all)
    for place, (name, figure) in zip(st.columns(2, gap="large"), drawn.items(), strict=True):
        with place:
            charts.draw(
                figure,
                title=name,
                key=f"{name} of the training",
                alt=f"{name} of {title}: training at {count(len(steps), 'step')}, training and "
                f"validation at the end of {count(len(epochs), 'epoch')} of {epochs_in_all}",
            )


def draw_networks(networks: Sequence[Mapping[str, Any]], measure: str, key: str) -> None:
    """Draw one measure of networks, on validation and on the test."""
    title = METRICS[measure].title
    series = {part: (part, measure) for part in ("validation", "test")}
    _draw(networks, series, title, key)


def draw_experiment(plan: Plan, networks: Sequence[Mapping[str, Any]], key: str) -> None:
    """Draw the one chart of an experiment, a row for each of its trainings."""
    if plan.name == "imbalance":  # calibration makes up for it: what the training itself came to
        title = "Share on validation, at even odds"
        _draw(networks, _AT_EVEN_ODDS, title, f"{key} {plan.name}")
    else:
        draw_networks(networks, plan.measures[0], f"{key} {plan.name}")


def _draw(
    networks: Sequence[Mapping[str, Any]],
    series: Mapping[str, Sequence[str]],
    title: str,
    key: str,
) -> None:
    named = ", ".join(dict.fromkeys(network["title"] for network in networks))
    charts.draw(
        figures.compare(networks, series, title),
        key=key,
        alt=f"{title}, {' and '.join(series)}, of {named}",
    )
