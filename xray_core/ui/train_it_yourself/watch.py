"""A training as it goes: curves, films it gets wrong right now, and the way to end it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

from xray_core.reporting.text.home_made import (
    STATES,
    describe_progress,
    describe_queue,
    describe_time,
    read_losses,
)
from xray_core.reporting.wording import percent
from xray_core.ui.shared import state, trainings
from xray_core.ui.shared.foreign import plain
from xray_core.ui.train_it_yourself import charting, parts, record

if TYPE_CHECKING:
    from xray_core.experiments.run import Run
    from xray_core.experiments.runs import Visit

_EVERY = 1.5  # seconds between two looks at what is live
_LIVE = ("waiting", "running")
_COLUMNS = 8  # of tiles


def draw() -> None:
    """Draw the visitor's trainings, or a recorded one where there is none."""
    visit = trainings.visit()
    if visit is None or not visit.runs:
        record.draw_training()
        return
    live = any(run.state in _LIVE for run in visit.runs)
    st.fragment(_draw_runs, run_every=_EVERY if live else None)(live)


def _draw_runs(live: bool) -> None:
    visit = trainings.visit()
    if visit is None or not visit.runs or parts.asked():
        st.rerun()
    if live != any(run.state in _LIVE for run in visit.runs):
        st.rerun()  # the page, too: something is over, or has begun
    run = _choose(visit)
    _draw_state(visit, run)
    progress = run.progress
    charting.draw_curves(
        run.title, progress.steps, progress.epochs, run.settings.epochs, progress.steps_in_all
    )
    if words := read_losses(progress.epochs):
        st.markdown(words)
    _draw_wrong(progress.wrong)


def _choose(visit: Visit) -> Run:
    """The run to look at: the one that trains, as long as the visitor wants no other."""
    named = {run.name: run for run in visit.runs}
    first = next((run for run in visit.runs if run.state in _LIVE), visit.runs[-1])
    if len(named) == 1:
        return first
    chosen = st.segmented_control(
        "Your trainings",
        list(named),
        default=first.name,
        format_func=lambda name: f"{plain(named[name].title)} · {STATES[named[name].state]}",
        required=True,
        key=f"{state.TRAINING_SHOWN} {first.name}",
    )
    return named[chosen]


def _draw_state(visit: Visit, run: Run) -> None:
    """Say how far it is, and offer what can be done about it."""
    progress = run.progress
    st.header(plain(run.title), anchor=False)
    st.caption(plain(run.settings.describe()))
    if run.state == "waiting":
        st.info(describe_queue(visit.ahead(run), visit.starts_in(run)))
    elif run.state == "failed":
        st.error(plain(run.problem) or "It ended, and did not say why: train it again.")
    elif run.state == "running":
        words = describe_progress(progress.stage, progress.seconds, progress.seconds_left)
        st.progress(progress.share, plain(words))
    elif run.state == "stopped":
        st.info("Stopped. What it has learned is kept: it goes on from there, when you like.")
    elif run.state == "done":
        st.success(
            f"Done after {describe_time(progress.seconds)}. What it is worth stands under "
            "*Compare*; what it says of a film, on *Explain*."
        )
    with st.container(horizontal=True, vertical_alignment="center"):
        _offer(visit, run)


def _offer(visit: Visit, run: Run) -> None:
    """The buttons that a training's state allows."""
    here = parts.WATCH
    if run.state == "running":
        _button("Stop", run, here, visit.stop, help="What it has learned is kept.")
    if run.state == "stopped":
        _button("Go on", run, here, visit.go_on, type="primary")
    if run.state == "done":
        _button("Compare", run, parts.COMPARE, lambda _: None, type="primary")
    if run.state in (*_LIVE, "stopped"):
        _button("Cancel", run, here, visit.cancel, help="It ends, and nothing of it is kept.")
    else:
        _button("Forget it", run, here, parts.forget, type="tertiary")


def _button(title: str, run: Run, then: str, what: Any, **options: Any) -> None:
    st.button(
        title, key=f"{title} {run.name}", on_click=parts.ask, args=(then, what, run), **options
    )


def _draw_wrong(wrong: Sequence[Mapping[str, Any]]) -> None:
    if not wrong:
        return
    st.header("Films it gets wrong right now", anchor=False)
    st.caption("Films set aside for validation, the surest errors first; after each epoch anew.")
    with st.container(key="gallery"), st.grid(_COLUMNS, min_column_width=110, gap="small"):
        for film in wrong:
            truth = film["label"].capitalize()
            with st.container(gap="xsmall"):
                st.image(film["picture"], width="stretch", alt=f"Chest film: {truth}")
                st.markdown(f"**{plain(truth)}**")
                sure = max(film["probability"], 1 - film["probability"])
                st.caption(f"{percent(sure)} sure of the wrong answer")
