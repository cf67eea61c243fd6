"""What every page shares: name, icon, navigation, disclaimer, and what happens when it fails."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.errors import StreamlitAPIException

from xray_core.errors import XrayError
from xray_core.extras import explain_missing
from xray_core.inference.model_card import ModelCard
from xray_core.reporting.wording import DISCLAIMER
from xray_core.ui.pages import HOME, PAGES, TRIAGE, Page
from xray_core.ui.shared import address, model_choice, tour
from xray_core.ui.shared.foreign import plain

NAME = "Radiolucent"
_FOLDER = Path(__file__).parent
_log = logging.getLogger(__name__)


@contextmanager
def page(title: str, introduction: str = "") -> Iterator[None]:
    """Draw a page's frame around what the page draws inside it."""
    st.set_page_config(
        page_title=title if title == NAME else f"{title} · {NAME}",
        page_icon=str(_FOLDER / "icon.svg"),
        layout="wide",
        initial_sidebar_state="collapsed",
    )
    st.html(_FOLDER / "style.css")
    problems = address.follow()
    address.keep(TRIAGE if title == TRIAGE.title else HOME)
    _draw_navigation(title)
    with st.container():  # what comes and goes here moves nothing that follows: see film_choice
        for problem in problems:
            st.warning(problem)
        with boundary("tour"):
            tour.draw(offered=title == NAME)
    st.title(title, anchor=False)
    if introduction:
        st.markdown(introduction)
    with boundary(title):
        yield


@contextmanager
def boundary(part: str) -> Iterator[None]:
    """Keep whatever goes wrong in a part of a page calm, and inside that part.

    An ``XrayError``, or what to install, is shown as it stands. Anything else is a bug: the visitor
    gets a sentence, the log gets the traceback.
    """
    try:
        yield
    except XrayError as error:
        st.error(sentence(error))
    except Exception as error:
        if isinstance(error, ImportError) and (missing := explain_missing(error)):
            st.error(sentence(missing))
            return
        _log.exception("%r failed", part)
        st.error(
            "Something went wrong here, and it is not your fault. Reload the page; if it happens "
            "again, the server's log says what it was."
        )


def sentence(error: object) -> str:
    """Return an error's text beginning with a capital, as Markdown; it may quote strangers."""
    text = str(error)
    return plain(text[:1].upper() + text[1:])


def _draw_navigation(title: str) -> None:
    """Draw the links to all pages: a row, or behind a button where a row would not fit."""
    # Who goes by keyboard need not pass every link of every page.
    st.html('<a class="skip" href="#content">Skip to the content</a>')
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center", key="navigation"):
        with st.container(key="logo", width="content"):
            st.image(str(_FOLDER / "icon.svg"), width=32, alt="")
            link(HOME, NAME)
        with st.container(horizontal=True, gap="xxsmall", key="links"):
            for each in PAGES:
                link(each)
        with st.container(key="menu", width="content"), st.popover(f"Menu · {title}"):
            for each in PAGES:
                link(each)
    st.caption(DISCLAIMER)
    st.html('<div id="content" tabindex="-1"></div>')


def sign(card: ModelCard) -> None:
    """Say which model has answered, and what site its answers are calibrated for."""
    site = f", calibrated for **{plain(card.site)}**" if card.site else ""
    st.caption(f"Answered by the model **{model_choice.title(card)}**{site}.")


def link(to: Page, label: str = "", **options: Any) -> None:
    """Draw the link to a page, under its own title if no other label is given."""
    options["query_params"] = address.query(to) | options.get("query_params", {})
    # A page that runs by itself, as in a test, knows no other page.
    with suppress(StreamlitAPIException):
        st.page_link(to.path, label=label or to.title, width="content", **options)
