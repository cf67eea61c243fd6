"""Films of one's own: how the model does on them, its zero fitted to them, and what that gives."""

from xray_core.ui.at_your_hospital import calibration, films, report
from xray_core.ui.shared import cache, frame, progress, sites

with frame.page(
    "At your hospital",
    "A network that ranks films well can still put its zero in the wrong place where films are "
    "taken otherwise. Bring labelled films of your own: see how it does on them, fit the zero, and "
    "take both with you.",
):
    calibration.draw_in_use()
    classifier = cache.own_classifier()
    films.choose()
    brought = sites.site_films()
    progress.answer_pile(brought.pile, classifier)
    if films.ready(brought):
        with frame.boundary("validation"):
            report.draw(brought, classifier.card)
        with frame.boundary("calibration"):
            calibration.draw(brought, classifier.card)
