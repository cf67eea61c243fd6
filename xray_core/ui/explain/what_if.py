"""What the model would say if a part of the film were different."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from xray_core.classifier import Classifier
from xray_core.reporting.text.checks import judge_move
from xray_core.reporting.wording import count, percent, target_of
from xray_core.saliency.what_if import KINDS, Change, change_film, measure_move
from xray_core.types import Analysis, Explanation, Prediction
from xray_core.ui.explain.stage import Shown
from xray_core.ui.film_viewer import viewer
from xray_core.ui.film_viewer.scene import Picture, build_scene, explain_scale
from xray_core.ui.shared import state, tables
from xray_core.ui.shared.choice import choose_one

Path = tuple[tuple[float, float], ...]

_TITLES = {"opacity": "Add an opacity", "erase": "Paint over", "blur": "Blur"}
# In the place of two lines that come with the first stroke, so that the film keeps its place.
_NOT_YET = (
    "Draw where the lungs are dark, or over the evidence: here it is said how far the score moves, "
    "how much of the evidence lies where you drew, before and after, and how alike the maps are."
)
_START = {state.CHANGE_X: 30, state.CHANGE_Y: 55, state.CHANGE_SIZE: 6, state.CHANGE_CONTRAST: 60}


def draw(shown: Shown, classifier: Classifier) -> None:
    """Let the visitor change the film, and draw answer and evidence before and after."""
    _draw(shown.analysis, classifier)


@st.fragment
def _draw(analysis: Analysis, classifier: Classifier) -> None:
    """A stroke runs this part of the page again and nothing else."""
    st.markdown(
        "Choose a brush and draw on either picture, with the pointer or a finger; a click makes a "
        "dot, and *Drag to Move* lets you pan and scroll again. After each stroke the film takes "
        "the whole way to its answer anew, the search for the lungs included."
    )
    radiograph, explanation = analysis.radiograph, analysis.explanation
    kept = state.changes().setdefault(radiograph.digest, [])
    kind, size, contrast = _choose_brush()

    def add(path: Path) -> None:
        kept.append(Change(kind, path, size, contrast))

    _offer_more(kept, add)
    changed = analysis
    if kept:
        changed = classifier.analyze(
            radiograph.redrawn(change_film(radiograph.pixels, kept)),
            explanation.method,
            explanation.target,
        ).ungated()
    title = f"Changed by {count(len(kept), 'stroke')}" if kept else "Not changed yet"
    tables.small_table(
        [_answer("The film itself", analysis.prediction), _answer(title, changed.prediction)],
        alt="The probability and the score before and after the change",
    )
    moved = judge_move(measure_move(analysis, changed, kept)) if kept else _NOT_YET
    st.markdown(moved)
    viewer.draw(
        build_scene(
            [_picture("Before", analysis), _picture("After", changed)],
            name=radiograph.digest,
            lungs=changed.lungs,
            box=changed.explanation.box,
            legend=explain_scale(_stronger(analysis, changed), changed.lungs, changed.look.frame),
        ),
        key="what if viewer",
        compare="side",
        brush=size,
        on_stroke=add,
    )


def _choose_brush() -> tuple[str, float, float]:
    """What a stroke does, its radius as a share of the film's width, and its contrast."""
    for name, value in _START.items():
        st.session_state.setdefault(name, value)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        kind = choose_one(
            "Brush", KINDS, titles=_TITLES.get, key=state.CHANGE_KIND, in_address=False
        )
        size = _slide("Radius, of the film's width", state.CHANGE_SIZE, 2, 30)
        contrast = _slide(
            "Contrast, grey levels",
            state.CHANGE_CONTRAST,
            -100,
            100,
            "%d",
            disabled=kind != "opacity",
            help="How much brighter the middle of an opacity is; below 0 it is darker.",
        )
    return kind, size / 100, contrast


def _offer_more(kept: list[Change], add: Callable[[Path], None]) -> None:
    """Draw the ways back, and the way to draw without a pointer."""
    with st.container(horizontal=True):
        st.button("Take the last stroke back", on_click=_take_back, args=(kept,), disabled=not kept)
        st.button("Start over", on_click=kept.clear, disabled=not kept)
        with st.popover("Without a pointer"):
            x = _slide("From the left", state.CHANGE_X, 0, 100)
            y = _slide("From the top", state.CHANGE_Y, 0, 100)
            st.button("Make a dot there", on_click=add, args=(((x / 100, y / 100),),))


def _take_back(kept: list[Change]) -> None:
    del kept[-1:]


def _slide(label: str, key: str, low: int, high: int, shown: str = "%d%%", **options: Any) -> int:
    return st.slider(label, low, high, key=key, format=shown, width=200, **options)


def _answer(title: str, prediction: Prediction) -> dict[str, str]:
    return {
        "Film": title,
        "Probability of pneumonia": percent(prediction.probability),
        "Score, log-odds": f"{prediction.score:+.1f}",
    }


def _picture(title: str, analysis: Analysis) -> Picture:
    explanation = analysis.explanation
    return Picture(
        title,
        analysis.radiograph,
        explanation,
        f"{title}: the film with the evidence for {target_of(explanation.target)} in colour",
    )


def _stronger(one: Analysis, other: Analysis) -> Explanation:
    """The explanation whose maximum is the end of the common scale."""
    return max((one.explanation, other.explanation), key=lambda each: each.saliency.max())
