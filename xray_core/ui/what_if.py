"""What the model would say if a part of the film were different."""

from dataclasses import replace

import streamlit as st

from xray_core.ui import film_viewer, state, tables
from xray_core.viewer import Picture, explain_scale, film_view
from xray_core.what_if import KINDS, Change, change_film
from xray_core.wording import percent, target_of

_TITLES = {"opacity": "Add an opacity", "erase": "Erase", "blur": "Blur"}


def draw(analysis, classifier):
    """Let the visitor change the film, and draw answer and evidence before and after."""
    opened = st.expander("What if the film were different?", key="what if", on_change="rerun")
    if not opened.open:
        return
    with opened:
        st.markdown(
            "Choose a change and click the place on either picture, or move the sliders. The whole "
            "way from the film to the answer is gone again, the search for the lungs included."
        )
        radiograph = analysis.radiograph
        kept = state.changes().setdefault(radiograph.digest, [])
        change = _choose(kept)
        pixels = change_film(radiograph.pixels, [*kept, change])
        explanation = analysis.explanation
        changed = classifier.analyze(
            replace(radiograph, pixels=pixels),
            gate=False,
            method=explanation.method,
            target=explanation.target,
        )
        tables.small_table(
            [
                _answer("The film itself", analysis.prediction),
                _answer(f"Changed, {len(kept) + 1} × in all", changed.prediction),
            ],
            alt="The probability and the score before and after the change",
        )
        film_viewer.draw(
            film_view(
                [_picture("Before", analysis), _picture("After", changed)],
                name=radiograph.digest,
                lungs=changed.lungs,
                view=changed.explanation.view,
                legend=explain_scale(_stronger(analysis, changed), changed.lungs),
                picks=True,
            ),
            key="what if viewer",
            on_place=_move,
        )


def _choose(kept):
    """Let the visitor choose a Change; earlier ones are kept on request."""
    kind = st.segmented_control(
        "Change", KINDS, default=KINDS[0], format_func=_TITLES.get, key=state.CHANGE_KIND
    )
    for name, value in _START.items():
        st.session_state.setdefault(name, value)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        x = _slide("From the left", state.CHANGE_X, 0, 100)
        y = _slide("From the top", state.CHANGE_Y, 0, 100)
        size = _slide("Size, of the film's width", state.CHANGE_SIZE, 2, 30)
        contrast = _slide("Contrast, grey levels", state.CHANGE_CONTRAST, -100, 100, "%d")
    change = Change(kind or KINDS[0], x / 100, y / 100, size / 100, contrast)
    with st.container(horizontal=True):
        st.button("Keep it and make another", on_click=kept.append, args=(change,))
        st.button("Start over", on_click=kept.clear, disabled=not kept)
    return change


_START = {
    state.CHANGE_X: 30,
    state.CHANGE_Y: 55,
    state.CHANGE_SIZE: 10,
    state.CHANGE_CONTRAST: 60,
}


def _slide(label, key, low, high, shown="%d%%"):
    return st.slider(label, low, high, key=key, format=shown, width=200)


def _move(x, y):
    st.session_state[state.CHANGE_X] = round(100 * x)
    st.session_state[state.CHANGE_Y] = round(100 * y)


def _answer(title, prediction):
    return {
        "Film": title,
        "Probability of pneumonia": percent(prediction.probability),
        "Score, log-odds": f"{prediction.score:+.1f}",
    }


def _picture(title, analysis):
    explanation = analysis.explanation
    return Picture(
        title,
        analysis.radiograph,
        explanation,
        f"{title}: the film with the evidence for {target_of(explanation.target)} in colour",
    )


def _stronger(one, other):
    """The explanation whose maximum is the end of the common scale."""
    return max((one.explanation, other.explanation), key=lambda each: each.saliency.max())
