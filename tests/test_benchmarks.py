import json
import time

import pytest

from benchmarks import latency, throughput
from benchmarks.__main__ import main as measure
from benchmarks.latency import time_in_turns
from benchmarks.report import describe_scale, describe_speed, save_part
from xray_core.__main__ import main

WAY = {"milliseconds": 40.0, "ratio": 1.0, "quartiles": [1.0, 1.0]}
LATENCY = {
    "ways": {
        "ours": WAY,
        "answer_only": WAY | {"milliseconds": 20.0, "ratio": 0.5},
        "floor_two_networks": WAY | {"ratio": 0.5},
        "floor_one_network": WAY | {"ratio": 0.4},
        "notebook": WAY | {"ratio": 25.0},
    }
}


def test_all_parts_are_measured_where_none_is_named(monkeypatch):
    measured = []
    monkeypatch.setattr("benchmarks.app.measure_app", lambda *_: measured.append("app"))
    monkeypatch.setattr("benchmarks.speed.measure", lambda parts, *_: measured.extend(parts))
    for named, expected in (([], ["app", "latency", "throughput"]), (["latency"], ["latency"])):
        measured.clear()
        assert measure(named) == 0
        assert measured == expected
    with pytest.raises(SystemExit, match="2"):
        measure(["nothing"])


def test_save_part_keeps_the_other_parts(tmp_path):
    path = tmp_path / "speed.json"
    save_part(path, "latency", LATENCY)
    report = save_part(path, "app", {"memory_megabytes": 300})
    assert json.loads(path.read_text()) == report
    assert report["latency"]["ways"] == LATENCY["ways"]
    assert report["app"]["cores"] >= 1
    assert save_part(path, "app", {})["app"].keys() == {"cores", "load"}


def test_describe_speed_sets_each_figure_beside_its_aim():
    report = {
        "latency": LATENCY | {"cores": 2, "load": 0.4},
        "app": {"cores": 2, "load": 5.0, "first_page_seconds": [2.5, 2.0, 4.0]},
    }
    text = "\n".join(describe_speed(report))
    assert "| the usual notebook way takes | at least 20 times as long | 25 times |" in text
    assert "one bare pass of both networks | at most 1.6 times | 2.0 times |" in text
    assert "one bare pass of the classifier | at most 1.6 times | 2.5 times |" in text
    assert "| first page drawn after `make app` | 3 s | 2.5 s (2.0 to 4.0) |" in text
    assert "- latency: 2 cores, load 0.4\n" in text
    assert "app: 2 cores, load 5.0: busy" in text
    report["app"]["load"] = None
    assert "app: 2 cores, load not noted" in "\n".join(describe_speed(report))


def test_describe_scale_follows_from_the_measured_rate():
    sizes = {size: {"score": {"films_per_second": 200.0}} for size in ("small", "full")}
    text = "\n".join(describe_scale({"throughput": {"cores": 2, "load": 0.1, "sizes": sizes}}))
    assert "| 224 × 224 | 100.0 | 28 | 0.3 hours | $1 |" in text
    assert "- throughput: 2 cores, load 0.1" in text


def test_time_in_turns_takes_turns_and_compares_with_the_first(monkeypatch):
    now, calls = [0.0], []
    monkeypatch.setattr(time, "perf_counter", lambda: now[0])

    def work(name, seconds):
        calls.append(name)
        now[0] += seconds

    times = time_in_turns({"a": lambda: work("a", 0.01), "b": lambda: work("b", 0.03)}, 9)
    rounds = ["".join(pair) for pair in zip(calls[::2], calls[1::2], strict=True)]
    assert len(rounds) == 10
    assert set(rounds) == {"ab", "ba"}
    assert times["a"]["ratio"] == 1
    assert (times["b"]["milliseconds"], times["b"]["ratio"]) == (30.0, pytest.approx(3))


def test_bench_latency_measures_every_way(sample_films, tmp_path, monkeypatch):
    monkeypatch.setattr(latency, "FILM", (400, 300))
    out = tmp_path / "speed.json"
    assert main(["bench", "latency", "--rounds", "2", "--no-notebook", "--out", str(out)]) == 0
    ways = json.loads(out.read_text())["latency"]["ways"]
    assert set(ways) == set(LATENCY["ways"]) - {"notebook"}
    assert all(way["milliseconds"] > 0 for way in ways.values())
    assert ways["ours"]["ratio"] == 1


def test_bench_throughput_counts_films_of_both_sizes(sample_films, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(throughput, "FILMS", 3)
    out = tmp_path / "speed.json"
    assert main(["bench", "throughput", "--rounds", "2", "--no-notebook", "--out", str(out)]) == 0
    sizes = json.loads(out.read_text())["throughput"]["sizes"]
    assert set(sizes) == {"small", "full"}
    assert sizes["full"]["score"]["share"] == 1
    assert set(sizes["full"]) == {"score", "decode_and_forward", "bare"}
    assert all(way["share"] > 0 for way in sizes["full"].values())
    assert "| `score`, films of full size |" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "message"),
    [(["--out", "nowhere/speed.json"], "does not exist"), (["--rounds", "1"], "at least two")],
)
def test_bench_refuses_bad_usage(words, message, capsys):
    assert main(["bench", *words]) == 2
    assert message in capsys.readouterr().err
