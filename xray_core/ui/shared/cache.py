"""What is computed once: the classifier for everyone, an analysis for the visitor who asked."""

import hashlib
import json

import streamlit as st

from xray_core import classifier as models
from xray_core.datasets.catalogue import open_catalogue
from xray_core.inference.model_card import (
    DEFAULT_MODEL,
    list_models,
    load_card,
    model_folder,
    read_card,
)
from xray_core.io.images import encode_jpeg, fit_within, thumbnail
from xray_core.saliency.checks import check_film
from xray_core.saliency.regions import find_evidence
from xray_core.ui.shared import state

# The sources whose films carry their published names.
_NAMED = ("samples", "folder", "kaggle")
# An analysis holds the film's pixels, several megabytes for a full-size film.
_MAX_ANALYSES = 8
# A map or what its checks found is small.
_MAX_MAPS = 32


def classifier():
    """Return the classifier the visitor chose, loaded once for all visitors.

    Raises
    ------
    ModelError
        If there is no model, or its folder is incomplete.
    """
    chosen = card()
    # The card names the weights' hash, so another card is another model.
    return _load(chosen.name, json.dumps(chosen.raw, sort_keys=True))


def card():
    """Return the ModelCard of the model the visitor chose, or of the default one."""
    return load_card(state.chosen_model() or next(iter(list_models()), DEFAULT_MODEL))


def lungs_card():
    """Return the card of the network that finds the lungs, a dict."""
    return read_card(model_folder(models.SEGMENTATION))


@st.cache_resource(show_spinner="Loading the model", max_entries=4)
def _load(name, version):
    return models.load_classifier(name)


def analyze(film, classifier, *, gate=True):
    """Analyze a film once per visit; never shared between visitors.

    Parameters
    ----------
    film : state.Film
    classifier : Classifier
    gate : bool
        Whether the model may refuse the film.

    Returns
    -------
    Analysis
    """
    key = _key(film, classifier, gate)

    def answer():
        analysis = classifier.analyze(film.open(), gate=gate)
        state.answers()[key] = analysis.prediction
        return analysis

    return _once(state.analyses(), key, answer, _MAX_ANALYSES)


def explain(film, classifier, method, target):
    """Return the Explanation by another method or for another target, once per visit.

    Parameters
    ----------
    film : state.Film
    classifier : Classifier
    method : str
        One of `xray_core.saliency.registry.METHODS`.
    target : str
        One of ``classifier.targets``.

    Returns
    -------
    Explanation
    """
    key = (*_key(film, classifier, False), method, target)

    def answer():
        radiograph = film.open()
        return classifier.analyze(radiograph, gate=False, method=method, target=target).explanation

    return _once(state.maps(), key, answer, _MAX_MAPS)


def check(film, analysis, classifier):
    """Return what `check_film` finds, once per visit and map."""
    explanation = analysis.explanation
    key = (*_key(film, classifier, False), explanation.method, explanation.target, "checks")
    regions = find_evidence(analysis).regions
    return _once(state.maps(), key, lambda: check_film(analysis, regions, classifier), _MAX_MAPS)


def _once(kept, key, compute, most):
    """Compute something that the visit keeps until newer things push it out."""
    if key not in kept:
        kept[key] = compute()
        if len(kept) > most:
            kept.popitem(last=False)
    kept.move_to_end(key)
    return kept[key]


def predict(film, classifier):
    """Return the Prediction for a film, also after its analysis was let go."""
    answers, key = state.answers(), _key(film, classifier, True)
    if key not in answers:
        answers[key] = classifier.predict(film.open())
    return answers[key]


def _key(film, classifier, gate):
    return hashlib.sha256(film.data).hexdigest(), classifier.name, classifier.version, gate


@st.cache_data(show_spinner=False, max_entries=512)
def sample_tile(sample, side):
    """Return a sample's thumbnail and what its file is.

    Returns
    -------
    jpeg : bytes
    width, height, size : int
        Pixels of the film; bytes of the file.
    """
    data = sample.read()
    film = state.Film(sample.name, data, sample).open()
    return encode_jpeg(thumbnail(film.pixels, side)), film.width, film.height, len(data)


@st.cache_data(show_spinner=False, max_entries=64)
def sample_picture(sample, longest_side):
    """Return a sample at its own shape as JPEG, no side longer than asked."""
    return encode_jpeg(fit_within(sample.open().pixels, longest_side))


# Listing thousands of files takes most of a second; films fetched meanwhile show a minute later.
@st.cache_data(show_spinner=False, ttl=60, max_entries=8)
def find_films(wanted):
    """Find published films among those at hand.

    Parameters
    ----------
    wanted : tuple of (str, str)
        Label and file name.

    Returns
    -------
    dict of (str, str) to Sample
        Those that are at hand.
    """
    found = {}
    for source in reversed(_NAMED):
        for sample in open_catalogue(source).samples:
            if (sample.label, sample.name) in wanted:
                found[sample.label, sample.name] = sample
    return found
