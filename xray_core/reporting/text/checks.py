"""What the checks of one film's map say, in words."""

import math

import numpy as np

from xray_core.reporting.wording import listed, percent, target_of
from xray_core.saliency.targets import NORMAL

ALIKE = 1 / 3  # overlap: half of what one map calls the most is what the other does
FILLS = {
    "surroundings": "filled from their surroundings",
    "normal": "replaced by the mean normal film",
    "blurred": "blurred until no detail is left",
}


def explain_curves(target):
    """Say what is taken away and put in.

    Parameters
    ----------
    target : str
        What the map explains, see `xray_core.saliency.targets`.
    """
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


def judge_curves(curves):
    """Say in a sentence or two whether the map beats random ones.

    Parameters
    ----------
    curves : Curves
    """
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


def judge_fills(filled, target):
    """Say in a sentence whether the answer rests on the regions.

    Parameters
    ----------
    filled : sequence of Filled
        At least one.
    target : str
        What the regions speak for.
    """
    # without what speaks for normal, the score of pneumonia rises
    sign, way = (1, "rises") if target == NORMAL else (-1, "falls")
    more = [one for one in filled if sign * one.after > np.max(sign * one.elsewhere)]
    than = f"{way} {{}} than without as much of the lungs at random places"
    if len(more) == len(filled):
        return f"Without the regions the score {than.format('more')}: the answer rests on them."
    if more:
        ways = listed([FILLS[one.with_what] for one in more])
        return f"With the regions {ways} the score {than.format('more')}; otherwise it does not."
    return (
        f"Without the regions the score {than.format('no more')}: the answer does not rest on them "
        "alone."
    )


def list_fills(filled, before, probability):
    """List what the answer becomes when the regions are filled.

    Parameters
    ----------
    filled : sequence of Filled
    before : float
        Log-odds of the film itself.
    probability : callable
        From log-odds to a calibrated probability.

    Returns
    -------
    list of dict of str to str
    """
    rows = [{"The regions are": "left alone", **_answer(before, probability)}]
    rows[0]["Score, as much lung at random"] = "–"
    for one in filled:
        low, high = float(np.min(one.elsewhere)), float(np.max(one.elsewhere))
        rows.append(
            {
                "The regions are": FILLS[one.with_what],
                **_answer(one.after, probability),
                "Score, as much lung at random": f"{low:+.1f} to {high:+.1f}",
            }
        )
    return rows


def _answer(score, probability):
    return {"Probability": percent(float(probability(score))), "Score, log-odds": f"{score:+.1f}"}


def judge_stability(stability, probability):
    """Say in a sentence or two what a small shift changes.

    Parameters
    ----------
    stability : Stability
    probability : callable
    """
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


def judge_agreement(overlaps):
    """Say in a sentence whether the maps of other methods point where the map shown does.

    Parameters
    ----------
    overlaps : sequence of float
        With the map shown, see `xray_core.saliency.agreement.compare`; nan where a map is flat.
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


def judge_move(move):
    """Say in two sentences how far changes to a film moved the answer and the evidence.

    Parameters
    ----------
    move : Move, see `xray_core.saliency.what_if`
    """
    before, after = move.score
    way = "rises" if after > before else "falls"
    first, then = map(percent, move.probability)
    answer = f"the probability of pneumonia goes from {first} to {then}"
    if first == then:
        answer = f"the probability of pneumonia stays at {then}"
    sentence = f"The score {way} by {abs(after - before):.1f}, and {answer}."
    if abs(after - before) < 0.05:
        sentence = f"The score stays, and {answer}."
    held, holds = (percent(share) for share in move.share)
    sentence += f" What you drew on held {held} of the evidence and now holds {holds}"
    if math.isnan(move.agreement):
        return f"{sentence}; one of the maps is flat."
    return (
        f"{sentence}; the rank correlation of the maps before and after is {move.agreement:.2f} (1 "
        "is the same order of places)."
    )
