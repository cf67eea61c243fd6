"""Home: what this is, what it is not, and the way to a first explained film; and the server."""

import streamlit as st

from xray_core.ui import server

if __name__ == "__main__":  # as a page
    from xray_core.datasets.catalogue import open_catalogue
    from xray_core.ui import pages
    from xray_core.ui.home import first_film
    from xray_core.ui.shared import frame
    from xray_core.ui.shared.sources import offer_source

    with frame.page(frame.NAME):
        words, picture = st.columns([5, 6], gap="large", vertical_alignment="center")
        with words:
            st.markdown(
                "## See what a network sees in a chest X-ray\n"
                "It reads a film, says **normal** or **pneumonia** with a probability, and colours "
                "the places that made it say so. You see where it draws the line, how often it is "
                "right, and where it is not."
            )
            first_film.offer()
            st.markdown(
                "**What it is.** An open demonstrator on 5,856 films of children aged one to five "
                "(Kermany et al., 2018), and films of adults: the films, their imbalance, the "
                "trained network, its test results.\n\n"
                "**What it is not.** A doctor, or a tool for one. It knows frontal films of "
                "children from one hospital and of adults from another; it does not know your "
                "scanner, and an opacity is not yet a disease."
            )
        with picture, frame.boundary("first film"):
            first_film.show()
        offer_source(open_catalogue("samples"))

        st.space("small")
        for title, group in pages.sections().items():
            st.header(title, anchor=False)
            with st.grid(3, min_column_width=220):
                for page in group:
                    with st.container(border=True, height="stretch"):
                        frame.link(page)
                        st.caption(page.purpose)

else:  # `streamlit run` looks for a server of this name, and imports it
    app = st.App(__file__, middleware=server.MIDDLEWARE, lifespan=server.lifespan)
