"""The films that a model gets most wrong, with their pictures where the films are at hand."""

from typing import Any

import streamlit as st

from xray_core.datasets.catalogue import open_catalogue
from xray_core.inference.model_card import ModelCard, load_evaluation
from xray_core.reporting.wording import count, percent, truth_of
from xray_core.ui.shared import cache, tables
from xray_core.ui.shared.film_tile import draw_tile
from xray_core.ui.shared.sources import offer_source


def show(card: ModelCard) -> None:
    """Draw the wrong answers of the test, the surest first."""
    worst = load_evaluation(card.name, card.home)["worst"]
    if not worst:
        st.info("No tested film was called wrong.")
        return
    st.markdown(
        f"The {count(len(worst), 'film')} with the surest wrong answers at the model's own "
        "operating point. Some are hard for anyone, some may be labelled wrong; look at the "
        "evidence before you decide which."
    )
    at_hand = cache.find_films(tuple((film["label"], film["file"]) for film in worst))
    missing = [film for film in worst if (film["label"], film["file"]) not in at_hand]
    if at_hand:
        with st.container(key="gallery"), st.grid(6, min_column_width=150, gap="medium"):
            for film in worst:
                if sample := at_hand.get((film["label"], film["file"])):
                    draw_tile(sample, f"probability of pneumonia {percent(film['probability'])}")
    if missing:
        _list(missing)


def _list(films: list[dict[str, Any]]) -> None:
    tables.long_table(
        [
            {
                "Film": film["file"],
                "Truth": truth_of(film["label"], film["subtype"]),
                "Probability of pneumonia": percent(film["probability"]),
            }
            for film in films
        ],
        alt="Films called wrong that are not at hand, with truth and probability",
    )
    st.markdown(
        f"{count(len(films), 'film')} of these cannot be shown because the published films are "
        "not at hand. Set XRAY_DATA to a folder that holds them and start again, or fetch them; "
        "then their pictures stand here, each one click away from its explanation."
    )
    offer_source(open_catalogue("kaggle"))
