"""The regions of evidence in a table."""

from xray_core.reporting.text.regions import compare_with_mirror
from xray_core.reporting.wording import percent
from xray_core.ui.shared.tables import text_table


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
                "Against the mirrored area": compare_with_mirror(region),
            }
            for region in regions
        ]
    )
