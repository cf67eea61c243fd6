"""The film viewer as a part of a page: it runs in the browser and asks nothing outside."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st

from xray_core.io.orientation import AS_IT_CAME, Orientation

_FOLDER = Path(__file__).parent
_SCRIPTS = ("film_painting.js", "film_screen.js", "film_hand.js", "film_viewer.js")


def draw(
    scene: dict[str, Any],
    *,
    key: str,
    compare: str = "one",
    brush: float | None = None,
    on_stroke: Callable[[tuple[tuple[float, float], ...]], None] | None = None,
    shared: bool = False,
    orientation: Orientation = AS_IT_CAME,
    on_turn: Callable[[str], None] | None = None,
    presents: bool | None = None,
    on_present: Callable[[bool], None] | None = None,
    on_step: Callable[[int], None] | None = None,
) -> None:
    """Draw what `xray_core.ui.film_viewer.scene.build_scene` gathered.

    Parameters
    ----------
    key
        Names the viewer on its page.
    compare
        How two pictures are shown until the visitor chooses: 'one', 'side' or 'swipe'.
    brush
        Radius as a share of the film's width: the pointer or a finger draws strokes. Without it
        they move the film.
    on_stroke
        Told, before the page runs again, the places that the brush went through: x and y as shares
        of the film's width and height.
    shared
        Whether the page's address names this film, so that a copied link opens it.
    orientation, on_turn
        How the film was turned, and who is told of one of `xray_core.io.orientation.TURNS` more;
        without a listener the film cannot be turned.
    presents, on_present, on_step
        Whether film and answer fill the screen, and who is told that they shall (or shall not), and
        that the next film (1) or the one before (-1) is wanted; None on a page that cannot.
    """

    def tell(name: str, take: Callable[[Any], Any] | None) -> Callable[[], None]:
        def told() -> None:
            value = st.session_state[key].get(name)
            if value and take:
                take(value)

        return told

    def take_stroke(stroke: list[dict[str, float]]) -> None:
        if on_stroke:
            on_stroke(tuple((place["x"], place["y"]) for place in stroke))

    def take_present(word: str) -> None:
        if on_present:
            on_present(word == "on")

    settings = {
        "compare": compare,
        "brush": brush,
        "shared": shared,
        "turns": on_turn is not None,
        "turned": orientation != AS_IT_CAME,
        "inverted": orientation.inverted,
        "presents": presents,
    }
    # In a list: a dict's values Streamlit would ask whether they are data frames, with pandas.
    _component()(
        key=key,
        data=[scene | settings],
        on_stroke_change=tell("stroke", take_stroke),
        on_turn_change=tell("turn", on_turn),
        on_present_change=tell("present", take_present),
        on_step_change=tell("step", on_step),
    )


@st.cache_resource(show_spinner=False)
def _component() -> Any:
    html, css, *scripts = (
        (_FOLDER / name).read_text() for name in ("film_viewer.html", "film_viewer.css", *_SCRIPTS)
    )
    return st.components.v2.component("film_viewer", html=html, css=css, js="\n".join(scripts))
