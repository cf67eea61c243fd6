"""The films that a model gets most wrong, with their pictures where the films are at hand."""

import streamlit as st

from xray_core.datasets.catalogue import open_catalogue
from xray_core.inference.model_card import load_evaluation
from xray_core.reporting.wording import count, percent, truth_of
from xray_core.ui.data_set import gallery
from xray_core.ui.shared import cache, tables
from xray_core.ui.shared.sources import offer_source


def show(card):
    """Draw the wrong answers of the test, the surest first."""
    worst = load_evaluation(card.name)["worst"]
    if not worst:
        st.info("No tested film was called wrong.")
        return
    st.markdown(
        f"The {count(len(worst), 'film')} with the surest wrong answers at the model's own "
        "operating point. Some are hard for anyone, some may be labelled wrong; look at the "
        "evidence before you decide which."
    )
    at_hand = cache.find_films(tuple((film["label"], film["file"]) for film in worst))
    pairs = [(film, at_hand.get((film["label"], film["file"]))) for film in worst]
    _draw_pictures([pair for pair in pairs if pair[1]])
    _list([film for film, sample in pairs if not sample])


def _draw_pictures(pairs):
    if not pairs:
        return
    with st.container(key="gallery"), st.grid(6, min_column_width=150, gap="medium"):
        for film, sample in pairs:
            gallery.draw_tile(sample, f"probability of pneumonia {percent(film['probability'])}")


def _list(films):
    if not films:
        return
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
