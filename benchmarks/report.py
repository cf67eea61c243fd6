"""The figures of speed: measured part by part, kept in one file, told in one table."""

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

SPEED_FILE = Path("docs/speed.json")
SIZES = ("small", "224 × 224"), ("full", "full size")
MANY = 10_000_000
PRICE = 0.05
"""Dollars for an hour of a core, about what large clouds ask on demand; spare capacity costs a
third."""
BUSY = 2.0  # load for each core; the measuring alone reaches 1, more is something else


def save_part(path: str | Path, part: str, figures: Mapping[str, Any]) -> dict[str, Any]:
    """Put the figures of one part into the file, beside those of the others.

    Parameters
    ----------
    path : path
    part : 'latency', 'throughput' or 'app'
    figures : dict

    Returns
    -------
    dict
        Everything the file now holds.
    """
    path = Path(path)
    report: dict[str, Any] = json.loads(path.read_text()) if path.is_file() else {}
    cores = os.cpu_count() or 1
    report[part] = {"cores": cores, "load": round(os.getloadavg()[2], 1), **figures}
    path.write_text(json.dumps(report, indent=1) + "\n")
    return report


def describe_speed(report: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines of a Markdown table: what was measured, the aim, and the figure."""
    yield "| | aim | measured |"
    yield "| --- | --- | --- |"
    if "latency" in report:
        yield from _describe_latency(report["latency"])
    if "app" in report:
        yield from _describe_app(report["app"])
    if "throughput" in report:
        yield from _describe_throughput(report["throughput"])
    yield ""
    for part, figures in report.items():
        yield _describe_machine(part, figures)


def _describe_latency(part: Mapping[str, Any]) -> Iterator[str]:
    ways = part["ways"]
    ours = ways["ours"]["milliseconds"]
    yield f"| one film, bytes to answer with overlay | | {ours:.0f} ms |"
    yield f"| the answer and its map alone | | {ways['answer_only']['milliseconds']:.0f} ms |"
    if "notebook" in ways:
        faster = ways["notebook"]["ratio"]
        yield f"| the usual notebook way takes | at least 20 times as long | {faster:.0f} times |"
    for name, what in (
        ("floor_two_networks", "decoding and one bare pass of both networks"),
        ("floor_one_network", "decoding and one bare pass of the classifier"),
    ):
        times = 1 / ways[name]["ratio"]
        yield f"| ours against the floor: {what} | at most 1.6 times | {times:.1f} times |"


def _describe_app(part: Mapping[str, Any]) -> Iterator[str]:
    for name, what, aim in (
        ("first_page_seconds", "first page drawn after `make app`", "3 s"),
        ("first_film_seconds", "first film explained after `make app`", "4 s"),
    ):
        if name in part:
            middle, low, high = part[name]
            yield f"| {what} | {aim} | {middle:.1f} s ({low:.1f} to {high:.1f}) |"
    if "slider_milliseconds" in part:
        middle, low, high = part["slider_milliseconds"]
        yield (
            "| moving a slider, to the new picture in the browser | 100 ms | "
            f"{middle:.0f} ms ({low:.0f} to {high:.0f}) |"
        )
    if "memory_megabytes" in part:
        yield (
            "| resident memory of the server after ten films | 350 MB | "
            f"{part['memory_megabytes']:.0f} MB |"
        )


def _describe_throughput(part: Mapping[str, Any]) -> Iterator[str]:
    for size, what in SIZES:
        ways = part["sizes"][size]
        rate = ways["score"]["films_per_second"]
        yield f"| `score`, films of {what} | | {rate:.0f} films/s |"
        for way, work, aim in (
            ("decode_and_forward", "decoding, shrinking and both networks", "at least 0.9"),
            ("bare", "the same with networks that are not fed the film", ""),
        ):
            yield f"| – of {work} | {aim} | {ways[way]['share']:.2f} |"
        if "predict_loop" in ways:
            times = ways["predict_loop"]["share"]
            yield f"| – of a `model.predict` loop | at least 2 times | {times:.1f} times |"


def _describe_machine(part: str, figures: Mapping[str, Any]) -> str:
    if figures["load"] is None:
        return f"- {part}: {figures['cores']} cores, load not noted"
    busy = figures["load"] > BUSY * figures["cores"]
    remark = ": busy with something else, so only the ratios hold" if busy else ""
    return f"- {part}: {figures['cores']} cores, load {figures['load']}{remark}"


def describe_scale(report: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines of a Markdown table: what ten million films take, from the measured rate."""
    cores = report["throughput"]["cores"]
    yield "| films of | films/s for a core | core hours | with 100 cores | at $0.05 a core hour |"
    yield "| --- | --- | --- | --- | --- |"
    for size, what in SIZES:
        rate = report["throughput"]["sizes"][size]["score"]["films_per_second"] / cores
        hours = MANY / rate / 3600
        cells = f"{rate:.1f} | {hours:,.0f} | {hours / 100:.1f} hours | ${PRICE * hours:,.0f}"
        yield f"| {what} | {cells} |"
    yield ""
    yield _describe_machine("throughput", report["throughput"])
