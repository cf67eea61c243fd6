"""How unequal the classes are, and what that does."""

import streamlit as st

from xray_core.audit import balance
from xray_core.datasets.catalogue import load_manifest
from xray_core.reporting.figures import charts as figures
from xray_core.reporting.text.audit import balance_table
from xray_core.reporting.wording import count
from xray_core.ui.class_balance import augmentation, imbalance
from xray_core.ui.shared import charts, frame, tables
from xray_core.ui.shared.choice import choose_one

with frame.page(
    "Class balance",
    "Pneumonia is almost three times as common here as a normal film. A network that learns from "
    "such data may simply learn to say pneumonia.",
):
    manifest = load_manifest()
    unit = choose_one("Count", ["films", "patients"], key="unit")
    counts = balance.count(manifest, unit)
    charts.draw(
        figures.class_balance(counts, unit),
        key="balance",
        alt=f"Normal, bacterial and viral {unit} in the training, validation and test split",
    )
    tables.table(balance_table(counts), alt=f"{unit.capitalize()} by split and class")
    st.caption(
        f"{count(len(manifest), 'film')} are published. One child often has several films, so "
        "films of the same child must never be on both sides of a split. Patients are told apart "
        "by the numbers in the file names, as far as these go."
    )
    weights, lie = st.columns(2, gap="large")
    with weights, frame.boundary("class weights"):
        imbalance.show_times_shown()
        augmentation.show_weighted_films()
    with lie, frame.boundary("majority score"):
        imbalance.show_majority_score()
    with frame.boundary("thresholds"):
        imbalance.show_thresholds()
    with frame.boundary("effects"):
        imbalance.show_effects()
    with frame.boundary("augmentation"):
        augmentation.show_augmentation()
