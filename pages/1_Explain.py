"""One film: the answer, the evidence, the caveats."""

import streamlit as st

from xray_core.ui import answer, cache, evidence, films, frame, take_away

with frame.page("Explain a film"):
    controls, results = st.columns([2, 7], gap="medium")
    with controls:
        film = films.choose()
    classifier = cache.classifier()
    with results:
        answer.draw_overview(classifier)
        if film is None:
            films.explain_choice()
        else:
            analysis = answer.analyze(film, classifier)
            answer.draw(film, analysis, classifier.card)
            if analysis.prediction.decision != "refused":
                shown = evidence.draw(film, analysis, classifier)
                take_away.draw(film, shown, classifier)
        st.caption(f"Answered by the model **{classifier.card.title}**.")
