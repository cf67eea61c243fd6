"""What is computed once: the classifier for everyone, an analysis for the visitor who asked."""

import inspect
import json
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from xray_core import classifier as models
from xray_core.classifier import Classifier
from xray_core.datasets.catalogue import Sample, open_catalogue
from xray_core.errors import UsageError
from xray_core.evaluation import comparison
from xray_core.inference.model_card import (
    ModelCard,
    load_evaluation,
    model_folder,
    read_card,
)
from xray_core.io.decoders import decoders
from xray_core.io.film_source import FilmFile
from xray_core.io.images import encode_jpeg, fit_within, thumbnail
from xray_core.io.orientation import negative
from xray_core.io.radiograph import load_radiograph
from xray_core.saliency.checks import Curves, Filled, Stability, check_film
from xray_core.saliency.grad_cam import GradCam
from xray_core.saliency.gradients import read_grad_cam
from xray_core.saliency.regions import Region
from xray_core.saliency.support import Support, find_support
from xray_core.saliency.targets import PNEUMONIA
from xray_core.types import Analysis, Explanation, Prediction
from xray_core.ui.shared import model_choice, sites, state, trainings

NO_PROBABILITY = (
    "Expected a site file that gives probabilities, which the pages show, but '{}' holds a "
    "threshold alone: use it with `predict` and `score`, or calibrate with films of both classes."
)
_NAMED = ("samples", "folder", "kaggle")  # the sources whose films carry their published names
_MAX_ANALYSES = 8  # each holds the film's pixels, several megabytes for a full-size film
_MAX_MAPS = 32  # a map or what its checks found is small


def classifier() -> Classifier:
    """The classifier the visitor chose, with the calibration of the visit or of the server's site.

    ModelError where there is no model, its folder is incomplete, or the site is of another model.
    """
    site = sites.site()
    if site is None:
        return own_classifier()
    if not site.gives_probability:
        raise UsageError(NO_PROBABILITY.format(site.title))
    return own_classifier().calibrated_for(site)


def own_classifier() -> Classifier:
    """The classifier the visitor chose, calibrated as it comes."""
    return load(card())


def load(card: ModelCard) -> Classifier:
    """The classifier of a card as it comes, loaded once for all visitors.

    One that the visitor has trained is kept with the training, and is nobody else's.
    """
    if card.home_made:
        return trainings.models()[card.name].classifier()
    # The card names the weights' hash, so another card is another model.
    return _load(card.name, json.dumps(card.raw, sort_keys=True))


def card() -> ModelCard:
    """The card of the model the visitor chose, or of the default one; no other takes its place."""
    return model_choice.card()


def for_visitor(classifier: Classifier, shared: Callable[..., Any], *arguments: Any) -> Any:
    """Ask a function whose answers visitors share; of the visitor's own model they are not."""
    if not classifier.card.home_made:
        return shared(*arguments)
    key = (classifier.version, shared.__qualname__)
    own = inspect.unwrap(shared)
    return _once(state.maps(), key, lambda: own(*arguments), _MAX_MAPS)


def lungs_card() -> dict[str, Any]:
    """The card of the network that finds the lungs."""
    return read_card(model_folder(models.SEGMENTATION))


@st.cache_resource(show_spinner="Loading the model", max_entries=4)
def _load(name: str, version: str) -> Classifier:
    decoders.warm()  # a visitor who waits for the model will bring a film
    return models.load_classifier(name)


def analyze(film: FilmFile, classifier: Classifier) -> Analysis:
    """Analyze a film once per visit; never shared between visitors.

    It is judged as the visitor turned it; its negative only where the film itself is refused.
    """
    analysis = _analyze(film, classifier, inverted=False)
    if analysis.prediction.refused and state.orientation(film).inverted:
        analysis = _analyze(film, classifier, inverted=True)
    return analysis


def _analyze(film: FilmFile, classifier: Classifier, *, inverted: bool) -> Analysis:
    key = _key(film, classifier, inverted)

    def answer() -> Analysis:
        radiograph = state.open_film(film)
        analysis = classifier.analyze(negative(radiograph) if inverted else radiograph)
        state.answers()[key] = analysis.prediction
        return analysis

    return _once(state.analyses(), key, answer, _MAX_ANALYSES)


def explain(film: FilmFile, classifier: Classifier, method: str, target: str) -> Explanation:
    """The Explanation by another method or for another target, once per visit."""

    def locate() -> Explanation:
        return classifier.explain(analyze(film, classifier).look, method, target)

    return _once(state.maps(), (*_key(film, classifier), method, target), locate, _MAX_MAPS)


def grad_cam(film: FilmFile, classifier: Classifier, layer: str) -> GradCam:
    """Grad-CAM of pneumonia by gradients, see `read_grad_cam`, once per visit."""

    def ask() -> GradCam:
        return read_grad_cam(layer, analyze(film, classifier).look, classifier, PNEUMONIA)

    return _once(state.maps(), (*_key(film, classifier), layer), ask, _MAX_MAPS)


def check(
    film: FilmFile, analysis: Analysis, regions: Sequence[Region], classifier: Classifier
) -> tuple[Curves, tuple[Filled, ...], Stability]:
    """What `check_film` finds, once per visit and map."""
    key = _key_of_map(film, analysis, classifier, "checks")
    return _once(state.maps(), key, lambda: check_film(analysis, regions, classifier), _MAX_MAPS)


def support(
    film: FilmFile, analysis: Analysis, regions: Sequence[Region], classifier: Classifier
) -> Support:
    """What `find_support` finds, once per visit and map."""
    key = _key_of_map(film, analysis, classifier, "support")
    return _once(state.maps(), key, lambda: find_support(analysis, regions, classifier), _MAX_MAPS)


def _key_of_map(
    film: FilmFile, analysis: Analysis, classifier: Classifier, what: str
) -> tuple[Any, ...]:
    explanation = analysis.explanation
    return (*_key(film, classifier), explanation.method, explanation.target, what)


def _once(kept: OrderedDict[Any, Any], key: Any, compute: Callable[[], Any], most: int) -> Any:
    """Compute something that the visit keeps until newer things push it out."""
    if key not in kept:
        kept[key] = compute()
        if len(kept) > most:
            kept.popitem(last=False)
    kept.move_to_end(key)
    return kept[key]


def predict(film: FilmFile, classifier: Classifier) -> Prediction:
    """The Prediction for a film, also after its analysis was let go."""
    answers, key = state.answers(), _key(film, classifier, inverted=False)
    if key not in answers:
        answers[key] = classifier.predict(state.open_film(film))
    if answers[key].refused and state.orientation(film).inverted:
        return analyze(film, classifier).prediction
    return answers[key]


def _key(film: FilmFile, classifier: Classifier, inverted: bool | None = None) -> tuple[Any, ...]:
    """What is computed of a film depends on this; by default as the visitor turned it."""
    orientation = state.orientation(film)
    if inverted is not None:
        orientation = replace(orientation, inverted=inverted)
    return state.digest(film), orientation, classifier.name, classifier.version


@st.cache_data(show_spinner=False, max_entries=512)
def sample_tile(sample: Sample, side: int) -> tuple[bytes, int, int, int]:
    """A sample's thumbnail as JPEG, its width and height in pixels, its file's size in bytes."""
    data = sample.read()
    film = load_radiograph(data, sample.name)
    return encode_jpeg(thumbnail(film.pixels, side)), film.width, film.height, len(data)


@st.cache_data(show_spinner=False, max_entries=64)
def sample_picture(sample: Sample, longest_side: int) -> bytes:
    """A sample at its own shape as JPEG, no side longer than asked."""
    return encode_jpeg(fit_within(sample.open().pixels, longest_side))


# Listing thousands of files takes most of a second; films fetched meanwhile show a minute later.
@st.cache_data(show_spinner=False, ttl=60, max_entries=8)
def find_films(wanted: tuple[tuple[str, str], ...]) -> dict[tuple[str, str], Sample]:
    """Find published films, by label and file name, among those at hand."""
    return {
        (sample.label, sample.name): sample
        for source in reversed(_NAMED)
        for sample in open_catalogue(source).samples
        if (sample.label, sample.name) in wanted
    }


def tested_films(card: ModelCard) -> list[dict[str, Any]]:
    """What a model said of each film of its test; empty where it was not tested, as no home-made
    one is, or where a site's calibration makes its probabilities another thing than the test's.
    """
    if card.site or card.home_made:
        return []
    path = model_folder(card.name) / "evaluation.json"
    return _tested_films(card.name, path.stat().st_mtime_ns) if path.exists() else []


@st.cache_data(show_spinner=False, max_entries=4)
def _tested_films(name: str, changed: int) -> list[dict[str, Any]]:
    return load_evaluation(name)["films"]


def compare(first: str, second: str) -> dict[str, dict[str, Any]]:
    """How much better one model is than another on the same test films.

    See `xray_core.evaluation.comparison.compare`.
    """
    changed = [(model_folder(n) / "evaluation.json").stat().st_mtime_ns for n in (first, second)]
    return _compare(first, second, *changed)


@st.cache_data(show_spinner=False, max_entries=8)
def _compare(first: str, second: str, *changed: int) -> dict[str, dict[str, Any]]:
    return comparison.compare(load_evaluation(first), load_evaluation(second))
