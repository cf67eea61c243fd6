"""A convolution by hand, and what the networks are made of."""

from collections.abc import Mapping

import cv2
import numpy as np
import streamlit as st

from xray_core.inference.activations import read_first_kernels
from xray_core.inference.model_card import ModelCard
from xray_core.inference.views import reduce_film
from xray_core.reporting.figures import steps
from xray_core.types import Radiograph
from xray_core.ui.kernel_bench import bench
from xray_core.ui.shared import charts, model_choice, tables
from xray_core.ui.shared.foreign import plain

_SIDE = 64  # of the film to work on: its pixels can be told apart
_BY_HAND = {
    "Edges from left to right": np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]),
    "Edges from top to bottom": np.array([[-1, -2, -1], [0, 0, 0], [1, 2, 1]]),
    "Spots": np.array([[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]]),
    "Mean of its surroundings": np.full((3, 3), 1 / 9),
    "Nothing: the film itself": np.array([[0, 0, 0], [0, 1, 0], [0, 0, 0]]),
}


def show_kernel(radiograph: Radiograph, card: ModelCard) -> None:
    """Let a kernel be moved over the film."""
    st.header("9 · One kernel, by hand", anchor=False)
    st.markdown(
        "All a convolution does is this: lay nine numbers, the *kernel*, over nine pixels, "
        "multiply each pair, add up the products, and go on to the next place. A layer does it "
        "with many kernels, and the numbers in them are what training changes."
    )
    film = cv2.resize(reduce_film(radiograph.pixels), (_SIDE, _SIDE), interpolation=cv2.INTER_AREA)
    bench.draw(film, {**_BY_HAND, **_learned(card)}, key="kernel bench")


def _learned(card: ModelCard) -> Mapping[str, np.ndarray]:
    """The first kernels of the model, each so that its largest number is 1."""
    kernels = read_first_kernels(card.name, card.home)
    return {
        f"Learned by {card.title}: {number} of {len(kernels)}": kernel / np.abs(kernel).max()
        for number, kernel in enumerate(kernels, 1)
        if kernel.any()  # training lets some go
    }


def show_networks() -> None:
    """Draw the networks layer by layer."""
    st.header("10 · The networks, layer by layer", anchor=False)
    st.markdown(
        "As high as a map has rows, as wide as it has channels: on the way from the film to the "
        "answer the maps get smaller and more. Behind every convolution stands a normalisation."
    )
    for card in map(model_choice.card, model_choice.at_hand()):
        blocks = card.raw.get("layers")
        if not blocks:
            continue
        total = sum(block["parameters"] * block["times"] for block in blocks)
        st.markdown(f"**{model_choice.title(card)}**: {total:,} parameters. {plain(card.summary)}")
        charts.draw(
            steps.layers(blocks),
            key=f"layers of {card.name}",
            alt=f"The {len(blocks)} layers of {card.title}, from "
            f"{' × '.join(map(str, blocks[0]['shape']))} to {blocks[-1]['shape'][-1]} logits",
        )
        with st.expander(f"The layers of {plain(card.title)} as a table"):
            tables.small_table(
                steps.list_layers(blocks), alt=f"The layers of {card.title} with shapes"
            )
