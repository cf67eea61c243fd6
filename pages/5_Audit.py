"""What the data give away without a look at a lung."""

import streamlit as st

from xray_core.ui.audit import findings
from xray_core.ui.shared import frame

with frame.page(
    "What is odd about the data",
    "A network learns whatever tells the classes apart. If the *file* tells them apart, it need "
    "not look at a lung. So look at the data before you believe a result.",
):
    published = findings.published()
    st.header("What the file gives away", anchor=False)
    st.markdown(
        "A *shortcut* predicts the label in these data and has nothing to do with the disease: a "
        "model that takes it does well here and fails in the next hospital. The published sizes "
        "of the films are one. An AUC of 0.5 says nothing about the label; 0 and 1 give it away."
    )
    with frame.boundary("file properties"):
        findings.show_file_properties(published, "published properties")
    with frame.boundary("shared patients"):
        findings.show_shared_patients(published)
    with frame.boundary("counts"):
        findings.show_counts(published)

    st.header("Films that occur twice, and what else their files tell", anchor=False)
    st.markdown(
        "This needs the films themselves. A film on both sides of a split is a leak; how strongly "
        "a film was compressed can be a shortcut as good as its size."
    )
    with frame.boundary("films at hand"):
        catalogue = findings.choose_catalogue()
        report = findings.measure(catalogue) if catalogue else None
        if report:
            findings.show_duplicates(report)
            findings.show_file_properties(report, "measured properties")
