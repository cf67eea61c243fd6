"""The scale from normal to pneumonia, as HTML.

It is seen at once, where a chart waits until the browser has loaded a library of four megabytes.
"""

from xray_core import theme
from xray_core.reporting.wording import percent

_TICKS = {0: "0%<br/>normal", 0.25: "25%", 0.5: "50%", 0.75: "75%", 1: "100%<br/>pneumonia"}


def probability_scale(probability, operating_point, uncertain=None):
    """Place a probability of pneumonia on a scale with the operating point.

    Parameters
    ----------
    probability : float, in [0, 1]
    operating_point : OperatingPoint
    uncertain : (float, float), optional
        Band of probabilities in which the model gives no answer.

    Returns
    -------
    str
        One element, also well-formed XML; the page's style sheet gives it its look.
    """
    threshold = operating_point.threshold
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


def _band(kind, left, right, colour):
    place = f"left: {left:.2%}; width: {right - left:.2%}"
    return f'<span class="{kind}" style="{place}; background: {colour}"></span>'


def _mark(kind, at, text="", colour=None):
    ground = f"; background: {colour}" if colour else ""
    return f'<span class="{kind}" style="left: {at:.2%}{ground}">{text}</span>'
