"""What was done about the imbalance, and what it does to a score."""

import streamlit as st

from xray_core.audit.balance import majority_share
from xray_core.inference.model_card import load_evaluation
from xray_core.reporting.wording import METRICS, class_title, measured, percent
from xray_core.ui.shared import cache


def show_class_weights() -> None:
    """Show how much one film of each class weighed in training."""
    st.header("What the training did about it", anchor=False)
    card = cache.card()
    weights = card.training.get("class_weights")
    if not weights:
        st.markdown("The training of this model did not weight the classes.")
        return
    st.markdown("Each film counted by how rare its class is:")
    with st.container(horizontal=True, gap="medium"):
        for name, weight in weights.items():
            st.metric(
                class_title(name.lower()),
                f"{weight:.2f} ×",
                border=True,
                width="content",
                help="How much one film of this class counted in training; 1 × is the average "
                "film's weight.",
            )
    st.caption(f"Class weights of the model {card.title}, from its card.")


def show_majority_score() -> None:
    """Set the model's accuracy beside that of always giving the commoner answer."""
    st.header("How accuracy flatters", anchor=False)
    evaluation = load_evaluation(cache.card().name)
    lazy = majority_share(evaluation)
    st.markdown(
        f"Answering *pneumonia* to every test film is right for {percent(lazy, 1)} of them, and "
        "finds not one healthy child. So accuracy alone says little; look at sensitivity and "
        "specificity together."
    )
    with st.grid(2, min_column_width=130):
        st.metric("Always pneumonia", percent(lazy, 1), border=True, help="Accuracy.")
        for name in ("accuracy", "sensitivity", "specificity"):
            st.metric(
                f"Model: {METRICS[name].title.lower()}",
                percent(evaluation[name]["value"], 1),
                border=True,
                help=f"{METRICS[name].meaning} {measured(evaluation[name])}",
            )
