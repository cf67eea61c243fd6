"""Helpers take turns, are replaced when they die, and end when nobody asks."""

import threading
import time
from pathlib import Path

import pytest

from xray_core.apart import Helpers, Turns

GREEDY = "tests.io.greedy"
QUESTION = {"bytes": 1}, b"", 30


def is_running(helper):
    return Path(f"/proc/{helper._process.pid}").exists()


def idle_helper(helpers):
    helper = helpers._idle.get()
    helpers._idle.put(helper)
    return helper


def test_idle_helper_ends_and_the_next_question_is_answered_by_another():
    helpers = Helpers(GREEDY, 1, 30, idle=0.3)
    assert helpers.ask(*QUESTION)[0] == {"had": True}
    first = idle_helper(helpers)
    assert is_running(first)
    deadline = time.monotonic() + 10
    while is_running(first):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert helpers.ask(*QUESTION)[0] == {"had": True}
    helpers.end()


def test_helper_is_asked_again_while_it_is_not_idle_for_long():
    helpers = Helpers(GREEDY, 1, 30)
    helpers.warm()
    first = idle_helper(helpers)
    assert helpers.ask(*QUESTION)[0] == {"had": True}
    assert idle_helper(helpers) is first
    helpers.end()
    assert not is_running(first)


def test_helper_that_was_ended_by_another_is_no_question_s_fault():
    helpers = Helpers(GREEDY, 1, 30)
    helpers.warm()
    first = idle_helper(helpers)
    first._process.kill()
    first._process.wait()
    assert helpers.ask(*QUESTION)[0] == {"had": True}
    assert idle_helper(helpers) is not first
    helpers.end()


def test_places_are_given_in_the_order_they_were_asked_for():
    turns, order = Turns(1), []

    def work(name):
        with turns.take(10):
            order.append(name)

    workers = [threading.Thread(target=work, args=(name,)) for name in "abc"]
    with turns.take(10):
        for number, worker in enumerate(workers, start=1):
            worker.start()
            while len(turns._waiting) < number:
                time.sleep(0.001)
    for worker in workers:
        worker.join()
    assert order == ["a", "b", "c"]


def test_who_waits_too_long_gives_up_and_leaves_the_queue():
    turns = Turns(1)
    with turns.take(10), pytest.raises(TimeoutError), turns.take(0.05):
        pytest.fail("there was no place")
    with turns.take(0):
        pass
