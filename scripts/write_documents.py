"""Write what documents take from measurements and code: ``python -m scripts.write_documents``.

The parts between ``<!-- NAME -->`` and ``<!-- /NAME -->`` of some documents, and the reference of
the Python interface. Measures nothing: the figures lie in ``models/``, ``docs/speed.json``,
``docs/site.json`` and ``xray_core/experiments/recorded.json``.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from benchmarks.report import SPEED_FILE, describe_scale, describe_speed
from scripts.api_document import describe_api
from scripts.prove_site import describe_site
from tests import ROOT
from xray_core.evaluation.comparison import compare
from xray_core.experiments import recorded
from xray_core.experiments.plans import PLANS
from xray_core.inference.model_card import (
    DEFAULT_MODEL,
    list_models,
    load_card,
    load_evaluation,
    model_folder,
)
from xray_core.reporting.text.evaluation import headline
from xray_core.reporting.text.recorded import describe_recorded
from xray_core.reporting.text.saliency_benchmark import SALIENCY_FILE, describe
from xray_core.reporting.wording import METRICS, difference, measured

UNDEFINED: dict[str, Any] = {"value": None}


def describe_results() -> Iterator[str]:
    """Yield a Markdown table of every model's results on the official test with 95% intervals.

    The last column is the first model less the second, film by film.
    """
    names = list_models()
    reports = {name: load_evaluation(name) for name in names}
    first, *others = reports.values()
    differences = compare(first, others[0]) if others else {}
    yield _row("official test", "n", *(load_card(name).title for name in names), "difference")
    yield _row(*["---"] * (3 + len(reports)))
    measures = [headline(report) for report in reports.values()]
    for name in measures[0]:
        cells = [each.get(name, UNDEFINED) for each in measures]
        paired = difference(differences[name]) if name in differences else ""
        yield _row(METRICS[name].title, cells[0]["n"], *map(measured, cells), paired)
    cells = [report["three_class"]["accuracy"] for report in reports.values()]
    yield _row("Accuracy, normal / bacterial / viral", cells[0]["n"], *map(measured, cells), "")


def _row(*cells: object) -> str:
    return f"| {' | '.join(map(str, cells))} |"


def load_saliency_report() -> dict[str, Any]:
    """What `bench saliency` has measured of the default model."""
    report: dict[str, Any] = json.loads((model_folder(DEFAULT_MODEL) / SALIENCY_FILE).read_text())
    return report


def _load_speed() -> dict[str, Any]:
    report: dict[str, Any] = json.loads((ROOT / SPEED_FILE).read_text())
    return report


def _describe_experiments() -> Iterator[str]:
    return describe_recorded(recorded.load(), {plan.name: plan.title for plan in PLANS})


PARTS: tuple[tuple[str, str, Callable[[], Iterable[str]]], ...] = (
    ("README.md", "results", describe_results),
    ("README.md", "speed", lambda: describe_speed(_load_speed())),
    ("docs/scale.md", "scale", lambda: describe_scale(_load_speed())),
    ("docs/at_your_hospital.md", "site", describe_site),
    ("docs/experiments_live.md", "recorded", _describe_experiments),
    ("docs/saliency.md", "tables", lambda: describe(load_saliency_report())),
)
"""Document, name of the part, and what yields its lines."""


def written_documents() -> dict[Path, str]:
    """Every document that holds made parts, as it should stand."""
    texts = {ROOT / "docs" / "api.md": _lay_out("\n".join(describe_api()) + "\n")}
    for file, name, lines in PARTS:
        path = ROOT / file
        texts[path] = _fill(texts.get(path) or path.read_text(), name, lines())
    return texts


def _fill(text: str, name: str, lines: Iterable[str]) -> str:
    begin, end = f"<!-- {name} -->\n", f"<!-- /{name} -->"
    before, rest = text.split(begin)
    _, after = rest.split(end)
    return before + begin + "\n".join(lines) + "\n" + end + after


def _lay_out(text: str) -> str:
    """Lay the code in a document out as `make lint` would."""
    command = [sys.executable, "-m", "ruff", "format", "--stdin-filename", "a.md", "-"]
    done = subprocess.run(command, input=text, capture_output=True, text=True, cwd=ROOT, check=True)
    return done.stdout


def main() -> int:
    """Write the documents."""
    for path, text in written_documents().items():
        path.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
