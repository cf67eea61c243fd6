"""Where the evidence lies, in sentences."""

import math
from collections.abc import Sequence

from xray_core.reporting.wording import count, listed, percent, target_of
from xray_core.saliency.regions import Findings, Region

# share of the evidence outside the lungs above which one is warned: of 50 films of children and 50
# of adults with pneumonia one has more, half of the children's have 0.18
OUTSIDE_WARNING = 0.25
DENSE = 2.0  # multiples of the lungs' mean, from which on evidence is in a place, not all over
REST = 0.2  # of the evidence, from which on what lies outside the regions is spoken of
ONE_SIDED = 0.7  # of the evidence in one lung, from which on it is not in both


def describe_evidence(found: Findings) -> str:
    """Sum up where the evidence lies, with the warning where there is one."""
    return f"{summarise_evidence(found)} {warn(found)}".strip()


def summarise_evidence(found: Findings) -> str:
    """Sum up where the evidence lies in a sentence."""
    evidence = f"evidence for {target_of(found.target)}"
    if not found.positive:
        return f"No positive {evidence}: no place in this film speaks for it to the model."
    subject = f"Inside the lungs the {evidence}" if warn(found) else f"The {evidence}"
    return summarise(found.regions, found.right, subject)


def warn(found: Findings) -> str:
    """Warn of evidence outside the lungs; '' where there is nothing to warn of."""
    return warn_of_outside(found.outside, found.whole_film)


def compare_with_mirror(region: Region) -> str:
    """A region against the mirrored area in words: '59 grey levels brighter: opaque'."""
    if math.isnan(region.brighter):
        return "No lung there"
    levels = count(round(abs(region.brighter)), "grey level")
    if region.brighter < 0:
        return f"{levels} darker: not opaque"
    return f"{levels} brighter: {'opaque' if region.opaque else 'no more than in normal films'}"


def list_regions(regions: Sequence[Region]) -> list[dict[str, str]]:
    """The regions, a row for each."""
    return [
        {
            "Region": str(region.number),
            "Place": region.place.capitalize(),
            "Share of the evidence": percent(region.share_of_evidence),
            "Share of the lung": percent(region.share_of_lung),
            "Times the mean": f"{region.density:.1f}",
            "Against the mirrored area": compare_with_mirror(region),
        }
        for region in regions
    ]


def summarise(regions: Sequence[Region], right: float, subject: str = "The evidence") -> str:
    """Sum up regions in a sentence.

    Parameters
    ----------
    right
        Share of the evidence inside the lungs that lies in the patient's right one.
    subject
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
        f"{percent(strongest.share_of_evidence)} of all evidence lies there"
    )
    if more:
        sentence += f"; there is more in {listed(more)}"
    if 1 - sum(region.share_of_evidence for region in regions) > REST:
        sentence += f"; the rest is spread over {lungs}"
    return f"{sentence}."


def warn_of_outside(outside: float, whole_film: bool) -> str:
    """Warn of evidence outside the lungs, or return ''.

    Parameters
    ----------
    outside
        Share of the evidence outside the lungs.
    whole_film
        Whether the network saw more than the lungs.
    """
    if outside <= OUTSIDE_WARNING:
        return ""
    warning = f"Careful: {outside:.0%} of the evidence lies outside the lungs"
    if whole_film:
        return warning + "; the model may be looking at a marker or a tube."
    return warning + (
        " as they were found: in the middle of the chest, or where dense lung was taken for none."
    )
