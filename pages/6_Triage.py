"""Many films, sorted by how much they look like pneumonia."""

from xray_core.ui.shared import cache, frame, progress, state
from xray_core.ui.triage import pile as triage
from xray_core.ui.triage import watch

with frame.page(
    "Triage",
    "Many films at once, sorted by probability: what to look at first, and what another operating "
    "point would change.",
):
    classifier = cache.classifier()
    triage.choose()
    pile = state.pile()
    progress.answer_pile(pile, classifier)
    if pile.cases:
        triage.draw(pile, classifier.card)
        watch.draw(pile)
