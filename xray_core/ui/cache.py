"""What is computed once: the classifier for everyone, an analysis for the visitor who asked."""

import hashlib
import json

import streamlit as st

from xray_core import classifier as models
from xray_core.dataset import open_catalogue
from xray_core.model_card import DEFAULT_MODEL, list_models, load_card
from xray_core.overlay import encode_jpeg, fit_within, thumbnail
from xray_core.ui import state

# The sources whose films carry their published names.
_NAMED = ("samples", "folder", "kaggle")
# An analysis holds the film's pixels, several megabytes for a full-size film.
_MAX_ANALYSES = 8


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
    kept = state.analyses()
    if key not in kept:
        kept[key] = classifier.analyze(film.open(), gate=gate)
        state.answers()[key] = kept[key].prediction
        if len(kept) > _MAX_ANALYSES:
            kept.popitem(last=False)
    kept.move_to_end(key)
    return kept[key]


def explain(film, classifier, method):
    """Return the Explanation by another method than the default, once per visit.

    Parameters
    ----------
    film : state.Film
    classifier : Classifier
    method : str
        One of `xray_core.saliency.methods.METHODS`.

    Returns
    -------
    Explanation
    """
    key = (*_key(film, classifier, False), method)
    kept = state.analyses()
    if key not in kept:
        kept[key] = classifier.analyze(film.open(), gate=False, method=method)
        if len(kept) > _MAX_ANALYSES:
            kept.popitem(last=False)
    return kept[key].explanation


def predict(film, classifier):
    """Return the Prediction for a film, also after its analysis was let go."""
    known = state.answers().get(_key(film, classifier, True))
    return known or analyze(film, classifier).prediction


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
