"""What a visit remembers. Every key of the session lives here.

Uploads stay in the visitor's own session, in memory: they survive a change of page, and are gone
with the session. Nothing of an upload is shared between visitors or written into an address.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from typing import TYPE_CHECKING, Any

import streamlit as st

from xray_core.datasets.catalogue import DRAWN, SOURCES, Sample, open_catalogue
from xray_core.datasets.kermany import CLEAR_CASE
from xray_core.io.film_source import FilmFile
from xray_core.io.limits import MAX_OPEN_PIXELS
from xray_core.io.orientation import AS_IT_CAME, Orientation
from xray_core.types import Analysis, Prediction, Radiograph
from xray_core.ui.shared import ledger

if TYPE_CHECKING:
    from xray_core.batch.pile import Pile
    from xray_core.saliency.what_if import Change

# Widgets whose value survives a change of page carry these keys.
OPERATING_POINT = "operating point"
METHOD = "method"
TARGET = "target"
CHANGE_KIND = "change kind"
CHANGE_X = "change from the left"
CHANGE_Y = "change from the top"
CHANGE_SIZE = "change size"
CHANGE_CONTRAST = "change contrast"
TITLE = "title"
THRESHOLD = "threshold"
PREVALENCE = "prevalence"
UPLOAD = "upload"
MODEL = "model"
CHOSEN_MODEL = "chosen model"
TRAINING = "training"
JITTER = "seed of the changes"
QUIZ_TELLS = "quiz tells"
TRIAGE_POINT = "triage operating point"
TRIAGE_DECISIONS = "triage decisions"
TRIAGE_PAGE = "triage page"
UPLOADER = "uploader generation"
PILE_UPLOADER = "triage uploader generation"
SITE_UPLOADER = "site uploader generation"
REFERENCE_UPLOADER = "reference uploader generation"
SITE_NORMAL = "what normal is called"
SITE_PNEUMONIA = "what pneumonia is called"
SITE_IGNORED = "what is left out"
SITE_PREVALENCE = "prevalence at the site"
SITE_TITLE = "title of the site"
TRAINING_PART = "part"
TRAINING_SOURCE = "films to learn from"
TRAINING_TITLE = "title of the training"
TRAINING_SETTING = "setting"
TRAINING_MEASURE = "measure of the networks"
TRAINING_SHOWN = "training shown"
TRAINING_ASKED = "something was asked of the trainings"
TRAINING_PROBLEM = "problem of the trainings"
EXPERIMENT = "experiment"

_UPLOADS = "uploads"
_CURRENT = "current film"
PROBLEMS = "upload problems"
_BROWSES = "samples shown"
_PRESENTS = "presents"
_ORIENTATIONS = "orientations"
_ANALYSES = "analyses"
_ANSWERS = "answers"
_MAPS = "kept maps"
_CHANGES = "kept changes"
_QUIZ = "quiz"
_TOUR = "tour"
_PILE = "triage pile"
SITE_FILMS = "site films"
REFERENCE = "reference of piles"
SITE = "site calibration"
_RADIOGRAPHS = "opened films"
OF_UPLOADS = (
    *(_UPLOADS, _RADIOGRAPHS, _ANALYSES, _ANSWERS, _MAPS),
    *(_CHANGES, PROBLEMS, _CURRENT, _PILE, SITE_FILMS, REFERENCE, _ORIENTATIONS),
)


def digest(film: FilmFile) -> str:
    """SHA-256 of a film's file: what the visit knows it by."""
    return hashlib.sha256(film.read()).hexdigest()


def open_film(film: FilmFile) -> Radiograph:
    """A film as it was turned, decoded once per visit until newer ones push it out."""
    kept = st.session_state.setdefault(_RADIOGRAPHS, OrderedDict())
    key = digest(film)
    if key not in kept:
        kept[key] = film.open()
        ledger.keep(kept[key].pixels, kept[key].pixels.nbytes)
        while len(kept) > 1 and sum(each.pixels.size for each in kept.values()) > MAX_OPEN_PIXELS:
            kept.popitem(last=False)
    kept.move_to_end(key)
    return orientation(film).apply(kept[key])


def orientation(film: FilmFile) -> Orientation:
    """How the visitor turned a film."""
    return st.session_state.get(_ORIENTATIONS, {}).get(digest(film), AS_IT_CAME)


def turn(film: FilmFile, how: str) -> None:
    """Turn a film once more; ``how`` is one of `xray_core.io.orientation.TURNS`."""
    kept = st.session_state.setdefault(_ORIENTATIONS, {})
    kept[digest(film)] = orientation(film).turned(how)


def uploads() -> dict[str, FilmFile]:
    """The visitor's films by digest, in the order they came."""
    return st.session_state.setdefault(_UPLOADS, {})


def show_upload(digest: str) -> None:
    """Make an upload the current film; the address says nothing about it."""
    st.session_state[_CURRENT] = digest
    st.session_state[_BROWSES] = False
    _forget_address()


def show_sample(sample: Sample) -> None:
    """Make a sample the current film, and name it in the address."""
    st.session_state[_CURRENT] = sample
    st.session_state[_BROWSES] = False
    st.query_params.update(address(sample))


def address(sample: Sample) -> dict[str, str]:
    """The query parameter that names a sample."""
    return {"film": f"{sample.source}/{sample.split}/{sample.label}/{sample.name}"}


def _forget_address() -> None:
    if "film" in st.query_params:
        del st.query_params["film"]


def current_film() -> FilmFile | None:
    """The film to look at."""
    current = st.session_state.get(_CURRENT, "")
    return current if isinstance(current, Sample) else uploads().get(current)


def browses() -> bool:
    """Whether the samples stand open beside the film."""
    return st.session_state.get(_BROWSES, False)


def browse() -> None:
    """Open the samples, or fold them away again."""
    st.session_state[_BROWSES] = not browses()


def presents() -> bool:
    """Whether film and answer fill the screen."""
    return st.session_state.get(_PRESENTS, False)


def present(shown: bool) -> None:
    """Fill the screen with film and answer, or show the page again."""
    st.session_state[_PRESENTS] = shown


def step(film: FilmFile, by: int) -> None:
    """Show the film that comes ``by`` places after this one, among films of its source."""
    if isinstance(film, Sample):
        samples = films_of(film.source)
        show_sample(samples[(samples.index(film) + by) % len(samples)])
    else:
        kept = list(uploads())
        show_upload(kept[(kept.index(digest(film)) + by) % len(kept)])


def films_of(source: str) -> tuple[Sample, ...]:
    """The films of a source that an address can name; none for a name that is no source."""
    if source == DRAWN:
        from xray_core.evaluation.drawn_films import list_drawn  # with the networks, too

        return list_drawn()
    return open_catalogue(source).samples if source in SOURCES else ()


def first_film() -> Sample | None:
    """The sample film with pneumonia that a visitor is offered first: the clear case, if here."""
    films = open_catalogue("samples").select(label="PNEUMONIA")
    return next(iter(sorted(films, key=lambda film: film.name != CLEAR_CASE)), None)


def analyses() -> OrderedDict[Any, Analysis]:
    """The visit's latest analyses, oldest first; `cache` fills it."""
    return st.session_state.setdefault(_ANALYSES, OrderedDict())


def answers() -> dict[Any, Prediction]:
    """The predictions of the visit; `cache` fills it."""
    return st.session_state.setdefault(_ANSWERS, {})


def maps() -> OrderedDict[Any, Any]:
    """The visit's latest maps and their checks, oldest first; `cache` fills it."""
    return st.session_state.setdefault(_MAPS, OrderedDict())


def changes() -> dict[str, list[Change]]:
    """The changes made to films in this visit, by digest."""
    return st.session_state.setdefault(_CHANGES, {})


def audits() -> dict[str, dict[str, Any]]:
    """The reports on the films measured in this visit, by the catalogue's title."""
    return st.session_state.setdefault("audits", {})


def pile() -> Pile:
    """The films to sort in this visit."""
    from xray_core.batch.pile import Pile  # with the networks, which other pages need not wait for

    return st.session_state.setdefault(_PILE, Pile())


def forget_pile() -> None:
    """Drop the films to sort and their answers."""
    st.session_state.pop(_PILE, None)


def quiz() -> tuple[int, list[str]] | None:
    """The quiz of this visit: its seed and the labels answered so far."""
    return st.session_state.get(_QUIZ)


def keep_quiz(seed: int, answers: list[str]) -> None:
    """Remember a quiz."""
    st.session_state[_QUIZ] = seed, answers


def features() -> dict[Any, Any]:
    """What networks made of whole sources in this visit; `explorer` fills it."""
    return st.session_state.setdefault("features", {})


def tour() -> int | None:
    """The step of the tour, from 1; 0 before it is begun, None when it is over."""
    return st.session_state.get(_TOUR, 0)


def go_on_tour(step: int | None) -> None:
    """Remember a step of the tour, or None when it is over."""
    st.session_state[_TOUR] = step
