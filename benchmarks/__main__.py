"""python -m benchmarks [latency|throughput|app]: measure all parts, or those named."""

import argparse
import sys
from collections.abc import Sequence

from xray_core.commands.bench import configure_speed
from xray_core.errors import XrayError
from xray_core.heap import keep_memory

PARTS = ("app", "latency", "throughput")


def main(words: Sequence[str] | None = None) -> int:
    """Measure and save; 0 when all went well, 2 for bad usage, told in a sentence."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    # no choices: Python 3.11 would hold the empty list against them
    parser.add_argument("parts", nargs="*", type=_part, metavar="PART", help=" | ".join(PARTS))
    parser.add_argument("--runs", type=int, default=5, help="starts of the app (%(default)s)")
    configure_speed(parser, parser)
    arguments = parser.parse_args(words)
    parts = arguments.parts or list(PARTS)
    keep_memory()  # as every program of the project does
    try:
        if "app" in parts:
            from benchmarks.app import measure_app  # wants a browser

            measure_app(arguments.runs, arguments.out)
        if speed := [part for part in parts if part != "app"]:
            from benchmarks.speed import measure

            measure(speed, arguments.out, arguments.rounds, not arguments.no_notebook)
    except XrayError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def _part(name: str) -> str:
    if name not in PARTS:
        raise argparse.ArgumentTypeError(f"expected {' or '.join(PARTS)}, got '{name}'")
    return name


if __name__ == "__main__":
    sys.exit(main())
