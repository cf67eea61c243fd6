"""The parts of the speed that need no browser, each measured and kept."""

from collections.abc import Iterable
from pathlib import Path

from benchmarks.latency import bench_latency, make_film
from benchmarks.report import describe_speed, save_part
from benchmarks.throughput import bench_throughput
from xray_core.classifier import load_classifier
from xray_core.commands import require_folder_of
from xray_core.datasets.catalogue import require_catalogue
from xray_core.errors import UsageError


def measure(parts: Iterable[str], out: str | Path, rounds: int, notebook: bool) -> int:
    """Measure some of 'latency' and 'throughput' and print the figures at hand.

    Parameters
    ----------
    parts : iterable of str
    out : path
        The file of all figures, see `benchmarks.report.save_part`.
    rounds : int
        At least 2.
    notebook : bool
        Whether to load TensorFlow and time the usual way, too.

    Returns
    -------
    int
        0

    Raises
    ------
    UsageError
        The folder of ``out`` is missing, or there are fewer than two rounds.
    """
    require_folder_of(out)
    if rounds < 2:
        raise UsageError(f"Expected at least two rounds, got --rounds {rounds}.")
    samples = require_catalogue("samples").samples
    report = {}
    for part in parts:
        if part == "latency":
            film = make_film(samples[-1].open().pixels)
            figures = bench_latency(load_classifier(), film, rounds, notebook)
        else:
            figures = bench_throughput(load_classifier(threads=1), samples, rounds, notebook)
        report = save_part(out, part, figures)
    print("\n".join(describe_speed(report)))
    return 0
