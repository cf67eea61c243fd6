"""The films: filter, browse, look closer, explain."""

import streamlit as st

from xray_core.ui import frame, gallery
from xray_core.ui.sources import offer_pneumoniamnist, offer_source
from xray_core.wording import count

with frame.page(
    "Data set",
    "Frontal chest films of children aged one to five, taken in routine care in Guangzhou and "
    "graded by two physicians.",
):
    catalogue = gallery.choose_source()
    offer_source(catalogue)
    if catalogue.samples:
        chosen = gallery.choose_films(catalogue)
        st.caption(f"{count(len(chosen), 'film')} of {len(catalogue.samples):,}")
        if chosen:
            gallery.draw(chosen)
        else:
            st.info("No film has all of these properties: take one of the filters away.")

    st.divider()
    st.markdown(
        "**Where the films come from.** Kermany, Goldbaum et al., *Identifying Medical Diagnoses "
        "and Treatable Diseases by Image-Based Deep Learning*, Cell 2018; Mendeley Data, CC BY 4.0."
    )
    if catalogue.source != "pneumoniamnist":
        offer_pneumoniamnist()
