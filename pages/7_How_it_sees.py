"""From a film's pixels to its probability, with the real numbers."""

import streamlit as st

from xray_core.ui.how_it_sees import walk
from xray_core.ui.shared import cache, film_choice, frame

with frame.page("How it sees"):
    controls, results = st.columns([2, 7], gap="medium")
    with controls:
        film = film_choice.choose()
    with results:
        with frame.boundary("steps"):
            classifier = cache.classifier()
            if film is None:
                walk.offer_a_film()
            else:
                walk.show(film, classifier)
            st.caption(f"Answered by the model **{classifier.card.title}**.")
        with frame.boundary("transfer learning"):
            walk.show_transfer_learning()
