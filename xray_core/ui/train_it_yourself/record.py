"""What was recorded elsewhere, said so: shown where nothing has been trained here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from xray_core.reporting.text.home_made import FIELDS_OF_VIEW, read_losses
from xray_core.reporting.wording import count
from xray_core.ui.train_it_yourself import charting

if TYPE_CHECKING:
    from xray_core.experiments.plans import Plan

NOTHING = "You have trained nothing yet: *Choose* begins it."


def origin() -> str:
    """Where and on what the recorded trainings were made."""
    return str(_load().get("origin", ""))


def draw_training() -> None:
    """Draw the recorded training as if it were one of the visitor's, and say that it is not."""
    training = _load().get("training")
    if training is None:
        st.info(NOTHING)
        return
    st.info(f"{NOTHING} Until then this is how one went that was recorded. {origin()}")
    st.header(training["title"], anchor=False)
    st.caption(_settings(training).describe())
    charting.draw_curves(
        training["title"],
        training["steps"],
        training["epochs"],
        training["settings"]["epochs"],
        training["steps_in_all"],
    )
    st.markdown(read_losses(training["epochs"]))


def network() -> dict[str, Any] | None:
    """The recorded training's network, to be compared with others; None where there is none."""
    training = _load().get("training")
    if training is None:
        return None
    sees = FIELDS_OF_VIEW[training["settings"]["field_of_view"]]
    return {"title": f"{training['title']} (recorded)", "sees": sees, **training["results"]}


def draw_experiment(plan: Plan) -> None:
    """Draw what an experiment showed where it was recorded."""
    recorded = _load().get("plans", {}).get(plan.name)
    if not recorded:
        return
    st.header("As it was recorded", anchor=False)
    charting.draw_experiment(
        plan, [{"title": run["label"], **run["results"]} for run in recorded["runs"]], "recorded"
    )
    st.markdown(recorded["seen"])
    seeds = len({run["seed"] for run in recorded["runs"]})
    st.caption(f"Each mark is one training, of {count(seeds, 'seed')}. {origin()}")


def _settings(training: dict[str, Any]) -> Any:
    from xray_core.experiments.settings import RunSettings

    return RunSettings.read(training["settings"])


def _load() -> dict[str, Any]:
    from xray_core.experiments import recorded

    return recorded.load() or {}
