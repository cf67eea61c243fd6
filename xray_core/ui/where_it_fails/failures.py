"""Where the chosen model fails, from what was measured of it."""

import streamlit as st

from xray_core.inference.model_card import ModelCard, load_evaluation
from xray_core.reporting.figures import results as result_figures
from xray_core.reporting.text import audit as audit_text
from xray_core.reporting.text import card as card_text
from xray_core.reporting.text import failures
from xray_core.ui.audit import findings
from xray_core.ui.model import results
from xray_core.ui.pages import AUDIT
from xray_core.ui.shared import charts, tables
from xray_core.ui.shared.frame import link


def show_errors(card: ModelCard) -> None:
    """Say how often it errs, and how far its probability can be trusted."""
    evaluation = load_evaluation(card.name, card.home)
    texts = [failures.describe_errors(evaluation), failures.describe_probability(evaluation)]
    if card.uncertain and "uncertain" in evaluation:
        level = card.raw["uncertain"].get("level")
        texts.append(card_text.describe_coverage(evaluation["uncertain"], level))
    words, chart = st.columns([3, 2], gap="large")
    with words:
        for text in filter(None, texts):
            st.markdown(f"- {text}")
        st.markdown(
            "- Films set aside for validation are taken from the training films, so they cannot "
            "show all of this. A test that resembles the training tells little about the next "
            "hospital."
        )
    with chart:
        charts.draw(
            result_figures.reliability(evaluation),
            title="What it says, and what was",
            alt=failures.describe_probability(evaluation) or "No film was tested",
        )


def show_kinds(card: ModelCard) -> None:
    """Show which kinds of pneumonia it finds, and which it confuses."""
    evaluation = load_evaluation(card.name, card.home)
    rows = failures.list_kinds(evaluation)
    if not rows:
        return
    st.header("Bacterial or viral", anchor=False)
    st.markdown(failures.describe_kinds(evaluation))
    tables.small_table(rows, alt="Sensitivity for each kind of pneumonia, with 95% intervals")


def show_elsewhere(card: ModelCard) -> None:
    """Show how it does on films that are not like those it learned from."""
    results.show_external(card, "Adults, and another hospital", failures.describe_external)


def show_shortcuts(card: ModelCard) -> None:
    """Say which shortcuts the data offer, and link to the measurements."""
    st.header("Shortcuts", anchor=False)
    st.markdown(
        "A network learns whatever tells the classes apart, and in these data much that is no "
        "disease does:"
    )
    published = findings.published()
    strongest = audit_text.describe_strongest(
        published["header"], (published["positive"] or "").lower()
    )
    known = card.raw.get("about", {}).get("known_shortcuts", ())
    st.markdown("\n".join(f"- {text}" for text in (strongest, *known) if text))
    link(AUDIT)
