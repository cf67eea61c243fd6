"""What training does to a film before it shows it to the network."""

import random
from collections.abc import Sequence

import streamlit as st

from xray_core.datasets.catalogue import Sample, open_catalogue
from xray_core.inference.views import reduce_film
from xray_core.io.images import encode_jpeg, encode_png
from xray_core.reporting.figures.steps import draw_view
from xray_core.reporting.wording import class_title, truth_of
from xray_core.training.augment import CHANGES, show_changes
from xray_core.ui.shared import cache, lightbox, state
from xray_core.ui.shared.choice import choose_one

_SIDE = 320
_AVERAGE = 220  # pixels of a film that is shown as often as the average one


def show_weighted_films() -> None:
    """Draw a film of each class as large as it is often shown in training."""
    times = cache.card().training.get("times_shown") or {}
    found = {sample.subtype: sample for sample in open_catalogue("samples").samples}
    shown = [name for name in times if name in found]
    if not shown:
        return
    st.markdown("Sample films, each with an area in proportion to how often it was shown:")
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        for name in shown:
            with st.container(width="content", gap="xsmall"):
                st.image(
                    cache.sample_tile(found[name], _SIDE)[0],
                    width=round(_AVERAGE * times[name] ** 0.5),
                    alt=f"{class_title(name)}: a film as large as it was often shown",
                )
                st.caption(f"{class_title(name)}, {times[name]:.2f} ×")


def show_augmentation() -> None:
    """Show each random change on a sample film, and what the network receives of it."""
    st.header("What augmentation looks like", anchor=False)
    st.markdown(
        "A rare class has few films, and a network that sees them again and again learns them by "
        "heart. So training shows every film changed, at random, in ways that cannot change the "
        "diagnosis. It makes no new children: it only teaches what does *not* matter."
    )
    samples = open_catalogue("samples").samples
    if not samples:
        st.info("This needs the sample films, which are fetched on the page **Data set**.")
        return
    sample = _choose(samples)
    seed = st.session_state.setdefault(state.JITTER, 0)
    with st.grid(5, min_column_width=150, gap="medium"):
        for title, (film, view) in _change(sample, seed).items():
            with st.container(gap="xsmall"):
                with lightbox.lightbox(title):
                    st.image(film, width="stretch", alt=f"The film, {title.lower()}")
                    st.image(
                        view, width="stretch", alt=f"What the network receives, {title.lower()}"
                    )
                st.markdown(f"**{title}**")
                st.caption(CHANGES[title])
    st.button("Draw other changes", on_click=_draw_again)
    st.caption("Above the film, below it what the network receives.")


def _choose(samples: Sequence[Sample]) -> Sample:
    of_class = {sample.label: sample for sample in reversed(samples)}
    titles = {label: truth_of(label, sample.subtype) for label, sample in of_class.items()}
    return of_class[choose_one("Film", of_class, titles=titles.get, key="changed film")]


def _change(sample: Sample, seed: int) -> dict[str, tuple[bytes, bytes]]:
    classifier = cache.classifier()
    analysis, card = cache.analyze(sample, classifier), classifier.card
    changed = show_changes(
        reduce_film(analysis.radiograph.pixels),
        analysis.lungs if card.field_of_view == "lungs" else None,
        card.image_size,
        seed,
        card.training.get("config", {}).get("tone", 1.0),
    )
    return {
        title: (encode_jpeg(film), encode_png(draw_view(view.grey)))
        for title, (film, view) in changed.items()
    }


def _draw_again() -> None:
    st.session_state[state.JITTER] = random.randrange(10_000)
