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
from dataclasses import asdict, replace
from datetime import date
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from xray_core.experiments.job import describe_job
from xray_core.experiments.plans import PLANS, plan_of
from xray_core.experiments.recorded import RECORDED, record_plan, shorten
from xray_core.experiments.run import Progress, Run
from xray_core.experiments.settings import RunSettings

SEEDS = (0, 1, 2)
ORIGIN = (
    "Recorded on {day} on the official films of Kermany et al. 2018 in the Kaggle layout, at 224 "
    "px, with one core of a machine that was busy otherwise; not trained here and now."
)


def main(folder: str, keep: Path, only_write: bool) -> int:
    """Train what is missing, and write after every experiment."""
    read_films_once()
    keep.mkdir(parents=True, exist_ok=True)
    if only_write:
        return write_kept(folder, keep)
    usual = RunSettings(source=folder)
    training = train(usual, keep, probes=True)
    probed = [settings for _, settings in plan_of("shortcut").runs]
    runs: dict[str, list[dict[str, Any]]] = {plan.name: [] for plan in PLANS}
    for seed in SEEDS:
        for plan in PLANS:
            for label, settings in plan.runs:
                chosen = replace(settings, source=folder, seed=seed)
                done = None if plan.name == "shortcut" else kept(chosen, keep, probes=False)
                done = done or train(chosen, keep, probes=settings in probed)
                runs[plan.name].append(entry(label, seed, done))
            write(usual, training, runs)
    return 0


def write(
    usual: RunSettings, training: dict[str, Any], runs: dict[str, list[dict[str, Any]]]
) -> None:
    """Write what is recorded so far."""
    plans = {plan.name: record_plan(plan, runs[plan.name]) for plan in PLANS if runs[plan.name]}
    for name, plan in plans.items():
        print(name, plan["seen"], flush=True)
    recorded = {
        "origin": ORIGIN.format(day=date.today().isoformat()),
        "training": {
            "title": "The defaults",
            "settings": {**asdict(usual), "source": "kaggle"},
            **training,
            "results": shorten(training["results"]),
        },
        "plans": plans,
    }
    RECORDED.write_text(json.dumps(short(recorded), indent=1) + "\n", encoding="utf-8")


def write_kept(folder: str, keep: Path) -> int:
    """Write the experiments of which all runs are kept, seed by seed, and train nothing."""
    usual = RunSettings(source=folder)
    runs: dict[str, list[dict[str, Any]]] = {plan.name: [] for plan in PLANS}
    for seed, plan in product(SEEDS, PLANS):
        chosen = [(label, replace(each, source=folder, seed=seed)) for label, each in plan.runs]
        found = [
            (label, kept(each, keep, probes=True) or kept(each, keep, probes=False))
            for label, each in chosen
        ]
        if all(done for _, done in found):
            runs[plan.name] += [entry(label, seed, done) for label, done in found if done]
    training = kept(usual, keep, probes=True)
    if training is None:
        raise SystemExit("Expected at least the run of the defaults among what is kept.")
    write(usual, training, runs)
    return 0


def entry(label: str, seed: int, done: dict[str, Any]) -> dict[str, Any]:
    """What of a run goes to its experiment."""
    facts = {"label": label, "seed": seed, "seconds": done["seconds"]}
    return facts | {"results": done["results"]}


def place(settings: RunSettings, keep: Path, probes: bool) -> Path:
    """Where the whole results of a run are kept."""
    facts = json.dumps([{**asdict(settings), "source": ""}, probes], sort_keys=True)
    return keep / f"{hashlib.sha256(facts.encode()).hexdigest()[:16]}.json"


def kept(settings: RunSettings, keep: Path, *, probes: bool) -> dict[str, Any] | None:
    """The whole results of a run; None where it is not kept."""
    path = place(settings, keep, probes)
    if not path.exists():
        return None
    done: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    steps = done["steps"]
    return {**done, "steps_in_all": done.get("steps_in_all", steps[-1][0] if steps else 0)}


def train(settings: RunSettings, keep: Path, *, probes: bool) -> dict[str, Any]:
    """Train one run in this process: ``seconds``, ``steps``, ``epochs`` and ``results``."""
    from xray_core.training import home_made
    from xray_core.training.live import EVENTS, Teller

    found = kept(settings, keep, probes=probes)
    if found:
        return found
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
            "steps_in_all": progress.steps_in_all,
            "epochs": progress.epochs,
            "results": run.results,
        }
    place(settings, keep, probes).write_text(json.dumps(done), encoding="utf-8")
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

    setattr(home_made, "read_samples", read_once)  # noqa: B010


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
    parser.add_argument(
        "--only-write", action="store_true", help="train nothing; write what is complete"
    )
    arguments = parser.parse_args()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    sys.exit(main(arguments.folder, arguments.keep, arguments.only_write))
