"""The visitor's own trainings: the key that opens them, and the networks that came of them.

The key is in the address, so that a reload finds them again; whoever does not have it does not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from xray_core.ui.shared import state

if TYPE_CHECKING:
    from xray_core.experiments.run import Run
    from xray_core.experiments.runs import Visit


def key() -> str | None:
    """What opens the visitor's trainings: of the address, else of the session; None before any."""
    return st.query_params.get(state.TRAINING) or st.session_state.get(state.TRAINING)


def visit() -> Visit | None:
    """The visitor's trainings; None before any, and where they are no longer kept."""
    named = key()
    if named is None:
        return None
    from xray_core.experiments.runs import runs  # what most visits never need

    return runs.find(named)


def begin() -> Visit:
    """The visitor's trainings, from now on named in the address."""
    found = visit()
    if found is None:
        from xray_core.experiments.runs import runs

        named = runs.new_key()
        found = runs.visit(named)
        st.session_state[state.TRAINING] = st.query_params[state.TRAINING] = named
    return found


def follow() -> bool:
    """Take up the key of the address or of the session; False where what it opened is gone."""
    named = key()
    if named is None:
        return True
    kept = visit() is not None
    if kept:
        st.session_state[state.TRAINING] = named
    else:
        st.session_state.pop(state.TRAINING, None)
        st.query_params.pop(state.TRAINING, None)
    return kept


def models() -> dict[str, Run]:
    """The trainings of this visitor that came to an end, by their models' names."""
    found = visit()
    return {run.name: run for run in found.runs if run.state == "done"} if found else {}
