import threading
import time

import pytest

from xray_core.parallel import map_in_order


def test_map_in_order_keeps_the_order_of_slow_and_fast_items():
    delays = [0.03, 0, 0.02, 0, 0.01, 0, 0]

    def wait(item):
        time.sleep(delays[item])
        return item

    assert list(map_in_order(wait, range(7), workers=3)) == list(range(7))


def test_map_in_order_works_at_the_same_time():
    both = threading.Barrier(2, timeout=5)
    assert len(list(map_in_order(lambda _: both.wait(), range(2), workers=2))) == 2


def test_map_in_order_runs_only_a_little_ahead():
    taken = []

    def items():
        for item in range(1000):
            taken.append(item)
            yield item

    results = map_in_order(str, items(), workers=2)
    assert [next(results), next(results)] == ["0", "1"]
    assert len(taken) < 10
    results.close()


def test_map_in_order_raises_where_the_result_would_have_been():
    results = map_in_order(lambda item: 6 // item, [3, 2, 0, 1], workers=2)
    assert [next(results), next(results)] == [2, 3]
    with pytest.raises(ZeroDivisionError):
        next(results)
