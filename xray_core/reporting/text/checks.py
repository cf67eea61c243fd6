"""What the checks of one film's map say, in words."""

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from xray_core.inference.decision import decide
from xray_core.reporting.wording import listed, percent, target_of
from xray_core.saliency.checks import Curves, Filled, Stability
from xray_core.saliency.regions import Findings
from xray_core.saliency.support import Support
from xray_core.saliency.targets import NORMAL
from xray_core.saliency.what_if import Move
from xray_core.types import OperatingPoint

Probability = Callable[[Any], Any]
"""From log-odds to calibrated probabilities, of the same shape."""

ALIKE = 1 / 3  # overlap: half of what one map calls the most is what the other does
DENSER = 0.25
"""Correlation with density from which on the two maps show the same places. More have 77% of 97
pneumonias of children (train) and 72% of 46 of adults (adults/valid); of 68 and 42 normal films 1%
and 12%."""
ONE_SIDED = 0.7  # of the evidence in both lungs, from which on one lung stands out
INSTEAD = {
    "normal": "with normal lung in its place",
    "blurred": "with its detail blurred",
    "grey": "with an even grey in its place",
}
FILLS = {
    "surroundings": "filled from its surroundings",
    "normal": "replaced by the mean normal film",
    "blurred": "blurred until no detail is left",
}


def explain_curves(target: str) -> str:
    """Say what is taken away and put in, by what the map explains."""
    if target == NORMAL:
        away = "blurred, because what speaks for normal is the detail of clear lung,"
        into = "into the blurred film"
    else:
        away, into = "replaced by the mean normal film", "into the mean normal film"
    return (
        f"Taking away: the places of most evidence are {away} first; a good map makes the "
        f"probability of {target_of(target)} fall early. Putting in: they are put {into} first; a "
        "good map makes it rise early. Random maps show what chance does."
    )


def judge_curves(curves: Curves) -> str:
    """Say in a sentence or two whether the map beats random ones."""
    best = max(curves.random_margins)
    numbers = (
        f"insertion less deletion is {curves.margin:+.2f}, and {best:+.2f} for the best of "
        f"{len(curves.random_margins)} random maps"
    )
    if np.ptp(curves.deletion) < 0.05:
        return (
            "The answer hardly moves whatever is taken away, so the curves cannot tell a good map "
            f"from a bad one ({numbers})."
        )
    left = ""
    if curves.deletion[-1] > 0.5:
        left = (
            f" With all of the lungs replaced the network still says {percent(curves.deletion[-1])}"
            ": their outline, which is kept, speaks for it too, and hides what the map is worth."
        )
    if curves.beats_random:
        return f"The map names what moves the answer better than chance: {numbers}.{left}"
    return (
        "Do not lean on this map: it names what moves the answer no better than chance; "
        f"{numbers}.{left}"
    )


def judge_fills(filled: Sequence[Filled], target: str) -> str:
    """Say in a sentence whether the answer rests on what is coloured, filled in two ways."""
    # without what speaks for normal, the score of pneumonia rises
    sign, way = (1, "rises") if target == NORMAL else (-1, "falls")
    more = [one for one in filled if sign * one.after > np.max(sign * one.elsewhere)]
    than = f"{way} {{}} than without as much of the lungs at random places"
    if len(more) == len(filled):
        return f"Without what is coloured the score {than.format('more')}: the answer rests on it."
    if more:
        ways = listed([FILLS[one.with_what] for one in more])
        falls = than.format("more")
        return f"With what is coloured {ways} the score {falls}; otherwise it does not."
    return (
        f"Without what is coloured the score {than.format('no more')}: the answer does not rest on "
        "it alone."
    )


def list_fills(
    filled: Sequence[Filled], before: float, probability: Probability
) -> list[dict[str, str]]:
    """List what the answer, of log-odds ``before``, becomes when what is coloured is filled."""
    rows = [("left alone", before, "–")]
    for one in filled:
        at_random = f"{one.elsewhere.min():+.1f} to {one.elsewhere.max():+.1f}"
        rows.append((FILLS[one.with_what], one.after, at_random))
    return [
        {
            "What is coloured is": way,
            "Probability": percent(float(probability(score))),
            "Score, log-odds": f"{score:+.1f}",
            "Score, as much lung at random": at_random,
        }
        for way, score, at_random in rows
    ]


def judge_stability(stability: Stability, probability: Probability) -> str:
    """Say in a sentence or two what a small shift changes."""
    found = probability(stability.scores)
    low, high = percent(float(found.min())), percent(float(found.max()))
    answer = f"stays at {low}" if low == high else f"lies between {low} and {high}"
    correlations = stability.correlations[~np.isnan(stability.correlations)]
    sentence = (
        f"Shifted by 3% of its side in {len(found)} directions, the film's probability of "
        f"pneumonia {answer}"
    )
    if not len(correlations):
        return f"{sentence}; the map is flat."
    middle, least = float(np.median(correlations)), float(correlations.min())
    steady = "the map keeps its place" if least > 0.7 else "the map moves more than the film does"
    return (
        f"{sentence}; {steady} (rank correlation with the map of the unshifted film {middle:.2f}, "
        f"at worst {least:.2f})."
    )


def judge_agreement(overlaps: Sequence[float]) -> str:
    """Say in a sentence whether the maps of other methods point where the map shown does.

    See `xray_core.saliency.agreement.compare`; nan where a map is flat.
    """
    known = [overlap for overlap in overlaps if not math.isnan(overlap)]
    if not known:
        return "A flat map cannot be compared with those of the other methods."
    low, high, middle = min(known), max(known), float(np.median(known))
    found = f"{low:.0%}" if low == high else f"{low:.0%} to {high:.0%}"
    sentence = f"The strongest evidence by the other methods overlaps with that above by {found}"
    if middle >= ALIKE:
        return f"{sentence}: most of them point at the same places."
    return f"{sentence}: they point at different places, so lean on none of them alone."


def judge_support(
    support: Support,
    found: Findings,
    before: float,
    point: OperatingPoint,
    uncertain: tuple[float, float] | None,
) -> str:
    """Say in two short sentences whether the answer rests on what the map shows.

    Parameters
    ----------
    support, found
        Of the same map.
    before
        The film's probability of pneumonia.
    point, uncertain
        What it is decided by, see `xray_core.inference.decision.decide`.

    Returns
    -------
    str
        '' where there is no evidence, and so nothing to rest on.
    """
    decision, then = (decide(each, point, uncertain)[1] for each in (before, support.without))
    speaks_for_it = (found.target == NORMAL) == (decision == "normal") or decision == "uncertain"
    if not found.regions:
        spread = found.positive and speaks_for_it
        return "The answer rests on no one place." if spread else ""
    way = INSTEAD[support.instead]
    says = f"the model says {percent(support.without)}"
    instead = f"{says} instead of {percent(before)}"
    if decision == "uncertain":
        rests = f"{way[0].upper()}{way[1:]} {instead}"
    elif not speaks_for_it:
        return f"The answer does not rest on what is coloured: {way} {instead}."
    elif then != decision:
        rests = f"The answer rests on what is coloured: {way} {says}"
    else:
        rests = f"The answer does not rest on what is coloured alone: {way} {instead}"
    return f"{rests}. {_second(support, found)}"


def _second(support: Support, found: Findings) -> str:
    """Say whether density alone points there, and whether one lung stands out."""
    sides = {"right": found.right, "left": found.left}
    most, least = sorted(sides, key=lambda lung: -sides[lung])
    more, less = f"{percent(sides[most])} of the evidence", percent(sides[least])
    if sides[most] > ONE_SIDED * (sides[most] + sides[least]):
        lungs = f"the {most} lung stands out against the {least} ({more} against {less})"
    else:
        lungs = f"neither lung stands out ({most} {more}, {least} {less})"
    if math.isnan(support.density):
        return f"{lungs[0].upper()}{lungs[1:]}."
    where = "at the same places" if support.density >= DENSER else "elsewhere"
    density = f"(correlation {support.density:.2f})"
    return f"Density alone, which asks no network, points {where} {density}; {lungs}."


def judge_move(move: Move) -> str:
    """Say in two sentences how far changes to a film moved the answer and the evidence."""
    change = move.score[1] - move.score[0]
    way = f"{'rises' if change > 0 else 'falls'} by {abs(change):.1f}"
    first, then = map(percent, move.probability)
    moved = f"goes from {first} to {then}" if first != then else f"stays at {then}"
    sentence = (
        f"The score {'stays' if abs(change) < 0.05 else way}, and the probability of pneumonia "
        f"{moved}."
    )
    held, holds = map(percent, move.share)
    sentence += f" What you drew on held {held} of the evidence and now holds {holds}"
    if math.isnan(move.agreement):
        return f"{sentence}; one of the maps is flat."
    return (
        f"{sentence}; the rank correlation of the maps before and after is {move.agreement:.2f} (1 "
        "is the same order of places)."
    )
