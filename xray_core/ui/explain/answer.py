"""The answer in numbers: the operating point, the classes, all that is to be known of it."""

import streamlit as st

from xray_core.classifier import Classifier
from xray_core.inference.decision import decide
from xray_core.inference.model_card import ModelCard
from xray_core.reporting.text.caveats import list_caveats
from xray_core.reporting.wording import COLUMNS, DECISIONS, answer, class_shares, percent
from xray_core.ui.explain import verdict
from xray_core.ui.explain.stage import Shown
from xray_core.ui.shared import cache, state, tables


def draw(shown: Shown, classifier: Classifier) -> None:
    """Draw the answer's numbers, at the operating point that the visitor chooses here."""
    card, prediction = classifier.card, shown.analysis.prediction
    _choose_operating_point(card)
    point = verdict.operating_point(card)
    _, decision = decide(prediction.probability, point, card.uncertain)
    st.markdown(answer(prediction, decision, point))
    score = f"Score before calibration: **{prediction.score:+.2f}** log-odds."
    st.markdown(
        f"{score} {class_shares(prediction)}",
        help=COLUMNS["Score, log-odds"],
    )
    _, *more = list_caveats(
        prediction,
        shown.found,
        decision,
        point,
        insisted=shown.asked.prediction.refused,
        films=cache.tested_films(card),
    )
    if more:
        st.markdown("Also to be known:\n" + "\n".join(f"- {caveat.text}" for caveat in more))
    for note in shown.analysis.radiograph.notes:
        st.caption(f"About the file: {note}")


def draw_overview(classifier: Classifier) -> None:
    """List the answers to all uploaded films where there are several; a click opens one."""
    films = state.uploads()
    if len(films) < 2:
        return
    with st.spinner("Reading the films"):
        predictions = [cache.predict(film, classifier) for film in films.values()]
    st.header(f"All {len(films)} films", anchor=False)
    rows = [
        {
            "Film": film.name,
            "Answer": DECISIONS[prediction.decision],
            "Probability of pneumonia": percent(prediction.probability),
            "Remarks": " ".join(prediction.reasons),
        }
        for film, prediction in zip(films.values(), predictions, strict=True)
    ]
    opened = tables.table_to_choose_from(
        rows,
        key="films",
        alt="The model's answer to each uploaded film, at its own operating point",
    )
    if opened is not None:
        state.show_upload(list(films)[opened])
        st.rerun()


def _choose_operating_point(card: ModelCard) -> None:
    points = {point.name: point for point in card.operating_points}
    st.selectbox(
        "Operating point",
        list(points),
        index=list(points).index(card.default_operating_point.name),
        format_func=lambda name: f"{name.capitalize()}, from {percent(points[name].threshold)}",
        key=f"{state.OPERATING_POINT} {card.name}",
        persist_state="session",
        help="From which probability on a film is called pneumonia. "
        + " ".join(f"{point.name.capitalize()}: {point.meaning}" for point in points.values()),
        width=320,
    )
