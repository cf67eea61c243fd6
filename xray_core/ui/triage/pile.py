"""Many films: take them, answer them with progress, and list them by what they look like."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from xray_core.batch import pile as triage
from xray_core.batch.pile import Case, Decided, Pile
from xray_core.datasets.catalogue import Sample, open_catalogue
from xray_core.errors import ModelError
from xray_core.evaluation.operating_points import at_threshold
from xray_core.inference.model_card import ModelCard, load_evaluation
from xray_core.io.film_source import FilmFile, InMemory
from xray_core.io.images import picture_address
from xray_core.reporting.wording import COLUMNS, DECISIONS, count, percent
from xray_core.types import OperatingPoint
from xray_core.ui.pages import EXPLAIN
from xray_core.ui.shared import state, uploads
from xray_core.ui.shared.frame import sentence

_ROW_HEIGHT = 64
_TABLE_HEIGHT = 600
_PAGE = 100  # films in the table at once; each move of the slider sends their thumbnails again
_TABLE = "triage table"
_MIME = {".csv": "text/csv", ".parquet": "application/vnd.apache.parquet"}


def choose() -> None:
    """Draw the ways to bring films."""
    files, folder = st.columns(2)
    key = uploads.uploader_key(state.PILE_UPLOADER)
    _upload(files, "Films, or a ZIP archive of films", key, True)
    _upload(folder, "Or a whole folder", f"{key} folder", "directory")
    pile = state.pile()
    with st.container(horizontal=True):
        samples = open_catalogue("samples").samples
        if samples and not pile.files:
            title = f"Take the {len(samples)} sample films"
            st.button(title, on_click=pile.add_samples, args=(samples,))
        if pile.files:
            st.button("Forget these films", on_click=state.forget_pile, type="tertiary")
    for problem in pile.problems:
        st.warning(sentence(problem))


def _upload(place: DeltaGenerator, title: str, key: str, several: Any) -> None:
    place.file_uploader(
        title,
        accept_multiple_files=several,
        key=key,
        on_change=uploads.add_to_pile,
        args=(key,),
        help=uploads.WHERE_UPLOADS_STAY,
    )


@st.fragment
def draw(pile: Pile, card: ModelCard) -> None:
    """List the answered films; whatever is moved here, no film is read again."""
    point = _choose_operating_point(card)
    decided = triage.sort_cases(pile.cases, point, card.uncertain)
    counts = triage.count_decisions(decided)
    wanted = st.pills(
        "Show",
        list(DECISIONS),
        selection_mode="multi",
        format_func=lambda name: f"{DECISIONS[name]}: {counts.get(name, 0):,}",
        key=state.TRIAGE_DECISIONS,
        help="All films while none is chosen.",
    )
    shown = [pair for pair in decided if not wanted or pair[1]["decision"] in wanted]
    st.caption(f"{count(len(shown), 'film')} of {len(decided):,}, the most probable first.")
    if shown:
        table = st.container()
        pages = -(-len(shown) // _PAGE)
        page = st.pagination(pages, key=state.TRIAGE_PAGE) if pages > 1 else 1
        with table:
            _draw_table(shown[_PAGE * (page - 1) : _PAGE * page])
    with st.container(horizontal=True):
        for suffix in _MIME:
            _offer_table(shown, suffix)


def _choose_operating_point(card: ModelCard) -> OperatingPoint:
    default = card.default_operating_point
    level = st.slider(
        "Operating point: pneumonia from this probability on",
        min_value=0,
        max_value=100,
        format="%d%%",
        value=round(100 * default.threshold),
        key=f"{state.TRIAGE_POINT} {card.name}",
        width=420,
    )
    own = level == round(100 * default.threshold)
    point = default if own else OperatingPoint("yours", level / 100, "Chosen by hand.")
    if card.site:  # whose probabilities are on another scale than the test's
        st.caption(point.meaning)
        return point
    with suppress(ModelError):  # a model of one's own need not have been tested
        _say_what_it_does(point, load_evaluation(card.name, card.home)["films"])
    return point


def _say_what_it_does(point: OperatingPoint, films: list[dict[str, Any]]) -> None:
    at = at_threshold(films, point.threshold, 0.5)
    st.caption(
        f"On the {len(films):,} films of the official test this point finds "
        f"{percent(at['sensitivity'])} of the films with pneumonia and clears "
        f"{percent(at['specificity'])} of the normal ones."
    )


def _draw_table(shown: Sequence[Decided]) -> None:
    key = "triage explain"
    st.dataframe(
        [
            {
                "Film": picture_address(case.thumbnail),
                "": "Explain" if case.thumbnail else None,
                "Probability of pneumonia": _percentage(row["probability"]),
                "Answer": DECISIONS[row["decision"]],
                "File": row["file"],
                "Remarks": row["error"] or " ".join(row["reasons"]),
            }
            for case, row in shown
        ],
        column_config={
            "Film": st.column_config.ImageColumn(width=70),
            "": st.column_config.ButtonColumn(width=90, key=key),
            "Probability of pneumonia": st.column_config.ProgressColumn(
                format="%.1f%%",
                max_value=100.0,
                width=170,
                help=COLUMNS["Probability of pneumonia"],
            ),
            "Answer": st.column_config.TextColumn(width=150),
            "Remarks": st.column_config.TextColumn(help=COLUMNS["Remarks"]),
        },
        hide_index=True,
        row_height=_ROW_HEIGHT,
        height=min(_TABLE_HEIGHT, 40 + _ROW_HEIGHT * len(shown)),
        placeholder="–",
        key=_TABLE,
        on_select="rerun",
        selection_mode="single-cell",
        alt="The films with their thumbnails, probabilities and answers, most probable first",
    )
    clicked = st.session_state.get(key)
    cells = st.session_state[_TABLE].selection.cells
    if clicked is not None or cells:
        _explain(shown[clicked.row if clicked is not None else cells[0][0]][0])


def _percentage(probability: float | None) -> float | None:
    """For a bar: never 0 or 100, which no film is; see `xray_core.reporting.wording.percent`."""
    return None if probability is None else 100 * min(max(probability, 0.001), 0.999)


def _explain(case: Case) -> None:
    """Hand a film to the page that explains it."""
    file = case.file
    if isinstance(file, Sample):
        st.switch_page(EXPLAIN.path, query_params=state.address(file))
    uploads.keep_upload(FilmFile(file.name, InMemory(file.read())))
    st.switch_page(EXPLAIN.path)


def _offer_table(shown: Sequence[Decided], suffix: str) -> None:
    st.download_button(
        f"Download as {suffix[1:].upper() if suffix == '.csv' else 'Parquet'}",
        data=lambda: triage.write_table(shown, suffix),
        file_name=f"triage{suffix}",
        mime=_MIME[suffix],
        on_click="ignore",
        disabled=not shown,
    )
