"""Tests of `python -m xray_core bench`."""

import json

import pytest

from xray_core.__main__ import main
from xray_core.evaluation.baseline_maps import BASELINES, CONTROLS
from xray_core.reporting.text.saliency_benchmark import TABLES, describe


def test_bench_saliency_writes_a_report_of_every_map(sample_films, tmp_path, capsys):
    for sample in sample_films[:2] + sample_films[-2:]:
        path = tmp_path / "films" / "val" / sample.label / sample.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(sample.read())
    adults = [("a", "NORMAL"), ("b", "NORMAL"), ("c", "PNEUMONIA")]
    (tmp_path / "images").mkdir()
    for (name, _), sample in zip(adults, sample_films, strict=False):
        (tmp_path / "images" / name).write_bytes(sample.read())
    table = "".join(f"{name},{label}\n" for name, label in adults)
    (tmp_path / "labels.csv").write_text("image,label\n" + table)
    out = tmp_path / "report.json"
    words = ["--data", str(tmp_path / "films"), "--split", "val", "--films", "2"]
    words += ["--adults", str(tmp_path)]
    methods = ["--methods", "beyond_normal", "hires_cam"]
    assert main(["bench", "saliency", *words, *methods, "--out", str(out)]) == 0
    report = json.loads(out.read_text())
    maps = {"beyond_normal", "hires_cam", *BASELINES, *CONTROLS}
    assert maps == set(report["opacities"]) == set(report["faithfulness"])
    assert set(report["randomisation"]) == {"beyond_normal", "hires_cam"}
    opacities = report["opacities"]["brightness"]
    assert {"pointing", "share", "average_precision", "iou_0.5", "iobb_0.5"} <= set(opacities)
    for level in (0.1, 0.25):
        assert opacities[f"any_{level}"]["value"] >= opacities["any_0.5"]["value"]
    first, other = (report["opacities"][name]["share"] for name in ("beyond_normal", "random"))
    pair = report["paired"]["opacities"]["random"]["share"]
    assert pair["value"] == pytest.approx(first["value"] - other["value"])
    assert "beyond_normal" not in report["paired"]["opacities"]
    sizes = report["groups"]["opacities"]
    counts = [sizes[size]["random"]["share"]["n"] for size in ("smaller", "larger")]
    assert sum(counts) == report["opacities"]["random"]["share"]["n"]
    assert set(report["randomisation"]["hires_cam"]) == {
        "shuffled_last",
        "shuffled_half",
        "shuffled_all",
    }
    assert report["adults"]["brightness"]["pointing"]["n"] == 2
    for measured in report["faithfulness"].values():
        for result in measured.values():
            assert result["n"] == 2
            low, high = result["interval"]
            assert low <= result["value"] <= high
    assert report["faithfulness"]["lung_mask"]["inside_lungs"]["value"] == pytest.approx(1)
    table = capsys.readouterr().out
    assert "\n".join(describe(report)) in table
    assert "| beyond normal | 2 |" in table
    assert all(f"### {title}" in table for title in TABLES if "Boxes" not in title)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"--out": "nowhere/report.json"}, "does not exist"),
        ({"--films": "0"}, "at least one film"),
        ({"--adults": "nowhere"}, "Expected a table"),
        ({"--split": "test"}, "no normal or no pneumonia films"),
    ],
)
def test_bench_saliency_refuses_bad_usage(change, message, tmp_path, capsys):
    for label in ("NORMAL", "PNEUMONIA"):
        (tmp_path / "val" / label).mkdir(parents=True)
        (tmp_path / "val" / label / "a.png").write_bytes(b"")
    words = {"--data": str(tmp_path), "--split": "val", "--out": str(tmp_path / "r.json")} | change
    arguments = [word for pair in words.items() for word in pair]
    assert main(["bench", "saliency", *arguments]) == 2
    assert message in capsys.readouterr().err
