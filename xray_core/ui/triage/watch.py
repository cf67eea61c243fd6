"""Does the pile look like the films that were validated?"""

import streamlit as st

from xray_core.batch.pile import Pile
from xray_core.ui.shared import frame, sites, state, uploads
from xray_core.ui.shared.foreign import plain


def draw(pile: Pile) -> None:
    """Compare the pile with a report of the page At your hospital, if the visitor has one."""
    with st.expander("Does this pile look like the films that were validated?"):
        key = uploads.uploader_key(state.REFERENCE_UPLOADER)
        st.file_uploader(
            "A report of a validation (JSON), from the page At your hospital or `validate`",
            type="json",
            key=key,
            on_change=sites.take_reference,
            args=(key,),
            help=uploads.WHERE_UPLOADS_STAY,
        )
        reference = sites.reference()
        if reference.problem:
            st.warning(frame.sentence(reference.problem))
        if reference.report is None:
            return
        st.markdown(f"Compared with **{plain(str(reference.report['title']))}**.")
        with frame.boundary("comparison of the pile"):
            found = reference.compare(pile)
            first, *rest = found["sentences"]
            (st.warning if found["alarm"] else st.success)(plain(first))
            st.markdown("\n".join(f"- {plain(text)}" for text in rest))
        st.button("Compare with nothing", on_click=sites.forget_reference, type="tertiary")
