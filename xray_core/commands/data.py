"""`python -m xray_core data`: fetch films, check them, and see what they give away."""

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

SUMMARY = "fetch films, check them against what was published, audit them"
EXAMPLES = (
    "samples",
    "fetch pneumoniamnist",
    "verify samples",
    "audit manifest",
)

FETCHABLE = ("pneumoniamnist", "kaggle", "samples")
SHOWN = 10
"""Problems listed in a summary; the JSON has them all."""


def configure(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    actions.add_parser("samples", help="make sure that the 16 sample films are here")
    fetch = actions.add_parser("fetch", help="download a source")
    fetch.add_argument(
        "source",
        nargs="?",
        default="pneumoniamnist",
        choices=FETCHABLE,
        help="default: %(default)s",
    )
    verify = actions.add_parser("verify", help="check every file; exit 2 where one is bad")
    verify.add_argument("source", nargs="?", help="its name or a folder; by default all at hand")
    audit = actions.add_parser("audit", help="duplicates, shared patients, what headers predict")
    audit.add_argument(
        "source",
        nargs="?",
        help="a source's name, a folder, or 'manifest'; by default the largest at hand",
    )


def run(arguments: argparse.Namespace) -> int:
    actions = {"samples": _samples, "fetch": _fetch, "verify": _verify, "audit": _audit}
    return actions[arguments.action](arguments)


def _say(text: str) -> None:
    """Words for a person go to stderr; stdout is for results."""
    print(text, file=sys.stderr)


def _tqdm(**options: Any) -> Callable[..., Any]:
    from functools import partial

    from tqdm import tqdm

    return partial(tqdm, disable=None, leave=False, **options)


def _samples(_: argparse.Namespace) -> int:
    from xray_core.datasets.download import fetch_samples

    fetch_samples()
    return 0


def _fetch(arguments: argparse.Namespace) -> int:
    from xray_core.datasets import download as fetch

    if arguments.source == "samples":
        folder = fetch.fetch_samples()
    elif arguments.source == "kaggle":
        folder = fetch.fetch_kaggle()
    else:
        with _tqdm(unit="B", unit_scale=True)() as bar:
            folder = fetch.fetch_pneumoniamnist(
                progress=lambda done, total: _show(bar, done, total)
            )
    print(folder)
    return 0


def _show(bar: Any, done: int, total: int) -> None:
    bar.total = total
    bar.update(done - bar.n)


def _verify(arguments: argparse.Namespace) -> int:
    from xray_core.datasets.verify import verify

    sources = [arguments.source] if arguments.source else _at_hand() or ["samples"]
    results = [verify(source, progress=_tqdm(desc=source)) for source in sources]
    for result in results:
        _say(f"{result.source}: {result.films} films, {len(result.problems)} problems")
        for problem in result.problems[:SHOWN]:
            _say(f"  {problem}")
        if len(result.problems) > SHOWN:
            _say(f"  … and {len(result.problems) - SHOWN} more")
        if result.problems and result.source in FETCHABLE:
            _say(f"  to mend it: python -m xray_core data fetch {result.source}")
    print(json.dumps([asdict(result) for result in results], indent=2))
    return 0 if all(result.ok for result in results) else 2


def _at_hand() -> list[str]:
    """The sources that are set up, the largest first."""
    from xray_core.datasets.catalogue import open_catalogue

    catalogues = map(open_catalogue, ("folder", "kaggle", "pneumoniamnist", "samples"))
    return [catalogue.source for catalogue in catalogues if catalogue.samples]


def _audit(arguments: argparse.Namespace) -> int:
    from xray_core.audit.data_set import audit
    from xray_core.audit.file_properties import measure_films
    from xray_core.datasets.catalogue import require_catalogue
    from xray_core.datasets.kermany import load_manifest
    from xray_core.reporting.text.data_audit import summarise_audit

    source = arguments.source or next(iter(_at_hand()), "manifest")
    if source == "manifest":
        report = audit(load_manifest())
    else:
        report = audit(
            *measure_films(require_catalogue(source).samples, progress=_tqdm(unit="film"))
        )
    for line in summarise_audit(report):
        _say(line)
    print(json.dumps({"source": source, **report}, indent=2))
    return 0
