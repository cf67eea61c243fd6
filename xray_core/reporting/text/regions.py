"""Where the evidence lies, in sentences."""

from xray_core.reporting.wording import listed, percent

OUTSIDE_WARNING = 0.15  # share of the evidence outside the lungs above which one is warned


DENSE = 2.0  # multiples of the lungs' mean, from which on evidence is in a place, not all over


REST = 0.2  # of the evidence, from which on what lies outside the regions is spoken of


ONE_SIDED = 0.7  # of the evidence in one lung, from which on it is not in both


def summarise(regions, right, subject="The evidence"):
    """Sum up where the evidence lies in a sentence.

    Parameters
    ----------
    regions : sequence of Region
    right : float
        Share of the evidence inside the lungs that lies in the patient's right one.
    subject : str
        What the evidence is of, and where it was looked for.
    """
    if not regions:
        return f"{subject} is spread thinly and forms no region."
    first, *more = (f"the {place}" for place in dict.fromkeys(one.place for one in regions))
    lungs = "both lungs"
    if max(right, 1 - right) > ONE_SIDED:
        lungs = f"the {'right' if right > 0.5 else 'left'} lung"
    strongest = regions[0]
    density = f"{strongest.density:.1f} times the mean over the lungs"
    if strongest.density < DENSE:
        places = f"{first} ({density})" + (f", and in {listed(more)}" if more else "")
        return f"{subject} is spread over {lungs}, only a little denser in {places}."
    sentence = (
        f"{subject} is strongest in {first}, {density}: "
        f"{percent(strongest.share_of_evidence)} of it lies there"
    )
    if more:
        sentence += f"; there is more in {listed(more)}"
    if 1 - sum(region.share_of_evidence for region in regions) > REST:
        sentence += f"; the rest is spread over {lungs}"
    return f"{sentence}."


def warn_of_outside(outside, whole_film):
    """Warn of evidence outside the lungs, or return ''.

    Parameters
    ----------
    outside : float
        Share of the evidence outside the lungs.
    whole_film : bool
        Whether the network saw more than the lungs.
    """
    if outside <= OUTSIDE_WARNING:
        return ""
    warning = f"Careful: {outside:.0%} of the evidence lies outside the lungs; "
    if whole_film:
        return warning + "the model may be looking at a marker or a tube."
    return warning + (
        "the model is shown nothing there, so this map is too coarse to say where the evidence is."
    )
