"""The parts of the page, how one leads to another, and what the visitor asks of the trainings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

from xray_core.errors import XrayError
from xray_core.ui.shared import model_choice, state, trainings
from xray_core.ui.shared.frame import sentence

if TYPE_CHECKING:
    from streamlit.elements.lib.mutable_tab_container import TabContainer

    from xray_core.experiments.run import Run

CHOOSE, WATCH, COMPARE, EXPERIMENTS = "Choose", "Watch", "Compare", "Experiments"


def draw() -> Sequence[TabContainer]:
    """Draw the tabs, and above them what went wrong with what was asked last."""
    st.session_state.pop(state.TRAINING_ASKED, None)
    if problem := st.session_state.pop(state.TRAINING_PROBLEM, ""):
        st.warning(problem)
    return st.tabs(
        [CHOOSE, WATCH, COMPARE, EXPERIMENTS], key=state.TRAINING_PART, bind="query-params"
    )


def ask(then: str, what: Callable[..., Any], *arguments: Any) -> None:
    """Do what a button asks, and show a part; where it cannot be done, say why. For callbacks."""
    st.session_state[state.TRAINING_ASKED] = True
    try:
        what(*arguments)
    except XrayError as error:
        st.session_state[state.TRAINING_PROBLEM] = sentence(error)
    else:
        st.session_state[state.TRAINING_PART] = then


def asked() -> bool:
    """Whether the page has yet to show what a button asked; a fragment draws but itself anew."""
    return state.TRAINING_ASKED in st.session_state


def forget(run: Run) -> None:
    """Let go of a training and of its network, which then answers on no page."""
    visit = trainings.visit()
    if visit is not None:
        visit.forget(run)
    if model_choice.chosen() == run.name:
        model_choice.forget()
