"""The scale from normal to pneumonia, as HTML.

It is seen at once, where a chart waits until the browser has loaded a library of four megabytes.
"""

from xray_core import theme
from xray_core.reporting.wording import percent
from xray_core.types import OperatingPoint

_TICKS = {0: "0%<br/>normal", 0.25: "25%", 0.5: "50%", 0.75: "75%", 1: "100%<br/>pneumonia"}


def probability_scale(
    probability: float, point: OperatingPoint, uncertain: tuple[float, float] | None = None
) -> str:
    """Place a probability of pneumonia on a scale with the operating point.

    One element, also well-formed XML; the page's style sheet gives it its look. ``uncertain`` is
    the band of probabilities in which the model gives no answer.
    """
    threshold = point.threshold
    called = theme.PNEUMONIA if probability >= threshold else theme.NORMAL
    parts = [
        _band("side", 0, threshold, theme.faint(theme.NORMAL, 0.3)),
        _band("side", threshold, 1, theme.faint(theme.PNEUMONIA, 0.3)),
    ]
    if uncertain is not None:
        parts.append(_band("uncertain", *uncertain, theme.faint(theme.UNCERTAIN, 0.45)))
    note = "from" if threshold < 0.5 else "to"  # on the wider side
    parts += [
        _mark("point", threshold, colour=theme.UNCERTAIN),
        _mark(f"note {note}", threshold, f"operating point {percent(threshold)}"),
        _mark("here", probability, colour=called),
        *(_mark("tick", *tick) for tick in _TICKS.items()),
    ]
    words = (
        f"Probability of pneumonia {percent(probability)} on a scale with the operating point at "
        f"{percent(threshold)}"
    )
    return f'<div class="probability-scale" role="img" aria-label="{words}">{"".join(parts)}</div>'


def _band(kind: str, left: float, right: float, colour: str) -> str:
    place = f"left: {left:.2%}; width: {right - left:.2%}"
    return f'<span class="{kind}" style="{place}; background: {colour}"></span>'


def _mark(kind: str, at: float, text: str = "", colour: str | None = None) -> str:
    ground = f"; background: {colour}" if colour else ""
    return f'<span class="{kind}" style="left: {at:.2%}{ground}">{text}</span>'
