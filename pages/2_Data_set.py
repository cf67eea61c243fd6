"""The films: filter, browse, look closer, explain; their averages; which are alike."""

import streamlit as st

from xray_core.reporting.wording import count
from xray_core.ui.data_set import explorer, gallery
from xray_core.ui.shared import frame
from xray_core.ui.shared.sources import offer_pneumoniamnist, offer_source

with frame.page(
    "Data set",
    "Frontal chest films of children aged one to five, taken in routine care in Guangzhou and "
    "graded by two physicians, those of the test checked by a third. The adults' films that the "
    "network learned from as well are not shown here.",
):
    catalogue = gallery.choose_source()
    offer_source(catalogue)
    if catalogue.samples:
        films, averages, similar = st.tabs(
            ["Films", "Averages", "Similar films"], key="view of the data", bind="query-params"
        )
        if films.open:
            with films:
                chosen = gallery.choose_films(catalogue)
                st.caption(f"{count(len(chosen), 'film')} of {len(catalogue.samples):,}")
                if chosen:
                    gallery.draw(chosen)
                else:
                    st.info("No film has all of these properties: take one of the filters away.")
        if averages.open:
            with averages, frame.boundary("averages"):
                explorer.show_averages(catalogue)
        if similar.open:
            with similar, frame.boundary("similar films"):
                explorer.show_similar(catalogue)

    st.divider()
    st.markdown(
        "**Where the films come from.** Kermany, Goldbaum et al., *Identifying Medical Diagnoses "
        "and Treatable Diseases by Image-Based Deep Learning*, Cell 2018; Mendeley Data, CC BY 4.0."
    )
    if catalogue.source != "pneumoniamnist":
        offer_pneumoniamnist()
