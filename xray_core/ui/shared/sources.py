"""Fetching films on request; every button says that it goes to the internet."""

from collections.abc import Callable

import streamlit as st

from xray_core.datasets import download
from xray_core.datasets.catalogue import Catalogue, open_catalogue, pneumoniamnist_archive

_TO_LEARN_FROM = {28: "4", 64: "about 20", 128: "about 75", 224: "214"}
"""Megabytes of PneumoniaMNIST by its pixels."""


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


def offer_to_learn_from(fetched: Callable[[], object]) -> None:
    """Offer what a network can be trained on; ``fetched`` is called when something has come."""
    st.markdown(
        "**PneumoniaMNIST**: the 5,856 films of children, reduced, from Zenodo over the internet."
    )
    with st.container(horizontal=True):
        for size, megabytes in _TO_LEARN_FROM.items():
            if pneumoniamnist_archive(size).exists():
                continue
            if st.button(f"Fetch {size} px ({megabytes} MB)", key=f"fetch pneumoniamnist {size}"):
                _fetch_pneumoniamnist(size)
                fetched()
                st.rerun()
    st.markdown(
        "**The films at full size, with their names**, which tell the children apart: from Kaggle "
        "(1.2 GB, over the internet), or in a folder that the server's XRAY_DATA names. Any folder "
        "of classes will do, `train/CLASS/film.png` and `test/CLASS/film.png`, also of four."
    )
    if not open_catalogue("kaggle").samples and st.button(
        "Fetch from Kaggle (1.2 GB)", key="fetch kaggle to learn from"
    ):
        _fetch_kaggle()
        fetched()
        st.rerun()


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


def _fetch_pneumoniamnist(size: int = 224) -> None:
    bar = st.progress(0.0, "Connecting")
    download.fetch_pneumoniamnist(
        size=size,
        progress=lambda done, total: bar.progress(
            min(1.0, done / max(total, 1)), f"{done / 2**20:.0f} of {total / 2**20:.0f} MB"
        ),
    )
