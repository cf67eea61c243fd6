"""The ways a film comes in: a button, the camera, the clipboard, a drop anywhere, a sample."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from xray_core.io.limits import MAX_BYTES
from xray_core.ui.shared import uploads

_FOLDER = Path(__file__).parent
_KEY = "film door"


@dataclass(frozen=True, slots=True)
class Offer:
    """A sample film to choose.

    Attributes
    ----------
    picture
        A data address.
    first
        Whether it is the one to begin with.
    """

    name: str
    title: str
    picture: str
    first: bool = False


def draw(
    offers: Sequence[Offer],
    *,
    current: str,
    folded: bool,
    on_sample: Callable[[str], None],
    on_browse: Callable[[], None],
) -> None:
    """Draw the ways to open a film; the files themselves go to `uploads.take_uploads`.

    Parameters
    ----------
    offers
        Shown as they are given; none while the samples are folded away.
    current
        The name of the offer that is open, or ''.
    folded
        Whether a film is open already: then the samples are behind a button.
    on_sample
        Told the name of the sample that was chosen.
    on_browse
        Told that the samples are to be shown, or folded away again.
    """
    key = uploads.uploader_key()
    with st.container(key="film-door-files"):  # sends what the door hands it, and is not seen
        # No `type`: the reader judges by content, and DICOM files often have no extension.
        st.file_uploader(
            "Your own films, as DICOM, JPEG, PNG, TIFF, BMP or WebP, or in a ZIP archive",
            accept_multiple_files=True,
            key=key,
            on_change=uploads.take_uploads,
            args=(key,),
        )

    def tell(name: str, take: Callable[[Any], None]) -> Callable[[], None]:
        def told() -> None:
            if value := st.session_state[_KEY].get(name):
                take(value)

        return told

    data = {
        "samples": [asdict(offer) for offer in offers],
        "current": current,
        "folded": folded,
        "limit": MAX_BYTES,
        "widget": key,  # a new one says that the films before have arrived
    }
    # In a list: a dict's values Streamlit would ask whether they are data frames, with pandas.
    _component()(
        key=_KEY,
        data=[data],
        on_sample_change=tell("sample", on_sample),
        on_browse_change=tell("browse", lambda _: on_browse()),
        on_large_change=tell("large", lambda one: uploads.refuse_large(one["files"], one["alone"])),
    )


@st.cache_resource(show_spinner=False)
def _component() -> Any:
    html, css, js = ((_FOLDER / f"film_door.{kind}").read_text() for kind in ("html", "css", "js"))
    return st.components.v2.component("film_door", html=html, css=css, js=js)
