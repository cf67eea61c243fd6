"""The settings, each with its sentence; the time they will take here; the start."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from xray_core.reporting.text.home_made import (
    FIELDS_OF_VIEW,
    NETWORKS,
    SETTINGS,
    START,
    describe_time,
)
from xray_core.ui.shared import state, trainings
from xray_core.ui.shared.foreign import plain
from xray_core.ui.train_it_yourself import films, parts

if TYPE_CHECKING:
    from xray_core.experiments.films import Offer
    from xray_core.experiments.settings import RunSettings

_RATES = (1e-4, 3e-4, 1e-3, 2e-3, 5e-3, 1e-2)
_FILMS = (100, 200, 500, 1000, 2000)
_LONGEST_TITLE = 40


def draw() -> None:
    """Draw the films, the settings, and what will come of them."""
    left, right = st.columns([5, 2], gap="large")
    with left:
        offer = films.choose()
        settings = _choose(offer)
    with right, st.container(border=True):
        _draw_start(offer, settings)


def _choose(offer: Offer | None) -> RunSettings:
    from xray_core.experiments.settings import RunSettings

    chosen: dict[str, Any] = {}
    st.header("The view", anchor=False)
    with _grid():
        chosen["field_of_view"] = _one_of("field_of_view", list(FIELDS_OF_VIEW), FIELDS_OF_VIEW.get)
        chosen["image_size"] = _one_of("image_size", [64, 128], lambda side: f"{side} × {side}")
    st.header("The network", anchor=False)
    with _grid():
        chosen["network"] = _one_of("network", list(NETWORKS), NETWORKS.get)
        chosen |= _layers() if chosen["network"] == "small_cnn" else _frozen()
    st.header("The training", anchor=False)
    with _grid():
        chosen["epochs"] = _slide("epochs", 1, 30, 5)
        chosen["learning_rate"] = _step("learning_rate", _RATES, 2e-3, lambda rate: f"{rate:g}")
        chosen["class_weights"] = _switch("class_weights", True)
        chosen["augmented"] = _switch("augmented", True)
    with st.expander("Fewer films, and a trap"), _grid():
        most = offer.to_learn if offer else max(_FILMS)
        numbers = [number for number in _FILMS if number < most] + [0]
        chosen["films"] = _step("films", numbers, 0, lambda n: f"{n:,}" if n else "all")
        if offer is None or offer.patients_known:
            chosen["apart"] = _switch("apart", True)
        chosen["seed"] = _slide("seed", 0, 9, 0)
    return RunSettings(source=offer.source if offer else "samples", **chosen)


def _layers() -> dict[str, Any]:
    blocks = _slide("blocks", 2, 5, 4)
    width = _step("width", (4, 8, 16, 32), 16)
    return {"channels": tuple(min(256, width * 2**block) for block in range(blocks))}


def _frozen() -> dict[str, Any]:
    return {"frozen": _slide("frozen", 0, 11, 8)}


def _draw_start(offer: Offer | None, settings: RunSettings) -> None:
    """Say how long it will take here, and begin it."""
    st.header("Your network", anchor=False)
    st.markdown(plain(settings.describe()))
    title = st.text_input(
        "What to call it",
        max_chars=_LONGEST_TITLE,
        placeholder="A name of your own, or none",
        key=state.TRAINING_TITLE,
        persist_state="session",
    ).strip()
    if offer is None:
        st.markdown("It needs films to learn from: fetch some first.")
    else:
        from xray_core.experiments.cost import estimate

        st.markdown(
            f"It will take about **{describe_time(estimate(settings, offer))}** on this machine.",
            help="Measured: what a step of such a network costs, and how fast this machine is now.",
        )
    st.button(
        START[settings.network],
        key="train it",
        type="primary",
        disabled=offer is None,
        on_click=parts.ask,
        args=(parts.WATCH, lambda: trainings.begin().start(settings, title)),
        width="stretch",
    )
    st.caption(
        "It trains in a process of its own, with the lowest priority: you may leave the page. "
        "The address then holds a key: **whoever has the address sees your runs**, nobody else."
    )


def _grid() -> Any:
    return st.grid(2, min_column_width=260, gap="medium")


def _one_of(name: str, options: Sequence[Any], titles: Any = str) -> Any:
    with _setting(name):
        return st.segmented_control(
            SETTINGS[name].title,
            options,
            default=options[0],
            format_func=titles,
            required=True,
            key=_key(name),
            persist_state="session",
        )


def _slide(name: str, low: int, high: int, default: int) -> int:
    with _setting(name):
        return st.slider(
            SETTINGS[name].title, low, high, default, key=_key(name), persist_state="session"
        )


def _step(name: str, options: Sequence[Any], default: Any, titles: Any = str) -> Any:
    with _setting(name):
        return st.select_slider(
            SETTINGS[name].title,
            options,
            default,
            format_func=titles,
            key=f"{_key(name)} of {len(options)}",  # other films offer other numbers
            persist_state="session",
        )


def _switch(name: str, default: bool) -> bool:
    with _setting(name):
        return st.toggle(SETTINGS[name].title, default, key=_key(name), persist_state="session")


def _setting(name: str) -> DeltaGenerator:
    """A place for a setting, with its sentence below it."""
    with st.container(gap="xsmall"):
        place = st.container()
        st.caption(SETTINGS[name].meaning)
    return place


def _key(name: str) -> str:
    return f"{state.TRAINING_SETTING} {name}"
