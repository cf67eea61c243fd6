"""What is odd about the data, finding by finding."""

from typing import Any

import streamlit as st

from xray_core.audit.data_set import audit
from xray_core.audit.file_properties import measure_films
from xray_core.datasets.catalogue import SOURCES, Catalogue, load_manifest, open_catalogue
from xray_core.reporting.figures import charts as figures
from xray_core.reporting.text import audit as audit_text
from xray_core.reporting.wording import count
from xray_core.ui.shared import charts, state, tables
from xray_core.ui.shared.progress import count_up

Report = dict[str, Any]


@st.cache_data(show_spinner="Reading the published names", max_entries=1)
def published() -> Report:
    """The audit of the published names and sizes, which needs no film."""
    return audit(load_manifest())


def show_counts(report: Report) -> None:
    """Count films and children."""
    st.header("More films than children", anchor=False)
    st.markdown(audit_text.describe_counts(report["counts"]))
    rows = audit_text.list_counts(report["counts"])
    tables.small_table(rows, alt="Films, patients and films per patient by split and kind")


def show_shared_patients(report: Report) -> None:
    """Show how a careless look finds a leak that is none."""
    st.header("Children on both sides?", anchor=False)
    st.markdown(
        "A child whose films are in training *and* test makes the test too easy. The file names "
        "carry a number, and many numbers occur on both sides. But the numbers were given anew "
        "for each kind: person 1 with bacteria and person 1 with a virus are two children, and so "
        "are those of the two series of normal films. Told apart by kind *and* number:"
    )
    tables.small_table(
        audit_text.list_shared(report["shared"]),
        alt="Patients that two splits seem to share, told apart in two ways",
    )
    st.caption("As far as names tell: nobody outside the hospital can look behind the numbers.")


def show_file_properties(report: Report, key: str) -> None:
    """Show how well the file alone predicts the label, and say what a shortcut is."""
    if not report["header"]:
        st.info("These films do not tell: no split has films of both classes.")
        return
    positive = report["positive"].lower()
    strongest = audit_text.describe_strongest(report["header"], positive)
    if strongest:
        st.markdown(strongest)
    charts.draw(
        figures.file_properties(report["header"], positive),
        key=key,
        alt=f"How well each property of the file alone predicts {positive}, split by split, as AUC",
    )
    st.caption(f"On the left smaller speaks for {positive}, on the right larger.")


def choose_catalogue() -> Catalogue | None:
    """The films at hand that the visitor chose, or None without any."""
    catalogues = [open_catalogue(source) for source in SOURCES]
    at_hand = {each.title: each for each in catalogues if each.samples}
    if not at_hand:
        st.info("No films are at hand: the page **Data set** says how to get them.")
        return None
    return at_hand[st.selectbox("Films at hand", list(at_hand), key="audited films", width=420)]


def measure(catalogue: Catalogue) -> Report | None:
    """Measure the films when asked, once a visit; return the report, or None so far."""
    reports = state.audits()
    if catalogue.title in reports:
        return reports[catalogue.title]
    asked = st.button(
        f"Measure {count(len(catalogue.samples), 'film')}",
        key="measure films",
        help="Thousands of full-size films take minutes; nothing leaves this computer.",
    )
    if not asked:
        return None
    place = st.empty()
    measured = measure_films(catalogue.samples, lambda samples: count_up(tuple(samples), place))
    reports[catalogue.title] = audit(*measured)
    place.empty()
    st.rerun()


def show_duplicates(report: Report) -> None:
    """Show which films occur more than once."""
    for sentence in audit_text.describe_duplicates(report):
        st.markdown(f"- {sentence}")
    groups = audit_text.list_duplicates(report)
    if groups:
        with st.expander("The films that occur more than once"):
            st.dataframe(groups, hide_index=True, alt="Groups of films that show one exposure")
    if report["unreadable"]:
        st.warning(
            f"{count(len(report['unreadable']), 'film')} could not be read and are left out."
        )
