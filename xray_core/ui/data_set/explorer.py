"""The data set as a whole: what its classes look like, and which films are alike."""

from typing import Any

import streamlit as st

from xray_core.audit import averages
from xray_core.classifier import Classifier
from xray_core.datasets.catalogue import Catalogue, Sample
from xray_core.inference import similar_films
from xray_core.io.images import encode_jpeg, fit_within
from xray_core.reporting.figures import averages as figures
from xray_core.reporting.wording import count, truth_of
from xray_core.ui.pages import AUDIT
from xray_core.ui.shared import cache, charts, film_tile, lightbox, state
from xray_core.ui.shared.choice import choose_one
from xray_core.ui.shared.frame import link
from xray_core.ui.shared.progress import count_up

_SIDE = 448


def show_averages(catalogue: Catalogue) -> None:
    """Show the mean film of each class, and how the films differ."""
    found = _average(catalogue.samples)
    if not found:
        st.info("None of these films could be read.")
        return
    st.markdown(
        "All films of a class laid upon one another. Where a mean film is brighter in one class, "
        "a network could learn that place; where it is brighter *outside* the lungs, it would "
        "learn something that is no disease."
    )
    for place, average in zip(st.columns(max(3, len(found)), gap="medium"), found, strict=False):
        with place:
            lightbox.draw(
                encode_jpeg(average.mean),
                name=f"mean {average.title}",
                alt=f"The mean of {average.films} films: {average.title.lower()}",
                caption=f"**{average.title}**, mean of {count(average.films, 'film')}",
            )
    st.caption(
        "Films squeezed to a square; of a class with more than "
        f"{averages.FILMS_OF_A_CLASS} films, that many, evenly over their names."
    )
    st.header("Before any disease", anchor=False)
    measure = choose_one("Compare", averages.MEASURES, titles=str.capitalize, key="measure")
    sentence = figures.describe(found, measure)
    charts.draw(figures.compare(found, measure), key="measures of films", alt=sentence)
    st.markdown(f"{sentence} What tells the classes apart here is a shortcut; more on the page:")
    link(AUDIT)


def show_similar(catalogue: Catalogue) -> None:
    """Show the films that are most like the one at hand, to the network."""
    film = state.current_film() or catalogue.samples[0]
    classifier = cache.classifier()
    st.markdown(
        f"The {classifier.card.title.lower()} turns every film into a few hundred numbers, its "
        "last *features*, before it answers. Films whose numbers are alike are the same to it, "
        "whatever they look like to you."
    )
    known = _read(catalogue, classifier)
    if known is None:
        return
    samples, features = known
    found = similar_films.nearest(
        similar_films.read_features(cache.analyze(film, classifier).look, classifier),
        features,
        samples,
        leave_out=film,
    )
    if not found:
        st.info("There is no other film to compare with.")
        return
    sample = film if isinstance(film, Sample) else None
    truth = truth_of(sample.label, sample.subtype) if sample else ""
    one, others = st.columns([1, 3], gap="large")
    with one:
        st.header("The film at hand", anchor=False)
        lightbox.draw(
            encode_jpeg(fit_within(state.open_film(film).pixels, _SIDE)),
            name="at hand",
            alt="The film at hand" + (f": {truth.lower()}" if truth else ""),
            caption=truth or "your own film",
        )
        st.caption("Another one is chosen on the page Explain.")
    with others:
        st.header("Most similar", anchor=False)
        st.markdown(similar_films.describe(found, truth, sample.patient if sample else ""))
        with st.container(key="gallery"), st.grid(3, min_column_width=150, gap="medium"):
            for other, alike in found:
                film_tile.draw_tile(other, f"similarity {alike:.2f}")
    st.caption(
        "Cosine similarity of the features, averaged over the lungs: 1 is the same, 0 unrelated. "
        f"Compared with {count(len(samples), 'film')} of this source."
    )


@st.cache_data(show_spinner="Averaging the films", max_entries=4)
def _average(samples: tuple[Sample, ...]) -> list[averages.ClassAverage]:
    made = (
        averages.average_class(truth_of(*kind), group)
        for kind, group in averages.by_class(samples).items()
    )
    return [average for average in made if average]


def _read(catalogue: Catalogue, classifier: Classifier) -> Any:
    """The samples and their features, read once a visit; None until it is asked for."""
    kept, key = state.features(), (catalogue.title, len(catalogue.samples), classifier.version)
    if key in kept:
        return kept[key]
    chosen = [sample for group in averages.by_class(catalogue.samples).values() for sample in group]
    if len(chosen) > 40 and not st.button(
        f"Let the network read {count(len(chosen), 'film')}",
        type="primary",
        help="About a tenth of a second for each; leaving the page stops it.",
    ):
        return None
    place = st.empty()
    kept[key] = similar_films.read_all(count_up(chosen, place), classifier)
    place.empty()
    return kept[key]
