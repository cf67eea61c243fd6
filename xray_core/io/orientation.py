"""A film as somebody turned it: what is seen is what is judged."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from xray_core.types import Radiograph

TURNS = ("rotate", "mirror", "invert", "reset")
NEGATIVE = "The film was judged as its negative, because it was refused as it is."


@dataclass(frozen=True, slots=True)
class Orientation:
    """How a film was turned by hand.

    Attributes
    ----------
    mirrored
        Left and right were exchanged, before it was rotated.
    quarters
        Quarter turns clockwise, 0 to 3.
    inverted
        The film is looked at as its negative.
    """

    mirrored: bool = False
    quarters: int = 0
    inverted: bool = False

    def turned(self, how: str) -> Orientation:
        """The orientation after one of TURNS more, as seen on the screen."""
        if how == "rotate":
            return replace(self, quarters=(self.quarters + 1) % 4)
        if how == "mirror":
            return replace(self, mirrored=not self.mirrored, quarters=-self.quarters % 4)
        if how == "invert":
            return replace(self, inverted=not self.inverted)
        return AS_IT_CAME

    def apply(self, radiograph: Radiograph) -> Radiograph:
        """The film rotated and mirrored, with a note about it; the film itself where it is not."""
        words = [f"by {90 * self.quarters}°"] * bool(self.quarters) + ["mirrored"] * self.mirrored
        if not words:
            return radiograph
        pixels = radiograph.pixels[:, ::-1] if self.mirrored else radiograph.pixels
        pixels = np.ascontiguousarray(np.rot90(pixels, -self.quarters))
        note = f"The film was turned by hand before it was judged: {' and '.join(words)}."
        return replace(radiograph.redrawn(pixels), notes=(*radiograph.notes, note))


AS_IT_CAME = Orientation()


def negative(radiograph: Radiograph) -> Radiograph:
    """The film with its grey levels inverted, and a note about it."""
    notes = (*radiograph.notes, NEGATIVE)
    return replace(radiograph.redrawn(255 - radiograph.pixels), notes=notes)
