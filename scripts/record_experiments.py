"""Record the five experiments: ``python -m scripts.record_experiments FOLDER --keep RESULTS``.

Trains every run of `xray_core.experiments.plans` with each of three seeds on a folder of films in
the Kaggle layout, as the page does, and writes what came of it to
`xray_core.experiments.recorded.RECORDED` after every experiment. Each network reads the official
test once, for what that teaches: it chooses nothing, here or anywhere. What lies among the results
kept already is not trained again, so that a recording that was ended goes on.
"""

import argparse
import hashlib
import json
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from xray_core.experiments.plans import PLANS
from xray_core.experiments.recorded import RECORDED, record_plan
from xray_core.experiments.run import Progress, Run
from xray_core.experiments.runs import describe_job
from xray_core.experiments.settings import RunSettings

SEEDS = (0, 1, 2)
NOTE = (
    "Recorded on {day} on the official films of Kermany et al. 2018 in the Kaggle layout, at 224 "
    "px, with one core of a machine that was busy otherwise; not trained here and now."
)


def main(folder: str, keep: Path) -> int:
    """Train what is missing, and write after every experiment."""
    read_films_once()
    keep.mkdir(parents=True, exist_ok=True)
    usual = train(RunSettings(source=folder), keep, probes=True)
    plans: dict[tuple[str, int], dict[str, Any]] = {}
    for seed in SEEDS:
        for plan in PLANS:
            runs = []
            for label, settings in plan.runs:
                chosen = replace(settings, source=folder, seed=seed)
                done = train(chosen, keep, probes=plan.name == "shortcut")
                facts = {"label": label, "seed": seed, "seconds": done["seconds"]}
                runs.append(facts | {"results": done["results"]})
            plans[plan.name, seed] = record_plan(plan, seed, runs)
            print(plan.name, seed, plans[plan.name, seed]["sentence"], flush=True)
            names = [each.name for each in PLANS]
            order = sorted(plans, key=lambda key: (names.index(key[0]), key[1]))
            write([plans[key] for key in order], usual)
    return 0


def write(plans: Sequence[dict[str, Any]], usual: dict[str, Any]) -> None:
    """Write what is recorded so far."""
    curves = {
        **usual,
        "results": {
            split: {name: result[name] for name in ("n", "accuracy", "auc", "log_loss")}
            for split, result in usual["results"].items()
            if split in ("validation", "test")
        },
    }
    recorded = {
        "note": NOTE.format(day=date.today().isoformat()),
        "plans": plans,
        "curves": curves,
    }
    RECORDED.write_text(json.dumps(short(recorded), indent=1) + "\n", encoding="utf-8")


def train(settings: RunSettings, keep: Path, *, probes: bool) -> dict[str, Any]:
    """Train one run in this process: ``seconds``, ``steps``, ``epochs`` and ``results``."""
    from xray_core.training import home_made
    from xray_core.training.live import EVENTS, Teller

    facts = json.dumps([{**asdict(settings), "source": ""}, probes], sort_keys=True)
    path = keep / f"{hashlib.sha256(facts.encode()).hexdigest()[:16]}.json"
    if path.exists():
        done: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return done
    with TemporaryDirectory() as private:
        folder = Path(private)
        job = describe_job(settings) | {"name": "recorded", "title_of_source": "official films"}
        begun = time.process_time()
        home_made.make(job | {"probes": probes}, folder, Teller(folder / EVENTS))
        run = Run("recorded", "", settings, folder)
        progress: Progress = run.progress
        done = {
            "seconds": round(time.process_time() - begun, 1),
            "steps": progress.steps,
            "epochs": progress.epochs,
            "results": run.results,
        }
    path.write_text(json.dumps(done), encoding="utf-8")
    return done


def read_films_once() -> None:
    """Have films read once for all runs, which on the page are programs of their own."""
    from xray_core.training import home_made

    read = home_made.read_samples
    known: dict[tuple[str, bool, tuple[str, ...]], Any] = {}

    def read_once(samples: Any, classes: Any, find: Any, progress: Any) -> list[Any]:
        keys = [(each.name, find is not None, tuple(classes)) for each in samples]
        new = [each for each, key in zip(samples, keys, strict=True) if key not in known]
        for sample, example in zip(new, read(new, classes, find, lambda x, **_: x), strict=True):
            known[sample.name, find is not None, tuple(classes)] = example
        return [known[key] for key in keys]

    home_made.read_samples = read_once


def short(value: Any) -> Any:
    """Numbers with six digits: the rest says nothing."""
    if isinstance(value, dict):
        return {name: short(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [short(each) for each in value]
    return float(f"{value:.6g}") if isinstance(value, float) else value


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder")
    parser.add_argument("--keep", type=Path, required=True, help="folder for whole results")
    arguments = parser.parse_args()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    sys.exit(main(arguments.folder, arguments.keep))
