"""Measure what calibrating on a site's own films is worth: ``python -m scripts.prove_site``.

Writes ``docs/site.json``, from which ``make docs`` takes the tables of docs/at_your_hospital.md.
The films' scores are kept in a folder below the system's temporary one, by the model's version, so
that a second run takes a minute or two.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from tqdm import tqdm

from tests import ROOT, SHARED
from xray_core.classifier import Classifier, load_classifier
from xray_core.errors import UsageError
from xray_core.evaluation import metrics
from xray_core.evaluation.evaluate import plain
from xray_core.evaluation.films import spread
from xray_core.evaluation.recalibration import calibration_intercept
from xray_core.inference.decision import calibrate as to_probability
from xray_core.io.film_source import OnDisk
from xray_core.parallel import map_in_order
from xray_core.reporting.wording import measured, percent
from xray_core.site.answers import Answers, answer_film, describe_answer, tidy
from xray_core.site.calibrate import calibrate, fit
from xray_core.site.films import LabelledFilm, LabelledFilms, Reading, read_films
from xray_core.site.watch import watch
from xray_core.types import LABELS

SITE_FILE = "docs/site.json"
REDRAWS = 50
SIZES = (25, 50, 100)
MONTHS, MONTH = 100, 100
"""Piles of each kind, and films of a pile."""
ALTERED = 150
DRAWS = 399
SHARE_OF_SEASON = 0.2
MEASURED = ("accuracy", "balanced_log_loss", "intercept")
Rows = list[dict[str, Any]]
Alter = Callable[[np.ndarray], np.ndarray]


def _adults(view: str = "") -> LabelledFilms:
    conditions = [("split", "test"), ("labelled_by", "radiologists")]
    reading = Reading(
        ignored=("other_abnormal",),
        group="view",
        where=[*conditions, *([("view", view)] if view else [])],
        root=str(SHARED / "adults" / "images"),
    )
    return read_films(SHARED / "adults" / "labels.csv", reading)


def _pakistan() -> LabelledFilms:
    folder = SHARED / "pakistan_tb"
    reading = Reading(pneumonia=("tuberculosis",), root=str(folder / "images"))
    return read_films(folder / "labels.csv", reading)


def _adult_lungs() -> LabelledFilms:
    """Montgomery's and Shenzhen's films; the last digit of a name says whether it is normal."""
    files = sorted((SHARED / "adult_lungs" / "images").iterdir())
    films = tuple(
        LabelledFilm(
            file.name,
            OnDisk(str(file)),
            source="site",
            split="",
            label=LABELS[int(file.stem[-1])],
            subtype="",
            patient="",
        )
        for file in files
    )
    return LabelledFilms("adult_lungs", films)


SETS: dict[str, tuple[str, Callable[[], LabelledFilms]]] = {
    "kermany": (
        "Children, official test, seen",
        lambda: read_films(SHARED / "chest_xray" / "test"),
    ),
    "adults": ("Adults, NIH, test", _adults),
    "adults PA": ("Adults, NIH, test, PA alone", lambda: _adults("PA")),
    "adults AP": ("Adults, NIH, test, AP alone", lambda: _adults("AP")),
    "pakistan_tb": ("Adults, Pakistan, tuberculosis for pneumonia", _pakistan),
    "adult_lungs": ("Adults, Montgomery and Shenzhen, tuberculosis for pneumonia", _adult_lungs),
}


def load_answers(classifier: Classifier, name: str, films: Sequence[LabelledFilm]) -> Answers:
    """What the model says of a set's films, asked once for each version of the model."""
    path = _cache(classifier) / f"{name}.json"
    if not path.exists():
        answered = map_in_order(partial(answer_film, classifier), films)
        rows = list(tqdm(answered, total=len(films), unit="film", desc=name, disable=None))
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    return tidy(films, rows)


def _cache(classifier: Classifier) -> Path:
    folder = Path(tempfile.gettempdir()) / "radiolucent-site" / classifier.version
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def redraw(odds: np.ndarray, answers: Answers, size: int, redraws: int) -> dict[str, Any]:
    """Fit the intercept on so many films, measure it on all other patients', again and again.

    Returns
    -------
    dict
        ``size``, ``redraws``; for each of MEASURED ``before`` and ``after``, each with ``mean`` and
        ``low`` and ``high``, between which nine in ten redraws lie; ``better``, the share of
        redraws whose log loss falls.
    """
    truth, cluster = answers.truth, metrics.patient_codes(answers.patients)
    generator = np.random.default_rng(size)
    rows = []
    for _ in range(redraws):
        fitted = _draw_patients(generator, cluster, truth, size)
        intercept, _ = fit(odds[fitted], truth[fitted], slope=False)
        rest = ~fitted
        rows.append([_measure(odds[rest] + shift, truth[rest]) for shift in (0.0, intercept)])
    values = np.array(rows)  # redraws, before and after, measures
    result: dict[str, Any] = {"size": size, "redraws": redraws}
    for k, name in enumerate(MEASURED):
        result[name] = {
            when: {
                "mean": values[:, j, k].mean(),
                "low": np.quantile(values[:, j, k], 0.05),
                "high": np.quantile(values[:, j, k], 0.95),
            }
            for j, when in enumerate(("before", "after"))
        }
    result["better"] = float((values[:, 1, 1] < values[:, 0, 1]).mean())
    return result


def _draw_patients(
    generator: np.random.Generator, cluster: np.ndarray, truth: np.ndarray, size: int
) -> np.ndarray:
    """Whole patients at random until there are so many films, of both classes; bool (films,)."""
    while True:
        order = generator.permutation(cluster.max() + 1)
        counts = np.cumsum(np.bincount(cluster)[order])
        taken = np.isin(cluster, order[: int(np.searchsorted(counts, size)) + 1])
        if truth[taken].any() and not truth[taken].all():
            return taken


def _measure(odds: np.ndarray, truth: np.ndarray) -> list[float]:
    probability = to_probability(odds, 1.0)
    return [
        float(((probability >= 0.5) == truth).mean()),
        float(metrics.balanced_log_loss(truth, probability)),
        float(calibration_intercept(truth, probability)),
    ]


def measure_set(classifier: Classifier, title: str, answers: Answers) -> dict[str, Any]:
    """The redraws of a set, and what calibrating on all of it says."""
    own = classifier.card.calibration
    odds = answers.score / own["temperature"] + own["bias"]
    truth = answers.truth
    sizes = [size for size in SIZES if size <= len(truth) / 2]
    whole = None
    with suppress(UsageError):  # too few films for what the project's own rule asks
        site = calibrate(classifier.card, answers, title=title)
        whole = {key: site[key] for key in ("intercept", "slope", "before", "after", "gain")}
    return {
        "title": title,
        "n": len(truth),
        "positives": int(truth.sum()),
        "patients": int(metrics.patient_codes(answers.patients).max()) + 1,
        "auc": metrics.with_interval(metrics.auc, truth, odds, patients=answers.patients),
        "whole": whole,
        "redraws": [redraw(odds, answers, size, REDRAWS) for size in sizes],
    }


def measure_alarms(
    classifier: Classifier, answers: dict[str, Answers], months: int
) -> list[dict[str, Any]]:
    """How often piles raise the alarm: quiet ones, another season, altered and other films.

    Of quiet piles each is drawn from one half of the patients, and compared with the other half,
    parted anew each time.
    """
    tables = {name: _rows(classifier, each) for name, each in answers.items()}
    cluster = metrics.patient_codes(answers["kermany"].patients)

    def halves(month: int) -> list[Rows]:
        side = np.random.default_rng(month).random(cluster.max() + 1)[cluster] < 0.5
        return [[tables["kermany"][k] for k in np.flatnonzero(of)] for of in (side, ~side)]

    reference, rest = halves(0)
    others = spread([tables["kermany"].index(row) for row in rest], ALTERED)
    films = [answers["kermany"].films[k] for k in others]
    cases: dict[str, tuple[Callable[[int], list[Rows]], float | None]] = {
        "quiet, the mix of the reference": (halves, None),
        f"quiet, {percent(SHARE_OF_SEASON)} pneumonia": (halves, SHARE_OF_SEASON),
    }
    for name, alter in ALTERATIONS.items():
        altered = _rows(classifier, _answer_altered(classifier, name, films, alter))
        cases[name] = (partial(_always, reference, altered), None)
    cases["adults: PA validated, AP arrives"] = (
        partial(_always, tables["adults PA"], tables["adults AP"]),
        None,
    )
    cases["children validated, adults arrive"] = (
        partial(_always, reference, tables["adults"]),
        None,
    )
    return [
        _alarms(title, sides, share, classifier.name, months)
        for title, (sides, share) in cases.items()
    ]


def _always(reference: Rows, arriving: Rows, month: int) -> list[Rows]:
    return [reference, arriving]


def _rows(classifier: Classifier, answers: Answers) -> Rows:
    """Answers as a table of ``score --distance`` has them, and what they truly are."""
    return [
        {
            "file": film.name,
            "probability": float(classifier.probability(row["score"])),
            "refused": row["refused"],
            "decision": "refused" if row["refused"] else "",
            "distance": row["distance"],
            "model": classifier.name,
            "label": film.label,
        }
        for film, row in zip(answers.films, answers.rows, strict=True)
    ]


def _alarms(
    title: str,
    sides: Callable[[int], list[Rows]],
    share: float | None,
    model: str,
    months: int,
) -> dict[str, Any]:
    """Draw piles without putting films back, and count the alarms; ``share`` of pneumonia."""
    generator = np.random.default_rng(1)
    alarms, named = 0, dict[str, int]()
    for month in tqdm(range(months), desc=title, disable=None):
        films, arriving = sides(month)
        reference = {"title": "", "model": model, "site": "", "films": films}
        ill = np.array([row["label"] == LABELS[1] for row in arriving])
        wanted = round(MONTH * (ill.mean() if share is None else share))
        picks = [
            generator.permutation(np.flatnonzero(ill == kind))[:n]
            for kind, n in ((True, wanted), (False, MONTH - wanted))
        ]
        pile = [arriving[k] for k in np.concatenate(picks)]
        found = watch(reference, pile, draws=DRAWS, seed=month)
        alarms += found["alarm"]
        for test in found["tests"]:
            named[test["name"]] = named.get(test["name"], 0) + test["alarm"]
    return {
        "title": title,
        "months": months,
        "alarms": {"value": alarms / months, "interval": metrics.wilson(alarms, months)},
        "by": {name: n / months for name, n in named.items()},
    }


def _gamma(pixels: np.ndarray) -> np.ndarray:
    return (255 * (pixels / 255) ** 1.8).astype(np.uint8)


def _window(pixels: np.ndarray) -> np.ndarray:
    """Half of the range of grey levels cut off above, as by a window that is too narrow."""
    return np.clip(2.0 * pixels, 0, 255).astype(np.uint8)


def _blur(pixels: np.ndarray) -> np.ndarray:
    return cv2.GaussianBlur(pixels, (0, 0), 1.5)


ALTERATIONS: dict[str, Alter] = {
    "another tone (gamma 1.8)": _gamma,
    "a broken window (upper half cut off)": _window,
    "a softer detector (blurred by 1.5 pixels)": _blur,
}


def _answer_altered(
    classifier: Classifier, name: str, films: Sequence[LabelledFilm], alter: Alter
) -> Answers:
    path = _cache(classifier) / f"altered {name.split()[1]}.json"
    if not path.exists():
        rows = list(
            tqdm(
                map_in_order(partial(_alter_and_answer, classifier, alter), films),
                total=len(films),
                desc=name,
                disable=None,
            )
        )
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    return Answers(tuple(films), tuple(rows))


def _alter_and_answer(classifier: Classifier, alter: Alter, film: LabelledFilm) -> dict[str, Any]:
    radiograph = film.open()
    radiograph = radiograph.redrawn(alter(radiograph.pixels))
    return {"error": None} | describe_answer(radiograph, classifier.analyze(radiograph))


def describe_site() -> Iterator[str]:
    """Yield the Markdown of what the script has measured."""
    report = json.loads((ROOT / SITE_FILE).read_text())
    months = report["alarms"][0]["months"]
    yield f"Network {report['network'][:12]}…, {report['redraws']} redraws, {months} piles a row."
    yield ""
    yield from _table(
        (
            "films of",
            "n",
            "pneumonia",
            "AUC",
            "intercept fitted on all",
            "log loss before",
            "after",
        ),
        (
            (
                each["title"],
                f"{each['n']:,}",
                f"{each['positives']:,}",
                measured(each["auc"]),
                *_describe_whole(each["whole"]),
            )
            for each in report["sets"]
        ),
    )
    yield ""
    yield from _table(
        (
            "films of",
            "fitted on",
            "accuracy before",
            "after",
            "log loss before",
            "after",
            "intercept before",
            "after",
            "log loss falls",
        ),
        (
            (
                each["title"],
                row["size"],
                *(
                    _spread(row[name][when], "{:+.2f}" if name == "intercept" else "{:.3f}")
                    for name in MEASURED
                    for when in ("before", "after")
                ),
                percent(row["better"]),
            )
            for each in report["sets"]
            for row in each["redraws"]
        ),
    )
    yield ""
    yield from _table(
        ("piles of 100 films", "raise the alarm", *report["alarms"][0]["by"]),
        (
            (
                row["title"],
                measured(row["alarms"]),
                *(f"{share:.3f}" for share in row["by"].values()),
            )
            for row in report["alarms"]
        ),
    )


def _describe_whole(whole: dict[str, Any] | None) -> list[str]:
    if whole is None:
        return ["too few films"] + ["–"] * 2
    losses = [measured(whole[when]["balanced_log_loss"]) for when in ("before", "after")]
    return [f"{whole['intercept']:+.2f}, slope {whole['slope']:.2f}", *losses]


def _spread(result: dict[str, float], form: str) -> str:
    mean, low, high = (form.format(result[key]) for key in ("mean", "low", "high"))
    return f"{mean} ({low} to {high})"


def _table(header: Sequence[object], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    for cells in (header, ["---"] * len(header), *rows):
        yield f"| {' | '.join(map(str, cells))} |"


def main() -> int:
    """Measure, and write the figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--scores", action="store_true", help="only ask the network, and keep it")
    parser.add_argument(
        "--months", type=int, default=MONTHS, help="piles of each kind; default: %(default)s"
    )
    arguments = parser.parse_args()
    classifier = load_classifier(threads=1)
    films = {name: find().films for name, (_, find) in SETS.items()}
    answers = {name: load_answers(classifier, name, films[name]) for name in films}
    if arguments.scores:
        return 0
    report = {
        "network": classifier.network_hash,
        "redraws": REDRAWS,
        "sets": [measure_set(classifier, SETS[name][0], answers[name]) for name in films],
        "alarms": measure_alarms(classifier, answers, arguments.months),
    }
    (ROOT / SITE_FILE).write_text(json.dumps(plain(report), indent=1, allow_nan=False) + "\n")
    print("\n".join(describe_site()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
