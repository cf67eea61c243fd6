"""Fuzz the reader for a while: ``python -m tests.fuzz {hypothesis,atheris} [--seconds 900]``.

Ends with an error at the first input that crashes, takes over 2 seconds or over 1 GB, or gives
neither a film nor a sentence. Hypothesis prints such an input as small as it can make it, atheris
writes it to ``crash-…`` in the folder it was started in.
"""

import argparse
import resource
import sys
import tempfile
import time
from pathlib import Path

MOST_MEMORY = 1024
"""Megabytes that the whole process may take."""
STUCK = 20
"""Seconds after which an input that does not come back is given up, clocked on the wall."""


def fuzz_with_hypothesis(seconds):
    from tests.fuzz.by_property import FRESH, PROPERTIES, check

    end, tried = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        for function, strategies in PROPERTIES:
            check(function, strategies, FRESH)
            tried += FRESH.max_examples
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"hypothesis: {tried:,} inputs in {seconds:.0f} s, at most {peak:.0f} MB, no finding")
    if peak > MOST_MEMORY:
        sys.exit(f"expected at most {MOST_MEMORY} MB")


def fuzz_with_atheris(seconds):
    import atheris

    with atheris.instrument_imports(include=["xray_core", "pydicom", "PIL", "zipfile"]):
        from tests.fuzz.reader import answer, answer_archive
        from tests.fuzz.seeds import make_archive, make_seeds

    def try_input(data):
        answer(data)
        if data.startswith(b"PK"):
            answer_archive(data)

    with tempfile.TemporaryDirectory() as corpus:
        for number, seed in enumerate([*make_seeds().values(), make_archive()]):
            (Path(corpus) / str(number)).write_bytes(seed)
        options = [
            f"-max_total_time={seconds:.0f}",
            f"-rss_limit_mb={MOST_MEMORY}",
            f"-timeout={STUCK}",
            "-max_len=20000",
            "-print_final_stats=1",
        ]
        atheris.Setup([sys.argv[0], *options, corpus], try_input)
        atheris.Fuzz()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("fuzzer", choices=("hypothesis", "atheris"))
    parser.add_argument("--seconds", type=float, default=900)
    arguments = parser.parse_args()
    fuzzers = {"hypothesis": fuzz_with_hypothesis, "atheris": fuzz_with_atheris}
    fuzzers[arguments.fuzzer](arguments.seconds)


if __name__ == "__main__":
    main()
