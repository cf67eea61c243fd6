"""Hold the answers of two versions of the project against each other, film by film.

    python scripts/compare_answers.py record ANSWERS.json FILE_OR_FOLDER… [--repo .]
    python scripts/compare_answers.py compare BEFORE.json AFTER.json [--tolerance 1e-6]

`record` asks the command line, which stays while modules move: `predict` for every film, gated and
not, and `explain` for N of them, evenly chosen, of whose overlay, map and PDF report it keeps a
digest and the map's own numbers. `compare` exits with 1 where anything differs.
"""

import argparse
import hashlib
import json
import math
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

SUFFIXES = (".jpeg", ".jpg", ".png", ".dcm")
TARGETS = ("PNEUMONIA", "NORMAL")
METHODS = ("beyond_normal", "hires_cam", "occlusion", "grad_cam", "layer_cam")


def list_films(places: Sequence[str]) -> list[Path]:
    """Films at or below some places, in a stable order."""
    films = []
    for place in map(Path, places):
        found = sorted(place.rglob("*")) if place.is_dir() else [place]
        films += [path.resolve() for path in found if path.suffix.lower() in SUFFIXES]
    return films


def ask(repo: str | Path, *words: object) -> list[dict[str, Any]]:
    """Lines that a command of the project in ``repo`` prints; its errors are answers, too."""
    command = [sys.executable, "-m", "xray_core", *map(str, words)]
    done = subprocess.run(command, cwd=repo, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode not in (0, 2):
        raise SystemExit(f"{' '.join(command[:6])} … ended with {done.returncode}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def predict(repo: str | Path, films: Sequence[Path]) -> dict[str, Any]:
    """Rows of `predict`, by film and by whether the gate was asked."""
    rows = {}
    for option in ("gate", "--no-gate"):
        options = [] if option == "gate" else [option]
        for row in ask(repo, "predict", *films, *options):
            rows[f"{row.pop('file')} {option}"] = row
    return rows


def explain(repo: str | Path, film: Path, method: str, target: str) -> dict[str, Any]:
    """What `explain` prints and writes for one film; nothing for one that cannot be read."""
    with tempfile.TemporaryDirectory() as scratch:
        overlay, saliency, report = (Path(scratch, name) for name in ("o.png", "m.npy", "r.pdf"))
        words = ("--out", overlay, "--saliency", saliency, "--report", report)
        rows = ask(repo, "explain", film, "--method", method, "--target", target, *words)
        if not rows:
            return {}
        values = np.load(saliency)
        return rows[0] | {
            "map": [float(values.mean()), float(values.max()), float(np.square(values).mean())],
            "overlay": hashlib.sha256(overlay.read_bytes()).hexdigest(),
            "report": hashlib.sha256(report.read_bytes()).hexdigest(),
        }


def record(arguments: argparse.Namespace) -> int:
    films = list_films(arguments.films)
    answers = predict(arguments.repo, films)
    step = max(1, len(films) // max(1, arguments.explained))
    for number, film in enumerate(films[::step][: arguments.explained]):
        method, target = METHODS[number % len(METHODS)], TARGETS[number // len(METHODS) % 2]
        answers[f"{film} {method} {target}"] = explain(arguments.repo, film, method, target)
    Path(arguments.answers).write_text(json.dumps(answers, indent=1) + "\n")
    print(f"{len(answers)} answers about {len(films)} films in {arguments.answers}")
    return 0


def differences(one: Any, other: Any, tolerance: float, where: str = "") -> Iterator[str]:
    """Yield where two answers differ by more than the tolerance, and how."""
    if isinstance(one, dict) and isinstance(other, dict):
        for key in sorted(one.keys() | other.keys()):
            below = one.get(key), other.get(key)
            yield from differences(*below, tolerance, f"{where}/{key}")
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for place, pair in enumerate(zip(one, other, strict=True)):
            yield from differences(*pair, tolerance, f"{where}[{place}]")
    elif isinstance(one, float) and isinstance(other, float):
        if not math.isclose(one, other, rel_tol=tolerance, abs_tol=tolerance):
            yield f"{where}: {one!r} {other!r}"
    elif one != other:
        yield f"{where}: {one!r} {other!r}"


def compare(arguments: argparse.Namespace) -> int:
    before, after = (json.loads(Path(path).read_text()) for path in arguments.answers)
    found = list(differences(before, after, arguments.tolerance))
    print("\n".join(found[:40]))
    print(f"{len(before)} answers before, {len(after)} after, {len(found)} differences")
    return int(bool(found))


def main(words: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Hold two versions' answers against each other")
    parts = parser.add_subparsers(required=True)
    part = parts.add_parser("record")
    part.add_argument("answers", metavar="ANSWERS.json")
    part.add_argument("films", nargs="+", metavar="FILE_OR_FOLDER")
    part.add_argument("--explained", type=int, default=40)
    part.add_argument("--repo", default=Path(__file__).resolve().parents[1])
    part.set_defaults(run=record)
    part = parts.add_parser("compare")
    part.add_argument("answers", nargs=2, metavar="ANSWERS.json")
    part.add_argument("--tolerance", type=float, default=1e-6)
    part.set_defaults(run=compare)
    arguments = parser.parse_args(words)
    code: int = arguments.run(arguments)
    return code


if __name__ == "__main__":
    sys.exit(main())
