"""Where the evidence lies, in sentences."""

import math
from collections.abc import Sequence

from xray_core.reporting.wording import count, listed, percent, target_of
from xray_core.saliency.regions import Findings, Region

# share of the evidence outside the lungs above which one is warned: of 50 films of children and 50
# of adults with pneumonia one has more, half of the children's have 0.18
OUTSIDE_WARNING = 0.25
# Multiples of the lungs' mean, from which on evidence is in a place and not all over: of 137
# children's and 65 adults' films called pneumonia 28% and none have less.
DENSE = 1.5
REST = 0.2  # of the evidence, from which on what lies outside the regions is spoken of


def describe_evidence(found: Findings) -> str:
    """Sum up where the evidence lies, with the warning where there is one."""
    return f"{summarise_evidence(found)} {warn(found)}".strip()


def summarise_evidence(found: Findings) -> str:
    """Sum up where the evidence lies in a sentence; its shares are of all evidence on the film."""
    evidence = f"evidence for {target_of(found.target)}"
    if not found.positive:
        return f"No positive {evidence}: no place in this film speaks for it to the model."
    if not found.regions:
        return f"The {evidence} is spread thinly and forms no region."
    shares: dict[str, float] = {}
    for region in found.regions:
        shares[region.place] = shares.get(region.place, 0) + region.share_of_evidence
    first, *more = (
        f"the {place} ({percent(shares[place])})"
        for place in sorted(shares, key=lambda at: -shares[at])
    )
    if found.regions[0].density < DENSE:
        return f"The {evidence} is spread, only a little denser in {listed([first, *more])}."
    most = max(shares.values()) > 0.5
    sentence = f"Most of the {evidence} lies" if most else f"The {evidence} is strongest"
    sentence += f" in {first}"
    if more:
        sentence += f", a smaller part in {listed(more)}"
    rest = 1 - sum(shares.values())
    return sentence + (f"; the rest ({percent(rest)}) is spread thinly." if rest > REST else ".")


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
    return f"{levels} brighter: {'opaque' if region.opaque else 'as in normal films'}"


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
