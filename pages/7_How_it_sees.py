"""From a film's pixels to its probability, with the real numbers."""

import streamlit as st

from xray_core.dataset import open_catalogue
from xray_core.ui import cache, films, frame, how_it_sees

with frame.page("How it sees"):
    controls, results = st.columns([2, 7], gap="medium")
    with controls:
        film = films.choose()
    with results:
        with frame.boundary("steps"):
            classifier = cache.classifier()
            if film is None:
                how_it_sees.offer_a_film(open_catalogue("samples"))
            else:
                how_it_sees.show(film, classifier)
            st.caption(f"Answered by the model **{classifier.card.title}**.")
        with frame.boundary("transfer learning"):
            how_it_sees.show_transfer_learning()
