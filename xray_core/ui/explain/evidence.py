"""What the map on the film is: its method, what it speaks for, its regions."""

from collections.abc import Iterator

import streamlit as st

from xray_core.classifier import Classifier
from xray_core.reporting.text import card
from xray_core.reporting.text.regions import list_regions
from xray_core.reporting.wording import target_of
from xray_core.saliency.registry import LOG_ODDS, METHODS
from xray_core.types import Explanation
from xray_core.ui.explain.stage import Shown
from xray_core.ui.pages import HOW_IT_SEES
from xray_core.ui.shared import cache, frame, state, tables


def draw(shown: Shown, classifier: Classifier) -> None:
    """Draw the choice of the map, what it means, and where its evidence lies."""
    with st.container(horizontal=True, gap="medium"):
        _choose_target(classifier)
        _choose_method()
    explanation = shown.analysis.explanation
    done = METHODS[explanation.method]
    st.markdown(
        f"**{done.title}.** {done.meaning} Colour shows where the evidence lies, not "
        "where a disease ends.",
        help="\n".join(f"- {note}" for note in _explain(explanation)),
    )
    tables.text_table(list_regions(shown.found.regions))
    frame.link(HOW_IT_SEES, "How it sees: from the pixels to this answer, step by step →")


def _choose_target(classifier: Classifier) -> None:
    st.selectbox(
        "Evidence for",
        list(classifier.targets),
        format_func=lambda target: target_of(target).capitalize(),
        key=state.TARGET,
        persist_state="session",
        help="What the evidence speaks for, against all other answers.",
        width=220,
    )


def _choose_method() -> None:
    st.selectbox(
        "Method",
        list(METHODS),
        format_func=lambda name: METHODS[name].title,
        key=state.METHOD,
        persist_state="session",
        help="The first time, the methods that need gradients take a while. "
        + " ".join(f"{method.title}: {method.meaning}" for method in METHODS.values()),
        width=320,
    )


def _explain(explanation: Explanation) -> Iterator[str]:
    """List what is to be known of the pictures beyond the method."""
    rows, columns = explanation.saliency.shape
    if explanation.positive and METHODS[explanation.method].unit == LOG_ODDS:
        yield (
            "The legend's log-odds count only what speaks for the answer, so they do not add up to "
            "the score, in which what speaks against it counts too."
        )
    yield f"The map's own {rows} × {columns} cells are enlarged to the film."
    yield card.describe_lungs(cache.lungs_card())
    yield "Drag to pan; click the film, then scroll to zoom; double-click to see the whole film."
