from xray_core.reporting.text.probes import describe_probes, list_probes

DATA = {
    "model": "lungs",
    "operating_point": {"name": "balanced", "threshold": 0.5},
    "data": {"children": 1774, "adults": 306},
}


def measured(value, n=4):
    return {"value": value, "n": n, "interval": [value - 0.25, value + 0.5]}


UNDEFINED = {"value": None, "n": 0, "interval": None, "reason": "not defined"}


def test_the_first_line_says_what_was_asked():
    (line,) = describe_probes(DATA)
    assert line.startswith("Model lungs on 1,774 films of children and 306 of adults")
    assert "from a probability of 0.500 (balanced)" in line


def test_each_probe_has_its_measures_with_n_and_interval():
    projection = {
        "ap_minus_pa": measured(4.0),
        "called": {"all": measured(0.5), "AP": measured(0.75, 17)},
        "auc": {"AP": measured(0.5), "all others": measured(0.5)},
    }
    ((title, rows),) = list_probes(DATA | {"projection": projection})
    assert title.startswith("P: ")
    assert [name for name, _ in rows] == [
        "Normal films, AP less PA, log-odds",
        "Normal films called pneumonia, all",
        "Normal films called pneumonia, AP",
        "AUC, opacity against normal, AP",
        "AUC, opacity against all others",
    ]
    lines = list(describe_probes(DATA | {"projection": projection}))
    assert any(line.split() == ["4", "4.000", "(3.750", "to", "4.500)"] for line in _values(lines))
    assert any(line.split() == ["17", "0.750", "(0.500", "to", "1.250)"] for line in _values(lines))


def test_the_worst_block_is_marked():
    blocks = {"a": measured(1.0), "b": measured(0.5)}
    ((_, rows),) = list_probes(
        DATA | {"blocks": {"all": measured(1.0), "worst": "b", "blocks": blocks}}
    )
    assert [name for name, _ in rows] == ["All", "a", "b, the worst"]


def test_copies_that_no_film_has_are_left_out_and_the_largest_change_is_said():
    spread = {"median": measured(1.0), "p95": measured(2.0), "max": 2.5}
    none = {"median": UNDEFINED, "p95": UNDEFINED, "max": None}
    lines = list(describe_probes(DATA | {"copies": {"padded": spread, "squared": none}}))
    assert [line.strip().split("  ")[0] for line in lines[3:]] == [
        "Padded, median",
        "Padded, 95th percentile",
    ]
    assert lines[-1].endswith("at most 2.50")


def test_what_could_not_be_measured_has_its_reason():
    report = DATA | {"restyled": {"reason": "no film"}}
    assert list(describe_probes(report))[-1].endswith("–  no film")


def _values(lines):
    return [line[54:] for line in lines]
