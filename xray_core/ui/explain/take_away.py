"""What a visitor can take home of one film; each file is made in memory, when it is asked for."""

import json
from collections.abc import Callable
from functools import partial
from pathlib import PurePath

import streamlit as st

from xray_core.classifier import Classifier
from xray_core.datasets.catalogue import Sample
from xray_core.io.images import encode_png
from xray_core.reporting.film_dicom import secondary_capture
from xray_core.reporting.film_json import film_record, python_snippet, without_header
from xray_core.reporting.film_pdf import LONGEST_TITLE, check_title, film_report
from xray_core.saliency.annotation import annotate
from xray_core.types import Analysis
from xray_core.ui.explain import verdict
from xray_core.ui.explain.stage import Shown
from xray_core.ui.shared import state

UNNAMED = "film"


def draw(shown: Shown, classifier: Classifier) -> None:
    """Offer the report, the overlay, the answer and the code that gives it again.

    Of a film that the model refused, the report and the answer say so, whatever is shown.
    """
    film, analysis, asked, card = shown.film, shown.analysis, shown.asked, classifier.card
    answered = asked if asked.prediction.refused else analysis
    title = st.text_input(
        "What to call the film",
        value=film.name if isinstance(film, Sample) else "",
        max_chars=LONGEST_TITLE,
        placeholder="Nothing, or a title of your own",
        key=f"{state.TITLE} {analysis.radiograph.digest[:16]}",
        help="It stands in the report and in the files' names. Your file's own name and header "
        "are left out, because they may tell who the patient is. Letters burnt into the film "
        "are part of its picture and stay.",
        width=420,
    ).strip()
    check_title(title)
    _draw_buttons(shown, answered, classifier, title)
    st.markdown("**The same answer in Python**")
    code = python_snippet(card, verdict.operating_point(card), analysis.explanation)
    st.code(code, language="python")
    st.caption("Run it in this project's folder, with your film's path.")


def _draw_buttons(shown: Shown, answered: Analysis, classifier: Classifier, title: str) -> None:
    name = PurePath(title).stem or UNNAMED
    analysis, card = shown.analysis, classifier.card
    support = verdict.describe_support(shown.film, analysis, shown.found, classifier)
    offers: dict[str, tuple[Callable[[], bytes], tuple[str, str], str]] = {
        "Report as PDF": (
            partial(film_report, answered, card, verdict.operating_point(card), title, support),
            (f"{name}-report.pdf", "application/pdf"),
            "One page: the film, the evidence, the probability with its operating point, and what "
            "the model's card says.",
        ),
        "Overlay as PNG": (
            lambda: encode_png(annotate(analysis)),
            (f"{name}-evidence.png", "image/png"),
            "The evidence in the film's own pixels.",
        ),
        "Overlay as DICOM": (
            partial(secondary_capture, answered),
            (f"{name}-evidence.dcm", "application/dicom"),
            "A secondary capture of no patient, with new identifiers and nothing of the header.",
        ),
        "Answer as JSON": (
            lambda: _record(answered, title or UNNAMED),
            (f"{name}-answer.json", "application/json"),
            "What the command explain prints: the answer at the model's own operating point, and "
            "the regions.",
        ),
    }
    if answered.prediction.refused:
        offers.pop("Overlay as DICOM")
    with st.container(horizontal=True):
        for label, (make, (file_name, mime), meaning) in offers.items():
            key = f"take {label}"
            st.download_button(
                label, make, file_name, mime, help=meaning, on_click="ignore", key=key
            )


def _record(analysis: Analysis, title: str) -> bytes:
    record = film_record(title, without_header(analysis))
    return json.dumps(record, indent=2, allow_nan=False).encode()
