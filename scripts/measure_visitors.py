"""Do others wait while somebody trains: ``python -m scripts.measure_visitors --data FOLDER``.

This process plays the server: it answers for the sample films again and again, with and without a
training of the defaults at work, by turns, so that whatever else the machine does meets both
alike. Prints the seconds of each turn, the ratio of the medians with its interval by bootstrap, and
how much of a core the training had meanwhile.
"""

import argparse
import json
import os
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from xray_core.classifier import Classifier, load_classifier
from xray_core.datasets.catalogue import require_catalogue
from xray_core.experiments.job import describe_job
from xray_core.experiments.process import Process
from xray_core.experiments.settings import RunSettings
from xray_core.training.live import EVENTS, SETTINGS
from xray_core.types import Radiograph

FILMS = 8  # a turn


def main(folder: str, pairs: int, nice: int) -> int:
    """Measure by turns and print."""
    films = [sample.open() for sample in require_catalogue("samples").samples[:FILMS]]
    classifier = load_classifier()
    answer(classifier, films)
    with TemporaryDirectory() as private:
        place = Path(private)
        job = describe_job(RunSettings(source=folder, epochs=30))
        job |= {"nice": 0, "name": "busy", "title_of_source": folder}
        (place / SETTINGS).write_text(json.dumps(job), encoding="utf-8")
        training = Process(place)
        try:
            while not learns(place / EVENTS):
                if not training.alive:
                    raise SystemExit((place / "log.txt").read_text())
                time.sleep(0.5)
            stand_back(training.number, nice)
            worked = 0.0
            turns: dict[int, list[float]] = {signal.SIGSTOP: [], signal.SIGCONT: []}
            for pair in range(pairs):
                order = list(turns) if pair % 2 else list(turns)[::-1]
                for what in order:
                    os.kill(training.number, what)
                    before = computed(training.number)
                    turns[what].append(answer(classifier, films))
                    worked += computed(training.number) - before
        finally:
            os.kill(training.number, signal.SIGCONT)
            training.end()
    alone, beside = turns[signal.SIGSTOP], turns[signal.SIGCONT]
    share = round(worked / sum(beside), 3)
    print(json.dumps({**compare(alone, beside), "training_had_of_a_core": share}, indent=1))
    return 0


def learns(events: Path) -> bool:
    """Whether a training has got so far."""
    return events.exists() and '"step"' in events.read_text(encoding="utf-8")


def stand_back(number: int, nice: int) -> None:
    """Lower a program as `xray_core.training.live.lower` does, once it learns.

    It begins like everybody else: on a busy machine it would not come to its first step for long.
    """
    Path(f"/proc/{number}/autogroup").write_text(str(nice))
    for thread in Path(f"/proc/{number}/task").iterdir():
        os.setpriority(os.PRIO_PROCESS, int(thread.name), nice)
        if nice >= 19:
            os.sched_setscheduler(int(thread.name), os.SCHED_IDLE, os.sched_param(0))


def computed(number: int) -> float:
    """Seconds that a process has computed so far."""
    fields = Path(f"/proc/{number}/stat").read_text().rsplit(")")[-1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def answer(classifier: Classifier, films: Sequence[Radiograph]) -> float:
    """Seconds that the answers to some films take, one after the other."""
    begun = time.perf_counter()
    for film in films:
        classifier.analyze(film)
    return time.perf_counter() - begun


def compare(alone: Sequence[float], beside: Sequence[float]) -> dict[str, object]:
    """The ratio of the medians, and its interval of 95% over pairs."""
    both = np.array([alone, beside])
    rng = np.random.default_rng(0)
    drawn = [np.median(both[:, rng.integers(len(alone), size=len(alone))], axis=1)
             for _ in range(2000)]  # fmt: skip
    ratios = [float(after / before) for before, after in drawn]
    middle = np.median(both, axis=1)
    return {
        "pairs": len(alone),
        "films": FILMS,
        "alone": [round(each, 4) for each in alone],
        "beside": [round(each, 4) for each in beside],
        "ratio": round(float(middle[1] / middle[0]), 3),
        "interval": [round(float(end), 3) for end in np.quantile(ratios, (0.025, 0.975))],
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", required=True, help="films in the Kaggle layout to train on")
    parser.add_argument("--pairs", type=int, default=12, help="default: %(default)s")
    parser.add_argument(
        "--nice", type=int, default=19, help="of the training; default: %(default)s"
    )
    arguments = parser.parse_args()
    sys.exit(main(arguments.data, arguments.pairs, arguments.nice))
