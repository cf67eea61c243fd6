"""Choosing the film to look at: an upload or a sample."""

from collections import Counter

import streamlit as st

from xray_core.datasets.catalogue import open_catalogue
from xray_core.reporting.wording import truth_of
from xray_core.ui.shared import state
from xray_core.ui.shared.frame import sentence
from xray_core.ui.shared.sources import offer_samples


def choose():
    """Draw the ways to choose a film, and return the one chosen, or None."""
    state.follow_address()
    key = state.uploader_key()
    # No `type`: the reader judges by content, and DICOM files often have no extension.
    st.file_uploader(
        "Your own films, as DICOM, JPEG, PNG, TIFF, BMP or WebP, or in a ZIP archive",
        accept_multiple_files=True,
        key=key,
        on_change=state.take_uploads,
        args=(key,),
        help="They stay in this visit's memory: nothing is written to disk or sent anywhere else.",
    )
    _choose_sample()
    _choose_upload()
    for problem in state.problems():
        st.warning(sentence(problem))
    return state.current_film()


def explain_choice():
    """Say what to do while there is no film."""
    st.info(
        "Drop a frontal chest film here, or choose a sample: its answer, the evidence and the "
        "caveats appear in this place."
    )


def _choose_sample():
    catalogue = open_catalogue("samples")
    if catalogue.note:
        offer_samples(catalogue)
    if not catalogue.samples:
        return
    film = state.current_film()
    options = {sample.name: sample for sample in catalogue.samples}
    shown = film.name if film in options.values() else None
    st.session_state[state.SAMPLE] = shown
    st.selectbox(
        "Or a sample film",
        options,
        format_func=_number(catalogue).get,
        placeholder=f"Choose one of {len(options)}",
        key=state.SAMPLE,
        on_change=lambda: state.show_sample(options[st.session_state[state.SAMPLE]]),
    )


def _choose_upload():
    uploads = state.uploads()
    if not uploads:
        return
    film = state.current_film()
    names = {digest: upload.name for digest, upload in uploads.items()}
    st.session_state[state.UPLOAD] = next(
        (digest for digest, upload in uploads.items() if upload is film), None
    )
    st.radio(
        "Your films",
        names,
        format_func=names.get,
        key=state.UPLOAD,
        on_change=lambda: state.show_upload(st.session_state[state.UPLOAD]),
    )
    st.button("Forget my films", on_click=state.forget_uploads, type="tertiary")


def _number(catalogue):
    """Name the samples by their truth and a number, by file name."""
    seen, titles = Counter(), {}
    for sample in catalogue.samples:
        truth = truth_of(sample.label, sample.subtype)
        seen[truth] += 1
        titles[sample.name] = f"{truth} {seen[truth]}"
    return titles
