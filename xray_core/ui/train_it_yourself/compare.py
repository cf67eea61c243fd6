"""The visitor's networks and the server's in one table and one chart, and what to do with each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import streamlit as st

from xray_core.errors import ModelError
from xray_core.inference.model_card import list_models, load_card, load_evaluation, load_probes
from xray_core.reporting.text.home_made import (
    FIELDS_OF_VIEW,
    compare_rows,
    of_shipped,
    read_run,
    tell_apart,
)
from xray_core.reporting.wording import METRICS
from xray_core.ui.pages import EXPLAIN, HOW_IT_SEES, QUIZ
from xray_core.ui.shared import address, model_choice, state, tables, trainings
from xray_core.ui.shared.choice import choose_one
from xray_core.ui.shared.foreign import plain
from xray_core.ui.train_it_yourself import charting, parts, record

if TYPE_CHECKING:
    from xray_core.experiments.run import Run

_MEASURES = ("accuracy", "sensitivity", "specificity", "auc")
_TRY = (EXPLAIN, HOW_IT_SEES, QUIZ)


def draw() -> None:
    """Draw the comparison, then each network of the visitor's."""
    runs = list(trainings.models().values())
    own = [
        {
            "title": title,
            "sees": FIELDS_OF_VIEW[run.settings.field_of_view],
            **(run.results or {}),
        }
        for run, title in zip(runs, tell_apart([run.title for run in runs]), strict=True)
    ]
    recorded = None if own else record.network()
    if not own:
        st.info(
            "You have trained no network to its end yet."
            + (f" The first one here was recorded. {record.origin()}" if recorded else "")
        )
    _draw_all([*own, *filter(None, [recorded]), *_shipped()])
    for run in runs:
        _draw_run(run)


def _draw_all(networks: Sequence[Mapping[str, Any]]) -> None:
    """Draw networks in one chart and one table."""
    st.header("Validation against the test", anchor=False)
    measure = choose_one(
        "Measure",
        _MEASURES,
        key=state.TRAINING_MEASURE,
        titles=lambda name: METRICS[name].title,
        in_address=False,
    )
    charting.draw_networks(networks, measure, "networks compared")
    st.caption(
        "Bars are 95% intervals. Validation films come from where the training films come from; "
        "the test is of others. Of the server's models the test is the official one, and "
        "validation what was measured of it on films that it was not fitted on."
    )
    tables.long_table(
        compare_rows(networks), alt="Every network with its results and their 95% intervals"
    )


def _shipped() -> Iterator[dict[str, Any]]:
    for name in list_models():
        with suppress(ModelError):  # one that was not tested has nothing to be compared
            yield of_shipped(load_card(name), load_evaluation(name), load_probes(name))


def _draw_run(run: Run) -> None:
    """Say what happened, and offer the network."""
    labels = model_choice.card(run.name).labels
    with st.container(border=True, key=f"network {run.name}"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.header(plain(run.title), anchor=False, width="content")
            st.badge(model_choice.HOME_MADE, color="gray")
        st.caption(plain(run.settings.describe()))
        st.markdown("\n".join(f"- {text}" for text in read_run(run.results or {}, labels)))
        with st.container(horizontal=True, vertical_alignment="center"):
            for page in _TRY:
                if st.button(
                    f"Try it on {page.title}",
                    key=f"{page.title} {run.name}",
                    type="primary" if page is EXPLAIN else "secondary",
                ):
                    model_choice.choose(run.name)
                    st.switch_page(page.path, query_params=address.query(page))
            st.download_button(
                "Download",
                run.files,
                f"{run.name}.zip",
                "application/zip",
                key=f"download {run.name}",
                on_click="ignore",
                help="One ZIP archive: the network for Keras and for LiteRT, its card, its curves.",
            )
            st.button(
                "Forget it",
                key=f"forget {run.name}",
                type="tertiary",
                on_click=parts.ask,
                args=(parts.COMPARE, parts.forget, run),
            )
