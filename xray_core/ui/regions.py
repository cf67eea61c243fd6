"""The regions of evidence in a table."""

import math

from xray_core.ui.tables import text_table
from xray_core.wording import percent


def draw_list(regions):
    """List the regions."""
    if not regions:
        return
    text_table(
        [
            {
                "Region": region.number,
                "Place": region.place.capitalize(),
                "Share of the evidence": percent(region.share_of_evidence),
                "Share of the lung": percent(region.share_of_lung),
                "Times the mean": f"{region.density:.1f}",
                "Against the mirrored area": _compare(region),
            }
            for region in regions
        ]
    )


def _compare(region):
    levels = region.brighter
    if math.isnan(levels):
        return "No lung there"
    opaque = "opaque" if region.opaque else "not opaque"
    return f"{abs(levels):.0f} grey levels {'brighter' if levels >= 0 else 'darker'}: {opaque}"
