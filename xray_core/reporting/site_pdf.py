"""A site's validation as a PDF for people, made in memory."""

from collections.abc import Mapping
from io import BytesIO
from typing import Any

from xray_core.errors import XrayError
from xray_core.io.film_source import FilmFile
from xray_core.io.images import encode_jpeg, fit_within
from xray_core.reporting.pdf import WIDTH, build, table, write
from xray_core.reporting.text.evaluation import headline, operating_points
from xray_core.reporting.text.site import describe_calibration, groups, tripod_items
from xray_core.reporting.wording import DISCLAIMER, METRICS, measured, percent

TITLE = "How the model does on a site's own films"
GROUP_WIDTHS = (85, 45, 60, 100, 100, 100)
PICTURES, ACROSS, SIDE = 6, 3, 480
"""Worst errors shown, beside each other, and the longest side of each in pixels."""


def validation_report(
    report: Mapping[str, Any],
    films: Mapping[str, FilmFile],
    site: Mapping[str, Any] | None = None,
) -> bytes:
    """Write the report of a validation.

    Parameters
    ----------
    report
        Of `xray_core.site.validate.validate`.
    films
        By their name in the report, for the pictures of the worst errors; opened here.
    site
        What `xray_core.site.calibrate.calibrate` has fitted to the same films, if it shall be
        described, too.
    """
    measures = [
        (METRICS[name].title, measured(result), f"{result['n']:,}", METRICS[name].meaning)
        for name, result in headline(report).items()
    ]
    points = operating_points(dict(report))
    story = [
        write(TITLE, 16, bold=True, after=2),
        _write(report["title"], 11, after=2),
        write(DISCLAIMER, 9, bold=True, after=8),
        *(_write(f"• {text}", after=3) for text in report["sentences"]),
        *_heading("Measures, with 95% intervals"),
        table(("Measure", "Value", "Films", "Meaning"), measures, (95, 120, 40, 235)),
        *_heading("At each operating point"),
        table(points[0], [row.values() for row in points], (120, 120, 120, 60, 70)),
    ]
    if rows := groups(report):
        story += [
            *_heading(f"By {report['by']}"),
            table(rows[0], [map(_latin, row.values()) for row in rows], GROUP_WIDTHS),
        ]
    if site is not None:
        story += [
            *_heading("What calibrating on these films is worth"),
            *(_write(f"• {text}", after=3) for text in describe_calibration(site)),
        ]
    story += _draw_worst(report, films)
    story += _heading("What TRIPOD+AI asks of such a report")
    items = [(each["item"], _latin(each["report"])) for each in tripod_items(report)]
    story.append(table(("Item", "As far as the films tell"), items, (90, 400)))
    return build(story, TITLE)


def _heading(text: str) -> list[Any]:
    from reportlab.platypus import Spacer

    return [Spacer(1, 6), _write(text, 11, bold=True, after=3)]


def _write(text: str, size: int = 9, **style: Any) -> Any:
    return write(_latin(text), size, **style)


def _latin(text: str) -> str:
    """What the report's font has of a text that may come from anyone."""
    return text.encode("cp1252", "replace").decode("cp1252")


def _draw_worst(report: Mapping[str, Any], films: Mapping[str, FilmFile]) -> list[Any]:
    from reportlab.platypus import Image, Table

    width = WIDTH / ACROSS
    cells = []
    for error in report["worst"][:PICTURES]:
        said = f"{error['label'].capitalize()}, said {percent(error['probability'])}"
        try:
            pixels = fit_within(films[error["file"]].open().pixels, SIDE)
        except (KeyError, XrayError, OSError):
            continue
        scale = min((width - 8) / pixels.shape[1], width / pixels.shape[0])
        picture = Image(
            BytesIO(encode_jpeg(pixels)), pixels.shape[1] * scale, pixels.shape[0] * scale
        )
        cells.append([picture, write(said, 8, bold=True), _write(error["file"], 7)])
    if not cells:
        return []
    rows = [cells[at : at + ACROSS] for at in range(0, len(cells), ACROSS)]
    rows[-1] += [[]] * (ACROSS - len(rows[-1]))
    drawn = Table(rows, [width] * ACROSS, hAlign="LEFT")
    drawn.setStyle([("LEFTPADDING", (0, 0), (-1, -1), 0), ("VALIGN", (0, 0), (-1, -1), "TOP")])
    return [*_heading("The surest errors"), drawn]
