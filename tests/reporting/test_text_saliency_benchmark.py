"""Tests of `xray_core.reporting.text.saliency_benchmark`."""

from xray_core.evaluation.baseline_maps import BASELINES
from xray_core.reporting.text.saliency_benchmark import JUDGED, TABLES, describe


def measured(value):
    return {"value": value, "n": 3, "interval": [value - 0.1, value + 0.1]}


def report(own, rival):
    """The default map, and five baselines of which brightness is best."""
    parts = {}
    for part, columns in TABLES.values():
        values = {"mine": own, **dict.fromkeys(BASELINES, 0.0), "brightness": rival}
        parts.setdefault(part, {name: {} for name in values})
        for name, value in values.items():
            parts[part][name] |= {column: measured(value) for column in columns}
    model = {"name": "lungs", "network": "abc" * 8}
    score = {"rises": measured(0.9), "change": measured(0.5)}
    return {"model": model, "films": {"normal": 3, "pneumonia": 4}, "score": score, **parts}


def verdicts(own, rival):
    lines = [line for line in describe(report(own, rival)) if line.count("|") == 5]
    return {line.split("|")[1].strip(): line.split("|")[-2].strip() for line in lines}


def test_default_map_is_judged_against_the_best_baseline():
    found = verdicts(0.5, 0.4)
    means = [title for title in found if "mean of these" in title]
    assert len(found) - len(means) == sum(map(len, JUDGED.values()))
    assert len(means) == sum(len(measures) > 1 for measures in JUDGED.values())
    assert set(found.values()) == {"wins"}
    assert set(verdicts(0.3, 0.4).values()) == {"loses"}
    assert verdicts(0.4, 0.4)["Boxes: pointing"] == "ties"


def test_tables_hold_every_map_with_its_interval():
    lines = list(describe(report(0.5, 0.4)))
    text = "\n".join(lines)
    assert "network abcabcabcabc; 3 normal and 4 pneumonia films" in text
    assert "in 90% of the films, by 0.50 log-odds" in text
    for title in TABLES:
        assert f"### {title}" in text
    assert text.count("| brightness | 3 | 0.400 (0.30 to 0.50) |") == len(TABLES)


def test_a_part_that_was_not_measured_is_left_out():
    without = report(0.5, 0.4)
    del without["boxes"]
    assert "oxes" not in "\n".join(describe(without))
