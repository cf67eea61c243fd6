"""What was done about the imbalance, and what it does to a score."""

import streamlit as st

from xray_core.audit.balance import load_effects, majority_share
from xray_core.inference.model_card import load_evaluation
from xray_core.reporting.text.audit import effects_table
from xray_core.reporting.text.evaluation import operating_points
from xray_core.reporting.wording import METRICS, class_title, count, measured, percent
from xray_core.ui.shared import cache, tables


def show_times_shown() -> None:
    """Show how often a film of each kind was drawn for training."""
    st.header("What the training did about it", anchor=False)
    card = cache.card()
    times = card.training.get("times_shown")
    if not times:
        st.markdown("The training of this model did not balance the classes.")
        return
    st.markdown(
        "Batches are drawn so that nothing but the lungs tells the answer: half of the films with "
        "and half without an opacity, among children and among adults of each projection alike. A "
        "film of a rare kind is therefore shown more often:"
    )
    with st.container(horizontal=True, gap="medium"):
        for name, weight in times.items():
            st.metric(
                class_title(name.lower()),
                f"{weight:.2f} ×",
                border=True,
                width="content",
                help="How often one film of this kind was drawn for training, against the average "
                "film.",
            )
    st.markdown(
        "Times shown = share of the draws that fall to the kind ÷ share of the training films that "
        "are of the kind."
    )
    st.caption(
        f"Of the model {card.title}, from its card. Nothing else depends on how common a class is."
    )


def show_majority_score() -> None:
    """Set the model's accuracy beside that of always giving the commoner answer."""
    st.header("How accuracy flatters", anchor=False)
    card = cache.card()
    evaluation = load_evaluation(card.name, card.home)
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


def show_thresholds() -> None:
    """Set beside it what the threshold alone does, which weighting during training also shifts."""
    card = cache.card()
    evaluation = load_evaluation(card.name, card.home)
    tables.small_table(
        operating_points(evaluation),
        title="What a threshold does",
        alt="Sensitivity and specificity at each operating point, with 95% intervals",
    )
    st.markdown(
        "A network trained on unequal classes gives the commoner one too high a probability. "
        "Drawing rare films more often, or weighting them in the loss, takes that back during "
        "training; a threshold takes it back afterwards. Either moves along the same curve: what "
        "is gained in sensitivity is paid in specificity. Only more, or more varied, films move "
        "the curve itself, which is what augmentation imitates."
    )


def show_effects() -> None:
    """Show what balance and augmentation did to a small network, as measured."""
    st.header("What balance and augmentation did", anchor=False)
    effects = load_effects()
    learned, films = effects["learned_from"], effects["films"]
    st.markdown(
        f"A small network was trained from scratch on {count(learned['normal'], 'normal film')} "
        f"and {learned['pneumonia']:,} with pneumonia, four ways and three times each; these are "
        f"its answers to {count(films['normal'], 'normal film')} and {films['pneumonia']:,} with "
        "pneumonia of other children, the mean and from the least to the greatest of the three:"
    )
    tables.small_table(
        effects_table(effects),
        alt="Sensitivity, specificity and AUC of four ways to train a small network",
    )
    st.markdown(
        "The first two columns show what balance is for: it moves the answers at 50% along the "
        "curve, towards *normal*. The third moves the threshold instead, to where 95% of the "
        "pneumonias are found: there balance has bought nothing. Augmentation even costs a "
        "little here, on other children of the same hospital, where whatever gives the label away "
        "in train does so again. Both numbers are far too good: the network sees the whole film, "
        "and the page *Where it fails* shows what that is worth elsewhere."
    )
