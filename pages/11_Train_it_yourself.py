"""A network of one's own: choose, watch it learn, compare, and fall into the traps on purpose."""

from xray_core.ui.shared import frame
from xray_core.ui.train_it_yourself import choose, compare, experiments, parts, watch

with frame.page(
    "Train it yourself",
    "Train a network on real films, here and now. Choose what it sees and how it learns, watch it, "
    "and find out what it has learned: the disease, or the film.",
):
    for tab, part in zip(parts.draw(), (choose, watch, compare, experiments), strict=True):
        if tab.open:
            with tab, frame.boundary(part.__name__.rpartition(".")[2]):
                part.draw()
