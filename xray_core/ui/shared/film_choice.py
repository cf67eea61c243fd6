"""Choosing the film to look at: an upload or a sample."""

from collections import Counter

import streamlit as st

from xray_core.datasets.catalogue import Catalogue, open_catalogue
from xray_core.io.film_source import FilmFile
from xray_core.reporting.wording import truth_of
from xray_core.ui.shared import state
from xray_core.ui.shared.foreign import plain
from xray_core.ui.shared.frame import sentence
from xray_core.ui.shared.sources import offer_source


def choose() -> FilmFile | None:
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
        help=state.WHERE_UPLOADS_STAY,
    )
    _choose_sample()
    _choose_upload()
    for problem in state.problems():
        st.warning(sentence(problem))
    return state.current_film()


def explain_choice() -> None:
    """Say what to do while there is no film."""
    st.info(
        "Drop a frontal chest film here, or choose a sample: its answer, the evidence and the "
        "caveats appear in this place."
    )


def _choose_sample() -> None:
    catalogue = open_catalogue("samples")
    offer_source(catalogue)
    if not catalogue.samples:
        return
    film = state.current_film()
    options = {sample.name: sample for sample in catalogue.samples}
    st.session_state[state.SAMPLE] = film.name if film and film in options.values() else None
    st.selectbox(
        "Or a sample film",
        options,
        format_func=_number(catalogue).__getitem__,
        placeholder=f"Choose one of {len(options)}",
        key=state.SAMPLE,
        on_change=lambda: state.show_sample(options[st.session_state[state.SAMPLE]]),
    )


def _choose_upload() -> None:
    uploads, film = state.uploads(), state.current_film()
    if not uploads:
        return
    shown = (digest for digest, upload in uploads.items() if upload is film)
    st.session_state[state.UPLOAD] = next(shown, None)
    st.radio(
        "Your films",
        list(uploads),
        format_func=lambda digest: plain(uploads[digest].name),
        key=state.UPLOAD,
        on_change=lambda: state.show_upload(st.session_state[state.UPLOAD]),
    )
    st.button("Forget my films", on_click=state.forget_uploads, type="tertiary")


def _number(catalogue: Catalogue) -> dict[str, str]:
    """Name the samples by their truth and a number, by file name."""
    seen, titles = Counter[str](), {}
    for sample in catalogue.samples:
        truth = truth_of(sample.label, sample.subtype)
        seen[truth] += 1
        titles[sample.name] = f"{truth} {seen[truth]}"
    return titles
