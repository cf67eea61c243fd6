"""Hypothesis on the reader: damaged seeds, and bytes that begin like a seed."""

import random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.reader import answer, answer_archive, damage
from tests.fuzz.seeds import make_archive, make_seeds

SEEDS = make_seeds()
ARCHIVE = make_archive()
STARTS = [b"", *(seed[:16] for seed in SEEDS.values())]

QUICK = settings(
    max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
"""The same examples each time, for the suite."""
FRESH = settings(QUICK, max_examples=200, derandomize=False, database=None)
"""New examples each time, for long runs."""

SEED = st.integers(0, 2**32)


def damaged_film(name, seed):
    answer(damage(SEEDS[name], random.Random(seed)))


def damaged_archive(seed):
    answer_archive(damage(ARCHIVE, random.Random(seed)))


def arbitrary_film(start, data):
    answer(start + data)


def arbitrary_archive(start, data):
    answer_archive(start + data)


PROPERTIES = (
    (damaged_film, {"name": st.sampled_from(sorted(SEEDS)), "seed": SEED}),
    (damaged_archive, {"seed": SEED}),
    (arbitrary_film, {"start": st.sampled_from(STARTS), "data": st.binary(max_size=400)}),
    (
        arbitrary_archive,
        {
            "start": st.sampled_from([b"PK\x03\x04", b"PK\x05\x06", b""]),
            "data": st.binary(max_size=300),
        },
    ),
)


def check(function, strategies, plan):
    """Try a property on the examples of a plan, QUICK or FRESH."""
    plan(given(**strategies)(function))()
