"""`python -m xray_core data`: fetch films, check them, and see what they give away."""

import json
import sys
from dataclasses import asdict

SUMMARY = "fetch films, check them against what was published, audit them"

FETCHABLE = ("pneumoniamnist", "kaggle", "samples")
SHOWN = 10
"""Problems listed in a summary; the JSON has them all."""


def configure(parser):
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    actions.add_parser("samples", help="make sure that the 16 sample films are here")
    fetch = actions.add_parser("fetch", help="download a source")
    fetch.add_argument("source", nargs="?", default="pneumoniamnist", choices=FETCHABLE)
    verify = actions.add_parser("verify", help="check every file; exit 2 where one is bad")
    verify.add_argument("source", nargs="?", help="its name or a folder; by default all at hand")
    audit = actions.add_parser("audit", help="duplicates, shared patients, what headers predict")
    audit.add_argument(
        "source",
        nargs="?",
        help="a source's name, a folder, or 'manifest'; by default the largest at hand",
    )


def run(arguments):
    actions = {"samples": _samples, "fetch": _fetch, "verify": _verify, "audit": _audit}
    return actions[arguments.action](arguments)


def _say(text):
    """Words for a person go to stderr; stdout is for results."""
    print(text, file=sys.stderr)


def _tqdm(**options):
    from functools import partial

    from tqdm import tqdm

    return partial(tqdm, disable=None, leave=False, **options)


def _samples(_):
    from xray_core.datasets.download import fetch_samples

    fetch_samples()
    return 0


def _fetch(arguments):
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


def _show(bar, done, total):
    bar.total = total
    bar.update(done - bar.n)


def _verify(arguments):
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


def _at_hand():
    """The sources that are set up, the largest first."""
    from xray_core.datasets.catalogue import open_catalogue

    catalogues = map(open_catalogue, ("folder", "kaggle", "pneumoniamnist", "samples"))
    return [catalogue.source for catalogue in catalogues if catalogue.samples]


def _audit(arguments):
    from xray_core.audit.data_set import audit
    from xray_core.audit.file_properties import measure_films
    from xray_core.datasets.catalogue import require_catalogue
    from xray_core.datasets.kermany import load_manifest

    source = arguments.source or next(iter(_at_hand()), "manifest")
    if source == "manifest":
        report = audit(load_manifest())
    else:
        report = audit(
            *measure_films(require_catalogue(source).samples, progress=_tqdm(unit="film"))
        )
    for line in _summary(report):
        _say(line)
    print(json.dumps({"source": source, **report}, indent=2))
    return 0


def _summary(report):
    """The report in lines for a person."""
    yield f"{report['films']} films, {len(report['unreadable'])} of them unreadable"
    for row in report["counts"]:
        kind = f" ({row['subtype']})" if row["subtype"] not in ("", "normal") else ""
        counts = f"{row['films']} films, {row['patients']} patients"
        yield f"  {row['split']} {row['label']}{kind}: {counts}"
    for way, title in (("patients", "by subtype and number"), ("naive", "by number alone")):
        for splits, patients in report["shared"][way].items():
            yield f"patients in both {splits}, {title}: {len(patients)}"
    for key in ("identical_files", "identical_pixels", "near_duplicates"):
        if found := report[key]:
            yield (
                f"{key.replace('_', ' ')}: {len(found['groups'])} groups, {found['across']} across "
                f"splits, {found['conflicting']} with conflicting labels"
            )
    if report["header"]:
        yield f"what the file alone says about {report['positive']} (AUC, 0.5 says nothing):"
    for row in report["header"]:
        yield (
            f"  {row['split']} {row['feature']}: {row['auc']:.3f}, median "
            f"{row['median_negative']:.4g} against {row['median_positive']:.4g}"
        )
