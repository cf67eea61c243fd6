"""Fetching films on request; every button says that it goes to the internet."""

from collections.abc import Callable

import streamlit as st

from xray_core.datasets import download
from xray_core.datasets.catalogue import Catalogue, pneumoniamnist_archive


def offer_source(catalogue: Catalogue) -> None:
    """Say what a source lacks, and offer to fetch it where that can be done by a button."""
    if not catalogue.note:
        return
    st.info(catalogue.note)
    if catalogue.source == "samples":
        _offer("Fetch the sample films from the internet (83 MB)", "fetch samples", _fetch_samples)
    elif catalogue.source == "pneumoniamnist":
        offer_pneumoniamnist()
    elif catalogue.source == "kaggle":
        title = "Download the full-size films from Kaggle over the internet (1.2 GB)"
        _offer(title, "fetch kaggle", _fetch_kaggle)


def offer_pneumoniamnist() -> None:
    """Offer the full data set at 224 pixels."""
    if not pneumoniamnist_archive().exists():
        title = "Download the full data set over the internet (214 MB, from Zenodo)"
        _offer(title, "fetch pneumoniamnist", _fetch_pneumoniamnist)


def _offer(title: str, key: str, fetch: Callable[[], None]) -> None:
    if st.button(title, key=key):
        fetch()
        st.rerun()


def _fetch_samples() -> None:
    with st.spinner("Fetching the sample films"):
        download.fetch_samples()


def _fetch_kaggle() -> None:
    with st.spinner("Downloading from Kaggle; this takes minutes"):
        download.fetch_kaggle()


def _fetch_pneumoniamnist() -> None:
    bar = st.progress(0.0, "Connecting")
    download.fetch_pneumoniamnist(
        progress=lambda done, total: bar.progress(
            min(1.0, done / max(total, 1)), f"{done / 2**20:.0f} of {total / 2**20:.0f} MB"
        )
    )
