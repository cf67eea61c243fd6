"""What a visit knows of a site: its labelled films, its calibration, what piles are held against.

Like every upload it stays in the visit's memory.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from xray_core.errors import XrayError
from xray_core.inference.site_calibration import SiteCalibration, chosen_site
from xray_core.ui.shared import ledger, state, uploads

if TYPE_CHECKING:
    from xray_core.site.visit import Reference, SiteFilms


def site() -> SiteCalibration | None:
    """The site that answers are calibrated for: the visit's, or the server's (XRAY_SITE)."""
    return visit_site() or chosen_site()


def visit_site() -> SiteCalibration | None:
    """The site that the visitor has chosen for this visit."""
    return st.session_state.get(state.SITE)


def apply_site(site: SiteCalibration | None) -> None:
    """Calibrate the answers of this visit for a site; None for the server's or the model's own."""
    st.session_state[state.SITE] = site


def site_films() -> SiteFilms:
    """The labelled films that the visitor has brought to validate on."""
    from xray_core.site.visit import SiteFilms  # with the networks

    return st.session_state.setdefault(state.SITE_FILMS, SiteFilms())


def take_site_films(key: str) -> None:
    """Move the archive that an upload widget holds into the session."""
    arrived = uploads.take(key)
    if not arrived:
        return
    forget_site_films()
    films = site_films()
    data = arrived[0].getvalue()
    try:
        ledger.keep(films, len(data))
        films.bring(arrived[0].name, data)
    except XrayError as error:
        films.problem = str(error)
    st.session_state[state.SITE_UPLOADER] += 1


def reference() -> Reference:
    """The report of a validation that piles of this visit are compared with."""
    from xray_core.site.visit import Reference

    return st.session_state.setdefault(state.REFERENCE, Reference())


def take_reference(key: str) -> None:
    """Read the report that an upload widget holds."""
    from xray_core.site.visit import open_reference

    for file in uploads.take(key)[:1]:
        st.session_state[state.REFERENCE] = open_reference(file.getvalue(), file.name)
        st.session_state[state.REFERENCE_UPLOADER] += 1


def forget_reference() -> None:
    """Compare piles with nothing any more."""
    st.session_state.pop(state.REFERENCE, None)


def forget_site_films() -> None:
    """Drop the labelled films and what was found out about them."""
    st.session_state.pop(state.SITE_FILMS, None)
