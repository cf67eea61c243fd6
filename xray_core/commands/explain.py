"""Show where in a film the evidence is."""

import argparse
import json
import sys
from pathlib import Path

import numpy as np

from xray_core.classifier import load_classifier
from xray_core.commands import add_model, add_site
from xray_core.errors import UsageError
from xray_core.inference.site_calibration import chosen_site
from xray_core.io.images import encode_png
from xray_core.io.radiograph import load_radiograph
from xray_core.reporting.film_dicom import secondary_capture
from xray_core.reporting.film_json import film_record
from xray_core.reporting.film_pdf import film_report
from xray_core.reporting.text.checks import judge_support
from xray_core.saliency.overlay import draw_overlay
from xray_core.saliency.placement import saliency_on_film
from xray_core.saliency.regions import find_evidence
from xray_core.saliency.registry import DEFAULT_METHOD, METHODS, full_colour
from xray_core.saliency.support import find_support
from xray_core.saliency.targets import PNEUMONIA

SUMMARY = "draw the evidence over a film"
EXAMPLES = (
    "film.jpeg --out evidence.png",
    "film.dcm --out evidence.png --report report.pdf --target NORMAL",
)


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE")
    parser.add_argument("--out", required=True, metavar="OVERLAY.png")
    parser.add_argument("--saliency", metavar="MAP.npy", help="also write the map, float32")
    parser.add_argument("--report", metavar="REPORT.pdf", help="also write a page for people")
    parser.add_argument("--title", default="", help="what the report calls the film")
    parser.add_argument("--capture", metavar="CAPTURE.dcm", help="also write the overlay as DICOM")
    parser.add_argument(
        "--method", default=DEFAULT_METHOD, help=f"{' | '.join(METHODS)}; default: %(default)s"
    )
    parser.add_argument(
        "--target",
        default=PNEUMONIA,
        help="what the evidence speaks for: PNEUMONIA | NORMAL | a class of the model; "
        "default: %(default)s",
    )
    add_model(parser)
    add_site(parser)


def run(arguments: argparse.Namespace) -> int:
    suffixes = {"out": ".png", "saliency": ".npy", "report": ".pdf", "capture": ".dcm"}
    for option, suffix in suffixes.items():
        path = getattr(arguments, option)
        if path and (Path(path).suffix.lower() != suffix or not Path(path).parent.is_dir()):
            raise UsageError(
                f"Expected a file name that ends in {suffix}, in a folder that exists, got "
                f"'{path}'."
            )
    classifier = load_classifier(arguments.model, site=chosen_site(arguments.site))
    radiograph = load_radiograph(arguments.file)
    answer = classifier.analyze(radiograph, arguments.method, arguments.target)
    # the map is wanted whatever the decision, so a refused film is explained all the same
    saliency = saliency_on_film(answer.explanation, radiograph.height, radiograph.width)
    scale = full_colour(answer.explanation)
    overlay = draw_overlay(radiograph.pixels, saliency, scale=scale)
    Path(arguments.out).write_bytes(encode_png(overlay))
    card, found = classifier.card, find_evidence(answer)
    support = judge_support(
        find_support(answer, found.regions, classifier),
        found,
        answer.prediction.probability,
        card.default_operating_point,
        card.uncertain,
    )
    if arguments.saliency:
        np.save(arguments.saliency, saliency)
    if arguments.report:
        report = film_report(answer, card, title=arguments.title, support=support)
        Path(arguments.report).write_bytes(report)
    if arguments.capture:
        Path(arguments.capture).write_bytes(secondary_capture(answer))
    if answer.prediction.refused:
        print(
            f"The model refuses this film: {' '.join(answer.prediction.reasons)} The map is "
            "written all the same, and means nothing for it.",
            file=sys.stderr,
        )
    elif support:
        print(support, file=sys.stderr)
    record = film_record(arguments.file, answer)
    print(json.dumps(record, allow_nan=False))
    return 0
