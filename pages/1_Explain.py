"""One film: the evidence and the answer together, then everything else."""

from xray_core.ui.explain import answer, details, stage
from xray_core.ui.shared import cache, film_choice, frame

with frame.page("Explain a film"):
    film = film_choice.choose()
    classifier = cache.classifier()
    if film is not None:
        shown = stage.draw(film, classifier)
        film_choice.choose_upload()
        answer.draw_overview(classifier)
        if not shown.analysis.prediction.refused:
            details.draw(shown, classifier)
    frame.sign(classifier.card)
