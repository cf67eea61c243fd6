"""The model's card as something to read."""

import streamlit as st

from xray_core.inference.model_card import ModelCard
from xray_core.reporting.text import card as card_text
from xray_core.ui.shared import tables


def show(card: ModelCard) -> None:
    """Draw the whole card: words on the left, numbers on the right."""
    words, numbers = st.columns([3, 2], gap="large")
    with words:
        for title, text in card_text.describe(card).items():
            st.header(title, anchor=False)
            st.markdown(text)
    with numbers:
        for title, rows, alt in (
            ("Films", card_text.list_classes(card), "Films of each class in the training"),
            ("Settings of the training", card_text.list_settings(card), "Settings by name"),
            ("Files", card_text.list_files(card), "The model's files with their SHA-256"),
        ):
            tables.small_table(rows, title=title, alt=alt)
