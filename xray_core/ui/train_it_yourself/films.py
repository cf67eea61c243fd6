"""The films to learn from: those at hand, and the ways to get some."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from xray_core.reporting.text.home_made import describe_films
from xray_core.ui.shared import sources, state
from xray_core.ui.shared.foreign import plain

if TYPE_CHECKING:
    from xray_core.experiments.films import Offer


# Listing thousands of files takes most of a second; films fetched meanwhile are asked for anew.
@st.cache_data(show_spinner=False, ttl=60, max_entries=1)
def offers() -> tuple[Offer, ...]:
    """Every source that a network could learn from, at hand or not."""
    from xray_core.experiments.films import list_offers

    return list_offers()


def chosen() -> Offer | None:
    """The films that the visitor chose to learn from, or the first at hand; None for none."""
    at_hand = _at_hand()
    named = st.session_state.get(state.TRAINING_SOURCE, "")
    return at_hand.get(named) or next(iter(at_hand.values()), None)


def choose() -> Offer | None:
    """Let the visitor choose the films; None where there are none to learn from."""
    st.header("The films", anchor=False)
    at_hand = _at_hand()
    if not at_hand:
        st.info(
            "There is nothing here to learn from yet: the sample films are too few. Fetch some "
            "below. Until then *Watch*, *Compare* and *Experiments* show what was recorded "
            "elsewhere."
        )
        _offer_more(expanded=True)
        return None
    if len(at_hand) > 1:
        st.selectbox(
            "Films to learn from",
            list(at_hand),
            format_func=lambda name: at_hand[name].title,
            key=state.TRAINING_SOURCE,
            persist_state="session",
            width=420,
        )
    offer = chosen()
    assert offer is not None
    named = f"**{plain(offer.title)}**: " if len(at_hand) == 1 else ""
    st.markdown(named + _describe(offer))
    _offer_more(expanded=False)
    return offer


def _at_hand() -> dict[str, Offer]:
    return {offer.source: offer for offer in offers() if offer.available}


def _describe(offer: Offer) -> str:
    """How many films a source has, and whether its patients are known."""
    known = (
        f"Those to learn from are of {offer.patients:,} patients; a part of them is set aside for "
        "validation, and no patient is on both sides."
        if offer.patients_known
        else "Which films are of one patient is not known, so validation, a part of those to learn "
        "from, may flatter."
    )
    return f"{plain(describe_films(offer.films))} {known}"


def _offer_more(*, expanded: bool) -> None:
    """Draw the ways to get films, each with its size; every button says that it fetches."""
    with st.expander("Fetch films to learn from", expanded=expanded):
        sources.offer_to_learn_from(offers.clear)
