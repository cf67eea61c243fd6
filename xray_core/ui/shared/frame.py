"""What every page shares: name, icon, navigation, disclaimer, and what happens when it fails."""

import logging
from contextlib import contextmanager, suppress
from pathlib import Path

import streamlit as st
from streamlit.errors import StreamlitAPIException

from xray_core.errors import XrayError
from xray_core.reporting.wording import DISCLAIMER
from xray_core.ui.home import tour

NAME = "Radiolucent"
HOME, EXPLAIN, DATA_SET, BALANCE, MODEL, AUDIT, TRIAGE, HOW, QUIZ, FAILURES = (
    "app.py",
    "pages/1_Explain.py",
    "pages/2_Data_set.py",
    "pages/3_Class_balance.py",
    "pages/4_Model.py",
    "pages/5_Audit.py",
    "pages/6_Triage.py",
    "pages/7_How_it_sees.py",
    "pages/8_Quiz.py",
    "pages/9_Where_it_fails.py",
)
# In the order of the navigation, which every page draws.
LABELS = {
    HOME: "Home",
    EXPLAIN: "Explain",
    TRIAGE: "Triage",
    QUIZ: "Quiz",
    HOW: "How it sees",
    MODEL: "Model",
    FAILURES: "Where it fails",
    DATA_SET: "Data set",
    BALANCE: "Class balance",
    AUDIT: "Audit",
}
PURPOSES = {
    EXPLAIN: "Your own film or a sample: the answer, the probability, and where the evidence lies.",
    TRIAGE: "Many films at once, a folder or a ZIP archive, sorted by probability.",
    QUIZ: "Judge ten films yourself, then compare your answers with the model's and the truth.",
    HOW: "One film, step by step from its pixels to the probability, with the real numbers.",
    MODEL: "The network's card, its training, its test, and what a threshold does.",
    FAILURES: "Its surest errors, films from elsewhere, and the shortcuts it could have taken.",
    DATA_SET: "Browse the films, see what each class looks like on average, find similar ones.",
    BALANCE: "How unequal the classes are, why accuracy flatters, and what training does about it.",
    AUDIT: "What is odd about the data: shortcuts, doubles, and children on both sides.",
}
SECTIONS = {
    "Try it": (EXPLAIN, TRIAGE, QUIZ),
    "Understand it": (HOW, MODEL, FAILURES),
    "Know the data": (DATA_SET, BALANCE, AUDIT),
}

_FOLDER = Path(__file__).parent
_log = logging.getLogger(__name__)


@contextmanager
def page(title, introduction=""):
    """Draw a page's frame around what the page draws inside it."""
    st.set_page_config(
        page_title=title if title == NAME else f"{title} · {NAME}",
        page_icon=str(_FOLDER / "icon.svg"),
        layout="wide",
        initial_sidebar_state="collapsed",
    )
    st.html(_FOLDER / "style.css")
    _draw_navigation(title)
    with boundary("tour"):
        tour.draw(EXPLAIN, MODEL, offered=title == NAME)
    st.title(title, anchor=False)
    if introduction:
        st.markdown(introduction)
    with boundary(title):
        yield


@contextmanager
def boundary(part):
    """Keep whatever goes wrong in a part of a page calm, and inside that part.

    An ``XrayError`` is shown as it stands. Anything else is a bug: the visitor gets a sentence,
    the log gets the traceback.
    """
    try:
        yield
    except XrayError as error:
        st.error(sentence(error))
    except Exception:
        _log.exception("%r failed", part)
        st.error(
            "Something went wrong here, and it is not your fault. Reload the page; if it happens "
            "again, the server's log says what it was."
        )


def sentence(error):
    """Return an error's text beginning with a capital."""
    text = str(error)
    return text[:1].upper() + text[1:]


def _draw_navigation(title):
    """Draw the links to all pages: a row, or behind a button where a row would not fit."""
    # Who goes by keyboard need not pass every link of every page.
    st.html('<a class="skip" href="#content">Skip to the content</a>')
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center", key="navigation"):
        st.image(str(_FOLDER / "icon.svg"), width=32, alt="")
        with st.container(horizontal=True, gap="xxsmall", key="links"):
            for path in LABELS:
                link(path)
        with st.container(key="menu", width="content"), st.popover(f"Menu · {title}"):
            for path in LABELS:
                link(path)
    st.caption(DISCLAIMER)
    st.html('<div id="content" tabindex="-1"></div>')


def link(path, label=None, **options):
    """Draw the link to a page, under its own name if no other is given."""
    # A page that runs by itself, as in a test, knows no other page.
    with suppress(StreamlitAPIException):
        st.page_link(path, label=label or LABELS[path], width="content", **options)
