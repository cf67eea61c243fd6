"""The experiments: each a question, a few trainings that differ in one thing, and one chart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from xray_core.reporting.text.home_made import describe_time
from xray_core.ui.shared import state, trainings
from xray_core.ui.shared.choice import choose_one
from xray_core.ui.shared.foreign import plain
from xray_core.ui.train_it_yourself import charting, films, parts, record

if TYPE_CHECKING:
    from xray_core.experiments.plans import Plan
    from xray_core.experiments.run import Run


def draw() -> None:
    """Let the visitor choose an experiment, run it here, and see what was seen."""
    from xray_core.experiments.plans import PLANS, plan_of

    titles = {plan.name: plan.title for plan in PLANS}
    name = choose_one("Experiment", titles, key=state.EXPERIMENT, titles=titles.get)
    plan = plan_of(name)
    st.header(plan.question, anchor=False)
    st.markdown(plan.shows)
    st.markdown("\n".join(f"- **{label}**: {each.describe()}" for label, each in plan.runs))
    runs = _own(plan)
    if runs:
        _draw_own(plan, runs)
    else:
        _offer(plan)
    record.draw_experiment(plan)


def _own(plan: Plan) -> list[Run]:
    """The visitor's trainings of an experiment; the latest of each kind."""
    visit = trainings.visit()
    found = {run.label: run for run in (visit.runs if visit else []) if run.plan == plan.name}
    return [found[label] for label, _ in plan.runs if label in found]


def _draw_own(plan: Plan, runs: Sequence[Run]) -> None:
    from xray_core.experiments.plans import seen

    done = [run for run in runs if run.results]
    st.header("Seen on this machine", anchor=False)
    if len(done) < len(plan.runs):
        st.info(
            f"{len(done)} of {len(plan.runs)} trainings are done: *Watch* shows how the others do."
        )
    if done:
        networks = [{"title": run.label, **(run.results or {})} for run in done]
        charting.draw_experiment(plan, networks, "own")
        st.markdown(plain(seen(plan, done)))


def _offer(plan: Plan) -> None:
    """Offer to run it here, with the time that it will take."""
    offer = films.chosen()
    if offer is None:
        st.info("To run it here takes films to learn from: *Choose* says how to get some.")
        return
    from xray_core.experiments.cost import estimate

    settings = [replace(settings, source=offer.source) for _, settings in plan.runs]
    seconds = sum(estimate(each, offer) for each in settings)
    lacking = plan.needs_patients and not offer.patients_known
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            f"Run its {len(plan.runs)} trainings here",
            type="primary",
            disabled=lacking,
            on_click=parts.ask,
            args=(parts.WATCH, lambda: trainings.begin().start_plan(plan, offer.source)),
        )
        st.markdown(f"About **{describe_time(seconds)}** on *{plain(offer.title)}*.")
    if lacking:
        st.caption(
            "It needs films that tell their patients, and these do not: bring the films in the "
            "Kaggle layout, with their published names."
        )
