"""What the heap keeps for the next film, and hands back when it is told to."""

import subprocess
import sys

import pytest

from xray_core.apart import environment
from xray_core.heap import KEPT

FAULTS = """
import gc, resource
from xray_core.heap import KEPT, give_memory_back, keep_memory
{setup}
def faults():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    parts = [bytes([1]) * (KEPT // 8) for _ in range(5)]
    del parts
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before
faults()
{between}
print(faults())
"""


def faults(setup="", between=""):
    """Pages that are fetched for 5 x 4 MB when as much was had before."""
    program = FAULTS.format(setup=setup, between=between)
    command = [sys.executable, "-c", program]
    return int(subprocess.check_output(command, env=environment(), text=True))


@pytest.mark.skipif(sys.platform != "linux", reason="glibc's heap")
def test_kept_memory_is_fetched_once_until_it_is_given_back():
    pages = 5 * KEPT // 8 / 4096
    assert faults("keep_memory()") < pages / 20
    assert faults() > pages / 2
    assert faults("keep_memory()", "give_memory_back()") > pages / 2
