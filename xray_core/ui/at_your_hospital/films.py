"""Bring labelled films, and let the model answer for them."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from xray_core.reporting.wording import count
from xray_core.site.calibrate import NORMALS, OF_EACH, PNEUMONIAS
from xray_core.site.films import Reading
from xray_core.site.validate import LEAST
from xray_core.site.visit import MAX_FILMS, SiteFilms
from xray_core.types import LABELS
from xray_core.ui.shared import sites, state, uploads
from xray_core.ui.shared.foreign import plain
from xray_core.ui.shared.frame import sentence


def choose() -> None:
    """Draw the way to bring films, and what their labels mean."""
    key = uploads.uploader_key(state.SITE_UPLOADER)
    st.file_uploader(
        "A ZIP archive with a folder of normal films and one of films with pneumonia",
        type="zip",
        key=key,
        on_change=sites.take_site_films,
        args=(key,),
        help=f"{uploads.WHERE_UPLOADS_STAY} At most {MAX_FILMS:,} films. A folder inside these two "
        "is a patient, whose films stay together.",
    )
    st.caption(
        f"To measure anything takes {LEAST} films of each class; to move the zero {NORMALS} normal "
        f"ones and {PNEUMONIAS} with pneumonia; to fit its slope, too, {OF_EACH} of each. Films "
        "that trained the model flatter it, and labels of one's own reading are taken as the truth."
    )
    films = sites.site_films()
    with st.expander("The folders have other names"):
        normal, pneumonia, ignored = st.columns(3)
        reading = Reading(
            normal=_ask(normal, "Normal", LABELS[0], state.SITE_NORMAL),
            pneumonia=_ask(pneumonia, "Pneumonia", LABELS[1], state.SITE_PNEUMONIA),
            ignored=_ask(ignored, "Left out", "", state.SITE_IGNORED),
        )
        st.caption("Several names are parted by commas; capitals do not matter.")
    films.read(reading)
    if films.problem:
        st.warning(sentence(films.problem))
    if not films.name and not films.problem:
        _describe()
    if films.name:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{plain(films.name)}**: {count(len(films.films), 'film')}")
            st.button("Forget these films", on_click=sites.forget_site_films, type="tertiary")


def _describe() -> None:
    """Say what to bring, and what comes of it."""
    bring, report, site = st.columns(3, gap="large")
    with bring:
        st.header("What to bring", anchor=False)
        st.code(
            "films.zip\n├── NORMAL\n│   ├── a.dcm\n│   └── b.jpeg\n└── PNEUMONIA\n    └── c.png"
        )
        st.markdown("Films of any kind that *Explain* reads, as they come from your archive.")
    with report:
        st.header("A report", anchor=False)
        st.markdown(
            "How well the model ranks your films, what each operating point does to them, whether "
            "its probabilities are too high or too low here, where it is surest and wrong; with "
            "intervals for few films, in plain sentences first, as PDF and JSON."
        )
    with site:
        st.header("A site file", anchor=False)
        st.markdown(
            "The zero fitted to your films and measured on films of other patients than it was "
            "fitted on. Use it here at once, or with `--site`: every answer then says what it is "
            "calibrated for. No film and no name is in it."
        )
    st.header("And afterwards", anchor=False)
    st.markdown(
        "Keep the report: *Triage* compares a month's pile with it, and raises an alarm where the "
        "pile no longer looks like what was validated. Of a hundred quiet months about one raises "
        "it for nothing. Where a network ranks badly, no zero helps; the report says that, too. "
        "The same by two commands, for thousands of films:"
    )
    st.code(
        "python -m xray_core validate --data FOLDER --out report.json\n"
        "python -m xray_core calibrate --data FOLDER --title 'Our ward' --out site.json",
        language="bash",
        wrap_lines=True,
    )


def _ask(place: DeltaGenerator, title: str, default: str, key: str) -> tuple[str, ...]:
    """Names of folders, parted by commas."""
    text = place.text_input(title, default, key=key, persist_state="session")
    return tuple(name.strip() for name in text.split(",") if name.strip())


def ready(films: SiteFilms) -> bool:
    """Whether every film has its answer."""
    return bool(films.films) and not films.pile.waiting
