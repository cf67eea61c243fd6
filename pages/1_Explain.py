"""One film: the answer, the evidence, the caveats."""

import streamlit as st

from xray_core.ui.explain import answer, checks, evidence, side_by_side, take_away, what_if
from xray_core.ui.shared import cache, film_choice, frame

with frame.page("Explain a film"):
    controls, results = st.columns([2, 7], gap="medium")
    with controls:
        film = film_choice.choose()
    classifier = cache.classifier()
    with results:
        answer.draw_overview(classifier)
        if film is None:
            film_choice.explain_choice()
        else:
            analysis = answer.analyze(film, classifier)
            answer.draw(film, analysis, classifier.card)
            if not analysis.prediction.refused:
                shown, found = evidence.draw(film, analysis, classifier)
                checks.draw(film, shown, found.regions, classifier)
                side_by_side.draw(film, shown, classifier)
                what_if.draw(shown, classifier)
                take_away.draw(film, shown, classifier)
        st.caption(f"Answered by the model **{classifier.card.title}**.")
