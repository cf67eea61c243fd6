"""Fetching films on request; every button says that it goes to the internet."""

import streamlit as st

from xray_core.datasets import download
from xray_core.datasets.catalogue import pneumoniamnist_archive


def offer_samples(catalogue):
    """Say which sample films are missing, and offer to fetch them."""
    st.info(catalogue.note)
    if st.button("Fetch the sample films from the internet (83 MB)", key="fetch samples"):
        with st.spinner("Fetching the sample films"):
            download.fetch_samples()
        st.rerun()


def offer_source(catalogue):
    """Say what a source lacks, and offer to fetch it where that can be done by a button."""
    if not catalogue.note:
        return
    if catalogue.source == "samples":
        offer_samples(catalogue)
        return
    st.info(catalogue.note)
    if catalogue.source == "pneumoniamnist":
        offer_pneumoniamnist()
    elif catalogue.source == "kaggle" and st.button(
        "Download the full-size films from Kaggle over the internet (1.2 GB)", key="fetch kaggle"
    ):
        with st.spinner("Downloading from Kaggle; this takes minutes"):
            download.fetch_kaggle()
        st.rerun()


def offer_pneumoniamnist():
    """Offer the full data set at 224 pixels, and show the download's progress."""
    if pneumoniamnist_archive().exists():
        return
    if not st.button(
        "Download the full data set over the internet (214 MB, from Zenodo)",
        key="fetch pneumoniamnist",
    ):
        return
    bar = st.progress(0.0, "Connecting")
    download.fetch_pneumoniamnist(
        progress=lambda done, total: bar.progress(
            min(1.0, done / max(total, 1)), f"{done / 2**20:.0f} of {total / 2**20:.0f} MB"
        )
    )
    st.rerun()
