"""One film's answer as a PDF for people: one page, made in memory."""

from io import BytesIO
from typing import Any

from xray_core.errors import ModelError, UsageError
from xray_core.inference.decision import decide
from xray_core.inference.model_card import LITERT_FILE, ModelCard, load_evaluation
from xray_core.io.images import encode_jpeg, fit_within
from xray_core.reporting.film_json import without_header
from xray_core.reporting.pdf import WIDTH, build, table, write
from xray_core.reporting.text.regions import describe_evidence, list_regions
from xray_core.reporting.wording import (
    DECISIONS,
    DISCLAIMER,
    METRICS,
    SPLITS,
    answer,
    class_shares,
    count,
    measured,
    target_of,
)
from xray_core.saliency.annotation import annotate
from xray_core.saliency.regions import Findings, find_evidence
from xray_core.saliency.registry import METHODS
from xray_core.types import Analysis, Explanation, OperatingPoint, Prediction

TITLE = "Report on one chest film"
LONGEST_SIDE = 1200  # of a picture, in pixels: 350 to the inch at the size it is printed in
LONGEST_TITLE = 120
AT_POINT = ("accuracy", "sensitivity", "specificity")
FOR_ALL_POINTS = ("auc", "brier", "ece")
NO_PROBABILITY = (
    "Expected a calibration that gives probabilities, which a report tells, but '{}' holds a "
    "threshold alone: leave the report out, or calibrate with films of both classes."
)
ROW = 12  # points that a picture gives up for each region in the table, so that one page is enough
REGION_WIDTHS = (38, 138, 62, 58, 52, 145)


def film_report(
    analysis: Analysis,
    card: ModelCard,
    point: OperatingPoint | None = None,
    title: str = "",
    support: str = "",
) -> bytes:
    """Write the report of one film.

    Nothing of the file's name or header is in it, and no date: only what is seen in the picture,
    what the model says, and ``title``.

    Parameters
    ----------
    analysis
        A refused one gives a report without probability and evidence.
    card
        Of the model that answered; what its official test gave is looked up.
    point
        One of the card's; by default its default one.
    title
        What a person wants the film to be called.
    support
        What `xray_core.reporting.text.checks.judge_support` says of it.

    Raises
    ------
    UsageError
        The title is too long, or has letters that the report's font lacks; or a site's calibration
        gives no probability.
    """
    check_title(title)
    if not card.gives_probability:
        raise UsageError(NO_PROBABILITY.format(card.site))
    point = point or card.default_operating_point
    found = None if analysis.prediction.refused else find_evidence(analysis)
    story = [
        write(TITLE, 16, bold=True, after=2),
        *([write(title, 11, after=2)] if title else []),
        write(DISCLAIMER, 9, bold=True, after=8),
        *_draw_answer(analysis.prediction, card, point),
        _draw_pictures(analysis, found, WIDTH),
        *([] if found is None else _draw_evidence(analysis.explanation, found, support)),
        *(write(f"• {one}", after=2) for one in without_header(analysis).prediction.reasons),
        *_draw_card(card, point),
    ]
    return build(story, TITLE)


def check_title(title: str) -> None:
    """Refuse a title that the report cannot show; UsageError says why."""
    if len(title) > LONGEST_TITLE:
        raise UsageError(
            f"Expected a title of at most {LONGEST_TITLE} letters, got {len(title)}: shorten it."
        )
    try:
        title.encode("cp1252")
    except UnicodeEncodeError as error:
        raise UsageError(
            f"Expected a title in Latin letters, which are all that the report's font has, got "
            f"'{title[error.start]}': write it in Latin letters."
        ) from None


def _draw_answer(prediction: Prediction, card: ModelCard, point: OperatingPoint) -> list[Any]:
    if prediction.refused:
        return [
            write(DECISIONS["refused"], 13, bold=True, after=2),
            write(answer(prediction, "refused", point), after=6),
        ]
    _, decision = decide(prediction.probability, point, card.uncertain)
    return [
        write(DECISIONS[decision], 13, bold=True, after=2),
        write(answer(prediction, decision, point), 10, after=2),
        write(class_shares(prediction), after=2),
        write(f"Operating point {point.name}: {point.meaning}", after=6),
    ]


def _draw_pictures(analysis: Analysis, found: Findings | None, width: float) -> Any:
    from reportlab.platypus import Image, Table

    film = fit_within(analysis.radiograph.pixels, LONGEST_SIDE)
    titles, pictures = ["Film"], [film]
    if found is not None:
        target = target_of(analysis.explanation.target)
        titles.append(f"Evidence for {target}, its regions numbered")
        pictures.append(annotate(analysis, found.regions, longest_side=LONGEST_SIDE))
    side = width / 2 - 4
    rows = len(found.regions) if found else 0
    tall = min(side * film.shape[0] / film.shape[1], 0.9 * width) - ROW * rows
    wide = tall * film.shape[1] / film.shape[0]
    images = [Image(BytesIO(encode_jpeg(picture)), wide, tall) for picture in pictures]
    titles = [write(title, 9, bold=True) for title in titles]
    drawn = Table([titles, images], [width / 2] * len(images), spaceAfter=6, hAlign="LEFT")
    drawn.setStyle([("LEFTPADDING", (0, 0), (-1, -1), 0), ("BOTTOMPADDING", (0, 0), (-1, -1), 2)])
    return drawn


def _draw_evidence(explanation: Explanation, found: Findings, support: str) -> list[Any]:
    method = METHODS[explanation.method]
    parts = [write(f"{describe_evidence(found)} {support}".strip(), after=3)]
    if rows := list_regions(found.regions):
        parts.append(table(rows[0], [row.values() for row in rows], REGION_WIDTHS))
    meaning = f"{method.title}: {method.meaning}"
    reading = (
        "Right and left are the patient's. Colour shows where the evidence lies, not where a "
        "disease ends."
    )
    return [*parts, write(f"{meaning} {reading}", 8, after=6)]


def _draw_card(card: ModelCard, point: OperatingPoint) -> list[Any]:
    from reportlab.platypus import HRFlowable

    about = card.raw.get("about", {})
    digest = card.raw.get("files", {}).get(LITERT_FILE, "")[:12]
    parts = [
        HRFlowable(width="100%", spaceBefore=4, spaceAfter=4),
        write(f"From the model's card: {card.title}", 11, bold=True, after=2),
        write(f"{card.summary} Folder {card.name}, file {digest or 'unknown'}.", after=2),
    ]
    for title, key in (("For", "intended_use"), ("Not for", "excluded_use"), ("Data", "data")):
        if about.get(key):
            parts.append(write(f"{title}: {about[key]}", 8, after=2))
    return [*parts, *_draw_test(card, point)]


def _draw_test(card: ModelCard, point: OperatingPoint) -> list[Any]:
    try:
        evaluation = load_evaluation(card.name, card.home)
    except ModelError:
        return [write("No test results are on record for this model.")]
    if card.site:  # its thresholds are on another scale than the test's
        evaluation = {**evaluation, "operating_points": {}}
    data, at_point = evaluation["data"], evaluation["operating_points"].get(point.name, {})
    results = {name: at_point[name] for name in AT_POINT if name in at_point}
    results |= {name: evaluation[name] for name in FOR_ALL_POINTS if name in evaluation}
    split = f" ({SPLITS.get(data['split'], data['split']).lower()})" if data.get("split") else ""
    text = (
        f"Tested on {count(data['n'], 'film')}{split} of {data['patients']:,} patients. In "
        "brackets 95% intervals that know the patients. "
    )
    text += (
        "By the model's own calibration, not by the site's."
        if card.site
        else f"Accuracy, sensitivity and specificity are at the operating point {point.name}."
    )
    rows = [
        (METRICS[name].title, measured(result), f"{result['n']:,}", METRICS[name].meaning)
        for name, result in results.items()
    ]
    header = ("Measure", "Value", "Films", "Meaning")
    return [write(text, 8, after=3), table(header, rows, (85, 120, 40, 240))]
