"""Choosing the film to look at: an upload or a sample."""

from collections import Counter

import streamlit as st

from xray_core.datasets.catalogue import Catalogue, open_catalogue
from xray_core.io.film_source import FilmFile
from xray_core.io.images import picture_address
from xray_core.reporting.wording import truth_of
from xray_core.ui.film_door import door
from xray_core.ui.film_door.door import Offer
from xray_core.ui.shared import cache, state, uploads
from xray_core.ui.shared.foreign import plain
from xray_core.ui.shared.frame import sentence
from xray_core.ui.shared.sources import offer_source

_TILE, _FIRST_TILE = 256, 640  # longest sides of the samples' pictures


def choose() -> FilmFile | None:
    """Draw the ways to choose a film, and return the one chosen, or None.

    While there is none, the samples stand open; afterwards they are one tap away.
    """
    film = state.current_film()
    catalogue = open_catalogue("samples")
    samples = {sample.name: sample for sample in catalogue.samples}
    # In a place of their own: where a sentence moves what follows, the browser builds the upload
    # widget anew, and a film that is on its way is lost.
    with st.container():
        for problem in uploads.problems():
            st.warning(sentence(problem))
    door.draw(
        _offers(catalogue) if film is None or state.browses() else (),
        current=film.name if film in samples.values() and film else "",
        folded=film is not None,
        on_sample=lambda name: state.show_sample(samples[name]),
        on_browse=state.browse,
    )
    offer_source(catalogue)
    return film


def choose_upload() -> None:
    """Draw the choice among the visitor's own films, and the way to forget them."""
    kept, film = state.uploads(), state.current_film()
    if not kept:
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        shown = (digest for digest, upload in kept.items() if upload is film)
        st.session_state[state.UPLOAD] = next(shown, None)
        st.radio(
            "Your films",
            list(kept),
            format_func=lambda digest: plain(kept[digest].name),
            key=state.UPLOAD,
            on_change=lambda: state.show_upload(st.session_state[state.UPLOAD]),
            horizontal=True,
        )
        st.button(
            "Forget my films",
            on_click=uploads.forget_uploads,
            type="tertiary",
            help=uploads.WHERE_UPLOADS_STAY,
        )


def _offers(catalogue: Catalogue) -> tuple[Offer, ...]:
    """The samples with their pictures, named by their truth and a number; the clear case first."""
    seen, first, offers = Counter[str](), state.first_film(), []
    for sample in catalogue.samples:
        truth = truth_of(sample.label, sample.subtype)
        clear = sample == first
        seen[truth] += not clear
        jpeg = cache.sample_picture(sample, _FIRST_TILE if clear else _TILE)
        title = f"Begin here: {truth.lower()}" if clear else f"{truth} {seen[truth]}"
        offers.append(Offer(sample.name, title, picture_address(jpeg) or "", clear))
    return tuple(sorted(offers, key=lambda offer: not offer.first))
