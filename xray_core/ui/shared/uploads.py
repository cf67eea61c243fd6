"""Taking what a visitor uploads into the visit, and letting it go.

Uploads stay in the visitor's own session, in memory: they survive a change of page, and are gone
with the session. Nothing of an upload is shared between visitors or written into an address.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.typing import UploadedFile

from xray_core.errors import XrayError
from xray_core.io.film_source import FilmFile, InMemory, open_dropped
from xray_core.io.limits import MAX_UPLOADS, MAX_VISIT_BYTES
from xray_core.io.radiograph import too_many_bytes
from xray_core.ui.shared import ledger, state

WHERE_UPLOADS_STAY = (
    "They stay in this visit's memory: nothing is written to disk or sent anywhere else."
)


def uploader_key(widget: str = state.UPLOADER) -> str:
    """The key of an upload widget, new after each upload so that it is empty again."""
    return f"{widget} {st.session_state.setdefault(widget, 0)}"


def take_uploads(key: str) -> None:
    """Move what the upload widget holds into the session, and remember what could not be read."""
    problems: list[str] = []
    files: list[FilmFile] = []
    arrived = take(key)
    if not arrived:
        return
    for upload in arrived:
        try:
            files += open_dropped(upload.getvalue(), upload.name)
        except XrayError as error:
            problems.append(str(error))
    if len(files) > MAX_UPLOADS:
        problems.append(
            f"Expected at most {MAX_UPLOADS} films at a time, but there are {len(files):,}: only "
            "the first are opened; the page Triage takes more."
        )
    for file in files[:MAX_UPLOADS]:
        try:
            film = _held(file)
            state.open_film(film)
            keep_upload(film)
        except XrayError as error:
            problems.append(str(error))
    st.session_state[state.PROBLEMS] = list(dict.fromkeys(problems))
    st.session_state[state.UPLOADER] += 1


def refuse_large(files: Sequence[Mapping[str, Any]], alone: bool) -> None:
    """Say which files the browser did not send because they are too large.

    Parameters
    ----------
    files
        Each with its ``name`` and its ``size`` in bytes.
    alone
        Whether no other file came with them; else those have been taken by now.
    """
    said = [str(too_many_bytes(file["name"], file["size"])) for file in files]
    st.session_state[state.PROBLEMS] = said if alone else said + problems()


def problems() -> list[str]:
    """What was wrong with the last upload, one sentence for each film."""
    return st.session_state.get(state.PROBLEMS, [])


def keep_upload(film: FilmFile) -> None:
    """Keep a visitor's film, letting the oldest go where there are too many, and show it."""
    kept, key = state.uploads(), state.digest(film)
    kept.pop(key, None)
    kept[key] = film
    while len(kept) > MAX_UPLOADS or sum(len(f.read()) for f in kept.values()) > MAX_VISIT_BYTES:
        kept.pop(next(iter(kept)))
    state.show_upload(key)


def forget_uploads() -> None:
    """Drop the visitor's films and everything computed from them."""
    for key in state.OF_UPLOADS:
        st.session_state.pop(key, None)


def add_to_pile(key: str) -> None:
    """Move what an upload widget holds onto the pile."""
    arrived = take(key)
    if not arrived:
        return
    state.pile().problems.clear()
    for file in arrived:
        data = file.getvalue()
        try:
            ledger.keep(state.pile(), len(data))
        except XrayError as error:
            state.pile().problems.append(str(error))
            break
        state.pile().add(file.name, data)
    st.session_state[state.PILE_UPLOADER] += 1


def _held(file: FilmFile) -> FilmFile:
    """The film with its bytes out of their archive, counted for as long as they are kept."""
    content = InMemory(file.read())
    ledger.keep(content, len(content.data))
    return FilmFile(file.name, content)


def take(key: str) -> list[UploadedFile]:
    """The files of an upload widget, of which Streamlit drops its own copies.

    It would keep those until the visit ends. After a run that was cut short, the browser sends the
    widget's files once more; by then they are taken and gone.
    """
    held = st.session_state[key]
    held = held if isinstance(held, list) else [held]  # of a widget that takes one file
    files = [file for file in held if isinstance(file, UploadedFile)]
    context: Any = get_script_run_ctx()
    if context:
        for file in files:
            context.uploaded_file_mgr.remove_file(context.session_id, file.file_id)
    return files
