"""Tests of `xray_core.reporting.text.saliency_benchmark`."""

from xray_core.evaluation.baseline_maps import ASK_NO_NETWORK as OTHERS
from xray_core.reporting.text.saliency_benchmark import TABLES, describe


def measured(value):
    return {"value": value, "n": 3, "interval": [value - 0.1, value + 0.1]}


def report(own, rival):
    """The default map, and what asks no network, of which brightness is best."""
    parts = {}
    for part, columns in TABLES.values():
        values = {"mine": own, **dict.fromkeys(OTHERS, 0.0), "brightness": rival}
        parts.setdefault(part, {name: {} for name in values})
        for name, value in values.items():
            parts[part][name] |= {column: measured(value) for column in columns}
    paired = {
        "boxes": {
            name: {"pointing": measured(own - rival * (name == "brightness"))} for name in OTHERS
        }
    }
    groups = {"boxes": {"AP": {"mine": parts["boxes"]["mine"]}, "PA": {"mine": {}}}}
    model = {"name": "lungs", "network": "abc" * 8}
    score = {"rises": measured(0.9), "change": measured(0.5)}
    films = {"normal": 3, "pneumonia": 4}
    known = {"model": model, "films": films, "score": score, "paired": paired, "groups": groups}
    return known | parts


def test_default_map_is_set_against_each_that_asks_no_network():
    (line,) = [row for row in describe(report(0.5, 0.7)) if row.startswith("| Boxes: pointing")]
    cells = [cell.strip() for cell in line.strip("|").split("|")][1:]
    assert dict(zip(OTHERS, cells, strict=True))["brightness"] == "-0.20 (-0.30 to -0.10)"
    assert set(cells) == {"-0.20 (-0.30 to -0.10)", "+0.50 (0.40 to 0.60)"}


def test_groups_without_a_film_are_left_out():
    lines = list(describe(report(0.5, 0.4)))
    assert [line for line in lines if line.startswith("| Boxes: AP | 3 | 0.500 (0.40 to 0.60)")]
    assert not [line for line in lines if line.startswith("| Boxes: PA")]


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
    del without["paired"]["boxes"], without["groups"]["boxes"]
    without["paired"]["adults"] = {name: {"share": measured(0)} for name in OTHERS}
    assert "oxes" not in "\n".join(describe(without))
