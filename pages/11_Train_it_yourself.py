"""A network of one's own: choose, watch it learn, compare, and fall into the traps on purpose."""

from xray_core.ui.shared import frame
from xray_core.ui.train_it_yourself import choose, compare, experiments, parts, watch

with frame.page(
    "Train it yourself",
    "Train a network on real films, here and now. Choose what it sees and how it learns, watch it, "
    "and find out what it has learned: the disease, or the film.",
):
    choosing, watching, comparing, experimenting = parts.draw()
    if choosing.open:
        with choosing, frame.boundary("choose"):
            choose.draw()
    if watching.open:
        with watching, frame.boundary("watch"):
            watch.draw()
    if comparing.open:
        with comparing, frame.boundary("compare"):
            compare.draw()
    if experimenting.open:
        with experimenting, frame.boundary("experiments"):
            experiments.draw()
